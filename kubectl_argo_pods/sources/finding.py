"""The workflows that the command line means, with their pods."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from kubectl_argo_pods.choice import bare_name, choose, is_plain
from kubectl_argo_pods.errors import ArgoPodsError, NoMatchError, NotFoundError
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.snapshot import Snapshot, snapshot, snapshots
from kubectl_argo_pods.spelling import near_misses
from kubectl_argo_pods.workflow import WorkflowSummary


class Wanted(NamedTuple):
    """Which workflows are meant: a WORKFLOW word ("" for all), labels, and a namespace or None for all of them.

    `file` is that of `-f FILE`, which is looked in instead of a namespace.
    """

    word: str
    labels: str
    namespace: str | None
    file: str = ""


def is_one(wanted: Wanted) -> bool:
    """Whether no more than one workflow can be meant, as opposed to all that a glob or labels may match."""
    single = wanted.word.startswith("@") or (is_plain(wanted.word) and wanted.namespace is not None)
    return bool(wanted.word) and single


def summaries(sources: Sources, wanted: Wanted) -> list[WorkflowSummary]:
    """The workflows there are with the wanted labels, newest first."""
    return sources.workflows.workflows(wanted.namespace, wanted.labels)


def find(sources: Sources, wanted: Wanted, query: PodQuery, now: float) -> list[Snapshot]:
    """The workflows that are meant, with their pods; raises NoMatchError or NotFoundError where there are none."""
    name = bare_name(wanted.word) if is_plain(wanted.word) else ""
    if name and wanted.namespace is not None and not wanted.labels:
        try:
            return [snapshot(sources, wanted.namespace, name, query, now)]
        except NotFoundError as error:
            raise _explained(sources, wanted.namespace, name, error) from error
    chosen = _chosen(sources, wanted, name)
    # Of a name that is live and archived, too, the newest run is meant.
    names = list(dict.fromkeys((each.namespace, each.name) for each in chosen))
    return snapshots(sources, names, query, now)


def _chosen(sources: Sources, wanted: Wanted, name: str) -> Sequence[WorkflowSummary]:
    known = summaries(sources, wanted)
    where = place(wanted)
    if not wanted.word:
        return known
    if not name:
        return choose(wanted.word, known, where)
    named = [summary for summary in known if summary.name == name]
    if not named:
        hint = near_misses(name, (summary.name for summary in known))
        raise NoMatchError(f'workflow "{name}" not found {where}{hint}')
    return named


def place(wanted: Wanted) -> str:
    """Where was looked, as a sentence goes on: `in namespace "argo" with labels "a=b"`."""
    if wanted.file:
        return "in the manifest on stdin" if wanted.file == "-" else f'in "{wanted.file}"'
    where = "in any namespace" if wanted.namespace is None else f'in namespace "{wanted.namespace}"'
    return f'{where} with labels "{wanted.labels}"' if wanted.labels else where


def _namespace_exists(sources: Sources, namespace: str) -> bool:
    return sources.pods is None or sources.pods.namespace_exists(namespace)


def _explained(sources: Sources, namespace: str, name: str, error: NotFoundError) -> NotFoundError:
    """The error with the nearest names, or that there is no such namespace, as far as one may know that."""
    try:
        known = sources.workflows.workflows(namespace)
        if not known and not sources.pods_elsewhere and not _namespace_exists(sources, namespace):
            return NotFoundError(f'namespace "{namespace}" not found', code=404, reason="NotFound")
    except ArgoPodsError:
        return error
    hint = near_misses(name, (summary.name for summary in known))
    return NotFoundError(f"{error}{hint}", code=error.code, reason=error.reason)
