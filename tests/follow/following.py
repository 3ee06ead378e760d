"""A follow that runs while a test changes the cluster."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Event as Signal
from threading import Thread

from kubectl_argo_pods.containers import containers
from kubectl_argo_pods.follow import Item, follow
from kubectl_argo_pods.follow.discovery import Discovery
from kubectl_argo_pods.sources import PodQuery, Sources
from kubectl_argo_pods.sources import following as discovery
from kubectl_argo_pods.sources.finding import Wanted
from kubectl_argo_pods.sources.kube import KubeSource
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.targets import Event, Lines, LogOptions, LogQuery, Selected, Target
from tests.follow.conftest import WORKFLOW, Containers

FOLLOW = LogOptions(LogQuery(follow=True))


def everything(snapshots: list[Snapshot]) -> Selected:
    """All containers of all pods, until their workflow has ended."""
    pods = [pod.manifest for each in snapshots for pod in each.pods or [] if pod.manifest]
    targets = [
        Target(
            "wf",
            "argo",
            pod["metadata"]["name"],
            None,
            pod["metadata"]["name"],
            pod["metadata"]["uid"],
            each.name,
            each.started_at,
            each,
        )
        for pod in pods
        for each in containers(pod)
    ]
    uids = frozenset(pod["metadata"]["uid"] for pod in pods)
    return Selected(targets, all(each.workflow.ended for each in snapshots), [], uids, uids)


class Following:
    """Follows the workflow `wf`, which begins with no pods unless the test has put some."""

    def __init__(
        self,
        containers: Containers,
        options: LogOptions = FOLLOW,
        select: Callable[[list[Snapshot]], Selected] = everything,
    ) -> None:
        self._select = select
        self._containers = containers
        self._items: SimpleQueue[Item | BaseException | None] = SimpleQueue()
        containers.cluster.load([WORKFLOW])
        self._thread = Thread(target=self._run, args=(options,), daemon=True)
        self._thread.start()

    def _run(self, options: LogOptions) -> None:
        http = self._containers.http
        sources = Sources(KubeSource(http), KubePods(http), "argo", False)
        discover = discovery.follow(sources, Wanted("wf", "", "argo"), PodQuery(include="Object"), time.time)
        try:
            for items in follow(self._containers.source, Discovery(discover), self._select, options):
                for item in items:
                    for each in _single(item):
                        self._items.put(each)
        except BaseException as error:
            self._items.put(error)
        self._items.put(None)

    def next(self) -> Item | None:
        """The next item, one line at a time; None at the end."""
        item = self._items.get(timeout=60)
        if isinstance(item, BaseException):
            raise item
        return item

    def line(self) -> str:
        """The next line, as POD: LINE; events are passed over."""
        while True:
            item = self.next()
            assert item is not None
            if isinstance(item, Lines):
                return f"{item.target.pod}: {item.lines[0].decode()}"

    def rest(self) -> list[Item]:
        """All that comes until the end."""
        items: list[Item] = []
        while (item := self.next()) is not None:
            items.append(item)
        return items

    def end_workflow(self) -> None:
        ended = {**WORKFLOW, "status": {**WORKFLOW["status"], "phase": "Succeeded"}}
        self._containers.cluster.load([ended])


def _single(item: Item) -> list[Item]:
    """The lines of an item as items of their own."""
    if not isinstance(item, Lines):
        return [item]
    last = len(item.lines) - 1
    return [
        item._replace(
            lines=[line],
            times=item.times and item.times[index : index + 1],
            unfinished=item.unfinished and index == last,
        )
        for index, line in enumerate(item.lines)
    ]


def events(items: list[Item]) -> list[tuple[str, str]]:
    """The kinds of events, each with its pod."""
    return [(item.target.pod if item.target else "", item.kind) for item in items if isinstance(item, Event)]


def lines(items: list[Item]) -> list[str]:
    return [f"{item.target.pod}: {line.decode()}" for item in items if isinstance(item, Lines) for line in item.lines]


def await_(happened: Callable[[], bool]) -> None:
    """Waits for what others do on their own; the test's timeout ends a wait in vain."""
    while not happened():
        Signal().wait(0.01)
