"""The logs that containers have written, as a kubelet keeps and serves them.

Its rules are those of kubernetes/pkg/kubelet/kuberuntime/logs: a record is one line of the log file; what is longer
than 16 KiB is several, only the last of which ends the line; a time is printed only where a line begins; `sinceTime`
leaves out single records; `tailLines` counts records.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from tests.cluster.statuses import bad_request

BILLION = 10**9


class Record(NamedTuple):
    """What a container wrote at a time, in nanoseconds of the epoch."""

    time: int
    text: bytes  # with its newline, unless the line goes on in the next record or the container ended there


class Asked(NamedTuple):
    """PodLogOptions, as a kubelet takes them in: times in whole seconds."""

    follow: bool = False
    previous: bool = False
    timestamps: bool = False
    since: int = 0  # nanoseconds of the epoch
    tail: int | None = None
    limit: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str], now: float) -> Asked:
        since = 0
        if "sinceTime" in query:
            # metav1.Time carries no fractions.
            since = int(datetime.fromisoformat(query["sinceTime"]).timestamp()) * BILLION
        if "sinceSeconds" in query:
            since = int((now - int(query["sinceSeconds"])) * BILLION)
        tail, limit = query.get("tailLines"), query.get("limitBytes")
        follow, previous, timestamps = (query.get(name) == "true" for name in ("follow", "previous", "timestamps"))
        return cls(follow, previous, timestamps, since, int(tail) if tail else None, int(limit) if limit else None)


class Run:
    """One run of a container; readers hold on to what they read even where the file is rotated away."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.first = 0  # the record that the present file begins with
        self.ended = False


class ContainerLog:
    """The log of a container; tests write it from their thread while the server reads it."""

    def __init__(self) -> None:
        self.runs = [Run()]
        self.listeners: set[Callable[[], None]] = set()
        self._lock = threading.Lock()

    def write(self, *records: Record) -> None:
        self.runs[-1].records += records
        self._tell()

    def write_lines(self, *lines: str, start: int = 0, step: int = BILLION // 10) -> None:
        """Whole lines, a tenth of a second apart if nothing else is said, from a time in nanoseconds on."""
        self.write(*(Record(start + index * step, f"{line}\n".encode()) for index, line in enumerate(lines)))

    def end(self) -> None:
        self.runs[-1].ended = True
        self._tell()

    def restart(self) -> None:
        """The container ends, if it has not, and runs anew."""
        self.runs[-1].ended = True
        self.runs.append(Run())
        self._tell()

    def rotate(self, keep: int = 0) -> None:
        """Only the last so many records are in the present file."""
        self.runs[-1].first = len(self.runs[-1].records) - keep

    def run(self, container: str, pod: str, previous: bool) -> Run:
        if not previous:
            return self.runs[-1]
        if len(self.runs) < 2:
            raise bad_request(f'previous terminated container "{container}" in pod "{pod}" not found')
        return self.runs[-2]

    def _tell(self) -> None:
        with self._lock:
            for listener in list(self.listeners):
                listener()


class Writer:
    """Records to the bytes of an answer (logs.go, logWriter)."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._left = asked.limit
        self._begins_line = True

    @property
    def is_full(self) -> bool:
        return self._left == 0

    def written(self, record: Record) -> bytes:
        begins, self._begins_line = self._begins_line, record.text.endswith(b"\n")
        if record.time < self._asked.since:
            return b""
        line = record.text
        if self._asked.timestamps and begins:
            line = timestamp(record.time) + b" " + line
        if self._left is not None:
            line = line[: self._left]
            self._left -= len(line)
        return line


def timestamp(time: int) -> bytes:
    """RFC 3339 with nine digits of a second."""
    seconds = datetime.fromtimestamp(time // BILLION, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{seconds}.{time % BILLION:09d}Z".encode()


def first_record(run: Run, tail: int | None) -> int:
    """Where a reader begins."""
    return run.first if tail is None else max(run.first, len(run.records) - tail)
