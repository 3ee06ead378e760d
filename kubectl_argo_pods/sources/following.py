"""Workflows and their pods as they change, until the workflows have ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from math import inf
from queue import Empty, SimpleQueue
from threading import Event, Thread

from kubectl_argo_pods.errors import ArgoPodsError, NotFoundError, UsageError
from kubectl_argo_pods.pod import Pod
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.changes import Changes, Key, key_of, watch
from kubectl_argo_pods.sources.finding import Wanted, find
from kubectl_argo_pods.sources.snapshot import Snapshot, snapshot
from kubectl_argo_pods.sources.watch import PodEvent, WorkflowEvent
from kubectl_argo_pods.workflow import Workflow

# Changes that come faster than they can be shown one by one are shown together.
BACKLOG = 50
TICK = 1.0
# Seconds for what others wait for.
SOON = 2.0


def follow(
    sources: Sources, wanted: Wanted, query: PodQuery, clock: Callable[[], float], seconds: float | None = None
) -> Iterator[list[Snapshot]]:
    """The workflows with their pods, now and after each change; ends when all of them have ended or are deleted.

    After so many seconds it ends anyway, as a watch of kubectl's does that has taken its --request-timeout.
    """
    if not hasattr(sources.workflows, "watch"):
        raise UsageError("-w/--watch needs a cluster or an Argo Server: a file does not change")
    # An event has to tell its pod's owner and version, so the list does, too.
    query = query if query.include == "Object" else query._replace(include="Metadata")
    yield from _followed(sources, find(sources, wanted, query, clock()), query, clock, seconds)


def follow_on(
    sources: Sources, held: list[Snapshot], query: PodQuery, clock: Callable[[], float], seconds: float | None = None
) -> Iterator[list[Snapshot]]:
    """As `follow`, of the very workflows that were followed before, whichever a word may mean by now."""
    now = [each if each.workflow.ended else anew(sources, each, query, clock) for each in held]
    return _followed(sources, now, query, clock, seconds)


def _followed(
    sources: Sources, found: list[Snapshot], query: PodQuery, clock: Callable[[], float], seconds: float | None
) -> Iterator[list[Snapshot]]:
    shown = {key_of(each.workflow): each for each in found}
    yield list(shown.values())
    until = inf if seconds is None else time.monotonic() + seconds
    changes: Changes = SimpleQueue()
    stop = Event()
    watch(sources, shown.values(), query, changes, stop)
    try:
        yield from _changes(shown, changes, until)
    finally:
        stop.set()
    if have_ended(shown.values()):
        # The last changes of the pods may come after that of their workflow.
        yield [anew(sources, each, query, clock) for each in shown.values()]


def have_ended(shown: Iterable[Snapshot]) -> bool:
    """Whether nothing more will change."""
    return all(each.workflow.ended for each in shown)


def _changes(shown: dict[Key, Snapshot], changes: Changes, until: float) -> Iterator[list[Snapshot]]:
    while not have_ended(shown.values()) and (left := until - time.monotonic()) > 0:
        try:
            change = changes.get(timeout=min(TICK, left))
        except Empty:
            # Nothing has changed but the time, which a terminal shows, too.
            yield list(shown.values())
            continue
        if isinstance(change, ArgoPodsError):
            raise change
        if change.key not in shown:
            continue
        shown[change.key] = _changed(shown[change.key], change.what)
        if changes.qsize() < BACKLOG:
            yield list(shown.values())


def _changed(old: Snapshot, what: PodEvent | WorkflowEvent | list[Pod] | None) -> Snapshot:
    if what is None:
        return _deleted(old)
    if isinstance(what, WorkflowEvent):
        return _with_workflow(old, what)
    if old.pods is None:
        return old
    if isinstance(what, list):
        return old._replace(pods=what)
    if what.pod is None:
        return old
    others = [pod for pod in old.pods if pod.name != what.pod.name]
    return old._replace(pods=others if what.type == "DELETED" else [*others, what.pod])


def _with_workflow(old: Snapshot, event: WorkflowEvent) -> Snapshot:
    if event.workflow is None:
        return old
    if not _is_same(old, event.workflow):
        return _deleted(old)
    changed = old._replace(workflow=event.workflow)
    return _deleted(changed) if event.type == "DELETED" else changed


def _is_same(old: Snapshot, workflow: Workflow) -> bool:
    """Whether it is still the workflow that is watched, and not a new one of its name."""
    return workflow.uid == old.workflow.uid


def _deleted(old: Snapshot) -> Snapshot:
    """The end of a workflow that was deleted; one that was at work counts as ended, too."""
    gone = old._replace(notices=[f'workflow "{old.workflow.name}" was deleted'])
    return gone if old.workflow.ended else gone._replace(workflow=old.workflow._replace(phase="Error"), cut_off=True)


def anew_in_time(sources: Sources, held: list[Snapshot], query: PodQuery, clock: Callable[[], float]) -> list[Snapshot]:
    """The same workflows with their pods as they are now; as they were held where that is not told soon."""
    told: SimpleQueue[list[Snapshot]] = SimpleQueue()

    def ask() -> None:
        try:
            told.put([anew(sources, each, query, clock) for each in held])
        except ArgoPodsError:
            # The watches will tell, which get over more.
            told.put(held)

    # A daemon: nobody waits for it any longer, even at the end.
    Thread(target=ask, daemon=True).start()
    try:
        return told.get(timeout=SOON)
    except Empty:
        return held


def anew(sources: Sources, old: Snapshot, query: PodQuery, clock: Callable[[], float]) -> Snapshot:
    """The same workflow with its pods as they are now."""
    try:
        workflow = old.workflow
        last = snapshot(sources, workflow.namespace, workflow.name, query, clock(), uid=workflow.uid)
    except NotFoundError:
        return _deleted(old._replace(pods=[]))
    return last if _is_same(old, last.workflow) else _deleted(old._replace(pods=[]))
