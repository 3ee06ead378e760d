"""How far the log of one run of a container has been read, and how to go on from there after a break.

The only way to go on is `sinceTime`, which is cut to whole seconds on the way to the kubelet (metav1.Time). So the
lines of some seconds come again, and what has been seen must be skipped: by counting, since lines may share their time
and their text, and clocks may step back. That it is the same log is known by the last line seen, which comes last among
those that come again; where it does not come at all, the file has been rotated, and lines may be missing.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from kubectl_argo_pods.follow.lines import SECONDS, Batch
from kubectl_argo_pods.record import NamedTuple

# Lines of stdout and stderr are written by two threads of the container runtime, which may overtake each other. They do
# so by far less than a second, but it may be in the moment when a new second begins.
OVERLAP = timedelta(seconds=1)
REMEMBERED_SECONDS = 8


class Gap(NamedTuple):
    """Lines may be missing between these two times."""

    after: bytes
    before: bytes


class Position:
    """The lines that were seen; times are in the form of `lines.normal_time`."""

    def __init__(self) -> None:
        self.first = b""  # time of the first line
        self.last = b""  # time of the last line
        self._text = b""  # that line
        self._top = b""  # the latest time
        self._ties = 0  # lines at the end that have the last line's time
        self._same = 0  # of them those with its text
        self._counts: dict[bytes, int] = {}  # lines by second
        self._skip: _Skip | None = None

    @property
    def is_reached(self) -> bool:
        """Whether all that has come again after a break has been recognized."""
        return self._skip is None

    def since(self) -> str | None:
        """The `sinceTime` to go on with; None where nothing has been seen."""
        if not self.last:
            return None
        since = datetime.fromisoformat(self.last[:SECONDS].decode()) - OVERLAP
        return f"{since.isoformat()}Z"

    def tail(self) -> int:
        """How many records from the end tell whether all has been seen: a line is one, or several if it is long."""
        return max(2, self._ties + 1)

    def resume(self) -> None:
        """From now on lines come again, from `since` on."""
        since = (self.since() or "").encode()
        again = sum(count for second, count in self._counts.items() if second + b"Z" >= since)
        self._skip = _Skip(again, 0, 0, False) if self.last else None

    def unseen(self, batch: Batch) -> tuple[Batch, Gap | None]:
        """The lines of a batch that have not been seen, and the gap before them if there may be one."""
        if not self._skip:
            return batch, None
        seen, gap = self._seen(batch, self._skip)
        return Batch(batch.times[seen:], batch.lines[seen:], batch.strays), gap

    def advance(self, batch: Batch) -> None:
        """Takes lines for seen."""
        if batch.times:
            self._note(batch.times, batch.lines)

    def has_last(self, batch: Batch) -> bool:
        """Whether the last line seen is one of these."""
        return (self.last, self._text) in zip(batch.times, batch.lines, strict=True)

    def is_end(self, end: Batch, rest: Batch) -> bool:
        """Whether the last lines of the log say that all of it has been seen; `rest` is one that has not ended yet."""
        if not end.times:
            return True
        time, text = end.times[-1], end.lines[-1]
        last, own = (rest.times[-1], rest.lines[-1]) if rest.times else (self.last, self._text)
        if time == last:
            return text == own and (bool(rest.times) or end.times.count(time) <= self._ties)
        # Of a line of more records than that only its end is shown, with the time of that.
        return time > last and len(end.times) == 1 and len(text) < len(own) and own.endswith(text)

    def _seen(self, batch: Batch, skip: _Skip) -> tuple[int, Gap | None]:
        """How many lines of the batch were seen before."""
        skipped, met, is_last = skip.skipped, skip.met, skip.is_last
        for index, (time, line) in enumerate(zip(batch.times, batch.lines, strict=True)):
            if time > self._top:
                self._skip = None
                return index, None if is_last else Gap(self.last, time)
            skipped += 1
            is_last = time == self.last and line == self._text
            met += is_last
            if is_last and (skipped == skip.again or (skipped > skip.again and met >= self._same)):
                self._skip = None
                return index + 1, None
        self._skip = _Skip(skip.again, skipped, met, is_last)
        return len(batch.times), None

    def _note(self, times: list[bytes], lines: list[bytes]) -> None:
        self._count(times)
        last, text = times[-1], lines[-1]
        ties, same, index = 0, 0, len(times)
        while index and times[index - 1] == last:
            index -= 1
            ties += 1
            same += lines[index] == text
        if not index and last == self.last:
            ties += self._ties
            same += self._same if text == self._text else 0
        self.first = self.first or times[0]
        self.last, self._text, self._ties, self._same = last, text, ties, same
        self._top = max(self._top, max(times))

    def _count(self, times: list[bytes]) -> None:
        counts = self._counts
        earliest, latest = min(times)[:SECONDS], max(times)[:SECONDS]
        if earliest == latest:
            counts[latest] = counts.get(latest, 0) + len(times)
        else:
            for time in times:
                second = time[:SECONDS]
                counts[second] = counts.get(second, 0) + 1
        if len(counts) > REMEMBERED_SECONDS:
            since = (self.since() or "").encode()
            self._counts = {second: count for second, count in counts.items() if second + b"Z" >= since}


class _Skip(NamedTuple):
    """What has come again so far."""

    again: int  # lines that should come again
    skipped: int
    met: int  # of them those that are like the last line seen
    is_last: bool  # the latest of them is such a line
