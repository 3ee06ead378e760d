"""What only a cluster that is set up otherwise, or is restarted, shows: a real one, with E2E_RESTART."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.conftest import PROGRAM, Result, Run
from tests.e2e import argo_tree, submission
from tests.e2e.conftest import Restart

Manifest = dict[str, Any]
FOLDER = submission.FOLDER / "restarts"
CONTROLLER = "workflow-controller"

pytestmark = pytest.mark.timeout(300)


class Submit(Protocol):
    def __call__(self, file: str, folder: Path = FOLDER) -> str:
        """Submits the workflow of a file, waits until it is done or stands still, and returns its name."""


@pytest.fixture
def submit(restart: Restart) -> Iterator[Submit]:
    suffix = f"{random.randrange(10**4, 10**5)}"

    def run(file: str, folder: Path = FOLDER) -> str:
        return submission.run({file: submission.read(suffix, folder)[file]})[file]

    yield run
    submission.clean_up(suffix)


@pytest.fixture
def real() -> dict[str, str]:
    """The environment in which the program asks the real cluster."""
    return {"KUBECONFIG": os.environ["KUBECONFIG"]}


@pytest.fixture
def argo_server() -> list[str]:
    return ["-s", os.environ["E2E_ARGO_SERVER"], "--secure=false"]


@contextmanager
def set_up(restart: Restart, part: str, during: dict[str, str], after: dict[str, str]) -> Iterator[None]:
    """The part with other settings, for a while."""
    restart(part, **during)
    try:
        yield
    finally:
        restart(part, **after)


def rows(result: Result) -> dict[str, str]:
    """Pods by step, of an answer in json; a pod that is gone is marked so."""
    assert result.status == 0, result.stderr
    return {
        each["node"]["displayName"]: each["metadata"]["name"] + (" (gone)" if not each["status"]["exists"] else "")
        for each in json.loads(result.stdout)["items"]
        if each["node"]
    }


def pods_of(workflow: str) -> dict[str, str]:
    """The pods that exist by the name of their node."""
    label = f"workflows.argoproj.io/workflow={workflow}"
    listed = json.loads(submission.kubectl("get", "pods", "-l", label, "-o", "json"))["items"]
    annotation = "workflows.argoproj.io/node-name"
    return {
        each["metadata"]["annotations"][annotation].removeprefix(f"{workflow}."): each["metadata"]["name"]
        for each in listed
        if annotation in each["metadata"]["annotations"]
    }


def workflow(name: str) -> Manifest:
    manifest: Manifest = json.loads(submission.kubectl("get", "workflow", name, "-o", "json"))
    return manifest


def test_offloaded_nodes_are_rebuilt_from_the_pods_and_known_to_the_argo_server(
    submit: Submit, restart: Restart, argo_pods: Run, real: dict[str, str], argo_server: list[str]
) -> None:
    always, never = {"ALWAYS_OFFLOAD_NODE_STATUS": "true"}, {"ALWAYS_OFFLOAD_NODE_STATUS": "false"}
    with set_up(restart, CONTROLLER, always, never):
        name = submit("half")
    status = workflow(name)["status"]
    assert (bool(status["offloadNodeStatusVersion"]), "nodes" in status, "compressedNodes" in status) == (
        True,
        False,
        False,
    )
    pods = pods_of(name)
    rebuilt = argo_pods(name, "-o", "json", env=real)
    assert rows(rebuilt) == pods
    assert rebuilt.stderr == (
        f'the node status of workflow "{name}" is offloaded to Argo\'s database: the list is rebuilt from its pods; '
        "name an Argo Server with -s to see all of it\n"
    )
    submission.kubectl("delete", "pod", pods["good"])
    left = {"bad": pods["bad"]}
    assert rows(argo_pods(name, "-o", "json", env=real)) == left
    whole = argo_pods(name, "-o", "json", *argo_server, env=real)
    assert (rows(whole), whole.stderr) == ({**left, "good": f"{pods['good']} (gone)"}, "")


def test_pods_of_version_1_are_named_and_remembered_by_their_nodes_ids(
    submit: Submit, restart: Restart, argo_pods: Run, real: dict[str, str]
) -> None:
    with set_up(restart, CONTROLLER, {"POD_NAMES": "v1"}, {"POD_NAMES": "v2"}):
        name = submit("half")
    pods, nodes = pods_of(name), workflow(name)["status"]["nodes"]
    assert pods == {node["displayName"]: id_ for id_, node in nodes.items() if node["type"] == "Pod"}
    assert rows(argo_pods(name, "-o", "json", env=real)) == pods
    submission.kubectl("delete", "pod", *pods.values())
    gone = {step: f"{pod} (gone)" for step, pod in pods.items()}
    assert rows(argo_pods(name, "-o", "json", env=real)) == gone
    # argo, too, computes them by the annotation.
    told = {line.step: line.pod for line in argo_tree.parse(submission.argo_get(name)) if line.step in pods}
    assert told == pods


def test_a_retry_after_an_upgrade_leaves_pods_of_both_versions(
    submit: Submit, restart: Restart, argo_pods: Run, real: dict[str, str]
) -> None:
    with set_up(restart, CONTROLLER, {"POD_NAMES": "v1"}, {"POD_NAMES": "v2"}):
        name = submit("half")
    before = pods_of(name)
    # As the controller of v3.4 does to the workflows of v3.3 (setWfPodNamesAnnotation); later ones leave it alone.
    submission.kubectl("annotate", "--overwrite", "workflow", name, "workflows.argoproj.io/pod-name-format=v2")
    subprocess.run(["argo", "retry", name], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["argo", "wait", name], stdout=subprocess.DEVNULL)
    pods = pods_of(name)
    assert (pods["good"], pods["bad"] == before["bad"]) == (before["good"], False)
    assert rows(argo_pods(name, "-o", "json", env=real)) == pods


def test_plugin_nodes_are_executed_by_the_agents_pod(
    submit: Submit, restart: Restart, argo_pods: Run, real: dict[str, str]
) -> None:
    with set_up(restart, CONTROLLER, {"ARGO_EXECUTOR_PLUGINS": "true"}, {"ARGO_EXECUTOR_PLUGINS": "false"}):
        name = submit("plugin")
    assert workflow(name)["status"]["phase"] == "Succeeded"
    # It has half a minute to go in peace.
    agent = f"{name}-1340600742-agent"
    assert rows(argo_pods(name, "-o", "json", env=real)) == {"ask": agent, "ask-again": agent}
    submission.kubectl("wait", "--for=delete", f"pod/{agent}", "--timeout=120s")
    assert rows(argo_pods(name, "-o", "json", env=real)) == {"ask": f"{agent} (gone)", "ask-again": f"{agent} (gone)"}


def test_a_watch_outlives_the_api_server(submit: Submit, restart: Restart, real: dict[str, str]) -> None:
    name = submit("suspended", submission.FOLDER)
    command = [*PROGRAM, name, "-w"]
    environment = {"PATH": os.environ["PATH"], **real}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as watching:
        assert watching.stdout
        shown = [watching.stdout.readline(), watching.stdout.readline()]
        restart("kube-apiserver")
        subprocess.run(["argo", "resume", name], check=True, capture_output=True)
        rest, complaint = watching.communicate(timeout=120)
    shown += rest.splitlines(keepends=True)
    assert [line.split()[0] for line in shown[:2]] == ["STEP", "prepare"]
    last = {line.split()[0]: line.split()[4] for line in shown[1:]}
    assert (watching.returncode, last, complaint) == (0, {"prepare": "Completed", "release": "Completed"}, "")
