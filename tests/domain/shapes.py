"""Small workflows and pods as values: valid defaults, of which a test changes one thing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubectl_argo_pods.naming import POD_NAME_FORMAT, node_id
from kubectl_argo_pods.pod import NODE_ID, NODE_NAME, WORKFLOW_LABEL, NodePod, Pod, join
from kubectl_argo_pods.workflow import Manifest, Workflow, from_manifest

UID = "0b8a2c2e-7a3f-4e3a-9a52-5c6f2e9d1c11"
SIZE = {"parameters": [{"name": "size", "value": "7"}]}


def node(name: str, type_: str = "Pod", *, children: Iterable[str] = (), parent: str = "", **fields: Any) -> Manifest:
    """A node of workflow `wf`; `children` and `parent` (its boundary) are node names."""
    manifest: Manifest = {
        "id": node_id("wf", name),
        "name": name,
        "displayName": fields.pop("display", name.removeprefix("wf").lstrip(".") or name),
        "type": type_,
        "phase": "Succeeded",
        "templateName": "work" if type_ == "Pod" else "",
        "hostNodeName": "host-1" if type_ == "Pod" else "",
        "startedAt": "2026-05-04T10:00:00Z",
    }
    if children:
        manifest["children"] = [node_id("wf", child) for child in children]
    if parent:
        manifest["boundaryID"] = node_id("wf", parent)
    return manifest | fields


def workflow(*nodes: Manifest, version: str = "v2", **status: Any) -> Workflow:
    annotations = {POD_NAME_FORMAT: version} if version else {}
    metadata = {"name": "wf", "namespace": "argo", "uid": UID, "annotations": annotations}
    metadata["creationTimestamp"] = "2026-05-04T10:00:00Z"
    status = {"phase": "Running", "nodes": {each["id"]: each for each in nodes}} | status
    return from_manifest({"metadata": metadata, "status": status})


def row(name: str, age: str = "5s") -> Pod:
    """A pod of which only the table row is known."""
    return Pod(name, "argo", "2/2", "Running", "0", age, "10.0.0.7", "host-1")


def pod(name: str, node_name: str = "", *, uid: str = UID, kind: str = "Workflow", **metadata: Any) -> Pod:
    """A pod with its metadata; annotated for a node where one is named, owned by `uid`."""
    annotations = {NODE_ID: node_id("wf", node_name), NODE_NAME: node_name} if node_name else {}
    labels = {WORKFLOW_LABEL: "wf"} | metadata.pop("labels", {})
    full = {"name": name, "namespace": "argo", "labels": labels, "annotations": annotations}
    full["ownerReferences"] = [{"kind": kind, "name": "wf", "uid": uid, "controller": True}]
    return row(name)._replace(metadata=full | metadata)


def told(rows: Iterable[NodePod]) -> list[tuple[str, str, str, str]]:
    """Rows in short: display name, pod name, where the name came from, and the kind, with `gone` for a lost pod."""
    return [
        (
            each.node.display_name if each.node else "",
            each.name,
            each.name_from,
            each.kind if each.exists is not False or not each.name else f"{each.kind}, gone",
        )
        for each in rows
    ]


def varied_rows() -> list[NodePod]:
    """A DAG with a plain task, a loop, a retried task, a containerSet, and Steps that hold a second `load`."""
    nodes = workflow(
        node("wf", "DAG", phase="Failed"),
        node("wf.load", parent="wf", templateName="load", inputs=SIZE),
        node("wf.process", "TaskGroup", parent="wf", children=["wf.process(0:item-1)", "wf.process(1:b:c)"]),
        node("wf.process(0:item-1)", parent="wf"),
        node("wf.process(1:b:c)", parent="wf", phase="Running", startedAt="2026-05-04T10:09:00Z"),
        node("wf.train", "Retry", parent="wf", phase="Error", children=["wf.train(0)", "wf.train(1)", "wf.train(10)"]),
        node("wf.train(0)", parent="wf", phase="Failed", finishedAt="2026-05-04T10:03:00Z"),
        node("wf.train(1)", parent="wf", phase="Failed", finishedAt="2026-05-04T10:05:00Z"),
        node("wf.train(10)", parent="wf", phase="Error", finishedAt="2026-05-04T10:07:00Z"),
        node("wf.set", parent="wf"),
        node("wf.set.one", "Container", parent="wf.set", display="one"),
        node("wf.sub", "Steps", parent="wf", templateName="inner", children=["wf.sub[0]"]),
        node("wf.sub[0]", "StepGroup", parent="wf.sub", display="[0]", children=["wf.sub[0].load"]),
        node(
            "wf.sub[0].load",
            parent="wf.sub",
            display="load",
            templateName="",
            templateRef={"name": "lib", "template": "load"},
        ),
        node("wf[0].two(0:x)", display="two(0:x)"),
        node("wf[0].two(1:y)", display="two(1:y)"),
        node("wf.skipped", "Skipped", parent="wf", phase="Skipped"),
    )
    return join(nodes, [pod("stray-1", kind="Job", uid="job")])


def node_names(chosen: list[NodePod]) -> list[str]:
    return [row.node.name.removeprefix("wf.") if row.node else row.name for row in chosen]
