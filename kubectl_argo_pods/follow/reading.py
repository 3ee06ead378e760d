"""One run of a container: its streams, one after the other, to lines that each come once."""

from __future__ import annotations

from collections.abc import Callable

from kubectl_argo_pods.errors import ApiError, UnreachableError
from kubectl_argo_pods.follow.last_shown import LastShown
from kubectl_argo_pods.follow.lines import Batch, Splitter, time_of, timed
from kubectl_argo_pods.follow.patience import ENDED
from kubectl_argo_pods.follow.position import Gap, Position
from kubectl_argo_pods.follow.waits import Life, Open, Receive, Sink
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources.kube_logs import LogStream
from kubectl_argo_pods.targets import Event, Lines, LogOptions, LogQuery, Target

# The silence after which the followed stream of a container that has ended is over.
LINGER = 2.0
# How many times the first silence the longest may be: after each that turns out to be true the next is twice as long.
PATIENCE = 10
NOTHING = Batch([], [], [])


class End(NamedTuple):
    """How a stream ended: well if there is no cause. `new` lines came by it; `rest` is a line that had not ended."""

    cause: str
    new: int
    rest: Batch


class Outlook(NamedTuple):
    """What is known of the container while its stream is read."""

    silence: float  # seconds, after which a stream is looked after
    lives_on: Callable[[], bool]  # whether the container may write more
    is_another_run: Callable[[], Life[bool]]  # whether the stream is of another run than the one that is read


class Reader:
    """The lines of one run; `left` are the bytes that may still be handed on, None for all.

    `previous`: it is the run before the present one.
    """

    def __init__(self, target: Target, options: LogOptions, sink: Sink) -> None:
        query = options.query
        self.position = Position()
        self.left = query.limit_bytes
        self.previous = query.previous
        self._is_timed = True
        self._unended = NOTHING  # the line that had not ended when the last stream did
        self._target = target
        self._query = query
        self._tail = query.tail
        self._surplus = 0  # lines that come first and are not wanted
        self._is_hidden = options.is_hidden
        self._sink = sink
        self._cause = ""  # of a break that has not been told yet
        self._may_have_broken = False  # the server ended the stream for no reason that is known

    @property
    def is_foreign(self) -> bool:
        """Whether the log comes from somewhere that cannot be asked for its end."""
        return self._target.origin != "pod"

    def query(self, follow: bool) -> LogQuery:
        """The query for what has not been seen yet."""
        query = self._query
        if since := self.position.since():
            query = query._replace(since_time=since, since_seconds=None, tail=None)
        # The server would count the times, too, which may not be wanted.
        return query._replace(timestamps=True, limit_bytes=None, follow=follow, previous=self.previous)

    def read(self, stream: LogStream, query: LogQuery, outlook: Outlook) -> Life[End]:
        """Hands on what comes by a stream, to its end."""
        self._is_timed = stream.timestamps
        splitter, new, said = Splitter(), 0, ""
        inside = bool(query.since_time or query.since_seconds)
        patience = outlook.silence
        while True:
            try:
                chunk: bytes | None = yield Receive(stream, self.patience(query.follow, patience, outlook))
            except (ApiError, UnreachableError) as error:
                return End(str(error), new, self._rest(splitter, stream))
            if chunk is None:
                rest = self._rest(splitter, stream)
                if query.follow and not outlook.lives_on():
                    return End("", new, rest)
                if not query.follow or not (yield from self.is_all_there(rest)):
                    return End("the stream fell silent", new, rest)
                patience = min(patience * 2, outlook.silence * PATIENCE)
                continue
            if not chunk:
                return End(said, new, NOTHING if said else self._rest(splitter, stream))
            patience = outlook.silence
            if lines := splitter.feed(chunk):
                batch = self._batch(stream, lines)
                said, inside = _said(batch, inside), False
                batch, gap = self.position.unseen(batch)
                if gap and (yield from outlook.is_another_run()):
                    return End(ENDED, new, NOTHING)
                new += self._hand_on(batch, gap, len(chunk))
                if self.left == 0:
                    return End("", new, NOTHING)

    def came_again(self, end: End) -> bool:
        """Whether a stream has ended well that brought all that had been seen, and nothing new."""
        return not end.cause and not end.new and self.position.is_reached

    def is_all_there(self, rest: Batch) -> Life[bool]:
        """Whether the log goes no further than what has been seen; no where that cannot be known now."""
        if self.is_foreign or (self._query.tail == 0 and not self.position.last):
            return True
        last = yield from self._end_of_log()
        if last is None or (last and last.endswith(b"\n") == bool(rest.times)):
            return False
        batch = timed(last.removesuffix(b"\n").split(b"\n")) if last else NOTHING
        return not batch.strays and self.position.is_end(batch, rest)

    @property
    def counts_from_end(self) -> bool:
        """Whether what is wanted depends on where the log ends when it is asked for."""
        return self._tail is not None and not self.position.last

    def begin(self, follows: bool, lives_on: bool) -> Life[None]:
        """Settles how many lines from the end are asked for; raises UnreachableError or ApiError."""
        if self._tail == 0:
            if follows:
                yield from self._pass_over()
        elif self._is_hidden and self._target.origin != "archive":
            yield from self._aim(LastShown(self._tail or 0, self._is_hidden), follows and lives_on)
        elif follows and lives_on and not self.is_foreign and (yield from self._end_of_log()) == b"":
            self._want_all()

    def _pass_over(self) -> Life[None]:
        """What is there is taken for seen, so that after a break nothing is missed that came since."""
        last = yield from self._end_of_log()
        if last == b"" and not self.is_foreign:
            self._want_all()
        elif last:
            lines = last.split(b"\n")[:-1]
            self.position.advance(timed(lines) if lines else NOTHING)
            self.position.resume()

    def _aim(self, shown: LastShown, lives_on: bool) -> Life[None]:
        """As many are asked for as hold so many that are shown."""
        tail: int | None = None
        while tail is None:
            query = shown.query(self._query._replace(previous=self.previous))
            if not (yield from self._received(query, shown.feed)):
                raise UnreachableError("the server did not answer")
            tail = shown.tail()
        self._query, self._surplus = self._query._replace(tail=tail), shown.surplus
        if shown.is_empty and lives_on and not self.is_foreign:
            self._want_all()

    def _want_all(self) -> None:
        """Of a log that is still empty all is wanted from now on, however often it must be asked for."""
        self._query, self._tail = self._query._replace(tail=None), None

    def _end_of_log(self) -> Life[bytes | None]:
        """The last few lines there are of what is asked for; None where they cannot be read now."""
        seen = bool(self.position.last)
        query = self._query._replace(follow=False, timestamps=True, previous=self.previous, limit_bytes=None)
        query = query._replace(tail=self.position.tail())
        if seen:
            query = query._replace(since_time=None, since_seconds=None)
        parts: list[bytes] = []
        try:
            is_all = yield from self._received(query, parts.append)
        except (ApiError, UnreachableError):
            return None
        return b"".join(parts) if is_all else None

    def _received(self, query: LogQuery, take: Callable[[bytes], object]) -> Life[bool]:
        """Gives what comes of a log as it is now to `take`; False where that is not all of it."""
        stream: LogStream | None = yield Open(query, LINGER * PATIENCE)
        if stream is None:
            return False
        with stream:
            stream.unblock()
            while chunk := (yield Receive(stream, LINGER * PATIENCE)):
                take(chunk)
        return chunk is not None

    def is_of_previous_run(self) -> Life[bool]:
        """Whether what has been seen was written by the run before the present one; yes where that cannot be known."""
        if not self.position.last:
            return True
        splitter = Splitter()
        try:
            stream: LogStream | None = yield Open(self.query(False)._replace(previous=True), LINGER * PATIENCE)
            if stream is None:
                return True
            with stream:
                stream.unblock()
                while chunk := (yield Receive(stream, LINGER * PATIENCE)):
                    lines = splitter.feed(chunk)
                    if lines and self.position.has_last(timed(lines)):
                        return True
        except (ApiError, UnreachableError):
            return True
        return bool(splitter.rest) and self.position.has_last(timed([splitter.rest]))

    def go_on(self, end: End) -> None:
        """Prepares for the next stream of this run."""
        self.position.resume()
        self._unended = end.rest
        self._cause = self._cause or end.cause
        self._may_have_broken = not end.cause

    def blame(self, cause: str) -> None:
        """Keeps the reason for a break until it is known to have done no harm."""
        self._cause = self._cause or cause

    def complete(self, rest: Batch) -> None:
        """All has been seen; the container left its last line without a newline if there is a rest."""
        self.hand_on_rest(rest)
        self._tell_break()
        self.tell("complete")

    def hand_on_rest(self, rest: Batch) -> None:
        rest, _ = self.position.unseen(rest)
        self.position.advance(rest)
        if rest.times:
            times = rest.times if self._is_timed else None
            self._add(Lines(self._target, rest.lines, times, unfinished=True), len(rest.lines[0]))

    def tell(self, kind: str, detail: str = "", lossy: bool = False) -> None:
        self._sink.add(Event(self._target, kind, detail, lossy), 0)

    def patience(self, follow: bool, seconds: float, outlook: Outlook) -> float:
        """How long a stream may be silent, which begins with so many seconds."""
        # A kubelet that looks for a time in a long log is silent, too, until it has found it.
        return seconds * PATIENCE if not follow else seconds if outlook.lives_on() else min(LINGER, seconds)

    def _rest(self, splitter: Splitter, stream: LogStream) -> Batch:
        rest = splitter.rest
        return self._batch(stream, [rest]) if rest else NOTHING

    def _batch(self, stream: LogStream, lines: list[bytes]) -> Batch:
        if stream.timestamps:
            return timed(lines)
        return Batch([time_of(self._target.started_at or 0.0)] * len(lines), lines, [])

    def _hand_on(self, batch: Batch, gap: Gap | None, size: int) -> int:
        """Hands on lines that had not been seen; returns how many they are."""
        if gap:
            self.tell("gap", f"{gap.after.decode()} {gap.before.decode()}", lossy=True)
            self._cause, self._may_have_broken = "", False
            batch = _glued(self._unended, batch)
        if not batch.times:
            return 0
        self.position.advance(batch)
        if self._may_have_broken:
            self.blame(ENDED)
        self._tell_break()
        passed = min(self._surplus, len(batch.times))
        self._surplus -= passed
        times = batch.times[passed:] if self._is_timed else None
        self._add(Lines(self._target, batch.lines[passed:], times), size)
        return len(batch.times)

    def _add(self, lines: Lines, size: int) -> None:
        if self.left is not None:
            lines, self.left = cut(lines, self.left, self._query.timestamps)
        if lines.lines:
            self._sink.add(lines, size)

    def _tell_break(self) -> None:
        if self._cause:
            self.tell("resumed", self._cause)
        self._cause, self._may_have_broken = "", False


def _said(batch: Batch, inside: bool) -> str:
    """What the kubelet itself says in the end when it cannot go on, as "too many open files".

    Lines without a time before others are ends of lines that began before the time asked for (`inside` if one was).
    """
    if not batch.strays:
        return ""
    index, line = batch.strays[-1]
    is_last = index == len(batch.lines) and not (inside and not batch.lines)
    return line.decode("utf-8", "replace")[:200] if is_last else ""


def _glued(rest: Batch, batch: Batch) -> Batch:
    """The lines of a new file, the first of which goes on where the old one was cut off: container runtimes rotate logs
    wherever they are in a line (containerd, internal/cri/io)."""
    if not rest.times or not batch.times:
        return batch
    return Batch([*rest.times, *batch.times[1:]], [rest.lines[0] + batch.lines[0], *batch.lines[1:]], batch.strays)


def cut(lines: Lines, left: int, timestamps: bool) -> tuple[Lines, int]:
    """No more lines than so many bytes, counted as `kubectl logs --limit-bytes` does; and how many bytes are left."""
    head = len((lines.times or [b""])[0]) + 1 if timestamps else 0
    for index, line in enumerate(lines.lines):
        size = head + len(line) + 1
        if size > left:
            room = max(0, left - head)
            kept = index + bool(room)
            texts = [*lines.lines[:index], line[:room]][:kept]
            return Lines(lines.target, texts, lines.times and lines.times[:kept], bool(room)), 0
        left -= size
    return lines, left
