"""The rest of logs whose pods went before all of it had been read, from where Argo has archived it.

What was printed is left out again by counting lines: an archived log has no times, and lacks the lines of Argo's own.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Iterator

from kubectl_argo_pods.follow import Item, read
from kubectl_argo_pods.output.argo_lines import is_one
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources.kube_logs import LogSource
from kubectl_argo_pods.targets import Artifact, Event, Key, Lines, LogOptions, LogQuery, Target

# So many last lines of a log are remembered, to know by them where its archived copy goes on.
REMEMBERED = 256
# How far lines of stdout and stderr, which two threads of Argo's executor copy, may be from their place.
APART = 2 * REMEMBERED

# What came together is shown together.
Items = Iterator[list[Item]]

WHOLE = "--since and --since-time do not apply to archived logs, which have no times"


def since_told(items: Items, query: LogQuery) -> Items:
    """The items; before the first of an archived log that it is not only since a time, if that was asked for."""
    told = query.since_seconds is None and query.since_time is None
    for together in items:
        if not told and any(isinstance(item, Lines) and item.target.origin == "archive" for item in together):
            told = True
            yield [Event(None, "notice", WHOLE)]
        yield together


class _Seen:
    """What has been printed of a log, without Argo's own lines; `held` is a last line that had not ended."""

    def __init__(self) -> None:
        self.count = 0
        self.last: deque[bytes] = deque(maxlen=REMEMBERED)
        self.held: Lines | None = None
        self.has_gap = False

    def note(self, lines: list[bytes]) -> None:
        own = [line for line in lines if not is_one(line)]
        self.count += len(own)
        self.last.extend(own[-REMEMBERED:])


class _Lost(NamedTuple):
    """How a log ended too early."""

    target: Target
    event: Event


class Archived:
    """Reads on in the archive; `artifact_of` tells where the log of a target is archived by now, if it is.

    `await_end` waits as long as that of a log that came short may still become so, and somebody waits for more.
    """

    def __init__(
        self,
        source: LogSource,
        options: LogOptions,
        artifact_of: Callable[[Target], Artifact | None],
        await_end: Callable[[Target], None],
    ) -> None:
        self._source = source
        self._options = options._replace(query=options.query._replace(follow=False), plain=False)
        self._artifact_of = artifact_of
        self._await_end = await_end
        self._seen: dict[Key, _Seen] = {}
        self._lost: list[_Lost] = []

    def completed(self, items: Items) -> Items:
        """The items, and at their end the rest of the logs that came short, or that it is not to be had."""
        for together in items:
            yield [passed for item in together for passed in self._passed(item)]
        for lost in self._lost:
            yield from self._rest(lost)

    def _passed(self, item: Item) -> Iterator[Item]:
        if item.target is None or item.target.origin == "archive":
            yield item
        elif isinstance(item, Lines):
            yield from self._noted(item)
        elif isinstance(item, Event):
            yield from self._ended(item, item.target)
        else:
            yield item

    def _noted(self, lines: Lines) -> Iterator[Item]:
        seen = self._seen.setdefault(lines.target.key, _Seen())
        if lines.unfinished:
            # It may have gone on.
            seen.held = lines._replace(lines=lines.lines[-1:], times=lines.times and lines.times[-1:])
            lines = lines._replace(lines=lines.lines[:-1], times=lines.times and lines.times[:-1], unfinished=False)
        seen.note(lines.lines)
        if lines.lines:
            yield lines

    def _ended(self, event: Event, target: Target) -> Iterator[Item]:
        seen = self._seen.setdefault(target.key, _Seen())
        if event.kind in ("gone", "failed"):
            self._lost.append(_Lost(target, event))
            if event.kind == "gone":
                yield Event(target, "deleted", event.detail)
            return
        seen.has_gap = seen.has_gap or event.kind == "gap"
        if event.kind == "complete" and seen.held:
            yield seen.held
            seen.held = None
        yield event

    def _rest(self, lost: _Lost) -> Items:
        seen, target = self._seen[lost.target.key], lost.target
        if lost.event.lossy:
            self._await_end(target)
        artifact = self._artifact_of(target)
        if artifact is None:
            yield [*_held(seen), lost.event]
            return
        archived = target._replace(origin="archive", artifact=artifact)
        if not seen.count and not seen.held:
            what = "cannot be read" if lost.event.kind == "failed" else "came too late to be read"
            yield [Event(None, "notice", f"{target.step}: the log of pod {target.pod} {what}, but it was archived")]
            yield from since_told(read(self._source, [archived], self._options), self._options.query)
            return
        yield from self._behind(archived, seen, lost)

    def _behind(self, archived: Target, seen: _Seen, lost: _Lost) -> Items:
        """The lines of the archived log behind those that were printed."""
        rest, told = _Behind(seen, self._place(archived, seen)), False
        for together in self._archived(archived):
            for item in together:
                if isinstance(item, Event):
                    is_all = item.kind == "complete" and rest.is_reached
                    yield [item] if is_all else [*_held(seen), lost.event._replace(lossy=True)]
                elif isinstance(item, Lines) and (new := rest.lines(item)).lines:
                    notice = f"{archived.step}: the rest of the log of pod {archived.pod} comes from the archive"
                    yield [new] if told else [Event(None, "notice", notice), new]
                    told = True

    def _place(self, archived: Target, seen: _Seen) -> int | None:
        """How many lines of the archived log were printed or not meant; None where that cannot be told."""
        query = self._options.query
        if query.limit_bytes is not None:
            return None
        if not (seen.has_gap or query.tail is not None or query.since_seconds or query.since_time):
            return seen.count
        known, lately = seen.last, deque[bytes](maxlen=len(seen.last))
        places, count = [], 0
        for together in self._archived(archived):
            for line in (line for item in together if isinstance(item, Lines) for line in item.lines):
                lately.append(line)
                count += 1
                if lately == known:
                    places.append(count)
        return places[0] if len(places) == 1 and known else None

    def _archived(self, archived: Target) -> Items:
        return read(self._source, [archived], self._options._replace(query=LogQuery()))


class _Behind:
    """Takes from an archived log the lines that were printed, of which there are so many."""

    def __init__(self, seen: _Seen, place: int | None) -> None:
        self._left = Counter(seen.last)
        self._begin = 0 if place is None else place - len(seen.last)
        self._end = self._begin + len(seen.last) + APART
        self._passed = 0
        self._early: list[bytes] = []
        self._is_known = place is not None

    @property
    def is_reached(self) -> bool:
        """Whether all that were printed have come."""
        return self._is_known and self._passed >= self._begin and not self._left

    def lines(self, archived: Lines) -> Lines:
        """Those that were not printed; none as long as it is not certain where they begin."""
        if self.is_reached:
            return archived
        new: list[bytes] = []
        for line in archived.lines:
            self._passed += 1
            if self._passed > self._begin:
                new += self._new(line)
        return archived._replace(lines=new, unfinished=archived.unfinished and bool(new))

    def _new(self, line: bytes) -> list[bytes]:
        if self.is_reached:
            return [line]
        if line in self._left:
            self._left -= Counter([line])
        elif self._passed <= self._end:
            self._early.append(line)
        if not self.is_reached:
            return []
        early, self._early = self._early, []
        return early


def _held(seen: _Seen) -> list[Lines]:
    return [seen.held] if seen.held else []
