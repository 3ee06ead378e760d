"""Workflows that were looked at before, as they are now."""

from __future__ import annotations

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread

from kubectl_argo_pods.errors import ArgoPodsError, NotFoundError
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources.snapshot import Snapshot, snapshot
from kubectl_argo_pods.workflow import Workflow

# Seconds for what others wait for.
SOON = 2.0


def anew(sources: Sources, old: Snapshot, query: PodQuery, clock: Callable[[], float]) -> Snapshot:
    """The same workflow with its pods as they are now."""
    try:
        workflow = old.workflow
        last = snapshot(sources, workflow.namespace, workflow.name, query, clock(), uid=workflow.uid)
    except NotFoundError:
        return deleted(old._replace(pods=[]))
    return last if is_same(old, last.workflow) else deleted(old._replace(pods=[]))


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


def is_same(old: Snapshot, workflow: Workflow) -> bool:
    """Whether it is still the workflow that is watched, and not a new one of its name."""
    return workflow.uid == old.workflow.uid


def deleted(old: Snapshot) -> Snapshot:
    """The end of a workflow that was deleted; one that was at work counts as ended, too."""
    gone = old._replace(notices=[f'workflow "{old.workflow.name}" was deleted'])
    return gone if old.workflow.ended else gone._replace(workflow=old.workflow._replace(phase="Error"), cut_off=True)
