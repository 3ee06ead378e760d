"""Lines as they arrive, held back for a moment to bring them into the order of their times."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from itertools import accumulate

from kubectl_argo_pods.follow.lines import time_of
from kubectl_argo_pods.targets import Event, Key, Lines

# Seconds that a line waits for an earlier one to arrive: what kubelets and the network differ in by far.
HELD = 1.0


class Watermark:
    """`clock` counts seconds. Lines of one target keep their order even where its clock was set back."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._held: list[tuple[bytes, int, Lines | Event]] = []
        self._marks: deque[tuple[float, bytes]] = deque()  # when the latest of some items came, and their latest time
        self._latest: dict[Key, bytes] = {}
        self._count = 0

    def seconds(self) -> float | None:
        """Until something may pass; None where nothing is held."""
        return max(0.0, self._marks[0][0] + HELD - self._clock()) if self._marks else None

    def passed(self, items: list[Lines | Event]) -> list[Lines | Event]:
        """Takes in what has arrived; gives what has been held long enough, in order, and at once what is about no
        target in particular. An event is held behind the lines that it comes after.
        """
        notices: list[Lines | Event] = [item for item in items if item.target is None]
        held = [
            self._hold(item) if isinstance(item, Lines) else self._hold_event(item) for item in items if item.target
        ]
        if held:
            self._marks.append((self._clock(), max(held)))
        mark = None
        while self._marks and self._marks[0][0] + HELD <= self._clock():
            mark = max(mark or b"", self._marks.popleft()[1])
        return [*self._until(mark), *notices] if mark is not None else notices

    def rest(self) -> list[Lines | Event]:
        """All that is still held."""
        self._marks.clear()
        return self._until(None)

    def _hold(self, lines: Lines) -> bytes:
        """Holds each line by itself; returns the latest of their times."""
        key = lines.target.key
        latest = self._latest.get(key, b"")
        times = lines.times or [time_of(lines.target.started_at or 0.0)] * len(lines.lines)
        for index, time in enumerate(accumulate(times, max, initial=latest)):
            if index:
                latest = time
                self._count += 1
                unfinished = lines.unfinished and index == len(times)
                one = Lines(lines.target, lines.lines[index - 1 : index], lines.times and times[index - 1 : index])
                self._held.append((time, self._count, one._replace(unfinished=unfinished) if unfinished else one))
        self._latest[key] = latest
        return latest

    def _hold_event(self, event: Event) -> bytes:
        """Holds an event behind the lines of its target; returns the latest time of these."""
        latest = self._latest.get(event.target.key, b"") if event.target else b""
        self._count += 1
        self._held.append((latest, self._count, event))
        return latest

    def _until(self, mark: bytes | None) -> list[Lines | Event]:
        self._held.sort(key=lambda each: each[:2])
        end = len(self._held)
        while end and mark is not None and self._held[end - 1][0] > mark:
            end -= 1
        passed = [item for _, _, item in self._held[:end]]
        del self._held[:end]
        return passed
