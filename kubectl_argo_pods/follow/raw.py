"""The log of one container that has ended, as nothing but bytes, which is many times as fast as by lines.

Where it breaks off it is read again from the beginning, without what has been seen: a log that has ended stays as it
is.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator
from selectors import EVENT_READ, DefaultSelector

from kubectl_argo_pods.errors import ApiError, NotFoundError, ReplacedError, UnreachableError
from kubectl_argo_pods.follow.last_shown import LastShown
from kubectl_argo_pods.follow.lines import timed
from kubectl_argo_pods.follow.patience import BREATH, ENDED, FIRST_PAUSE, MUCH, TRIES, longer, may_be_another, may_pass
from kubectl_argo_pods.sources.kube_logs import LogSource, LogStream
from kubectl_argo_pods.targets import Event, LogOptions, LogQuery, Raw, Target

# The end of what has been seen, by which the log is known again; and so much of a beginning.
KEPT = 4096

Item = Raw | Event


def is_possible(targets: list[Target], options: LogOptions) -> bool:
    """Whether the bytes are all that is wanted, and will be the same when they are asked for again."""
    if not options.plain or len(targets) != 1 or options.query.since_seconds is not None:
        return False
    query = options.query
    if options.is_hidden and query.tail and query.limit_bytes is not None:
        # A server would count the bytes of lines that are asked for only to find the last that are shown.
        return False
    state = targets[0].state
    return state is not None and state.state == "terminated" and targets[0].origin == "pod"


def read_raw(source: LogSource, target: Target, options: LogOptions) -> Iterator[Item]:
    """The bytes of a log, each once, and what became of it."""
    reading = _Reading(source, target, options)
    pause, tries = FIRST_PAUSE, 0
    while True:
        before = reading.seen
        try:
            reading.aim()
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

    def __init__(self, source: LogSource, target: Target, options: LogOptions) -> None:
        self.seen = 0
        self.is_lost = False  # it is no longer the log that it was
        self.cause = ""
        self._kept = b""
        self._lines = 0
        self._surplus = 0  # lines that come first and are not wanted
        self._source = source
        self._target = target
        self._query = options.query._replace(follow=False, timestamps=False)
        self._listed_at = options.listed_at
        self._is_hidden = options.is_hidden

    def aim(self) -> None:
        """Asks for as many lines from the end as hold so many that are shown."""
        if not (self._is_hidden and self._query.tail):
            return
        shown, tail = LastShown(self._query.tail, self._is_hidden), None
        while tail is None:
            with self._source.open(self._target, shown.query(self._query)) as stream:
                for chunk in filter(None, _chunks(stream)):
                    shown.feed(chunk)
            tail = shown.tail()
        self._query, self._is_hidden, self._surplus = self._query._replace(tail=tail), None, shown.surplus

    def read(self) -> Iterator[Item]:
        """What comes by one stream and has not been seen."""
        with self._source.open(self._target, self._query) as stream:
            if may_be_another(self._listed_at) and self._is_replaced():
                raise NotFoundError("the pod was deleted before its log could be read")
            first = self._skip(stream)
            if self.is_lost:
                yield Event(self._target, "gap", "the log was rotated while it was read", lossy=True)
                return
            for chunk in _gathered(stream, first):
                yield from self._told()
                self._note(chunk)
                if wanted := self._wanted(chunk):
                    yield Raw(self._target, wanted)

    def _is_replaced(self) -> bool:
        """Whether another pod has the name by now by which the log was asked for."""
        try:
            self._source.look(self._target)
        except ReplacedError:
            return True
        except (ApiError, UnreachableError):
            return False
        return False

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
        # What is small comes once more in no time.
        return (self.seen > MUCH and self._is_counted()) or self._is_no_longer()

    def _is_counted(self) -> bool:
        """Whether the last so many lines begin as what has been seen does, and the last of them is its last.

        False where that cannot be told: the lines at the beginning are all of one time, or the kubelet counts more of
        them, since it keeps a line of more than 16 KiB in pieces.
        """
        end = LogQuery(tail=self._lines + (not self._kept.endswith(b"\n")), previous=self._query.previous)
        head = self._head(self._query)
        if not _has_times(head) or head != self._head(end):
            return False
        with self._source.open(self._target, end._replace(tail=1)) as stream:
            return self._kept.endswith(_whole(stream)[-KEPT:])

    def _head(self, query: LogQuery) -> bytes:
        with self._source.open(self._target, query._replace(timestamps=True, limit_bytes=KEPT)) as stream:
            return _whole(stream)

    def _is_no_longer(self) -> bool:
        """Whether no byte comes behind those that were seen."""
        one_more = self.seen + 1
        tail = one_more if self._query.tail is None else min(self._query.tail, one_more)
        # As the end of a log it is asked for in another way than before, which has ended too early perhaps.
        with self._source.open(self._target, self._query._replace(tail=tail, limit_bytes=one_more)) as stream:
            return sum(map(len, _chunks(stream))) == self.seen

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

    def _wanted(self, chunk: bytes) -> bytes:
        """What is behind the lines that are not wanted."""
        start = 0
        while self._surplus and (end := chunk.find(b"\n", start) + 1):
            start = end
            self._surplus -= 1
        return b"" if self._surplus else chunk[start:]

    def _note(self, chunk: bytes) -> None:
        self.seen += len(chunk)
        self._lines += chunk.count(b"\n")
        self._kept = chunk[-KEPT:] if len(chunk) >= KEPT else (self._kept + chunk)[-KEPT:]


def _gathered(stream: LogStream, first: bytes | None) -> Iterator[bytes]:
    """What has arrived at a time, after what came before."""
    stream.unblock()
    if first:
        yield first
    total = 0
    # select itself knows no file beyond the first 1,024.
    with DefaultSelector() as waiting:
        waiting.register(stream.fileno(), EVENT_READ)
        while (chunk := stream.receive()) != b"":
            if chunk:
                yield chunk
                total += len(chunk)
                continue
            waiting.select()
            if total > MUCH:
                time.sleep(BREATH)


def _has_times(head: bytes) -> bool:
    """Whether these lines are not all of one time."""
    return len(set(timed(head.split(b"\n")[:-1]).times)) > 1


def _whole(stream: LogStream) -> bytes:
    return b"".join(_chunks(stream))


def _chunks(stream: LogStream) -> Iterator[bytes]:
    while (chunk := stream.receive()) != b"":
        yield chunk or b""
