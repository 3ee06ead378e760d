"""Workflows and pods of any size, as Argo leaves them when a workflow has ended: values, not yet objects."""

from __future__ import annotations

import gzip
import hashlib
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from kubectl_argo_pods.naming import POD_NAME_FORMAT, node_id, pod_name

Manifest = dict[str, Any]

TEMPLATE = "work"
LOOP = 50
IMAGE = "cluster.local/busybox:1"
# Argo's controller leaves alone what is labelled completed, unless it has a ttlStrategy or podGC.
COMPLETED = "workflows.argoproj.io/completed"
# Above this size Argo compresses the nodes (MAX_WORKFLOW_SIZE in workflow/packer).
LARGEST = 1 << 20


def workflow_manifest(name: str, pods: int, start: datetime) -> Manifest:
    """A workflow that ran `pods` pods in loops of 50, its nodes compressed if Argo would do so."""
    manifest = _plain_workflow(name, pods, start)
    if len(_json(manifest)) > LARGEST:
        nodes = manifest["status"].pop("nodes")
        manifest["status"]["compressedNodes"] = b64encode(gzip.compress(_json(nodes))).decode()
    return manifest


def _plain_workflow(name: str, pods: int, start: datetime) -> Manifest:
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": name,
            "labels": {COMPLETED: "true", "workflows.argoproj.io/phase": "Failed"},
            "annotations": {POD_NAME_FORMAT: "v2"},
        },
        "spec": {"entrypoint": "main", "arguments": {}, "templates": [_dag(pods), _template()]},
        "status": {
            "phase": "Failed",
            "progress": f"{pods}/{pods}",
            "startedAt": _time(start),
            "finishedAt": _time(start, 90),
            "nodes": {node["id"]: node for node in _nodes(name, pods, start)},
            "conditions": [{"type": "PodRunning", "status": "False"}, {"type": "Completed", "status": "True"}],
        },
    }


def pod_manifests(workflow: Manifest, pods: int) -> Iterator[Manifest]:
    """The pods of a workflow that the API server has accepted, each with the status that it ended with."""
    start = datetime.fromisoformat(workflow["status"]["startedAt"])
    for index in range(pods):
        yield _pod(workflow["metadata"], index, start)


def _nodes(workflow: str, pods: int, start: datetime) -> Iterator[Manifest]:
    groups = range(0, pods, LOOP)
    ended = _time(start, 90)
    yield _node(workflow, workflow, "DAG", start, ended) | {
        "templateName": "main",
        "children": [node_id(workflow, _group(workflow, first)) for first in groups],
    }
    for first in groups:
        members = range(first, min(first + LOOP, pods))
        yield _node(workflow, _group(workflow, first), "TaskGroup", start, ended) | {
            "templateName": TEMPLATE,
            "boundaryID": workflow,
            "children": [node_id(workflow, _item(workflow, index)) for index in members],
        }
        for index in members:
            yield _pod_node(workflow, index, start)


def _pod_node(workflow: str, index: int, start: datetime) -> Manifest:
    failed = _failed(index)
    node = _node(workflow, _item(workflow, index), "Pod", start, _time(start, index % 60 + 30), failed=failed) | {
        "templateName": TEMPLATE,
        "boundaryID": workflow,
        "hostNodeName": "node-1",
        "inputs": {"parameters": [{"name": "item", "value": f"item:{index}"}]},
        "outputs": {"exitCode": str(int(failed)), "artifacts": [_log(workflow, index)]},
        "resourcesDuration": {"cpu": 0, "memory": 0},
        "taskResultSynced": True,
        "startedAt": _time(start, index % 60),
    }
    return node | {"message": "main: Error (exit code 1)"} if failed else node


def _node(workflow: str, name: str, type_: str, start: datetime, ended: str, *, failed: bool = True) -> Manifest:
    return {
        "id": node_id(workflow, name),
        "name": name,
        "displayName": name.removeprefix(workflow + "."),
        "type": type_,
        "phase": "Failed" if failed else "Succeeded",
        "templateScope": f"local/{workflow}",
        "startedAt": _time(start),
        "finishedAt": ended,
        "progress": "1/1",
    }


def _pod(owner: Manifest, index: int, start: datetime) -> Manifest:
    workflow, node = owner["name"], _item(owner["name"], index)
    id_ = node_id(workflow, node)
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": _pod_name(workflow, index),
            "labels": {COMPLETED: "true", "workflows.argoproj.io/workflow": workflow},
            "annotations": {
                "kubectl.kubernetes.io/default-container": "main",
                "workflows.argoproj.io/node-id": id_,
                "workflows.argoproj.io/node-name": node,
            },
            "ownerReferences": [
                {
                    "apiVersion": "argoproj.io/v1alpha1",
                    "kind": "Workflow",
                    "name": workflow,
                    "uid": owner["uid"],
                    "blockOwnerDeletion": True,
                    "controller": True,
                }
            ],
        },
        # No scheduler answers to this name: the pods are objects only, nothing runs.
        "spec": {"schedulerName": "none", "restartPolicy": "Never", "containers": _containers(workflow, index)},
        "status": _pod_status(workflow, index, start),
    }


def _containers(workflow: str, index: int) -> list[Manifest]:
    variables = {
        "ARGO_CONTAINER_NAME": "main",
        "ARGO_TEMPLATE": json.dumps(_template() | {"archiveLocation": _log(workflow, index)}),
        "ARGO_NODE_ID": node_id(workflow, _item(workflow, index)),
        "ARGO_INCLUDE_SCRIPT_OUTPUT": "false",
        "ARGO_DEADLINE": "0001-01-01T00:00:00Z",
    }
    env = [{"name": name, "value": value} for name, value in variables.items()]
    return [
        {"name": "wait", "image": IMAGE, "command": ["argoexec", "wait", "--loglevel", "info"], "env": env},
        {"name": "main", "image": IMAGE, "command": ["/var/run/argo/argoexec", "emissary", "--", "true"], "env": env},
    ]


def _pod_status(workflow: str, index: int, start: datetime) -> Manifest:
    failed = _failed(index)
    return {
        "phase": "Failed" if failed else "Succeeded",
        "startTime": _time(start, index % 60),
        "hostIP": "10.97.0.1",
        "podIP": f"10.98.{index // 250}.{index % 250 + 1}",
        "conditions": [
            {"type": "Initialized", "status": "True", "reason": "PodCompleted"},
            {"type": "Ready", "status": "False", "reason": "PodCompleted"},
        ],
        "containerStatuses": [
            _ended("main", 1 if failed else 0, workflow, index, start),
            _ended("wait", 0, workflow, index, start),
        ],
    }


def _ended(container: str, code: int, workflow: str, index: int, start: datetime) -> Manifest:
    return {
        "name": container,
        "image": IMAGE,
        "imageID": "sha256:" + _digest(IMAGE, 0),
        "containerID": "containerd://" + _digest(workflow + container, index),
        "ready": False,
        "restartCount": 0,
        "state": {
            "terminated": {
                "exitCode": code,
                "reason": "Error" if code else "Completed",
                "startedAt": _time(start, index % 60 + 1),
                "finishedAt": _time(start, index % 60 + 30),
            }
        },
    }


def _dag(pods: int) -> Manifest:
    item = {"arguments": {"parameters": [{"name": "item", "value": "{{item}}"}]}, "template": TEMPLATE}
    tasks = [item | {"name": f"loop-{first}", "withItems": [first]} for first in range(0, pods, LOOP)]
    return {"name": "main", "dag": {"tasks": tasks}}


def _template() -> Manifest:
    return {
        "name": TEMPLATE,
        "inputs": {"parameters": [{"name": "item"}]},
        "outputs": {},
        "container": {"name": "", "image": IMAGE, "command": ["true"], "resources": {}},
    }


def _log(workflow: str, index: int) -> Manifest:
    return {"name": "main-logs", "s3": {"key": f"{workflow}/{_pod_name(workflow, index)}/main.log"}}


def _group(workflow: str, first: int) -> str:
    return f"{workflow}.loop-{first}"


def _item(workflow: str, index: int) -> str:
    return f"{_group(workflow, index - index % LOOP)}({index % LOOP}:item:{index})"


def _pod_name(workflow: str, index: int) -> str:
    node = _item(workflow, index)
    return pod_name(workflow, node, TEMPLATE, node_id(workflow, node))


def first_pod_name(workflow: str) -> str:
    return _pod_name(workflow, 0)


def _failed(index: int) -> bool:
    return index % 500 == 7


def _digest(text: str, index: int) -> str:
    return hashlib.sha256(f"{text}/{index}".encode()).hexdigest()


def _json(manifest: Manifest) -> bytes:
    return json.dumps(manifest, separators=(",", ":")).encode()


def _time(start: datetime, seconds: float = 0) -> str:
    return (start + timedelta(seconds=seconds)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
