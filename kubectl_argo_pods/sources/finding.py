"""The workflows that the command line means, with their pods."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from kubectl_argo_pods.choice import bare_name, choose, is_plain
from kubectl_argo_pods.errors import ArgoPodsError, NoMatchError, NotFoundError, UsageError
from kubectl_argo_pods.pod import WORKFLOW_LABEL
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources import PodQuery, Sources, place_of
from kubectl_argo_pods.sources.snapshot import Snapshot, snapshot, snapshots
from kubectl_argo_pods.spelling import near_misses
from kubectl_argo_pods.workflow import WorkflowSummary

# Between two looks at whether a workflow has come, in seconds.
PAUSE = 1.0


class Wanted(NamedTuple):
    """Which workflows are meant: a WORKFLOW word ("" for all), labels, and a namespace or None for all of them.

    `files` are those of `-f FILE`, which are looked in instead of a namespace.
    """

    word: str
    labels: str
    namespace: str | None
    files: tuple[str, ...] = ()


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
            run = _run_of_uid(sources, wanted.namespace, name, error)
            return [snapshot(sources, run.namespace, run.name, query, now, uid=run.uid)]
    chosen = _chosen(sources, wanted, name)
    return snapshots(sources, newest_runs(chosen), query, now)


def newest_runs(runs: Iterable[WorkflowSummary]) -> list[WorkflowSummary]:
    """One run of each name, the first that there is: a name that is live and archived, too, means its newest run."""
    newest: dict[tuple[str, str], WorkflowSummary] = {}
    for run in runs:
        newest.setdefault((run.namespace, run.name), run)
    return list(newest.values())


def _chosen(sources: Sources, wanted: Wanted, name: str) -> Sequence[WorkflowSummary]:
    known = summaries(sources, wanted)
    where = place(wanted)
    if not wanted.word:
        return known
    if not name:
        return choose(wanted.word, known, where)
    named = [summary for summary in known if name in (summary.name, summary.uid)]
    if not named:
        hint = near_misses(name, (summary.name for summary in known))
        raise NoMatchError(f'workflow "{name}" not found {where}{hint}')
    return named


def place(wanted: Wanted) -> str:
    """Where was looked, as a sentence goes on: `in namespace "argo" with labels "a=b"`."""
    if wanted.files:
        return f"in {place_of(wanted.files)}"
    where = "in any namespace" if wanted.namespace is None else f'in namespace "{wanted.namespace}"'
    return f'{where} with labels "{wanted.labels}"' if wanted.labels else where


def _namespace_exists(sources: Sources, namespace: str) -> bool:
    return sources.pods is None or sources.pods.namespace_exists(namespace)


def _run_of_uid(sources: Sources, namespace: str, uid: str, error: NotFoundError) -> WorkflowSummary:
    """The run that is named by its uid, which tells it from later ones of its name.

    Raises the error, of the name that it was first taken for, with the nearest names; or says that there is no such
    namespace, as far as one may know that.
    """
    try:
        known = sources.workflows.workflows(namespace)
        nowhere = not known and not sources.pods_elsewhere and not _namespace_exists(sources, namespace)
    except ArgoPodsError:
        raise error from None
    if nowhere:
        raise NotFoundError(f'namespace "{namespace}" not found', code=404, reason="NotFound") from error
    for run in known:
        if run.uid == uid:
            return run
    hint = near_misses(uid, (summary.name for summary in known))
    raise NotFoundError(f"{error}{hint}", code=error.code, reason=error.reason) from error


def wait_for(sources: Sources, wanted: Wanted, tell: Callable[[str], None]) -> None:
    """Return once the workflow is there; `tell` takes a sentence if it is not yet. Raises UsageError."""
    if not is_plain(wanted.word) or wanted.namespace is None or wanted.labels:
        raise UsageError("--wait needs the name of one workflow in one namespace")
    name, told = bare_name(wanted.word), False
    while True:
        try:
            sources.workflows.workflow(wanted.namespace, name)
        except NotFoundError as error:
            if not told:
                tell(f"{error} (waiting for it)")
                told = True
            time.sleep(PAUSE)
        else:
            return


def workflow_of_pod(sources: Sources, namespace: str, pod: str) -> str:
    """The workflow whose label a pod bears; raises NotFoundError, and NoMatchError for a pod of none."""
    if sources.pods is None:
        raise UsageError(f'"pod/{pod}" needs a cluster to ask for the pod: name the workflow instead')
    found = sources.pods.metadata(namespace, "", [pod], 1)
    if pod not in found:
        raise NotFoundError(f'pod "{pod}" not found in namespace "{namespace}"', code=404, reason="NotFound")
    workflow: str = (found[pod].get("labels") or {}).get(WORKFLOW_LABEL) or ""
    if not workflow:
        raise NoMatchError(f'pod "{pod}" in namespace "{namespace}" is of no workflow: `kubectl logs {pod}` reads it')
    return workflow
