"""The rows of nodes and pods that a command line leaves of workflows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kubectl_argo_pods.errors import ForbiddenError, NoMatchError
from kubectl_argo_pods.filters import NodeFilters, narrow
from kubectl_argo_pods.options import split
from kubectl_argo_pods.options.selection import Filters
from kubectl_argo_pods.pod import NodePod, join
from kubectl_argo_pods.shown import Shown, listed
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.without_nodes import no_node

if TYPE_CHECKING:
    from kubectl_argo_pods.attempts import Attempts


def rows(
    snapshots: Iterable[Snapshot],
    nodes: tuple[str, ...],
    filters: Filters,
    *,
    all_nodes: bool = False,
    orphans: bool = False,
) -> list[NodePod]:
    """The rows that the NODE words and the filters leave; raises NoMatchError, ForbiddenError and UsageError."""
    found = list(snapshots)
    workflows = joined(found, filters)
    try:
        return chosen(workflows, nodes, filters, all_nodes=all_nodes, orphans=orphans)
    except NoMatchError:
        if any(workflows) or len(found) != 1:
            raise
        raise no_node(nodes[0], found[0].workflow) from None


def joined(snapshots: Iterable[Snapshot], filters: Filters) -> list[list[NodePod]]:
    """The nodes and pods of each workflow; raises ForbiddenError where pods are to be selected and cannot be listed."""
    found = list(snapshots)
    selects_pods = bool(filters.selector or filters.field_selector)
    if selects_pods and any(snapshot.pods is None for snapshot in found):
        # Where somebody refused, the notice of that says who and why.
        why = "" if any(snapshot.notices for snapshot in found) else ": there is no cluster to ask"
        raise ForbiddenError(f"-l/--selector and --field-selector select pods, which cannot be listed{why}")
    return [join(snapshot.workflow, snapshot.pods) for snapshot in found]


def chosen(
    workflows: list[list[NodePod]],
    nodes: tuple[str, ...],
    filters: Filters,
    *,
    all_nodes: bool = False,
    orphans: bool = False,
    attempts: Attempts | None = None,
) -> list[NodePod]:
    """The rows of joined workflows that are left; `attempts` are those of retried nodes, if not as a list has them."""
    types = split(filters.type)
    # A selector of pods can only be passed by pods that are there.
    live = bool(filters.selector or filters.field_selector)
    shown = Shown(all_nodes=all_nodes, containers=bool(types), orphans=orphans, live=live)
    narrowing = NodeFilters(split(filters.phase), types, filters.template, filters.node_field_selector or "")
    return narrow(listed(workflows, nodes, shown, attempts), narrowing)
