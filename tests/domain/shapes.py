"""Small workflows and pods as values: valid defaults, of which a test changes one thing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kubectl_argo_pods.naming import POD_NAME_FORMAT, node_id
from kubectl_argo_pods.pods import NODE_ID, NODE_NAME, WORKFLOW_LABEL, NodePod, Pod
from kubectl_argo_pods.workflow import Manifest, Workflow, from_manifest

UID = "0b8a2c2e-7a3f-4e3a-9a52-5c6f2e9d1c11"


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
