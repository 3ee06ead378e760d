"""The order of a workflow's nodes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.workflow import Node, Workflow


def graph_order(workflow: Workflow) -> Iterator[Node]:
    """Every node once, in the order of `argo get`: parents first, siblings by start, attempts and loop items by number.

    The tree is that of cmd/argo/commands/common/get.go: a DAG, Steps or containerSet node holds the nodes whose
    boundary it is, a step group, retry or task group its children; the workflow's exit handler and hooks follow.
    """
    family = families(workflow)
    seen: set[str] = set()
    for root in sorted(
        (node for node in workflow.nodes.values() if not _parent(node, family)), key=_root_key(workflow)
    ):
        yield from _descend(root, family, seen)
    # A manifest edited by hand may hold a cycle, which no root reaches.
    for node in workflow.nodes.values():
        if node.id not in seen:
            yield from _descend(node, family, seen)


class Families(NamedTuple):
    """Nodes by id, the id of what holds each, and what each holds."""

    nodes: dict[str, Node]
    parents: dict[str, str]
    members: dict[str, list[Node]]


# Types that hold their children, with what follows their own name in a child's; the rest is held by its boundary.
_HOLDERS = {"StepGroup": ".", "Retry": "(", "TaskGroup": "("}


def families(workflow: Workflow) -> Families:
    """Which node holds which."""
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
    return Families(nodes, parents, members)


def _parent(node: Node, family: Families) -> str:
    return family.parents.get(node.id, "")


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


def within(root: Node, family: Families) -> Iterator[Node]:
    """The node and everything that it holds, in their order."""
    return _descend(root, family, set())


def _descend(root: Node, family: Families, seen: set[str]) -> Iterator[Node]:
    stack = [root]
    while stack:
        node = stack.pop()
        if node.id in seen:
            continue
        seen.add(node.id)
        yield node
        if members := family.members.get(node.id):
            stack.extend(reversed(_siblings(members)))


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
