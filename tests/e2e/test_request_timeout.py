"""What `--request-timeout` ends on a real cluster, beside kubectl."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from random import randrange

import pytest

from tests.conftest import PROGRAM, Result
from tests.e2e.submission import LOADED, kubectl

TIMEOUT = "--request-timeout=2s"
SAYS = "echo begins; sleep 600"


@pytest.fixture(scope="module")
def busy() -> Iterator[str]:
    """The name of a workflow, and of its pod, that has said one line and goes on."""
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    name = f"argo-pods-e2e-timeout-{randrange(10**5)}"
    container = {"image": os.environ.get("E2E_IMAGE", LOADED), "command": ["sh", "-c", SAYS]}
    spec = {"entrypoint": "main", "templates": [{"name": "main", "container": container}]}
    made = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}, "spec": spec}
    kubectl("apply", "-f", "-", stdin=json.dumps(made))
    try:
        kubectl("wait", "workflow", name, "--for=jsonpath={.status.phase}=Running", "--timeout=60s")
        kubectl("wait", "pod", name, "--for=condition=Ready", "--timeout=60s")
        yield name
    finally:
        kubectl("delete", "workflow", name, "--wait=false")


def both(name: str, theirs: str, ours: str) -> tuple[Result, Result]:
    def ran(command: list[str]) -> Result:
        words = [word.replace("NAME", name) for word in command]
        done = subprocess.run(words, capture_output=True, text=True, timeout=60)
        return Result(done.returncode, without_argos(done.stdout), done.stderr)

    # In front, since what stands behind "--" is the command's.
    return ran(["kubectl", TIMEOUT, *theirs.split()]), ran([*PROGRAM, TIMEOUT, *ours.split()])


def without_argos(log: str) -> str:
    """What Argo's executor says in the log of the step, we show with -c '*' only."""
    return "".join(line for line in log.splitlines(keepends=True) if not line.endswith(" argo=true\n"))


SAME = {
    "a list": ("get pods NAME -o name", "NAME -o name"),
    "a log": ("logs NAME -c main", "logs NAME --prefix=never"),
    "a command that takes no longer": ("exec NAME -c main -- echo done", "exec NAME -- echo done"),
    "a command that takes longer": ("exec NAME -c main -- sleep 4", "exec NAME -- sleep 4"),
}


@pytest.mark.parametrize("use", SAME)
def test_it_is_kubectls(busy: str, use: str) -> None:
    theirs, ours = both(busy, *SAME[use])
    assert ours == theirs


def test_a_watch_ends_well(busy: str) -> None:
    theirs, ours = both(busy, "get pods NAME -w", "NAME -w")
    assert [(each.status, each.stderr, len(each.stdout.splitlines())) for each in (theirs, ours)] == [(0, "", 2)] * 2


def test_a_followed_log_ends_as_an_error(busy: str) -> None:
    theirs, ours = both(busy, "logs NAME -c main -f", "logs NAME -f --prefix=never")
    assert [(each.status, each.stdout) for each in (theirs, ours)] == [(1, "begins\n")] * 2
    assert theirs.stderr.splitlines()[-1].startswith("error: ")
    assert ours.stderr.startswith("error: the log was followed for 2s, the time of --request-timeout: ")


def test_rights_are_asked_for_in_time(busy: str) -> None:
    theirs, ours = both(busy, "auth can-i list pods", "auth check list")
    assert [(each.status, each.stderr) for each in (theirs, ours)] == [(0, "")] * 2


@pytest.mark.parametrize("use", ["a list", "a log"])
def test_a_time_that_is_too_short_is_an_error(busy: str, use: str) -> None:
    theirs, ours = (
        subprocess.run([*command, "--request-timeout=1ms"], capture_output=True, text=True, timeout=60)
        for command in (
            ["kubectl", *SAME[use][0].replace("NAME", busy).split()],
            [*PROGRAM, *SAME[use][1].replace("NAME", busy).split()],
        )
    )
    assert [(each.returncode, each.stdout) for each in (theirs, ours)] == [(1, "")] * 2
    assert ours.stderr.endswith(" did not answer in time; check the network, or raise --request-timeout\n")
