"""Small workflows and pods as the API serves them: valid defaults, of which a test changes one thing."""

from __future__ import annotations

from typing import Any

from kubectl_argo_pods.naming import node_id

Manifest = dict[str, Any]
PREFIX = "workflows.argoproj.io"
STARTED, FINISHED = "2026-05-04T10:00:00Z", "2026-05-04T10:00:10Z"


def workflow(name: str, *nodes: Manifest, namespace: str = "argo", phase: str = "Succeeded", **status: Any) -> Manifest:
    """A workflow of nodes made by `node` for the same workflow name."""
    metadata: Manifest = {"name": name, "namespace": namespace, "uid": f"uid-of-{name}", "creationTimestamp": STARTED}
    metadata |= {"annotations": {f"{PREFIX}/pod-name-format": "v2"}, "labels": {f"{PREFIX}/phase": phase}}
    status = {"phase": phase, "startedAt": STARTED, "nodes": {each["id"]: each for each in nodes}} | status
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow"}
    return kind | {"metadata": metadata, "spec": {"entrypoint": "main"}, "status": status}


def node(workflow_name: str, path: str = "", **fields: Any) -> Manifest:
    """A node by the path below the workflow, as `.train(0)`; `children` and `parent` are such paths too."""
    name = f"{workflow_name}{path}"
    manifest: Manifest = {"id": node_id(workflow_name, name), "name": name}
    manifest["displayName"] = path.rpartition(".")[2] or name
    manifest |= {"type": "Pod", "phase": "Succeeded", "templateName": "work", "hostNodeName": "host-1"}
    manifest |= {"startedAt": STARTED, "finishedAt": FINISHED}
    if "parent" in fields:
        manifest["boundaryID"] = node_id(workflow_name, workflow_name + fields.pop("parent"))
    if "children" in fields:
        manifest["children"] = [node_id(workflow_name, workflow_name + each) for each in fields.pop("children")]
    return manifest | fields


def pod(of: Manifest, of_node: Manifest, name: str, **status: Any) -> Manifest:
    """The pod of a node of a workflow, finished well unless the status says otherwise."""
    owner = of["metadata"]
    metadata = {"name": name, "namespace": owner["namespace"], "uid": f"uid-of-{name}", "creationTimestamp": STARTED}
    metadata |= {
        "labels": {f"{PREFIX}/workflow": owner["name"], f"{PREFIX}/completed": "true"},
        "annotations": {f"{PREFIX}/node-id": of_node["id"], f"{PREFIX}/node-name": of_node["name"]},
        "ownerReferences": [_owner(owner)],
    }
    spec = {"nodeName": "host-1", "containers": [{"name": "wait"}, {"name": "main"}]}
    done = {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": FINISHED}}
    containers = [{"name": each["name"], "state": done} for each in spec["containers"] if isinstance(each, dict)]
    status = {"phase": "Succeeded", "podIPs": [{"ip": "10.0.0.7"}], "containerStatuses": containers} | status
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}


def _owner(metadata: Manifest) -> Manifest:
    reference = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "name": metadata["name"]}
    return reference | {"uid": metadata["uid"], "controller": True, "blockOwnerDeletion": True}
