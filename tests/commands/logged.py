"""The workflow whose logs the tests read: a sidecar, a retry, a containerSet, and the agent of an HTTP request.

Of the containerSet, `two` depends on `one`: the node of a container is a child of those that it depends on.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kubectl_argo_pods.naming import pod_name
from tests import builders
from tests.cluster import SimulatedCluster

Manifest = dict[str, Any]
NAME = "etl"
BEGIN = int(datetime.fromisoformat(builders.STARTED).timestamp()) * 10**9
ARGO_BEGIN = 'time="2026-05-04T10:00:00.000Z" level=info msg="capturing logs" argo=true'
ARGO_END = 'time="2026-05-04T10:00:09.000Z" level=info msg="sub-process exited" argo=true error="<nil>"'
AGENT = "etl-1340600742-agent"


def nodes(phase: str = "Succeeded") -> list[Manifest]:
    inner = {"parent": "", "hostNodeName": ""}
    attempts = [".train(0)", ".train(1)"]
    return [
        builders.node(NAME, type="DAG", hostNodeName="", phase=phase, children=[".load", ".train", ".set", ".call"]),
        builders.node(NAME, ".load", parent="", templateName="fetch"),
        builders.node(NAME, ".train", type="Retry", children=attempts, **inner),
        builders.node(NAME, ".train(0)", parent="", phase="Failed", message="Error (exit code 1)"),
        builders.node(NAME, ".train(1)", parent=""),
        builders.node(NAME, ".set", parent="", children=[".set.one"]),
        builders.node(NAME, ".set.one", type="Container", parent=".set", children=[".set.two"]),
        builders.node(NAME, ".set.two", type="Container", parent=".set"),
        builders.node(NAME, ".call", type="HTTP", **inner),
        builders.node(NAME, ".skip", type="Skipped", phase="Skipped", **inner),
    ]


def workflow(**status: Any) -> Manifest:
    return builders.workflow(NAME, *nodes(), **status)


def pod_called(path: str) -> str:
    """The name of the pod of a node."""
    node = builders.node(NAME, path)
    return pod_name(NAME, node["name"], "fetch" if path == ".load" else "work", node["id"])


LOAD, SET, FIRST, SECOND = (pod_called(path) for path in (".load", ".set", ".train(0)", ".train(1)"))


def pod(path: str, *names: str, init: tuple[str, ...] = (), **status: Any) -> Manifest:
    """The pod of a node with these containers, all of which are done unless the status says otherwise."""
    made = builders.pod(workflow(), builders.node(NAME, path), pod_called(path), **status)
    made["spec"] |= {"initContainers": _named(init), "containers": _named(names)}
    done = {"exitCode": 0, "reason": "Completed", "startedAt": builders.STARTED, "finishedAt": builders.FINISHED}
    for key, listed in (("initContainerStatuses", init), ("containerStatuses", names)):
        terminated = [{"name": each, "state": {"terminated": {**done, "containerID": each}}} for each in listed]
        made["status"][key] = status.get(key, terminated)
    return made


def _named(names: tuple[str, ...]) -> list[Manifest]:
    return [{"name": name} for name in names]


def agent() -> Manifest:
    made = pod(".call", "main", "slack")
    made["metadata"] |= {"name": AGENT, "uid": "uid-of-the-agent", "annotations": {}}
    made["metadata"]["labels"]["workflows.argoproj.io/component"] = "agent"
    return made


def pods() -> list[Manifest]:
    return [
        pod(".load", "wait", "main", "side", init=("init", "prepare")),
        pod(".train(0)", "wait", "main"),
        pod(".train(1)", "wait", "main"),
        pod(".set", "wait", "one", "two"),
        agent(),
    ]


# The container of a pod to what it wrote, a line a second; each began a tenth of a second after the one before.
LINES: dict[tuple[str, str], tuple[str, ...]] = {
    (LOAD, "init"): ("loading",),
    (LOAD, "prepare"): ("preparing",),
    (LOAD, "main"): (ARGO_BEGIN, "load 1", "load 2", ARGO_END),
    (LOAD, "side"): ("side 1",),
    (LOAD, "wait"): ("waiting",),
    (FIRST, "main"): ("first 1", "first 2"),
    (SECOND, "main"): ("second 1", "second 2"),
    (SECOND, "wait"): ("waiting",),
    (SET, "one"): ("one 1",),
    (SET, "two"): ("two 1",),
    (SET, "wait"): ("waiting",),
    (AGENT, "main"): ("called",),
    (AGENT, "slack"): ("told",),
}


def load(cluster: SimulatedCluster) -> None:
    """Put the workflow, its pods and their logs into a cluster."""
    cluster.load([workflow(), *pods()])
    write(cluster)


def write(cluster: SimulatedCluster) -> None:
    """Put the logs of the pods into a cluster."""
    for number, ((name, container), lines) in enumerate(LINES.items()):
        log = cluster.logs.of(name, container)
        log.write_lines(*lines, start=BEGIN + number * 10**8, step=10**9)
        log.end()
