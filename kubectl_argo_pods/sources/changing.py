"""What becomes of workflows and their pods while they are watched."""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import inf
from queue import Empty, SimpleQueue
from threading import Event

from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.pod import Pod
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.anew import deleted, is_same
from kubectl_argo_pods.sources.changes import Changes, Key, key_of, watch
from kubectl_argo_pods.sources.snapshot import Snapshot, have_ended
from kubectl_argo_pods.sources.watch import PodEvent, WorkflowEvent

# Changes that come faster than they can be shown one by one are shown together.
BACKLOG = 50
TICK = 1.0


def changing(
    sources: Sources, found: list[Snapshot], query: PodQuery, seconds: float | None
) -> Iterator[list[Snapshot]]:
    """The workflows after each change, until all of them have ended, or for so many seconds."""
    shown = {key_of(each.workflow): each for each in found}
    until = inf if seconds is None else time.monotonic() + seconds
    changes: Changes = SimpleQueue()
    stop = Event()
    watch(sources, shown.values(), query, changes, stop)
    try:
        yield from _changes(shown, changes, until)
    finally:
        stop.set()


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
        if changes.qsize() < BACKLOG or have_ended(shown.values()):
            yield list(shown.values())


def _changed(old: Snapshot, what: PodEvent | WorkflowEvent | list[Pod] | None) -> Snapshot:
    if what is None:
        return deleted(old)
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
    if not is_same(old, event.workflow):
        return deleted(old)
    changed = old._replace(workflow=event.workflow)
    return deleted(changed) if event.type == "DELETED" else changed
