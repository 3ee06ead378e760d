"""The options of kubectl logs beside the real kubectl: what is refused and in which words, and what is asked."""

from __future__ import annotations

import subprocess
from typing import NamedTuple

import pytest

from tests.cluster import SimulatedCluster
from tests.commands import logged
from tests.conftest import Run

# All but those that Argo adds, and in the order of their times.
ALL = ["--all-containers=true", "-c", ""]
SINCE, TIME = "--since=5s", "--since-time=2024-01-01T00:00:00Z"
CASES = [
    *([f"--tail={value}"] for value in ("-2", "-1", "0", "2", "x", "1.5", "", "0x2", "99999999999999999999")),
    *([f"--limit-bytes={value}"] for value in ("-1", "0", "5", "1k", "")),
    *([f"--since={value}"] for value in ("-5s", "0", "0s", "1h30m", "1.5h", ".5s", "5", "1d", "", "1e3s", "x")),
    *(
        [f"--since-time={value}"]
        for value in ("yesterday", "2024-01-01", "2024-01-01T00:00:00", "", "2024-01-01T00:00:00+02:00")
    ),
    ["--since-time=2024-01-01T00:00:00.5Z"],
    [SINCE, TIME],
    ["--since=0s", TIME],
    [SINCE, "--tail=2", "--limit-bytes=5"],
    ["--all-containers", "-c", "main"],
    ALL,
    ["--all-containers=false", "-c", "side"],
    ["-c", "nope"],
    ["-c", "nope", "-f"],
    ["-c", "side"],
    ["-c", "init"],
    ["-c"],
    ["--tail"],
    ["-p"],
    ["-p", "--tail=1"],
    *([f"--pod-running-timeout={value}", "-f"] for value in ("0s", "-1s", "0", "5", "x")),
    *([f"--max-log-requests={value}"] for value in ("x", "7")),
    ["--insecure-skip-tls-verify-backend"],
    ["--prefix=maybe"],
    ["--follow=maybe"],
    ["--timestamps"],
    ["--ignore-errors"],
    ["--frobnicate"],
]
# Where we say more, or another thing, than kubectl: its own sentence, and why.
OTHERWISE = {
    "See 'kubectl logs --help' for usage.": "our help is another one",
    "parsing time": "theirs names the layout of Go's times",
    "strconv.ParseBool": "the prefix is more than a flag",
    "unknown flag": "ours names the nearest one",
}


class Said(NamedTuple):
    status: int
    error: str
    asked: list[dict[str, str]]


@pytest.fixture
def cluster(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    logged.load(empty_cluster)
    for container in ("main", "side"):
        log = empty_cluster.logs.of(logged.LOAD, container)
        log.restart()
        log.write_lines("again 1", "again 2", "again 3", start=logged.BEGIN)
        log.end()
    return empty_cluster


def said_by(cluster: SimulatedCluster, status: int, stderr: str, before: int) -> Said:
    asked = [each.query for each in cluster.journal[before:] if each.path.endswith("/log")]
    errors = [line for line in stderr.splitlines() if line.startswith(("error: ", "Error from server"))]
    return Said(status, errors[0] if errors else "", asked)


@pytest.mark.parametrize("options", CASES, ids=" ".join)
def test_an_option_is_what_it_is_to_kubectl(
    cluster: SimulatedCluster, clean_environment: dict[str, str], argo_pods: Run, options: list[str]
) -> None:
    container = [] if any(each.startswith(("-c", "--all-containers")) for each in options) else ["-c", "main"]
    begun = len(cluster.journal)
    command = ["kubectl", "logs", logged.LOAD, *options, *container]
    theirs_done = subprocess.run(command, env=clean_environment, capture_output=True, text=True, timeout=60)
    theirs = said_by(cluster, theirs_done.returncode, theirs_done.stderr, begun)
    begun = len(cluster.journal)
    ours_done = argo_pods("logs", "etl", f"pod/{logged.LOAD}", "--show-argo-lines", *options, *container)
    ours = said_by(cluster, ours_done.status, ours_done.stderr, begun)
    assert bool(ours.status) == bool(theirs.status), (ours, theirs)
    if not any(reason in theirs.error for reason in OTHERWISE):
        assert ours.error == theirs.error
    if not theirs.status and options != ALL:
        assert ours_done.stdout == theirs_done.stdout
        assert [part(each) for each in ours.asked[:1]] == [part(each) for each in theirs.asked]


def part(query: dict[str, str]) -> dict[str, str]:
    """Which part of a log is asked for, and how; a limit of bytes we count ourselves, since times count otherwise."""
    return {key: value for key, value in query.items() if key not in ("timestamps", "limitBytes")}
