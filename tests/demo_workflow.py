"""The workflow of the demonstration: in the middle of its work, with a loop, a retry and something that waits."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from kubectl_argo_pods.containers import DEFAULT_CONTAINER
from kubectl_argo_pods.naming import pod_name
from tests import builders
from tests.cluster import SimulatedCluster
from tests.cluster.container_logs import Record

Manifest = dict[str, Any]
NAME = "etl-7k2lp"


def manifests(now: float) -> list[Manifest]:
    """The workflow and its pods, as they are at `now`."""
    at = _Clock(now)
    running = {"phase": "Running", "finishedAt": None, "parent": ""}
    parents = {"type": "DAG", "templateName": "main", "hostNodeName": "", "phase": "Running", "finishedAt": None}
    nodes = [
        _node("", at(190), children=[".extract"], **parents),
        _node(".extract", at(190), at(158), templateName="fetch", parent="", children=[".transform"]),
        _node(
            ".transform",
            at(150),
            children=[f".transform({each})" for each in ("0:orders", "1:customers", "2:größen")] + [".check"],
            **parents | {"type": "TaskGroup", "templateName": "clean", "parent": ""},
        ),
        _node(".transform(0:orders)", at(150), at(97), templateName="clean", parent=""),
        _node(".transform(1:customers)", at(150), templateName="clean", **running),
        _node(".transform(2:größen)", at(150), templateName="clean", **running),
        _node(".check", at(150), children=[".check(0)", ".check(1)"], **running | parents | {"type": "Retry"}),
        _node(
            ".check(0)", at(150), at(70), templateName="check", parent="", phase="Failed", message="Error (exit code 3)"
        ),
        _node(".check(1)", at(60), templateName="check", **running),
    ]
    workflow = builders.workflow(NAME, *nodes, phase="Running", startedAt=at(190), progress="2/6")
    workflow["metadata"]["creationTimestamp"] = at(190)
    return [workflow, *(_pod(workflow, each) for each in nodes if each["type"] == "Pod")]


# What the steps wrote, each line so many seconds ago.
LINES: dict[str, tuple[tuple[float, str], ...]] = {
    "extract": ((185, "fetching orders, customers, größen"), (160, "3 files, 1.2 GB")),
    "transform(0:orders)": ((149, "reading orders"), (98, "1204 rows written")),
    "transform(1:customers)": ((148, "reading customers"),),
    "transform(2:größen)": ((147, "reading größen"),),
    "check(0)": ((146, "checking 1204 rows"), (71, "ERROR row 877: no such customer")),
    "check(1)": ((59, "checking 1204 rows"),),
}


def write_logs(cluster: SimulatedCluster, now: float) -> None:
    """Put what the steps wrote until `now` into a cluster."""
    for step, lines in LINES.items():
        log = cluster.logs.of(pod_of(step))
        log.write(*(Record(int((now - ago) * 10**9), f"{line}\n".encode()) for ago, line in lines))
        if step in ("extract", "transform(0:orders)", "check(0)"):
            log.end()


def pod_of(step: str) -> str:
    """The name of the pod of a step."""
    node = next(each for each in manifests(0)[0]["status"]["nodes"].values() if each["displayName"] == step)
    return pod_name(NAME, node["name"], node["templateName"], node["id"])


def finished(found: list[Manifest], *steps: str) -> list[Manifest]:
    """The workflow and its pods, once these steps have succeeded."""
    workflow, *pods = found
    for node in workflow["status"]["nodes"].values():
        if node["displayName"] in steps:
            node |= {"phase": "Succeeded", "finishedAt": _Clock(time.time())(0)}
    nodes = {each["id"]: each for each in workflow["status"]["nodes"].values() if each["type"] == "Pod"}
    for pod in pods:
        node = nodes[pod["metadata"]["annotations"]["workflows.argoproj.io/node-id"]]
        if node["displayName"] in steps:
            done = {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": node["finishedAt"]}}
            pod["status"] = {
                "phase": "Succeeded",
                "containerStatuses": [{"name": each, "state": done} for each in ("wait", "main")],
            }
    return [workflow, *pods]


class _Clock:
    def __init__(self, now: float) -> None:
        self._now = now

    def __call__(self, seconds_ago: float) -> str:
        return datetime.fromtimestamp(self._now - seconds_ago, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _node(path: str, started: str, finished: str | None = None, **fields: Any) -> Manifest:
    times = {"startedAt": started, "finishedAt": finished}
    return builders.node(NAME, path, **times | fields)


def _pod(workflow: Manifest, node: Manifest) -> Manifest:
    name = pod_name(NAME, node["name"], node["templateName"], node["id"])
    pod = builders.pod(workflow, node, name, **_status(node))
    pod["metadata"]["creationTimestamp"] = node["startedAt"]
    pod["metadata"]["annotations"][DEFAULT_CONTAINER] = "main"
    pod["metadata"]["labels"]["workflows.argoproj.io/completed"] = str(node["phase"] != "Running").lower()
    return pod


def _status(node: Manifest) -> Manifest:
    if node["phase"] == "Succeeded":
        return {}
    if node["phase"] == "Failed":
        failed = {"terminated": {"exitCode": 3, "reason": "Error", "finishedAt": node["finishedAt"]}}
        return {
            "phase": "Failed",
            "containerStatuses": [{"name": "wait", "state": failed}, {"name": "main", "state": failed}],
        }
    state = {"running": {"startedAt": node["startedAt"]}}
    containers = [{"name": each, "ready": True, "state": state} for each in ("wait", "main")]
    return {"phase": "Running", "containerStatuses": containers, "conditions": [{"type": "Ready", "status": "True"}]}
