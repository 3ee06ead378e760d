"""What a command line asks for, which all commands say alike."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.options import split
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.selection import Filters
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources import PodQuery, Sources, open_source
from kubectl_argo_pods.sources.finding import Wanted


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
