"""Workflows and their pods as they change, until the workflows have ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from math import inf
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Any, NamedTuple

from kubectl_argo_pods.errors import (
    ApiError,
    ArgoPodsError,
    ForbiddenError,
    NotFoundError,
    UnreachableError,
    UsageError,
)
from kubectl_argo_pods.pod import WORKFLOW_LABEL, Pod
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.finding import Wanted, find
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.sources.snapshot import Snapshot, snapshot
from kubectl_argo_pods.sources.watch import PodEvent, Watch, WorkflowEvent
from kubectl_argo_pods.workflow import Workflow

# Changes that come faster than they can be shown one by one are shown together.
BACKLOG = 50
TICK = 1.0
LONGEST_PAUSE = 10.0

Key = tuple[str, str]  # a workflow's namespace and name


class _Change(NamedTuple):
    """What happened to a workflow: an event, a new list of its pods, or None where it is gone."""

    key: Key
    what: PodEvent | WorkflowEvent | list[Pod] | None


Changes = SimpleQueue[_Change | ArgoPodsError]


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
    shown = {_key(each.workflow): each for each in find(sources, wanted, query, clock())}
    yield list(shown.values())
    until = inf if seconds is None else time.monotonic() + seconds
    changes: Changes = SimpleQueue()
    stop = Event()
    for each in _watched(sources, shown, query):
        # A daemon: it may hang in a read when everything is over.
        Thread(target=_pump, args=(each, changes, stop), daemon=True).start()
    try:
        yield from _changes(shown, changes, until)
    finally:
        stop.set()
    if have_ended(shown.values()):
        # The last changes of the pods may come after that of their workflow.
        yield [_last(sources, each, query, clock) for each in shown.values()]


def have_ended(shown: Iterable[Snapshot]) -> bool:
    """Whether nothing more will change."""
    return all(each.workflow.ended for each in shown)


def _key(workflow: Workflow) -> Key:
    return workflow.namespace, workflow.name


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


def _last(sources: Sources, old: Snapshot, query: PodQuery, clock: Callable[[], float]) -> Snapshot:
    try:
        workflow = old.workflow
        last = snapshot(sources, workflow.namespace, workflow.name, query, clock(), uid=workflow.uid)
    except NotFoundError:
        return _deleted(old._replace(pods=[]))
    return last if _is_same(old, last.workflow) else _deleted(old._replace(pods=[]))


class _Workflows(NamedTuple):
    """The workflows of one namespace that are watched, by a single watch however many they are."""

    source: Any
    namespace: str
    shown: list[Snapshot]

    @property
    def version(self) -> str:
        """Where the watch begins; "" where the workflows have to be asked for anew before it."""
        return self.shown[0].workflow.resource_version if len(self.shown) == 1 else ""

    def open(self, version: str) -> Watch[WorkflowEvent]:
        opened: Watch[WorkflowEvent] = self.source.watch(self.namespace, _only_name(self.shown), version)
        return opened

    def change(self, event: WorkflowEvent) -> _Change | None:
        return _Change(_key(event.workflow), event) if event.workflow else None

    def renewed(self) -> tuple[list[_Change], str]:
        """What they are now, and the version from which a watch misses nothing that has happened since."""
        try:
            version = self.source.version(self.namespace)
        except ForbiddenError:
            # Someone who may see the one workflow alone: a watch from no version on begins with what there is.
            version = ""
        return [self._now(each.workflow) for each in self.shown], version

    def _now(self, workflow: Workflow) -> _Change:
        try:
            found = self.source.workflow(workflow.namespace, workflow.name, workflow.uid)
        except NotFoundError:
            return _Change(_key(workflow), None)
        return _Change(_key(workflow), WorkflowEvent("MODIFIED", found, found.resource_version))


class _Pods(NamedTuple):
    """The pods of the same workflows, as _Workflows."""

    source: KubePods
    namespace: str
    shown: list[Snapshot]
    query: PodQuery

    @property
    def version(self) -> str:
        return self.shown[0].resource_version if len(self.shown) == 1 else ""

    def open(self, version: str) -> Watch[PodEvent]:
        return self.source.watch(self.namespace, self._selector, self.query, version)

    def change(self, event: PodEvent) -> _Change | None:
        return _Change(self._key(event.pod), event) if event.pod else None

    def renewed(self) -> tuple[list[_Change], str]:
        listed = self.source.pods(self.namespace, self._selector, self.query)
        found: dict[Key, list[Pod]] = {_key(each.workflow): [] for each in self.shown}
        for pod in listed.pods:
            found.setdefault(self._key(pod), []).append(pod)
        return [_Change(key, pods) for key, pods in found.items()], listed.resource_version

    @property
    def _selector(self) -> str:
        name = _only_name(self.shown)
        return f"{WORKFLOW_LABEL}={name}" if name else WORKFLOW_LABEL

    def _key(self, pod: Pod) -> Key:
        return self.namespace, ((pod.metadata or {}).get("labels") or {}).get(WORKFLOW_LABEL) or ""


def _only_name(shown: list[Snapshot]) -> str:
    """The name to select by; "" where the namespace's workflows are watched, since several cannot be selected."""
    return shown[0].workflow.name if len(shown) == 1 else ""


def _watched(sources: Sources, shown: dict[Key, Snapshot], query: PodQuery) -> Iterator[_Workflows | _Pods]:
    """What there is to watch: two watches for a namespace, of its workflows and, where they can be listed, its pods."""
    running: dict[str, list[Snapshot]] = {}
    for (namespace, _), each in shown.items():
        if not each.workflow.ended:
            running.setdefault(namespace, []).append(each)
    for namespace, snapshots in running.items():
        yield _Workflows(sources.workflows, namespace, snapshots)
        with_pods = [each for each in snapshots if each.pods is not None]
        if with_pods and sources.pods is not None:
            yield _Pods(sources.pods, namespace, with_pods, query)


def _pump(watched: _Workflows | _Pods, changes: Changes, stop: Event) -> None:
    """Turn a watch into changes, again and again: one that ends, for whatever reason, is taken up anew.

    What it has missed only itself makes up for, so that its changes come in their order.
    """
    version, pause = watched.version, 0.0
    while not stop.wait(pause):
        try:
            version = version or _renew(watched, changes)
            for reached in _events(watched, version, changes):
                version, pause = reached, 0.0
            pause = 0.1
        except (UnreachableError, ApiError) as error:
            if not _may_pass(error):
                changes.put(error)
                return
            version, pause = "", min(pause * 2 or 0.2, LONGEST_PAUSE)


def _renew(watched: _Workflows | _Pods, changes: Changes) -> str:
    renewed, version = watched.renewed()
    for change in renewed:
        changes.put(change)
    return version


def _events(watched: Any, version: str, changes: Changes) -> Iterator[str]:
    """Pass on the events of one watch; the version that each leads to."""
    with watched.open(version) as events:
        for event in events:
            if change := watched.change(event):
                changes.put(change)
            version = event.resource_version or version
            yield version


def _may_pass(error: ArgoPodsError) -> bool:
    """Whether the watch may succeed later: the server restarts, is busy, or has forgotten the version."""
    return not isinstance(error, ApiError) or error.code in (0, 410, 429) or error.code >= 500
