"""Whether the nodes that are meant are done, so that none of their names can come again."""

from __future__ import annotations

from collections.abc import Container, Iterable

from kubectl_argo_pods.graph import Families, families, split_number
from kubectl_argo_pods.workflow import FULFILLED, Node, Workflow

# What runs the nodes within it again: attempts, items of a loop in a DAG, and in Steps.
REPEATING = ("Retry", "TaskGroup", "StepGroup")


def settled(workflow: Workflow, nodes: Iterable[Node], lost: Container[str] = ()) -> bool:
    """Whether these nodes are done and no other one of their names can come, of another attempt or item around them.

    The nodes with the ids that are `lost` have lost their pods while they ran, and get no other: the controller lets
    them end in an Error (controller/operator.go, podReconciliation), which may take it minutes.
    """
    family = families(workflow)
    return all((node.phase in FULFILLED or node.id in lost) and not _may_come_again(node, family) for node in nodes)


def _may_come_again(node: Node, family: Families) -> bool:
    inner = family.nodes.get(node.boundary_id)
    # No more steps than there are nodes: a manifest edited by hand may hold a cycle.
    for _ in family.nodes:
        if inner is None:
            return False
        holder = family.nodes.get(family.parents.get(inner.id, ""))
        if holder and holder.type in REPEATING and holder.phase not in FULFILLED and _repeats(holder, inner):
            return True
        inner = holder
    return False


def _repeats(holder: Node, inner: Node) -> bool:
    """A group of steps holds steps that are no items of a loop, too."""
    return holder.type != "StepGroup" or split_number(inner.display_name)[1] >= 0
