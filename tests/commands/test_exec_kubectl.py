"""exec beside the real kubectl's, on the same cluster: the same streams, words and statuses."""

from __future__ import annotations

import subprocess
from typing import Any

import pytest

from kubectl_argo_pods.containers import DEFAULT_CONTAINER
from tests.cluster import Rule, SimulatedCluster
from tests.commands import running
from tests.conftest import Result, Run

Manifest = dict[str, Any]
PODS = {step: running.of(running.manifests(), step)["metadata"]["name"] for step in ("train", "fetch", "loop(0:a)")}


@pytest.fixture(autouse=True)
def deep(deep: SimulatedCluster) -> SimulatedCluster:
    unnamed = running.of(running.manifests(), "loop(0:a)")
    del unnamed["metadata"]["annotations"][DEFAULT_CONTAINER]
    # kubectl takes the first container, we the one that runs the step: here they are the same.
    unnamed["spec"]["containers"].reverse()
    deep.load([unnamed])
    return deep


def kubectl(environment: dict[str, str], *arguments: str, stdin: str) -> Result:
    done = subprocess.run(
        ["kubectl", *arguments], env=environment, input=stdin, capture_output=True, text=True, timeout=60
    )
    return Result(done.returncode, done.stdout, done.stderr)


# What stands before and behind the pod, for kubectl, or the step, for us.
SAME = {
    "streams apart": ((), "train", ("sh", "-c", "echo out; echo err >&2")),
    "a status": ((), "train", ("sh", "-c", "exit 42")),
    "a signal": ((), "train", ("sh", "-c", "kill -9 $$")),
    "no such program": ((), "train", ("no-such-program",)),
    "no input": ((), "train", ("cat",)),
    "input": (("-i",), "train", ("cat",)),
    "input in long": (("--stdin=true",), "train", ("cat",)),
    "a terminal without -i": (("-t",), "train", ("tty",)),
    "a terminal where none is": (("-it",), "train", ("tty",)),
    "a terminal where none is, quietly": (("-itq",), "train", ("tty",)),
    "a container": (("-c", "wait"), "train", ("echo", "out")),
    "no such container": (("-c", "nope"), "train", ("echo", "out")),
    "a container that nobody named": ((), "loop(0:a)", ("echo", "out")),
    "a container that nobody named, quietly": (("-q",), "loop(0:a)", ("echo", "out")),
    "blanks and quotes": ((), "train", ("printf", "<%s>", "a b", "", "it's", "$HOME")),
}


@pytest.mark.parametrize("case", SAME)
def test_it_is_kubectls(argo_pods: Run, clean_environment: dict[str, str], case: str) -> None:
    flags, step, command = SAME[case]
    ours = argo_pods("exec", *flags, "deep", step, "--", *command, stdin="some input")
    theirs = kubectl(clean_environment, "exec", *flags, PODS[step], "--", *command, stdin="some input")
    assert ours == theirs


# The same sentence, with more to it; a wrong command line has a status of its own here.
MORE = {
    "no command": ((), "train", (), 2),
    "a completed pod": ((), "fetch", ("ls",), 1),
    "no time to wait": (("--pod-running-timeout=0s",), "train", ("ls",), 2),
}


@pytest.mark.parametrize("case", MORE)
def test_an_error_begins_as_kubectls(argo_pods: Run, clean_environment: dict[str, str], case: str) -> None:
    flags, step, command, status = MORE[case]
    ours = argo_pods("exec", *flags, "deep", step, "--", *command)
    theirs = kubectl(clean_environment, "exec", *flags, PODS[step], "--", *command, stdin="")
    assert (ours.status, ours.stdout) == (status, theirs.stdout)
    assert ours.stderr.startswith(theirs.stderr.partition("\n")[0])


def test_impersonation_reaches_the_command_as_kubectls_does(
    argo_pods: Run, clean_environment: dict[str, str], deep: SimulatedCluster
) -> None:
    deep.access.add_user("me", Rule(("*",), "*"))
    flags = ("--as", "me", "--as-group", "a", "--as-group", "b c", "--as-uid", "7", "--as-user-extra", "k=v")
    assert argo_pods("exec", "deep", "train", *flags, "--", "echo", "out") == Result(0, "out\n", "")
    assert kubectl(clean_environment, "exec", PODS["train"], *flags, "--", "echo", "out", stdin="").status == 0
    ours, theirs = [request for request in deep.journal if request.path.endswith("/exec")]
    names = ("impersonate-user", "impersonate-group", "impersonate-uid", "impersonate-extra-k", "authorization")
    assert {name: ours.headers.get(name) for name in names} == {name: theirs.headers.get(name) for name in names}
    assert sorted(ours.query) == sorted(theirs.query)
