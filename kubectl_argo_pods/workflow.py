"""A Workflow and its nodes, as values, from the manifest that the Kubernetes API, the Argo Server or a file gives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from kubectl_argo_pods import compression
from kubectl_argo_pods.errors import ManifestError

Manifest = dict[str, Any]

ENDED = frozenset({"Succeeded", "Failed", "Error"})
# What a node can end in besides, without ever having run.
FULFILLED = ENDED | {"Skipped", "Omitted"}


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
    """A Workflow; times are epoch seconds. `offloaded` says that its nodes are in the Argo Server's database alone."""

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


def parse_time(text: str | None) -> float | None:
    """Epoch seconds of an RFC 3339 time; None for Kubernetes' `null` and for what is no time."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError):
        return None


def from_manifest(manifest: Manifest) -> Workflow:
    """The Workflow of a manifest, its compressed nodes unpacked; raises ManifestError."""
    metadata = _map(manifest, "metadata", "the workflow")
    name = metadata.get("name") or metadata.get("generateName") or ""
    status = _map(manifest, "status", f'workflow "{name}"')
    nodes = _map(status, "nodes", f'workflow "{name}"')
    # As Argo's hydrator does: what is compressed counts only where there are no plain nodes.
    if not nodes and status.get("compressedNodes"):
        nodes = compression.unpack_nodes(status["compressedNodes"])
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
        nodes={id_: _node(id_, node, name) for id_, node in nodes.items()},
        offloaded=bool(not nodes and status.get("offloadNodeStatusVersion")),
        resource_version=metadata.get("resourceVersion") or "",
    )


def _map(manifest: Manifest, key: str, where: str) -> Manifest:
    value = manifest.get(key) or {}
    if not isinstance(value, dict):
        raise ManifestError(f'"{key}" of {where} is not a map')
    return value


def _node(id_: str, node: Any, workflow: str) -> Node:
    if not isinstance(node, dict):
        raise ManifestError(f'node "{id_}" of workflow "{workflow}" is not a map')
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


def graph_order(workflow: Workflow) -> Iterator[Node]:
    """Every node once, in the order of `argo get`: parents first, siblings by start, attempts and loop items by number.

    The tree is that of cmd/argo/commands/common/get.go: a DAG, Steps or containerSet node holds the nodes whose
    boundary it is, a step group, retry or task group its children; the exit handler and the hooks of the workflow follow.
    """
    families = _families(workflow)
    seen: set[str] = set()
    for root in sorted(
        (node for node in workflow.nodes.values() if not _parent(node, families)), key=_root_key(workflow)
    ):
        yield from _descend(root, families, seen)
    # A manifest edited by hand may hold a cycle, which no root reaches.
    for node in workflow.nodes.values():
        if node.id not in seen:
            yield from _descend(node, families, seen)


class _Families(NamedTuple):
    nodes: dict[str, Node]
    parents: dict[str, str]
    members: dict[str, list[Node]]


# Types that hold their children, with what follows their own name in a child's; everything else is held by its boundary.
_HOLDERS = {"StepGroup": ".", "Retry": "(", "TaskGroup": "("}


def _families(workflow: Workflow) -> _Families:
    nodes = workflow.nodes
    parents: dict[str, str] = {}
    for node in nodes.values():
        if opening := _HOLDERS.get(node.type):
            # An empty task group also lists the tasks that wait for it: its own are told by their names.
            for child in node.children:
                if child in nodes and nodes[child].name.startswith(node.name + opening):
                    parents.setdefault(child, node.id)
    members: dict[str, list[Node]] = {}
    for node in nodes.values():
        parent = parents.get(node.id) or node.boundary_id
        if parent in nodes and parent != node.id:
            parents[node.id] = parent
            members.setdefault(parent, []).append(node)
    return _Families(nodes, parents, members)


def _parent(node: Node, families: _Families) -> str:
    return families.parents.get(node.id, "")


def _root_key(workflow: Workflow) -> Any:
    def key(node: Node) -> tuple[int, float, str]:
        if node.name == workflow.name:
            rank = 0
        elif node.name == f"{workflow.name}.onExit":
            rank = 2
        else:
            rank = 1
        return rank, node.started_at or float("inf"), node.name

    return key


def _descend(root: Node, families: _Families, seen: set[str]) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        yield node
        stack.extend(reversed(_siblings(families.members.get(node.id, []))))


def _siblings(nodes: list[Node]) -> list[Node]:
    if len(nodes) < 2:
        return nodes
    numbered = [(*split_number(node.display_name), node) for node in nodes]
    first: dict[str, float] = {}
    for base, _, node in numbered:
        started = node.started_at or float("inf")
        first[base] = min(first.get(base, float("inf")), started)
    numbered.sort(key=lambda entry: (first[entry[0]], entry[0], entry[1], entry[2].display_name))
    return [node for _, _, node in numbered]


def split_number(display_name: str) -> tuple[str, int]:
    """The name and the number of a loop item `NAME(3:value)` or an attempt `NAME(3)`; -1 for a name without one."""
    if not display_name.endswith(")"):
        return _step_group(display_name)
    # Argo strips parentheses from item values, so the last "(" opens the number.
    base, _, number = display_name[:-1].rpartition("(")
    digits = number.partition(":")[0]
    return (base, int(digits)) if digits.isdecimal() else (display_name, -1)


def _step_group(display_name: str) -> tuple[str, int]:
    digits = display_name[1:-1]
    if display_name[:1] == "[" and display_name[-1:] == "]" and digits.isdecimal():
        return "", int(digits)
    return display_name, -1
