"""What happens to workflows and their pods, by watches that are taken up anew whenever they end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from threading import Event, Thread
from typing import Any

from kubectl_argo_pods.errors import ApiError, ArgoPodsError, ForbiddenError, NotFoundError, UnreachableError
from kubectl_argo_pods.pod import WORKFLOW_LABEL, Pod
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.sources.watch import PodEvent, Watch, WorkflowEvent
from kubectl_argo_pods.workflow import Workflow

LONGEST_PAUSE = 10.0

Key = tuple[str, str]  # a workflow's namespace and name


class Change(NamedTuple):
    """What happened to a workflow: an event, a new list of its pods, or None where it is gone."""

    key: Key
    what: PodEvent | WorkflowEvent | list[Pod] | None


Changes = SimpleQueue[Change | ArgoPodsError]


def watch(sources: Sources, shown: Iterable[Snapshot], query: PodQuery, changes: Changes, stop: Event) -> None:
    """Puts what happens from now on to those that have not ended, and to their pods, into `changes`, until `stop`."""
    for each in _watched(sources, shown, query):
        # A daemon: it may hang in a read when everything is over.
        Thread(target=_pump, args=(each, changes, stop), daemon=True).start()


def key_of(workflow: Workflow) -> Key:
    return workflow.namespace, workflow.name


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

    def change(self, event: WorkflowEvent) -> Change | None:
        return Change(key_of(event.workflow), event) if event.workflow else None

    def renewed(self) -> tuple[list[Change], str]:
        """What they are now, and the version from which a watch misses nothing that has happened since."""
        try:
            version = self.source.version(self.namespace)
        except ForbiddenError:
            # Someone who may see the one workflow alone: a watch from no version on begins with what there is.
            version = ""
        return [self._now(each.workflow) for each in self.shown], version

    def _now(self, workflow: Workflow) -> Change:
        try:
            found = self.source.workflow(workflow.namespace, workflow.name, workflow.uid)
        except NotFoundError:
            return Change(key_of(workflow), None)
        return Change(key_of(workflow), WorkflowEvent("MODIFIED", found, found.resource_version))


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

    def change(self, event: PodEvent) -> Change | None:
        return Change(self._key(event.pod), event) if event.pod else None

    def renewed(self) -> tuple[list[Change], str]:
        listed = self.source.pods(self.namespace, self._selector, self.query)
        found: dict[Key, list[Pod]] = {key_of(each.workflow): [] for each in self.shown}
        for pod in listed.pods:
            found.setdefault(self._key(pod), []).append(pod)
        return [Change(key, pods) for key, pods in found.items()], listed.resource_version

    @property
    def _selector(self) -> str:
        name = _only_name(self.shown)
        return f"{WORKFLOW_LABEL}={name}" if name else WORKFLOW_LABEL

    def _key(self, pod: Pod) -> Key:
        return self.namespace, ((pod.metadata or {}).get("labels") or {}).get(WORKFLOW_LABEL) or ""


def _only_name(shown: list[Snapshot]) -> str:
    """The name to select by; "" where the namespace's workflows are watched, since several cannot be selected."""
    return shown[0].workflow.name if len(shown) == 1 else ""


def _watched(sources: Sources, shown: Iterable[Snapshot], query: PodQuery) -> Iterator[_Workflows | _Pods]:
    """What there is to watch: two watches for a namespace, of its workflows and, where they can be listed, its pods."""
    running: dict[str, list[Snapshot]] = {}
    for each in shown:
        if not each.workflow.ended:
            running.setdefault(each.workflow.namespace, []).append(each)
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
        except ArgoPodsError as error:
            # Credentials that cannot be renewed, or a server that no longer says what one can understand.
            changes.put(error)
            return


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
