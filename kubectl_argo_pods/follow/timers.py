"""Deadlines of many, which most often are put off before they have come."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from math import inf
from typing import Generic, TypeVar


class Timed:
    """Somebody with a deadline, on the monotonic clock, or None."""

    deadline: float | None = None
    rings = inf  # when the timer that is set for it goes off


T = TypeVar("T", bound=Timed)


class Timers(Generic[T]):
    """One is set for each at a time, and anew where it goes off too early: so to put a deadline off costs nothing."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, T]] = []
        self._count = 0

    def set(self, timed: T, deadline: float) -> None:
        timed.deadline = deadline
        if deadline < timed.rings:
            self._set(timed, deadline)

    def left(self, now: float) -> float | None:
        """Seconds until the next goes off."""
        return max(0.0, self._heap[0][0] - now) if self._heap else None

    def due(self, now: float) -> Iterator[T]:
        """Those whose deadlines have come, and are theirs no more."""
        while self._heap and self._heap[0][0] <= now:
            rings, _, timed = heappop(self._heap)
            if rings != timed.rings:
                continue
            timed.rings = inf
            if timed.deadline is not None and timed.deadline > now:
                self._set(timed, timed.deadline)
            elif timed.deadline is not None:
                timed.deadline = None
                yield timed

    def _set(self, timed: T, when: float) -> None:
        self._count += 1
        timed.rings = when
        heappush(self._heap, (when, self._count, timed))
