"""A workflow at work: a step that is done, one that runs, a loop of two that run, and one that waits for its pod."""

from __future__ import annotations

from typing import Any

from kubectl_argo_pods.containers import DEFAULT_CONTAINER
from kubectl_argo_pods.naming import pod_name
from tests import builders

Manifest = dict[str, Any]
NAME = "deep"
RUNS = {"running": {"startedAt": builders.STARTED}}
ENDED = {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": builders.FINISHED}}
STARTS = {"waiting": {"reason": "PodInitializing"}}


def manifests(name: str = NAME) -> list[Manifest]:
    """The workflow and its pods."""
    at_work = {"phase": "Running", "finishedAt": None, "parent": ""}
    parent = {"type": "DAG", "templateName": "main", "hostNodeName": ""}
    paths = (".fetch", ".train", ".loop(0:a)", ".loop(1:b)", ".late")
    nodes = [
        builders.node(name, children=list(paths), phase="Running", finishedAt=None, **parent),
        builders.node(name, ".fetch", parent="", templateName="fetch"),
        builders.node(name, ".train", **at_work),
        builders.node(name, ".loop(0:a)", **at_work),
        builders.node(name, ".loop(1:b)", **at_work),
        builders.node(name, ".late", **(at_work | {"phase": "Pending", "hostNodeName": ""})),
    ]
    workflow = builders.workflow(name, *nodes, phase="Running")
    pods = [pod(workflow, node) for node in nodes if node["type"] == "Pod" and node["phase"] != "Pending"]
    return [workflow, *pods]


def pod(workflow: Manifest, node: Manifest, **states: Manifest) -> Manifest:
    """The pod of a node, whose containers are in the states given, else as the node's phase says."""
    name = pod_name(workflow["metadata"]["name"], node["name"], node["templateName"], node["id"])
    phase = node["phase"]
    made = builders.pod(workflow, node, name)
    made["metadata"]["annotations"][DEFAULT_CONTAINER] = "main"
    made["spec"] |= {"restartPolicy": "Never", "initContainers": [{"name": "init"}]}
    state = RUNS if phase == "Running" else ENDED
    made["status"] = {
        "phase": "Running" if phase == "Running" else "Succeeded",
        "initContainerStatuses": [{"name": "init", "state": states.get("init", ENDED)}],
        "containerStatuses": [{"name": each, "state": states.get(each, state)} for each in ("wait", "main")],
    }
    return made


def of(found: list[Manifest], step: str) -> Manifest:
    """The pod of a step."""
    annotation = "workflows.argoproj.io/node-name"
    return next(
        each
        for each in found
        if each["kind"] == "Pod" and each["metadata"]["annotations"][annotation].endswith(f".{step}")
    )
