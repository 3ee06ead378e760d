"""A Workflow and its nodes, as values, from the manifest that the Kubernetes API, the Argo Server or a file gives."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kubectl_argo_pods import compression
from kubectl_argo_pods.errors import ManifestError
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.shape import METADATA, NODE, WORKFLOW, check

Manifest = dict[str, Any]

ENDED = frozenset({"Succeeded", "Failed", "Error"})
# What a node can end in besides, without ever having run.
FULFILLED = ENDED | {"Skipped", "Omitted"}
# The phases and types of nodes (pkg/apis/workflow/v1alpha1/workflow_types.go).
PHASES = ("Pending", "Running", "Succeeded", "Skipped", "Failed", "Error", "Omitted")
TYPES = (
    *("Pod", "Container", "Steps", "StepGroup", "DAG", "TaskGroup", "Retry"),
    *("Skipped", "Suspend", "HTTP", "Plugin"),
)
# Types of nodes that run in a pod, and of those that only hold others.
LEAVES = frozenset({"Pod", "Container", "HTTP", "Plugin"})
PARENTS = frozenset({"Steps", "StepGroup", "DAG", "TaskGroup", "Retry"})


class Node(NamedTuple):
    """An entry of `status.nodes`; times are epoch seconds."""

    id: str
    name: str
    display_name: str
    type: str
    phase: str
    template: str  # as `argo get` prints it: the template's name, or REF/TEMPLATE
    boundary_id: str
    children: list[str]
    started_at: float | None
    finished_at: float | None
    message: str
    host: str
    manifest: Manifest


class Workflow(NamedTuple):
    """A Workflow; times are epoch seconds.

    It has no nodes where `offloaded` says that they are in the Argo Server's database alone, or `unreadable` why what
    it says of them cannot be understood.
    """

    name: str
    namespace: str
    uid: str
    phase: str
    message: str
    created_at: float | None
    started_at: float | None
    finished_at: float | None
    labels: dict[str, str]
    annotations: dict[str, str]
    nodes: dict[str, Node]
    offloaded: bool
    unreadable: str
    resource_version: str

    @property
    def ended(self) -> bool:
        return self.phase in ENDED


class WorkflowSummary(NamedTuple):
    """A line of the list of workflows; `created_at` is in epoch seconds."""

    namespace: str
    name: str
    uid: str
    status: str
    created_at: float | None
    message: str
    labels: dict[str, str]
    resource_version: str = ""


def parse_time(text: str | None) -> float | None:
    """Epoch seconds of an RFC 3339 time; None for Kubernetes' `null` and for what is no time."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return None


def from_manifest(manifest: Manifest) -> Workflow:
    """The Workflow of a manifest, its compressed nodes unpacked; raises ManifestError for what is no workflow."""
    metadata = manifest.get("metadata") or {}
    check(metadata, METADATA, '"metadata" of the workflow')
    name = metadata.get("name") or metadata.get("generateName") or ""
    check(manifest, WORKFLOW, f'workflow "{name}"')
    status = manifest.get("status") or {}
    nodes, unreadable = _nodes_if_readable(status)
    return Workflow(
        name=name,
        namespace=metadata.get("namespace") or "",
        uid=metadata.get("uid") or "",
        phase=status.get("phase") or "",
        message=status.get("message") or "",
        created_at=parse_time(metadata.get("creationTimestamp")),
        started_at=parse_time(status.get("startedAt")),
        finished_at=parse_time(status.get("finishedAt")),
        labels=metadata.get("labels") or {},
        annotations=metadata.get("annotations") or {},
        nodes=nodes,
        offloaded=bool(not nodes and not unreadable and status.get("offloadNodeStatusVersion")),
        unreadable=unreadable,
        resource_version=metadata.get("resourceVersion") or "",
    )


def _nodes_if_readable(status: Manifest) -> tuple[dict[str, Node], str]:
    """The nodes, or none of them and the reason: pods tell something of a workflow that does not."""
    try:
        return _nodes(status), ""
    except ManifestError as error:
        return {}, str(error)


def _nodes(status: Manifest) -> dict[str, Node]:
    nodes = status.get("nodes") or {}
    check(nodes, dict, '"nodes" of its status')
    # As Argo's hydrator does: what is compressed counts only where there are no plain nodes.
    if not nodes and status.get("compressedNodes"):
        nodes = compression.unpack_nodes(str(status["compressedNodes"]))
    return {id_: _node(id_, node) for id_, node in nodes.items()}


def _node(id_: str, node: Any) -> Node:
    check(node, NODE, f'node "{id_}"')
    get = node.get
    name = get("name") or id_
    return Node(
        id_,
        name,
        get("displayName") or name,
        # Argo 2.0 knew no types: whatever has no children there is a pod.
        get("type") or ("Steps" if get("children") else "Pod"),
        get("phase") or "",
        _template(node),
        get("boundaryID") or "",
        get("children") or [],
        parse_time(get("startedAt")),
        parse_time(get("finishedAt")),
        get("message") or "",
        get("hostNodeName") or "",
        node,
    )


def _template(node: Manifest) -> str:
    ref = node.get("templateRef")
    if ref:
        return f"{ref.get('name', '')}/{ref.get('template', '')}"
    return node.get("templateName") or ""


def parameters(node: Node) -> dict[str, str]:
    """The values of a node's input parameters, by their names."""
    given = (node.manifest.get("inputs") or {}).get("parameters") or []
    return {str(each.get("name") or ""): str(each.get("value", "")) for each in given}
