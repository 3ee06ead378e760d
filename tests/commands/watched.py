"""The running workflow that is watched, and waits for what the program does about it."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

from tests import builders
from tests.builders import Manifest
from tests.cluster import SimulatedCluster
from tests.commands.shapes import pod_of

HEADERS = ["STEP", "TEMPLATE", "POD", "READY", "STATUS"]
A, B = "wf-work-2962115457", "wf-work-2911782600"
RUNNING: Manifest = {
    "phase": "Running",
    "containerStatuses": [
        {"name": name, "ready": True, "state": {"running": {"startedAt": builders.STARTED}}}
        for name in ("wait", "main")
    ],
}


def of(*paths: str, phase: str = "Running") -> Manifest:
    """The workflow `wf` with these nodes, all of its phase."""
    finished = builders.FINISHED if phase == "Succeeded" else None
    nodes = [builders.node("wf", path, phase=phase, finishedAt=finished) for path in paths]
    return builders.workflow("wf", *nodes, phase=phase)


def pod(path: str, **status: object) -> Manifest:
    return pod_of(of(path), builders.node("wf", path), **status)


def await_(happened: Callable[[], bool]) -> None:
    """Waits for what the program does on its own; the test's timeout ends a wait in vain."""
    while not happened():
        Event().wait(0.01)


def await_watches(cluster: SimulatedCluster, count: int) -> None:
    await_(lambda: cluster.watches.count == count)


def watches_asked(cluster: SimulatedCluster) -> int:
    return sum("watch" in each.query or "/workflow-events/" in each.path for each in list(cluster.journal))
