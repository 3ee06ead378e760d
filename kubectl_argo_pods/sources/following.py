"""Workflows and their pods as they change, until the workflows have ended."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, NamedTuple

from kubectl_argo_pods.errors import ApiError, ArgoPodsError, GoneError, NotFoundError, UnreachableError, UsageError
from kubectl_argo_pods.pod import WORKFLOW_LABEL
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.finding import Wanted, find
from kubectl_argo_pods.sources.snapshot import Snapshot, snapshot
from kubectl_argo_pods.sources.watch import PodEvent, WorkflowEvent
from kubectl_argo_pods.workflow import Workflow

# Changes that come faster than they can be shown one by one are shown together.
BACKLOG = 50
TICK = 1.0
LONGEST_PAUSE = 10.0


class _Change(NamedTuple):
    """What happened to the workflow with this number: an event, a whole new list, or the error that ends it all."""

    number: int
    what: PodEvent | WorkflowEvent | Snapshot | ArgoPodsError


def follow(sources: Sources, wanted: Wanted, query: PodQuery, clock: Callable[[], float]) -> Iterator[list[Snapshot]]:
    """The workflows with their pods, now and after each change; ends when all of them have ended or are deleted."""
    if not hasattr(sources.workflows, "watch"):
        raise UsageError("-w/--watch needs a cluster or an Argo Server: a file does not change")
    # An event has to tell its pod's owner and version, so the list does, too.
    query = query if query.include == "Object" else query._replace(include="Metadata")
    shown = find(sources, wanted, query, clock())
    yield list(shown)
    changes: SimpleQueue[_Change] = SimpleQueue()
    stop = Event()
    for number, each in enumerate(shown):
        if not each.workflow.ended:
            _start(sources, number, each, query, changes, stop, clock)
    try:
        yield from _changes(shown, changes)
    finally:
        stop.set()
    # The last changes of the pods may come after that of their workflow.
    yield [_last(sources, each, query, clock) for each in shown]


def _changes(shown: list[Snapshot], changes: SimpleQueue[_Change]) -> Iterator[list[Snapshot]]:
    while not all(each.workflow.ended for each in shown):
        try:
            change = changes.get(timeout=TICK)
        except Empty:
            # Nothing has changed but the time, which a terminal shows, too.
            yield list(shown)
            continue
        if isinstance(change.what, ArgoPodsError):
            raise change.what
        shown[change.number] = _changed(shown[change.number], change.what)
        if changes.qsize() < BACKLOG:
            yield list(shown)


def _changed(old: Snapshot, what: PodEvent | WorkflowEvent | Snapshot) -> Snapshot:
    if isinstance(what, Snapshot):
        return what if _is_same(old, what.workflow) else _deleted(old)
    if isinstance(what, WorkflowEvent):
        return _with_workflow(old, what)
    if what.pod is None or old.pods is None:
        return old
    others = [pod for pod in old.pods if pod.name != what.pod.name]
    return old._replace(pods=others if what.type == "DELETED" else [*others, what.pod])


def _with_workflow(old: Snapshot, event: WorkflowEvent) -> Snapshot:
    if event.type == "DELETED":
        return _deleted(old._replace(workflow=event.workflow or old.workflow))
    if event.workflow is None:
        return old
    if not _is_same(old, event.workflow):
        return _deleted(old)
    return old._replace(workflow=event.workflow)


def _is_same(old: Snapshot, workflow: Workflow) -> bool:
    """Whether it is still the workflow that is watched, and not a new one of its name."""
    return workflow.uid == old.workflow.uid


def _deleted(old: Snapshot) -> Snapshot:
    """The end of a workflow that was deleted; one that was at work counts as ended, too."""
    workflow = old.workflow if old.workflow.ended else old.workflow._replace(phase="Error")
    return old._replace(workflow=workflow, notices=[f'workflow "{workflow.name}" was deleted'])


def _last(sources: Sources, old: Snapshot, query: PodQuery, clock: Callable[[], float]) -> Snapshot:
    try:
        workflow = old.workflow
        last = snapshot(sources, workflow.namespace, workflow.name, query, clock(), uid=workflow.uid)
    except NotFoundError:
        return _deleted(old._replace(pods=[]))
    return last if _is_same(old, last.workflow) else _deleted(old._replace(pods=[]))


def _start(
    sources: Sources,
    number: int,
    shown: Snapshot,
    query: PodQuery,
    changes: SimpleQueue[_Change],
    stop: Event,
    clock: Callable[[], float],
) -> None:
    """Watch one workflow, and its pods where they can be listed, in a thread each."""
    workflow = shown.workflow
    namespace, name = workflow.namespace, workflow.name
    source: Any = sources.workflows

    def renew() -> Snapshot:
        return snapshot(sources, namespace, name, query, clock(), uid=workflow.uid)

    def watch_workflow(version: str) -> Any:
        return source.watch(namespace, name, version)

    def watch_pods(version: str) -> Any:
        assert sources.pods is not None
        return sources.pods.watch(namespace, f"{WORKFLOW_LABEL}={name}", query, version)

    def version_of_workflow(fresh: Snapshot) -> str:
        return fresh.workflow.resource_version

    def any_version(fresh: Snapshot) -> str:
        # The workflow's own version is as old as its last change: only a watch from no version on is never too late.
        return ""

    def version_of_pods(fresh: Snapshot) -> str:
        return fresh.resource_version

    watches = [(watch_workflow, version_of_workflow, any_version)]
    if shown.pods is not None and sources.pods is not None:
        watches.append((watch_pods, version_of_pods, version_of_pods))
    for watch, version_of, renewed_version_of in watches:
        pump = _Pump(number, watch, version_of, renewed_version_of, renew, changes, stop)
        # A daemon: it may hang in a read when everything is over.
        Thread(target=pump.run, args=(shown,), daemon=True).start()


class _Pump(NamedTuple):
    """Turns one watch into changes, again and again: a watch that ends, for whatever reason, is taken up anew."""

    number: int
    watch: Callable[[str], Any]
    version_of: Callable[[Snapshot], str]
    renewed_version_of: Callable[[Snapshot], str]
    renew: Callable[[], Snapshot]
    changes: SimpleQueue[_Change]
    stop: Event

    def run(self, shown: Snapshot) -> None:
        version, pause = self.version_of(shown), 0.0
        while not self.stop.wait(pause):
            try:
                for event in self._events(version):
                    version, pause = event.resource_version or version, 0.0
                pause = 0.1
                # From no version on, a watch does not tell of a deletion before it.
                version = version or self._renewed(version)
            except (GoneError, UnreachableError, ApiError) as error:
                if not _may_pass(error):
                    self.changes.put(_Change(self.number, error))
                    return
                pause = min(pause * 2 or 0.2, LONGEST_PAUSE)
                version = self._renewed(version)

    def _events(self, version: str) -> Iterator[PodEvent | WorkflowEvent]:
        with self.watch(version) as events:
            for event in events:
                self.changes.put(_Change(self.number, event))
                yield event

    def _renewed(self, version: str) -> str:
        """The version of a new list, which makes up for what the watch has missed; the old one if there is none."""
        try:
            fresh = self.renew()
        except NotFoundError:
            self.changes.put(_Change(self.number, WorkflowEvent("DELETED", None, version)))
            return version
        except ArgoPodsError:
            return version
        self.changes.put(_Change(self.number, fresh))
        return self.renewed_version_of(fresh)


def _may_pass(error: ArgoPodsError) -> bool:
    """Whether the watch may succeed later: the server restarts, is busy, or has forgotten the version."""
    return not isinstance(error, ApiError) or error.code in (0, 410, 429) or error.code >= 500
