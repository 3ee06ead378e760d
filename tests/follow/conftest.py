"""Containers with logs on a simulated cluster, and the source that reads them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator

import pytest

from kubectl_argo_pods.cluster.http import open_http
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.containers import Container, containers
from kubectl_argo_pods.sources.kube_logs import KubeLogs
from kubectl_argo_pods.targets import Target
from tests import builders
from tests.builders import Manifest
from tests.cluster import SimulatedCluster
from tests.cluster.container_logs import ContainerLog
from tests.cluster.resources import PODS

NOW = 1_777_888_800  # 2026-05-04T10:00:00Z
WORKFLOW = builders.workflow("wf", phase="Running")


class Containers:
    """The containers of a cluster, one to a pod."""

    def __init__(self, cluster: SimulatedCluster) -> None:
        self.cluster = cluster
        self.ask_as({"token": cluster.admin_token})

    def ask_as(self, user: Entry) -> None:
        """From now on as this user of a kubeconfig."""
        entry = {"certificate-authority-data": b64encode(self.cluster.ca.cert_pem.bytes()).decode()}
        self.http = open_http(Cluster(self.cluster.url, "", "argo", entry, user, None), {})
        self.source = KubeLogs(self.http)

    def put(self, name: str, state: str = "terminated", *, run: int = 1, started_at: int = NOW) -> Target:
        """A pod whose container is in this state, its run of this number; a log that is not there yet begins empty."""
        of_node = builders.node("wf", f".{name}")
        status = {"name": "main", "state": {state: _details(state, run, started_at)}, "restartCount": run - 1}
        if state != "waiting" or run > 1:
            status["containerID"] = _id(run)
        if run > 1:
            status["lastState"] = {"terminated": _details("terminated", run - 1, started_at)}
        pod = builders.pod(WORKFLOW, of_node, name, containerStatuses=[status])
        pod["spec"] = {"nodeName": "host-1", "containers": [{"name": "main"}]}
        self.cluster.load([pod])
        return self.target(name)

    def target(self, name: str) -> Target:
        manifest = self.cluster.state.get(PODS, "argo", name)
        assert manifest
        state = containers(manifest)[0]
        uid = manifest["metadata"]["uid"]
        return Target("wf", "argo", name, None, name, uid, "main", _started(state), state)

    def log(self, name: str) -> ContainerLog:
        return self.cluster.logs.of(name)


def _details(state: str, run: int, started_at: int) -> Manifest:
    if state == "waiting":
        return {"reason": "PodInitializing"}
    started = (
        f"2026-05-04T{10 + (started_at - NOW) // 3600:02d}:{(started_at - NOW) // 60 % 60:02d}:{started_at % 60:02d}Z"
    )
    if state == "running":
        return {"startedAt": started}
    return {"startedAt": started, "finishedAt": started, "exitCode": 0, "containerID": _id(run)}


def _id(run: int) -> str:
    return f"containerd://{run}"


def _started(state: Container) -> float | None:
    return state.started_at


@pytest.fixture(scope="module")
def shared_containers() -> Iterator[Containers]:
    """For tests that tell their containers apart by name."""
    with SimulatedCluster() as cluster:
        yield Containers(cluster)


@pytest.fixture
def pods_of_own() -> Iterator[Containers]:
    with SimulatedCluster() as cluster:
        yield Containers(cluster)
