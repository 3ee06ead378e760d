"""From chunks to lines: where they end, and the time that a kubelet writes before each.

A kubelet writes RFC 3339 with nine digits (kubernetes/pkg/kubelet/kuberuntime/logs, timeFormatOut) and, as a rule, in
UTC. Old ones left out zeros at the end, and a host may have a zone of its own; such times are put into the first form,
in which comparing bytes compares times.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from kubectl_argo_pods.record import NamedTuple

# `2026-05-04T10:00:00.123456789Z `
SIZE = 30
SECONDS = 19
_TIME = rb"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)"


class Batch(NamedTuple):
    """Lines in their order, each with its time. `strays` are lines without a time, with the index of the line they
    came before."""

    times: list[bytes]
    lines: list[bytes]
    strays: list[tuple[int, bytes]]


class Splitter:
    """Chunks to lines; what has come of a line that has not ended is `rest`."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []

    @property
    def rest(self) -> bytes:
        return b"".join(self._rest)

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that end in this chunk, without their newlines."""
        end = chunk.rfind(b"\n")
        if end < 0:
            # A line may be as long as all of memory: its parts are put together once, at its end.
            self._rest.append(chunk)
            return []
        lines = chunk[:end].split(b"\n")
        if self._rest:
            lines[0] = b"".join([*self._rest, lines[0]])
        self._rest = [chunk[end + 1 :]] if end + 1 < len(chunk) else []
        return lines


def timed(lines: list[bytes]) -> Batch:
    """The lines without their times, and these."""
    if {line[SIZE - 1 : SIZE + 1] for line in lines} <= {b"Z "}:
        return Batch([line[:SIZE] for line in lines], [line[SIZE + 1 :] for line in lines], [])
    times: list[bytes] = []
    texts: list[bytes] = []
    strays: list[tuple[int, bytes]] = []
    for line in lines:
        time, _, text = line.partition(b" ")
        if normal := normal_time(time):
            times.append(normal)
            texts.append(text)
        else:
            strays.append((len(texts), line))
    return Batch(times, texts, strays)


def normal_time(time: bytes) -> bytes:
    """A time with nine digits and in UTC; b"" for what is no time."""
    match = re.fullmatch(_TIME, time)
    if not match:
        return b""
    seconds, digits, zone = match.groups()
    if zone != b"Z":
        local = datetime.fromisoformat((seconds + zone).decode())
        seconds = local.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S").encode()
    return seconds + b"." + (digits or b"").ljust(9, b"0") + b"Z"


def time_of(epoch_seconds: float) -> bytes:
    """The beginning of a second, as a time that comes before all that begin like it."""
    return datetime.fromtimestamp(int(epoch_seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S.").encode()
