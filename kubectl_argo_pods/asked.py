"""What a command line asks for, which all commands say alike: the workflows, and the rows of their nodes and pods."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubectl_argo_pods.attempts import Attempts
from kubectl_argo_pods.errors import ForbiddenError, NoMatchError, UsageError
from kubectl_argo_pods.filters import NodeFilters, narrow
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.selection import Filters
from kubectl_argo_pods.pod import NodePod, join
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.shown import Shown, listed
from kubectl_argo_pods.sources import PodQuery, Sources, open_source
from kubectl_argo_pods.sources.finding import Wanted
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.without_nodes import no_node


class Asked(NamedTuple):
    """Where to look, for which workflows, and for which of their nodes (all of them where there is no word)."""

    sources: Sources
    wanted: Wanted
    nodes: tuple[str, ...]


def names_workflows(words: tuple[str, ...], filters: Filters, filename: tuple[str, ...]) -> bool:
    """Whether a command line says at all which workflows it is about."""
    return bool(words or filters.workflow_selector or filename)


def asked(
    words: tuple[str, ...],
    connection: Connection,
    filters: Filters,
    filename: tuple[str, ...],
    environ: Mapping[str, str],
) -> Asked:
    """The meaning of WORKFLOW [NODE...]; nothing is fetched yet. Raises ConfigError and UsageError."""
    if words and not words[0]:
        raise UsageError('the WORKFLOW is empty: write a name, @latest, or "*" for all workflows')
    files = split(filename)
    sources = open_source(connection.overrides(), connection.argo_server_flags(), files, environ)
    namespace = None if filters.all_namespaces else sources.namespace
    wanted = Wanted(words[0] if words else "", filters.workflow_selector or "", namespace, files)
    return Asked(sources, wanted, words[1:])


def pod_query(filters: Filters, include: str) -> PodQuery:
    """Which pods to ask the cluster for, with no more of each than is needed: None, Metadata or Object."""
    return PodQuery(filters.selector or "", filters.field_selector or "", include)


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


def split(given: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of an option that may be repeated or hold several parts between commas."""
    return tuple(part for each in given for part in each.split(",") if part)
