"""`kubectl argo-pods logs` of far more than it may hold in memory."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests import builders
from tests.cluster import SimulatedCluster
from tests.cluster.container_logs import Record
from tests.commands.logged import BEGIN
from tests.commands.shapes import pod_of
from tests.conftest import PROGRAM
from tests.follow.following import await_

MIB = 1 << 20
LINE = b"x" * 1023 + b"\n"
LINES = 40 * 1024
# Of this most is Python itself.
MOST = 40 * MIB


def load(cluster: SimulatedCluster, apart: int) -> list[str]:
    """Two logs of 40 MiB of the workflow `big`, lines a microsecond each; the second begins so many lines later.

    The names of their pods.
    """
    pods = []
    nodes = [builders.node("big", f".{name}") for name in ("a", "b")]
    workflow = builders.workflow("big", *nodes)
    for index, node in enumerate(nodes):
        done = {"exitCode": 0, "startedAt": builders.STARTED, "finishedAt": builders.FINISHED, "containerID": "one"}
        statuses = [{"name": "main", "state": {"terminated": done}, "containerID": "one"}]
        pod = pod_of(workflow, node, phase="Succeeded", containerStatuses=statuses)
        cluster.load([pod])
        pods.append(pod["metadata"]["name"])
        log = cluster.logs.of(pods[-1])
        begin = BEGIN + index * (apart * 1000 + 1)
        log.runs[-1].records = [Record(begin + number * 1000, LINE) for number in range(LINES)]
        log.end()
    cluster.load([workflow])
    return pods


def order_of(apart: int) -> bytes:
    """Which log each line is of."""
    alone, together = b"a" * apart, b"ab" * (LINES - apart)
    return alone + together + b"b" * apart


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak in /proc")
@pytest.mark.parametrize(
    ("apart", "options"),
    [
        pytest.param(0, [], id="side by side"),
        pytest.param(LINES, [], id="one after the other"),
        pytest.param(LINES // 2, ["--max-log-requests", "1"], id="one at a time"),
    ],
)
def test_logs_are_merged_in_little_memory(
    empty_cluster: SimulatedCluster, clean_environment: dict[str, str], apart: int, options: list[str]
) -> None:
    load(empty_cluster, apart)
    command = [*PROGRAM, "logs", "big", *options]
    with subprocess.Popen(command, env=clean_environment, stdout=subprocess.PIPE) as process:
        assert process.stdout
        order, peak = bytearray(), 0
        for line in process.stdout:
            assert len(line) == len(b"[a] ") + len(LINE)
            order += line[1:2]
            if len(order) % 8192 == 0 and len(order) < 2 * LINES:
                peak = peak_of(process.pid)
    assert (process.returncode, bytes(order)) == (0, order_of(apart))
    assert 0 < peak < MOST


def test_a_log_whose_turn_has_not_come_is_read_to_its_end(
    empty_cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    late, ahead = load(empty_cluster, apart=0)
    empty_cluster.faults.stall(f"/{late}/log")
    with subprocess.Popen([*PROGRAM, "logs", "big"], env=clean_environment, stdout=subprocess.PIPE) as process:
        # What is asked for then is the proof that this was the end.
        await_(lambda: sum(path.endswith(f"/{ahead}/log") for path in empty_cluster.journal.paths) > 1)
        empty_cluster.faults.release()
        assert process.stdout
        order = b"".join(line[1:2] for line in process.stdout)
    assert (process.returncode, order) == (0, order_of(0))


def test_logs_are_merged_without_a_disk(empty_cluster: SimulatedCluster, clean_environment: dict[str, str]) -> None:
    load(empty_cluster, apart=LINES // 2)
    script = 'ulimit -f 0; exec "$@" logs big'
    done = subprocess.run(["bash", "-c", script, "bash", *PROGRAM], env=clean_environment, capture_output=True)
    order = b"".join(line[1:2] for line in done.stdout.splitlines())
    assert (done.returncode, order, done.stderr) == (0, order_of(LINES // 2), b"")


@pytest.mark.parametrize(
    ("blocks", "where"),
    [
        pytest.param(1, 'in "{folder}": File too large', id="a full disk"),
        pytest.param(0, "on disk: No usable temporary directory found in ['{folder}', ", id="no folder at all"),
    ],
)
def test_a_disk_that_has_no_room_is_explained(
    empty_cluster: SimulatedCluster, clean_environment: dict[str, str], tmp_path: Path, blocks: int, where: str
) -> None:
    load(empty_cluster, apart=0)
    script = f'ulimit -f {blocks}; exec "$@" logs big --max-log-requests 1'
    done = subprocess.run(
        ["bash", "-c", script, "bash", *PROGRAM],
        env=clean_environment | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(
        f"error: cannot keep the lines that wait for their turn {where.format(folder=tmp_path)}"
    )
    assert done.stderr.endswith("; let TMPDIR name another folder, or --max-log-requests allow more logs at once\n")


def peak_of(pid: int) -> int:
    """The most memory that a process has had so far."""
    status = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))
