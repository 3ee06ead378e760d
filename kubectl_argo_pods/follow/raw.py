"""The log of one container that has ended, as nothing but bytes, which is many times as fast as by lines.

Where it breaks off it is read again from the beginning, without what has been seen: a log that has ended stays as it
is.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from selectors import EVENT_READ, DefaultSelector

from kubectl_argo_pods.errors import ApiError, NotFoundError, UnreachableError
from kubectl_argo_pods.follow.patience import ENDED, FIRST_PAUSE, TRIES, longer, may_pass
from kubectl_argo_pods.sources.kube_logs import LogSource, LogStream
from kubectl_argo_pods.targets import Event, LogOptions, LogQuery, Raw, Target

# The end of what has been seen, by which the log is known again.
KEPT = 4096
# So many bytes are handed on at once, if they are there.
TOGETHER = 262144

Item = Raw | Event


def is_possible(targets: list[Target], options: LogOptions) -> bool:
    """Whether the bytes are all that is wanted, and will be the same when they are asked for again."""
    if not options.plain or len(targets) != 1 or options.query.since_seconds is not None:
        return False
    state = targets[0].state
    return state is not None and state.state == "terminated" and targets[0].origin == "pod"


def read_raw(source: LogSource, target: Target, query: LogQuery) -> Iterator[Item]:
    """The bytes of a log, each once, and what became of it."""
    reading = _Reading(source, target, query)
    pause, tries = FIRST_PAUSE, 0
    while True:
        before = reading.seen
        try:
            yield from reading.read()
            if reading.is_lost or (yield from reading.is_complete()):
                return
            cause = ENDED
        except NotFoundError as error:
            yield Event(target, "gone", str(error), lossy=True)
            return
        except (ApiError, UnreachableError) as error:
            cause = str(error)
            if not may_pass(error) or tries >= TRIES:
                yield Event(target, "failed", cause, lossy=True)
                return
        if reading.seen > before:
            pause, tries = FIRST_PAUSE, 0
        reading.cause = cause
        tries += 1
        time.sleep(pause)
        pause = longer(pause)


class _Reading:
    """What has been seen of a log: so many bytes, and the last of them."""

    def __init__(self, source: LogSource, target: Target, query: LogQuery) -> None:
        self.seen = 0
        self.is_lost = False  # it is no longer the log that it was
        self.cause = ""
        self._kept = b""
        self._source = source
        self._target = target
        self._query = query._replace(follow=False, timestamps=False)

    def read(self) -> Iterator[Item]:
        """What comes by one stream and has not been seen."""
        with self._source.open(self._target, self._query) as stream:
            first = self._skip(stream)
            if self.is_lost:
                yield Event(self._target, "gap", "the log was rotated while it was read", lossy=True)
                return
            for chunk in _gathered(stream, first):
                yield from self._told()
                self._note(chunk)
                yield Raw(self._target, chunk)

    def is_complete(self) -> Generator[Item, None, bool]:
        """Tells that all has been seen, if it has."""
        if not self._is_limited() and not self._is_at_end():
            return False
        yield from self._told()
        yield Event(self._target, "complete")
        return True

    def _told(self) -> Iterator[Item]:
        if self.cause:
            yield Event(self._target, "resumed", self.cause)
            self.cause = ""

    def _is_limited(self) -> bool:
        return self._query.limit_bytes is not None and self.seen >= self._query.limit_bytes

    def _is_at_end(self) -> bool:
        if self._query.tail == 0:
            return True
        since = None if self.seen else self._query.since_time
        query = LogQuery(tail=1, previous=self._query.previous, since_time=since)
        with self._source.open(self._target, query) as stream:
            last = _whole(stream)
        return self._kept.endswith(last[-KEPT:])

    def _skip(self, stream: LogStream) -> bytes | None:
        """Drops what was seen; the first chunk that was not, or a part of one."""
        passed, end = 0, b""
        while passed < self.seen:
            chunk = stream.receive()
            if chunk == b"":
                raise UnreachableError(ENDED)
            passed += len(chunk or b"")
            end = (end + (chunk or b""))[-KEPT - max(0, passed - self.seen) :]
        rest = passed - self.seen
        self.is_lost = end[: len(end) - rest] != self._kept
        return end[len(end) - rest :] or None

    def _note(self, chunk: bytes) -> None:
        self.seen += len(chunk)
        self._kept = chunk[-KEPT:] if len(chunk) >= KEPT else (self._kept + chunk)[-KEPT:]


def _wait(stream: LogStream) -> None:
    """Until something has come; select itself knows no file beyond the first 1,024."""
    with DefaultSelector() as waiting:
        waiting.register(stream.fileno(), EVENT_READ)
        waiting.select()


def _gathered(stream: LogStream, first: bytes | None) -> Iterator[bytes]:
    """What has arrived at a time, with what came before: servers send far smaller pieces than are good to handle."""
    stream.unblock()
    parts, size, chunk = [first or b""], 0, first
    while chunk != b"":
        chunk = stream.receive()
        if chunk:
            parts.append(chunk)
            size += len(chunk)
        if (not chunk or size >= TOGETHER) and any(parts):
            yield b"".join(parts)
            parts, size = [], 0
        if chunk is None:
            _wait(stream)


def _whole(stream: LogStream) -> bytes:
    parts: list[bytes] = []
    while (chunk := stream.receive()) != b"":
        parts.append(chunk or b"")
    return b"".join(parts)
