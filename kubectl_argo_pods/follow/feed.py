"""The lines of one target that wait for their turn in the order of all; on disk where they are too many."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import accumulate

from kubectl_argo_pods.follow.lines import time_of
from kubectl_argo_pods.follow.spool import Disk, Spool
from kubectl_argo_pods.targets import Event, Lines, Target

# So many bytes of text are held in memory for each target; the lines as Python has them take three times as much.
ROOM = 262144


class Feed:
    """Lines in, spans of lines out. `keys` are what they are ordered by: their times, which in one log never go back.

    What there is no room for lies on disk until its turn comes: a stream that is not read on for long may take minutes
    to come to life again, since the server sends what did not get through at longer and longer intervals (RFC 6298,
    section 5.5). It is full where the disk, too, has no room for it.
    """

    def __init__(self, target: Target, disk: Disk) -> None:
        self.target = target
        self.ended = False  # nothing more will be added
        self.keys: list[bytes] = []
        self._times: list[bytes] = []
        self._lines: list[bytes] = []
        self._taken = 0  # lines at the beginning of the lists that are gone
        self._count = 0  # lines that were ever taken
        self._added = 0  # lines that were ever added
        self._size = 0
        self._latest = b""
        self._events: list[tuple[int, Event]] = []  # each after so many lines
        self._unfinished = False
        self._is_timed = True
        self._disk = disk
        self._spool = Spool(disk)

    @property
    def is_full(self) -> bool:
        return not (self._has_room or self._disk.has_room)

    @property
    def is_known(self) -> bool:
        """Whether it can be told which lines come next, and before which time no other will."""
        if self.ended or self._spool:
            return True
        return self._taken < len(self.keys) and (self.keys[self._taken] < self.keys[-1] or self._size >= ROOM)

    @property
    def is_empty(self) -> bool:
        return self.ended and self._taken == len(self.keys) and not self._spool

    @property
    def bound(self) -> bytes | None:
        """No line that is not in memory comes before this time; None where all are."""
        if self.ended and not self._spool:
            return None
        return self.keys[-1]

    def add(self, item: Lines | Event, size: int) -> None:
        if isinstance(item, Event):
            self._events.append((self._added, item))
            return
        self._added += len(item.lines)
        self._unfinished = item.unfinished
        self._is_timed = item.times is not None
        times = item.times or [time_of(self.target.started_at or 0.0)] * len(item.lines)
        if self._has_room:
            self._append(times, item.lines, size)
        else:
            self._spool.put(times, item.lines, size)

    def load(self) -> None:
        """Takes back from disk what there is room for."""
        while self._spool and (self._size < ROOM // 2 or self._taken == len(self.keys)):
            self._append(*self._spool.take())

    def before(self, bound: bytes | None) -> int:
        """How many lines come before a time."""
        return (len(self.keys) if bound is None else bisect_left(self.keys, bound, self._taken)) - self._taken

    def until(self, bound: bytes) -> int:
        """How many lines come before a time or at it."""
        return bisect_right(self.keys, bound, self._taken) - self._taken

    def next_keys(self, count: int) -> list[bytes]:
        return self.keys[self._taken : self._taken + count]

    def take(self, count: int) -> Lines:
        """The next lines."""
        start, end = self._taken, self._taken + count
        self._taken = end
        self._count += count
        times = self._times[start:end] if self._is_timed else None
        is_last = self._unfinished and self._count == self._added
        return Lines(self.target, self._lines[start:end], times, is_last)

    def take_events(self) -> list[Event]:
        """What happened before the next line."""
        events: list[Event] = []
        while self._events and self._events[0][0] <= self._count:
            events.append(self._events.pop(0)[1])
        return events

    @property
    def until_event(self) -> int:
        """How many lines come before the next event; more than there are where there is none."""
        return self._events[0][0] - self._count if self._events else self._added + 1

    def forget(self) -> None:
        """Frees the memory of what was taken."""
        kept = len(self.keys) - self._taken
        self._size = self._size * kept // len(self.keys) if self.keys else 0
        del self.keys[: self._taken], self._times[: self._taken], self._lines[: self._taken]
        self._taken = 0

    def close(self) -> None:
        self._spool.close()

    @property
    def _has_room(self) -> bool:
        return self._size < ROOM and not self._spool

    def _append(self, times: list[bytes], lines: list[bytes], size: int) -> None:
        # A clock that was set back must not bring the lines of one log out of their order.
        keys = times
        if times[0] < self._latest or times != sorted(times):
            keys = list(accumulate([max(self._latest, times[0]), *times[1:]], max))
        self._latest = keys[-1]
        self.keys += keys
        self._times += times
        self._lines += lines
        self._size += size
