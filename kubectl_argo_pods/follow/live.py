"""Logs as they are written: of the targets there are and of those that come, until no other can come."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from math import inf

from kubectl_argo_pods.containers import Container, is_older
from kubectl_argo_pods.follow.discovery import Discovery
from kubectl_argo_pods.follow.loop import Loop
from kubectl_argo_pods.follow.tail import Tail
from kubectl_argo_pods.follow.watermark import Watermark
from kubectl_argo_pods.sources.kube_logs import LogSource
from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.targets import Event, Key, Lines, LogOptions, Selected, Target

Select = Callable[[list[Snapshot]], Selected]
# Selecting takes its time where there are thousands of nodes; it may take this part of all time.
SHARE = 0.1
# What is read at once is handed on at once: with many streams this spares most of the waking up.
TOGETHER = 0.01
MANY = 20
# What was found first may write something before the server is asked for more; but not for longer than that.
FIRST_WORD = 0.1
LIMITS = "(--max-log-requests, or the limit of open files)"
NOT_STARTED = (
    "a container has not started in the time of --pod-running-timeout, and nothing else is left to read: raise it, or "
    "leave it out to wait without limit"
)


class Arrivals:
    """The lines that have come since they were last taken."""

    is_full = False

    def __init__(self) -> None:
        self._items: list[Lines | Event] = []

    def add(self, item: Lines | Event, size: int) -> None:
        self._items.append(item)

    def take(self) -> list[Lines | Event]:
        items, self._items = self._items, []
        return items


def follow_live(
    source: LogSource, discovery: Discovery, select: Select, options: LogOptions
) -> Iterator[list[Lines | Event]]:
    """What the selected containers write; raises what ends the discovery of others."""
    live = _Live(source, discovery, select, options)
    try:
        yield from live.items()
    finally:
        live.close()


class _Live:
    def __init__(self, source: LogSource, discovery: Discovery, select: Select, options: LogOptions) -> None:
        self._discovery = discovery
        self._select = select
        self._options = options
        self._loop = Loop(source, options.max_requests)
        self._arrivals = Arrivals()
        self._watermark = Watermark(time.monotonic) if options.order == "time" else None
        self._tails: dict[Key, Tail] = {}
        self._looked_at: list[Snapshot] | None = None
        self._look_at = 0.0
        self._go_on_at = inf  # when there is to be more to look at, unless something is written before
        self._final = False
        self._first: Selected | None = None  # what there was at the first look
        self._has_looked_again = False  # since a tail was started
        self._has_told_starving = False
        self._told: set[str] = set()
        discovery.tell(self._loop.wake)

    def items(self) -> Iterator[list[Lines | Event]]:
        while not self._is_over:
            self._loop.step(self._patience())
            self._look()
            self._look_again()
            self._loop.ended.clear()
            found = self._arrivals.take()
            has_come = bool(found)
            if self._watermark:
                found = self._watermark.passed(found)
            if found := self._once(found):
                yield found
            # Not before that is out: what it does next would hold it up.
            self._let_go_on(has_come)
            if len(self._tails) > MANY:
                time.sleep(TOGETHER)
        if self._watermark and (found := self._watermark.rest()):
            yield found
        if not self._final:
            yield [Event(None, "notice", NOT_STARTED)]

    def close(self) -> None:
        self._loop.close()

    @property
    def _is_over(self) -> bool:
        """Whether all has been read that will ever come, or that has come in its time."""
        if not self._loop.is_idle:
            return False
        return self._final or (self._has_looked_again and any(each.is_overdue for each in self._tails.values()))

    def _look_again(self) -> None:
        """Where nothing else is read, looks once more at what has not started in its time: the list of pods may lag."""
        is_enough = self._final or self._has_looked_again or self._options.ignore_errors
        if self._loop.is_idle and not is_enough:
            self._has_looked_again = True
            self._start_overdue()

    def _start_overdue(self) -> None:
        for tail in self._tails.values():
            if tail.is_overdue and not self._loop.lives(tail):
                self._loop.start(tail)

    def _patience(self) -> float | None:
        """Seconds until there is something to do though nothing happens."""
        has_news = self._discovery.has_news or (self._discovery.is_over and not self._final)
        until = min(self._look_at if has_news else inf, self._go_on_at)
        held = self._watermark.seconds() if self._watermark else None
        if until == inf:
            return held
        left = max(0.0, until - time.monotonic())
        return left if held is None else min(left, held)

    def _let_go_on(self, has_come: bool) -> None:
        if has_come or time.monotonic() >= self._go_on_at:
            self._go_on_at = inf
            self._discovery.go_on()

    def _look(self) -> None:
        """Looks at the latest that was discovered, unless that has just been done."""
        begun = time.monotonic()
        if begun < self._look_at:
            return
        # In this order: what is the last was there before it was over.
        is_over = self._discovery.is_over
        latest = self._discovery.take()
        if latest is not None and not _are_same(latest, self._looked_at):
            self._looked_at = latest
            self._take(self._select(latest))
            self._look_at = time.monotonic() + (time.monotonic() - begun) / SHARE
            self._go_on_at = time.monotonic() + (0.0 if self._loop.is_idle else FIRST_WORD)
        if is_over:
            if self._discovery.error:
                raise self._discovery.error
            self._end()

    def _take(self, selected: Selected) -> None:
        for notice in selected.notices:
            self._arrivals.add(Event(None, "notice", notice), 0)
        for target in selected.targets:
            tail = self._tails.get(target.key)
            if tail is None:
                tail = Tail(target, self._options, self._arrivals, is_new=self._is_new(target))
                self._tails[target.key] = tail
                self._start(tail)
            elif tail.target.state != target.state and not _is_late(target.state, tail.target.state):
                tail.target = target
                self._revive(tail)
        self._tell_starving()
        if selected.pods is not None:
            self._miss(selected.pods)
        self._first = self._first or selected
        if selected.final:
            self._end()

    def _is_new(self, target: Target) -> bool:
        """Whether a target's pod came while others were followed, and was not just not meant before; where pods cannot
        be listed, whether the target did."""
        if self._first is None or self._first.listed is None:
            return self._first is not None
        return target.origin == "pod" and target.pod_uid not in self._first.listed

    def _tell_starving(self) -> None:
        """Says once that logs wait for their turn, and for what."""
        if not self._has_told_starving and (starving := self._loop.starving):
            self._has_told_starving = True
            most = self._options.max_requests
            notice = f"logs that wait for their turn: {starving}, since {most} are read at a time {LIMITS}"
            self._arrivals.add(Event(None, "notice", notice), 0)

    def _miss(self, pods: frozenset[str]) -> None:
        """Lets those tails know whose pods are gone."""
        for tail in self._tails.values():
            if not tail.is_missed and tail.target.pod_uid and tail.target.pod_uid not in pods:
                tail.is_missed = True
                self._loop.poke(tail)

    def _revive(self, tail: Tail) -> None:
        """Lets a tail know of its new state; one that was at its end begins anew if its container did."""
        state = tail.target.state
        if self._loop.lives(tail):
            self._loop.poke(tail)
        elif (state is not None and state.id not in ("", tail.run)) or (tail.is_overdue and tail.has_started):
            self._start(tail)

    def _start(self, tail: Tail) -> None:
        self._has_looked_again = False
        self._loop.start(tail)

    def _end(self) -> None:
        if self._final:
            return
        self._final = True
        for tail in self._tails.values():
            tail.final = True
            self._loop.poke(tail)
        self._start_overdue()

    def _once(self, items: list[Lines | Event]) -> list[Lines | Event]:
        """Without the notices that have been given before."""
        return [item for item in items if not (isinstance(item, Event) and self._is_known(item))]

    def _is_known(self, event: Event) -> bool:
        if event.target is not None:
            return False
        known = event.detail in self._told
        self._told.add(event.detail)
        return known


def _is_late(state: Container | None, known: Container | None) -> bool:
    """Whether a state is older than what is known: a watch may lag behind what was looked at meanwhile."""
    return state is not None and known is not None and is_older(state, known)


def _are_same(one: list[Snapshot], other: list[Snapshot] | None) -> bool:
    return other is not None and len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
