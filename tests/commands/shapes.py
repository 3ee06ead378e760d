"""The workflow that the tests of commands list: a retry, an HTTP request, a containerSet, and a pod that is gone."""

from __future__ import annotations

from typing import Any

from kubectl_argo_pods.naming import pod_name
from tests import builders

Manifest = dict[str, Any]


def etl(name: str = "etl", **status: Any) -> list[Manifest]:
    """The workflow and its pods, all but that of the first attempt and the agent's."""
    parent = {"hostNodeName": "", "parent": ""}
    nodes = [
        builders.node(
            name,
            type="DAG",
            templateName="main",
            hostNodeName="",
            phase="Failed",
            children=[".load", ".train", ".call", ".set", ".skip"],
        ),
        builders.node(name, ".load", parent="", templateName="fetch"),
        builders.node(name, ".train", type="Retry", phase="Failed", children=[".train(0)", ".train(1)"], **parent),
        builders.node(name, ".train(0)", parent="", phase="Failed", message="Error (exit code 3)"),
        builders.node(name, ".train(1)", parent="", phase="Failed"),
        builders.node(name, ".call", type="HTTP", **parent),
        builders.node(name, ".set", parent="", children=[".set.one"]),
        builders.node(name, ".set.one", type="Container", parent=".set", children=[".set.two"]),
        builders.node(name, ".set.two", type="Container", parent=".set"),
        builders.node(name, ".skip", type="Skipped", phase="Skipped", **parent),
    ]
    workflow = builders.workflow(name, *nodes, phase="Failed", **status)
    there = [each for each in nodes if each["type"] == "Pod" and each["displayName"] != "train(0)"]
    return [workflow, *(pod_of(workflow, each) for each in there)]


def pod_of(workflow: Manifest, node: Manifest, **status: Any) -> Manifest:
    """The pod of a node, named as Argo names it."""
    name = pod_name(workflow["metadata"]["name"], node["name"], node["templateName"], node["id"])
    return builders.pod(workflow, node, name, **status)
