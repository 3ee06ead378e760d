"""Workflows with their pods, fetched at the same time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from threading import Lock

from kubectl_argo_pods.errors import ArgoPodsError, ForbiddenError, NotFoundError
from kubectl_argo_pods.pod import WORKFLOW_LABEL, Pod, is_owned, unexplained
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.kube_pods import KubePods, PodList
from kubectl_argo_pods.sources.task import Task
from kubectl_argo_pods.workflow import Workflow, WorkflowSummary

THREADS = 8
LONGEST_LABEL = 63


class Snapshot(NamedTuple):
    """A workflow and its pods, which are None where they cannot be listed; `notices` say why something is missing."""

    workflow: Workflow
    pods: list[Pod] | None
    notices: list[str]
    resource_version: str = ""  # of the list of pods: where a watch goes on
    cut_off: bool = False  # the workflow was deleted before it had ended


def have_ended(shown: Iterable[Snapshot]) -> bool:
    """Whether nothing more will change of any of these."""
    return all(each.workflow.ended for each in shown)


def snapshot(
    sources: Sources, namespace: str, name: str, query: PodQuery, now: float, *, uid: str = "", since: str = ""
) -> Snapshot:
    """A workflow with its pods; `now` is in epoch seconds. The workflow's error goes before that of its pods.

    `uid` and `since` tell which run is meant, and how new it has to be, as `Source.workflow` has them.
    """
    if sources.pods_elsewhere:
        return _with_pods_elsewhere(sources, namespace, name, query, uid)
    pods = sources.pods
    assert pods is not None
    task = Task(lambda: _pods_of(pods, namespace, name, query))
    workflow = sources.workflows.workflow(namespace, name, uid, since)
    try:
        listed = task.result()
    except ForbiddenError as error:
        return Snapshot(workflow, None, [_cannot_list(namespace, error), *_unreadable(workflow)])
    explained = _explained(pods, workflow, listed.pods, now)
    return Snapshot(workflow, explained, _rebuilt(workflow), listed.resource_version)


def snapshots(sources: Sources, runs: Sequence[WorkflowSummary], query: PodQuery, now: float) -> list[Snapshot]:
    """As `snapshot`, for many at once; without the workflows that have gone in between."""
    found: dict[int, Snapshot] = {}
    waiting = list(enumerate(runs))
    lock = Lock()

    def work() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                index, run = waiting.pop(0)
            try:
                found[index] = _of_run(sources, run, query, now)
            except NotFoundError:
                continue

    tasks = [Task(work) for _ in range(min(THREADS, len(runs)))]
    for task in tasks:
        task.result()
    return [found[index] for index in sorted(found)]


def _of_run(sources: Sources, run: WorkflowSummary, query: PodQuery, now: float) -> Snapshot:
    version = run.resource_version
    return snapshot(sources, run.namespace, run.name, query, now, uid=run.uid, since=version)


def _pods_of(pods: KubePods, namespace: str, name: str, query: PodQuery) -> PodList:
    """The pods with the workflow's label; no pod can bear one that is longer than a label may be."""
    if len(name) > LONGEST_LABEL:
        return PodList([], "")
    return pods.pods(namespace, _selector(name), query)


def _selector(name: str) -> str:
    return f"{WORKFLOW_LABEL}={name}"


def _explained(pods: KubePods, workflow: Workflow, listed: list[Pod], now: float) -> list[Pod]:
    """The pods with metadata where the domain needs it; those that vanish meanwhile are left out."""
    names = unexplained(workflow, listed, now)
    if not names:
        return listed
    found = pods.metadata(workflow.namespace, _selector(workflow.name), names, len(listed))
    wanted = set(names)
    return [
        pod._replace(metadata=found[pod.name]) if pod.name in wanted else pod
        for pod in listed
        if pod.name not in wanted or pod.name in found
    ]


def _with_pods_elsewhere(sources: Sources, namespace: str, name: str, query: PodQuery, uid: str) -> Snapshot:
    """Pods of the configured cluster count only as far as they are this very workflow's; without them names do."""
    workflow = sources.workflows.workflow(namespace, name, uid)
    where = workflow.namespace or namespace
    if sources.pods is None:
        return Snapshot(workflow, None, _unreadable(workflow))
    asked = query if query.include == "Object" else query._replace(include="Metadata")
    try:
        listed = _pods_of(sources.pods, where, workflow.name, asked)
    except ArgoPodsError as error:
        return Snapshot(workflow, None, [_cannot_list(where, error), *_unreadable(workflow)])
    owned = [pod for pod in listed.pods if workflow.uid and is_owned(workflow, pod)]
    # Of another cluster's workflow nobody can say that its pods are gone.
    if not (owned or sources.one_cluster or sources.pods.has_workflow(where, workflow.name, workflow.uid)):
        return Snapshot(workflow, None, _unreadable(workflow))
    return Snapshot(workflow, owned, _rebuilt(workflow), listed.resource_version)


def _cannot_list(namespace: str, error: ArgoPodsError) -> str:
    reason = str(error).partition("\n")[0]
    return f'cannot list pods in namespace "{namespace}", so the names of the pods are computed: {reason}'


def _unreadable(workflow: Workflow) -> list[str]:
    if not workflow.unreadable:
        return []
    place = f' in namespace "{workflow.namespace}"' if workflow.namespace else ""
    return [f'cannot read the nodes of workflow "{workflow.name}"{place}: {workflow.unreadable}']


def _rebuilt(workflow: Workflow) -> list[str]:
    """What is to be said of a list that the pods alone have told."""
    if not workflow.offloaded:
        return [f"{sentence}; the list is rebuilt from its pods" for sentence in _unreadable(workflow)]
    return [
        f'the node status of workflow "{workflow.name}" is offloaded to Argo\'s database: the list is rebuilt from its '
        "pods; name an Argo Server with -s to see all of it"
    ]
