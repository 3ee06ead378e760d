"""What `--request-timeout` ends, beside the real kubectl."""

from __future__ import annotations

import subprocess

import pytest

from tests.cluster import SimulatedCluster
from tests.cluster.log_api import Break
from tests.commands import running as running_workflow
from tests.commands.logged import BEGIN
from tests.commands.watched import A, await_
from tests.conftest import PROGRAM, Result

TIMEOUT = "--request-timeout=1s"


@pytest.fixture
def kubernetes(running: SimulatedCluster, clean_environment: dict[str, str]) -> dict[str, str]:
    """The environment of a cluster where a step runs that has said one line."""
    running.logs.of(A).write_lines("at work", start=BEGIN)
    return clean_environment


def ran(command: list[str], environment: dict[str, str]) -> Result:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30)
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_watch_ends_well(kubernetes: dict[str, str]) -> None:
    theirs = ran(["kubectl", "get", "workflows", "-w", TIMEOUT], kubernetes)
    ours = ran([*PROGRAM, "wf", "-w", TIMEOUT], kubernetes)
    assert [(each.status, each.stderr) for each in (theirs, ours)] == [(0, "")] * 2
    assert [len(each.stdout.splitlines()) for each in (theirs, ours)] == [2, 2]


MISS = 'no node or pod "b" in workflow "wf"; `--all-nodes` lists every node (waiting for it)\n'


@pytest.mark.parametrize(("meant", "said"), [(["b"], MISS), (["-l", "at=work"], "")], ids=["a node", "a label"])
def test_a_watch_ends_well_before_what_is_waited_for_has_come(
    kubernetes: dict[str, str], meant: list[str], said: str
) -> None:
    """That nothing has come by then is no mistake in the words: the workflow may still come to it."""
    theirs = ran(["kubectl", "get", "workflows", "-l", "at=work", "-w", TIMEOUT], kubernetes)
    ours = ran([*PROGRAM, "wf", *meant, "-w", TIMEOUT], kubernetes)
    assert [(each.status, each.stdout) for each in (theirs, ours)] == [(0, "")] * 2
    assert (theirs.stderr, ours.stderr) == ("", said)


def test_a_followed_log_ends_as_an_error(kubernetes: dict[str, str]) -> None:
    theirs = ran(["kubectl", "logs", "-f", A, "-c", "main", TIMEOUT], kubernetes)
    ours = ran([*PROGRAM, "logs", "-f", "wf", "--prefix=never", TIMEOUT], kubernetes)
    assert [(each.status, each.stdout) for each in (theirs, ours)] == [(1, "at work\n")] * 2
    # Go calls it a deadline or a timeout of the client, whichever it comes upon first.
    assert theirs.stderr.splitlines()[-1].startswith("error: ")
    assert ours.stderr == (
        "error: the log was followed for 1s, the time of --request-timeout: raise it, or leave it out to follow "
        "to the end\n"
    )


def test_a_log_that_takes_longer_is_read_to_its_end(kubernetes: dict[str, str], running: SimulatedCluster) -> None:
    """Otherwise than by kubectl: what is asked for is all of the log, and an end in the middle of it loses lines."""
    log = running.logs.of(A)
    log.write_lines(*(f"line {number}" for number in range(99)), start=BEGIN + 1)
    running.logs.breaks = [Break(100, "stall")]
    theirs = ran(["kubectl", "logs", A, "-c", "main", TIMEOUT], kubernetes)
    assert (theirs.status, theirs.stdout.splitlines()[0]) == (1, "at work")
    running.logs.breaks = [Break(100, "stall")]
    command = [*PROGRAM, "logs", "wf", "--prefix=never", TIMEOUT]
    with subprocess.Popen(command, env=kubernetes, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as ours:
        await_(lambda: running.logs.reading == 1)
        with pytest.raises(subprocess.TimeoutExpired):
            ours.wait(1.5)
        running.logs.cut()
        stdout, _ = ours.communicate(timeout=30)
    assert (ours.returncode, len(stdout.splitlines())) == (0, 100)


POD = running_workflow.of(running_workflow.manifests(), "train")["metadata"]["name"]
IN_POD, IN_STEP = ["kubectl", "exec", POD, "-c", "main", TIMEOUT], [*PROGRAM, "exec", "deep", "train", TIMEOUT]
TAKES_LONGER = ["--", "sh", "-c", "echo begins; sleep 1.5; echo ends; exit 3"]
LATE = "did not answer in time; check the network, or raise --request-timeout"


def test_a_command_in_a_container_takes_its_time(deep: SimulatedCluster, clean_environment: dict[str, str]) -> None:
    ended = [ran([*command, *TAKES_LONGER], clean_environment) for command in (IN_POD, IN_STEP)]
    assert ended == [Result(3, "begins\nends\n", "command terminated with exit code 3\n")] * 2


def test_a_command_ends_that_waits_for_its_pod(deep: SimulatedCluster, clean_environment: dict[str, str]) -> None:
    ended = []
    for command in (IN_POD, IN_STEP):
        deep.faults.stall("/pods")
        ended.append(ran([*command, *TAKES_LONGER], clean_environment))
        deep.faults.clear()
    assert [(each.status, each.stdout) for each in ended] == [(1, "")] * 2
    assert ended[1].stderr == f"error: {label(deep)} {LATE}\n"


def test_a_command_ends_that_the_server_does_not_begin(
    deep: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    """Otherwise than kubectl's, which waits for ever for the server to turn to websockets."""
    deep.faults.stall("/exec")
    ended = ran([*IN_STEP, *TAKES_LONGER], clean_environment)
    assert ended == Result(1, "", f"error: {label(deep)} {LATE}\n")


def label(cluster: SimulatedCluster) -> str:
    return f'the Kubernetes API at {cluster.url} (context "simulated")'


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [(("get", "pods"), ("wf",)), (("logs", A), ("logs", "wf")), (("auth", "can-i", "get", "pods"), ("auth", "check"))],
    ids=["a list", "a log", "rights"],
)
def test_what_the_server_does_not_answer_ends(
    kubernetes: dict[str, str], running: SimulatedCluster, theirs: tuple[str, ...], ours: tuple[str, ...]
) -> None:
    running.faults.stall(times=99)
    ended = [ran([*command, TIMEOUT], kubernetes) for command in (["kubectl", *theirs], [*PROGRAM, *ours])]
    running.faults.clear()
    assert [(each.status, each.stdout) for each in ended] == [(1, "")] * 2
    assert ended[1].stderr == f"error: {label(running)} {LATE}\n"
