"""Which rows a list shows of the workflows that it is about."""

from __future__ import annotations

from kubectl_argo_pods.attempts import Attempts
from kubectl_argo_pods.errors import NoMatchError
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.selection import select


class Shown(NamedTuple):
    """What a list shows where no NODE is named: nodes without pods, orphans, and, with `live`, only pods that exist."""

    all_nodes: bool = False
    containers: bool = False
    orphans: bool = False
    live: bool = False


def listed(
    workflows: list[list[NodePod]], words: tuple[str, ...], shown: Shown, attempts: Attempts | None = None
) -> list[NodePod]:
    """The rows of several workflows that are meant; a NODE word must mean something in one of them."""
    if words:
        rows = select_in_each(workflows, words, attempts)
    else:
        rows = [row for node_pods in workflows for row in node_pods if _is_shown(row, shown)]
    return [row for row in rows if row.pod] if shown.live else rows


def select_in_each(
    workflows: list[list[NodePod]], words: tuple[str, ...], attempts: Attempts | None = None
) -> list[NodePod]:
    """What the NODE words mean in each workflow; raises NoMatchError where that is nothing in any of them."""
    found: list[NodePod] = []
    misses: list[NoMatchError] = []
    for node_pods in workflows:
        try:
            found += select(node_pods, words, attempts)
        except NoMatchError as error:
            misses.append(error)
    if misses and not found:
        raise misses[0]
    return found


def _is_shown(row: NodePod, shown: Shown) -> bool:
    """Pods there are or were, one row for each pod of a containerSet; more where it is asked for."""
    if row.kind == "orphan":
        return shown.orphans
    if shown.all_nodes:
        return True
    is_container = row.node is not None and row.node.type == "Container"
    return bool(row.name) and (shown.containers or not is_container)
