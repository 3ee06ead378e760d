"""Commands in pods that are not there yet, or do not run yet."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.cluster import Rule, SimulatedCluster
from tests.cluster.resources import PODS
from tests.commands import running
from tests.conftest import PROGRAM, Result, Run

pytestmark = pytest.mark.usefixtures("deep")

Manifest = dict[str, Any]
POD = running.of(running.manifests(), "train")["metadata"]["name"]
STARTS = {"main": running.STARTS, "wait": running.STARTS}


def starting(**states: Manifest) -> Manifest:
    """The pod of `train` while it starts."""
    workflow, *_ = running.manifests()
    node = next(each for each in workflow["status"]["nodes"].values() if each["displayName"] == "train")
    pod = running.pod(workflow, node, **(STARTS | states))
    pod["status"]["phase"] = "Pending"
    return pod


Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start(clean_environment: dict[str, str]) -> Start:
    def start(*arguments: str) -> subprocess.Popen[str]:
        pipe = subprocess.PIPE
        return subprocess.Popen(
            [*PROGRAM, *arguments], env=clean_environment, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe, text=True
        )

    return start


def watched(cluster: SimulatedCluster, times: int = 1) -> None:
    """Returns when the program watches, for so many times."""
    deadline = time.monotonic() + 20
    while len([each for each in cluster.journal if "watch" in each.query]) < times or not cluster.watches.count:
        assert time.monotonic() < deadline
        time.sleep(0.01)


WAITING = f'waiting: container "main" of pod "{POD}" is waiting (PodInitializing)\n'


def test_it_waits_until_the_container_runs(deep: SimulatedCluster, start: Start) -> None:
    deep.load([starting()])
    with start("exec", "deep", "train", "--", "echo", "out") as process:
        watched(deep)
        deep.load([starting(wait=running.RUNS)])
        deep.load([starting(wait=running.RUNS, main=running.RUNS)])
        assert process.communicate(timeout=20) == ("out\n", WAITING)
    assert process.returncode == 0


def test_it_waits_through_the_end_of_a_watch_and_lost_versions(deep: SimulatedCluster, start: Start) -> None:
    deep.load([starting()])
    with start("exec", "-q", "deep", "train", "--", "echo", "out") as process:
        watched(deep)
        deep.state.forget_history()
        deep.watches.end()
        watched(deep, times=2)
        deep.watches.cut()
        deep.load([starting(wait=running.RUNS, main=running.RUNS)])
        assert process.communicate(timeout=20) == ("out\n", "")


def test_it_does_not_wait_for_ever(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.load([starting(main={"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}})])
    result = argo_pods("exec", "-q", "deep", "train", "--pod-running-timeout", "300ms", "--", "echo", "out")
    state = f'container "main" of pod "{POD}" is waiting (ImagePullBackOff): no such image'
    assert result == Result(124, "", f"error: {state}, after 0.3 seconds of waiting\n")


def test_a_pod_that_ends_while_it_is_waited_for_is_told(deep: SimulatedCluster, start: Start) -> None:
    deep.load([starting()])
    with start("exec", "-q", "deep", "train", "--", "echo", "out") as process:
        watched(deep)
        failed = starting(main=running.ENDED)
        failed["status"]["phase"] = "Failed"
        deep.load([failed])
        _, stderr = process.communicate(timeout=20)
    assert process.returncode == 1
    assert stderr.startswith("error: cannot exec into a container in a completed pod; current phase is Failed; ")


def test_a_pod_that_is_deleted_while_it_is_waited_for_is_told(deep: SimulatedCluster, start: Start) -> None:
    deep.load([starting()])
    with start("exec", "-q", "deep", "train", "--", "echo", "out") as process:
        watched(deep)
        deep.state.delete(PODS, "argo", POD)
        assert process.communicate(timeout=20) == ("", f'error: pods "{POD}" not found\n')
    assert process.returncode == 1


def test_without_leave_to_watch_the_missing_rule_is_named(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.load([starting()])
    rules = (Rule(("get",), "workflows"), Rule(("get", "list"), "pods"), Rule(("get", "create"), "pods/exec"))
    token = deep.access.add_user("dev", *rules)
    result = argo_pods("exec", "-q", "deep", "train", "--token", token, "--", "echo", "out")
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.endswith('has to grant {apiGroups: [""], resources: [pods], verbs: [watch]}\n')


def test_it_waits_for_the_pod_of_a_step_that_has_none_yet(deep: SimulatedCluster, start: Start) -> None:
    workflow, *_ = running.manifests()
    node = next(each for each in workflow["status"]["nodes"].values() if each["displayName"] == "late")
    with start("exec", "deep", "late", "--", "echo", "out") as process:
        watched(deep)
        deep.load([running.pod(workflow, node | {"phase": "Running"})])
        assert process.communicate(timeout=20) == ("out\n", 'waiting for a pod: "late" is Pending\n')
    assert process.returncode == 0


def test_a_step_that_gets_no_pod_is_not_waited_for_for_ever(argo_pods: Run) -> None:
    result = argo_pods("exec", "deep", "late", "--pod-running-timeout", "100ms", "--", "echo", "out")
    said = 'waiting for a pod: "late" is Pending\nerror: no pod after 0.1 seconds of waiting: "late" is Pending\n'
    assert result == Result(124, "", said)


def test_a_workflow_that_ends_meanwhile_ends_the_waiting(deep: SimulatedCluster, start: Start) -> None:
    workflow, *_ = running.manifests()
    with start("exec", "deep", "late", "--", "echo", "out") as process:
        watched(deep)
        workflow["status"]["phase"] = "Failed"
        deep.load([workflow])
        _, stderr = process.communicate(timeout=20)
    assert stderr.endswith('error: no pod came before the workflow ended: "late" is Pending\n')
    assert process.returncode == 1
