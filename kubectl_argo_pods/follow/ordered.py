"""The logs of many containers as one, in the exact order of their times."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator

from kubectl_argo_pods.follow.feed import Feed
from kubectl_argo_pods.follow.lines import time_of
from kubectl_argo_pods.follow.loop import Loop
from kubectl_argo_pods.follow.merging import due
from kubectl_argo_pods.follow.patience import BREATH, MUCH
from kubectl_argo_pods.follow.spool import Disk
from kubectl_argo_pods.follow.tail import Tail
from kubectl_argo_pods.sources.kube_logs import LogSource
from kubectl_argo_pods.targets import Event, Lines, LogOptions, Target


def read_in_order(source: LogSource, targets: Iterable[Target], options: LogOptions) -> Iterator[list[Lines | Event]]:
    """The lines of all targets, in as little memory as that takes."""
    ordered = _Ordered(source, targets, options)
    try:
        yield from ordered.lines()
    finally:
        ordered.close()


class _Ordered:
    """Streams are opened by the start of their runs: no line of one is older than that."""

    def __init__(self, source: LogSource, targets: Iterable[Target], options: LogOptions) -> None:
        self._options = options._replace(query=options.query._replace(follow=False))
        self._loop = Loop(source, options.max_requests)
        self._waiting = deque(sorted(targets, key=self._started_at))
        self._feeds: list[Feed] = []
        self._disk = Disk()
        self._reading = 0

    def lines(self) -> Iterator[list[Lines | Event]]:
        while self._waiting or self._feeds:
            self._open()
            self._await_known()
            found = due(self._feeds, self._bound())
            self._leave_empty()
            if found:
                yield found
            elif self._waiting and self._reading >= self._options.max_requests:
                self._make_room()

    def _leave_empty(self) -> None:
        for feed in [feed for feed in self._feeds if feed.is_empty]:
            feed.close()
            self._feeds.remove(feed)

    def close(self) -> None:
        self._loop.close()
        for feed in self._feeds:
            feed.close()

    def _open(self) -> None:
        while self._waiting and self._reading < self._options.max_requests:
            target = self._waiting.popleft()
            feed = Feed(target, self._disk)
            self._feeds.append(feed)
            self._reading += 1
            self._loop.start(Tail(target, self._options, feed))

    def _started_at(self, target: Target) -> float:
        """When the run began that is read; 0 where nobody can tell."""
        if not self._options.query.previous:
            return target.started_at or 0.0
        return (target.state and target.state.previous_started_at) or 0.0

    def _bound(self) -> bytes | None:
        """What has not been opened yet has no line before this time."""
        return time_of(self._started_at(self._waiting[0])) if self._waiting else None

    def _await_known(self) -> None:
        unknown = self._feeds
        while unknown := [feed for feed in unknown if not _is_known(feed)]:
            self._step()

    def _make_room(self) -> None:
        """Reads on, without regard to the order, until a stream has ended; what has to wait does so on disk."""
        self._disk.is_needed = True
        while self._reading >= self._options.max_requests:
            self._step()
            if self._disk.error:
                raise self._disk.error
        self._disk.is_needed = False

    def _step(self) -> None:
        before = self._loop.received
        self._loop.step()
        for tail in self._loop.ended:
            assert isinstance(tail.sink, Feed)
            tail.sink.ended = True
            self._reading -= 1
        self._loop.ended.clear()
        if self._loop.received > MUCH and self._loop.received - before < MUCH // 2:
            time.sleep(BREATH)


def _is_known(feed: Feed) -> bool:
    feed.load()
    return feed.is_known
