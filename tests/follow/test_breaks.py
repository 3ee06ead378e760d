"""Every fault at every point of a log: its bytes come out once and whole all the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from math import inf

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubectl_argo_pods.follow import Item, read
from kubectl_argo_pods.targets import Event, Lines, LogOptions, LogQuery, Raw, Target
from tests.cluster.container_logs import BILLION, Record
from tests.cluster.log_api import Break
from tests.follow.conftest import NOW, Containers

NUMBERS = count()
QUICK = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
# Lines that share a nanosecond, a second, or neither; and a clock that is set back a little.
STEPS = st.sampled_from([0, 0, 1, 1000, BILLION // 3, 2 * BILLION, -BILLION // 4])
TEXTS = st.sampled_from([b"", b"a", b"a", b"b", "größe €".encode(), b"\xff\x00", b"progress\r50%\r", b"x" * 300])
HOW = st.sampled_from(["reset", "cut", "eof"])
BREAKS = st.lists(st.builds(Break, st.integers(0, 900), HOW), max_size=5)


@st.composite
def records(draw: st.DrawFn) -> list[Record]:
    """What a container wrote: lines, some in several records, the last perhaps without its newline."""
    lines: list[list[bytes]] = draw(st.lists(st.lists(TEXTS, min_size=1, max_size=2), max_size=25))
    texts = [part for parts in lines for part in [*(each or b"-" for each in parts[:-1]), parts[-1] + b"\n"]]
    if texts and draw(st.sampled_from([False, True])):
        texts[-1] = texts[-1].removesuffix(b"\n") or b"end"
    steps: list[int] = draw(st.lists(STEPS, min_size=len(texts), max_size=len(texts)))
    # The records of one line are written one after the other.
    steps = [step if text.endswith(b"\n") else max(step, 1) for step, text in zip(steps, texts, strict=True)]
    return [Record(time, text) for time, text in zip(times_of(steps), texts, strict=True)]


def times_of(steps: list[int]) -> Iterator[int]:
    """The times before each step, never more than a second behind the latest: what is read again after a break."""
    time = latest = NOW * BILLION
    for step in steps:
        yield time
        time = max(time + step, latest - BILLION)
        latest = max(latest, time)


def container(containers: Containers, written: list[Record]) -> Target:
    name = f"pod-{next(NUMBERS)}"
    log = containers.log(name)
    log.write(*written)
    log.end()
    return containers.put(name)


def everything(containers: Containers, targets: list[Target], options: LogOptions) -> list[Item]:
    return [item for items in read(containers.source, targets, options) for item in items]


def text_of(items: list[Item], target: Target) -> bytes:
    """The bytes of a target's log, put together again."""
    parts: list[bytes] = []
    for item in items:
        if isinstance(item, Lines) and item.target.key == target.key:
            parts.append(b"".join(line + b"\n" for line in item.lines))
            if item.unfinished:
                parts[-1] = parts[-1][:-1]
        elif isinstance(item, Raw):
            parts.append(item.chunk)
    return b"".join(parts)


def whole(written: list[Record]) -> bytes:
    return b"".join(record.text for record in written)


@QUICK
@given(written=records(), breaks=BREAKS, plain=st.booleans())
def test_a_log_that_breaks_off_anywhere_comes_whole_and_once(
    shared_containers: Containers, written: list[Record], breaks: list[Break], plain: bool
) -> None:
    target = container(shared_containers, written)
    shared_containers.cluster.logs.breaks[:] = breaks
    items = everything(shared_containers, [target], LogOptions(LogQuery(), plain=plain))
    shared_containers.cluster.logs.breaks.clear()
    assert text_of(items, target) == whole(written)
    kinds = [item.kind for item in items if isinstance(item, Event)]
    assert set(kinds) <= {"resumed", "complete"} and kinds[-1] == "complete"


@pytest.mark.parametrize("how", ["reset", "cut", "eof"])
@pytest.mark.parametrize("plain", [False, True], ids=["lines", "bytes"])
def test_at_every_byte(shared_containers: Containers, how: str, plain: bool) -> None:
    written = [
        Record(NOW * BILLION, b"first\n"),
        Record(NOW * BILLION, b"twice\n"),
        Record(NOW * BILLION, b"twice\n"),
        Record(NOW * BILLION + 5, "größe\n".encode()),
        Record((NOW + 3) * BILLION, b"end"),
    ]
    target = container(shared_containers, written)
    size = len(whole(written)) + (0 if plain else 31 * len(written))
    for after in range(size + 1):
        shared_containers.cluster.logs.breaks[:] = [Break(after, how)]
        items = everything(shared_containers, [target], LogOptions(LogQuery(), plain=plain))
        assert (after, text_of(items, target)) == (after, whole(written))


SAME = b"ok\n"
# More than is read again to see whether it was all, with lines, pieces of a line and times that are alike.
MANY = [Record((NOW + 1) * BILLION + index // 3, SAME) for index in range(100_000)]
LONG = [Record((NOW + 1) * BILLION + index, b"x" * 16384) for index in range(20)] + MANY[:3]
TIED = [Record(NOW * BILLION, SAME)] * 100_000


@pytest.mark.parametrize("plain", [False, True], ids=["lines", "bytes"])
@pytest.mark.parametrize(
    ("texts", "after"),
    [
        pytest.param([b"start\n", SAME, SAME, SAME], 9, id="lines that are repeated"),
        pytest.param([b"hello world\n", b"world\n"], 12, id="a line that ends like the last"),
        pytest.param([b"a\n", b"\n", b"\n"], 3, id="empty lines"),
    ],
)
def test_a_clean_end_behind_what_looks_like_the_last_line_is_not_the_end(
    shared_containers: Containers, texts: list[bytes], after: int, plain: bool
) -> None:
    written = [Record((NOW + index) * BILLION, text) for index, text in enumerate(texts)]
    target = container(shared_containers, written)
    stamps = 0 if plain else 31 * whole(written)[:after].count(b"\n")
    shared_containers.cluster.logs.breaks[:] = [Break(after + stamps, "eof")]
    items = everything(shared_containers, [target], LogOptions(LogQuery(), plain=plain))
    assert text_of(items, target) == whole(written)
    assert [item.kind for item in items if isinstance(item, Event)] == ["resumed", "complete"]


@pytest.mark.parametrize("written", [MANY, LONG, TIED], ids=["repeated lines", "lines in pieces", "one time"])
@pytest.mark.parametrize("tail", [None, 90_000, 200_000])
@pytest.mark.parametrize("missing", [0, 3, 6], ids=["whole", "without its last line", "without two lines"])
def test_a_large_log_is_whole_by_the_number_of_its_lines(
    shared_containers: Containers, written: list[Record], tail: int | None, missing: int
) -> None:
    target = container(shared_containers, written)
    expected = whole(written[-(tail or 0) :])
    shared_containers.cluster.logs.breaks[:] = []
    if missing:
        shared_containers.cluster.logs.breaks[:] = [Break(len(expected) - missing, "eof")]
    items = everything(shared_containers, [target], LogOptions(LogQuery(tail=tail), plain=True))
    shared_containers.cluster.logs.breaks.clear()
    assert text_of(items, target) == expected
    kinds = [item.kind for item in items if isinstance(item, Event)]
    assert kinds == (["resumed", "complete"] if missing and tail is None else ["complete"])


@QUICK
@given(logs=st.lists(records(), min_size=2, max_size=4), breaks=BREAKS, requests=st.integers(1, 5))
def test_several_logs_come_in_the_order_of_their_times(
    shared_containers: Containers, logs: list[list[Record]], breaks: list[Break], requests: int
) -> None:
    targets = [container(shared_containers, written) for written in logs]
    shared_containers.cluster.logs.breaks[:] = breaks
    items = everything(shared_containers, targets, LogOptions(LogQuery(), max_requests=requests))
    shared_containers.cluster.logs.breaks.clear()
    assert [text_of(items, target) for target in targets] == [whole(written) for written in logs]
    # A clock that was set back does not bring the lines of its own log out of order.
    keys: list[bytes] = []
    latest: dict[str, bytes] = {}
    for item in items:
        if isinstance(item, Lines):
            for time in item.times or []:
                latest[item.target.pod] = max(latest.get(item.target.pod, b""), time)
                keys.append(latest[item.target.pod])
    assert keys == sorted(keys)


@pytest.mark.parametrize("plain", [False, True], ids=["lines", "bytes"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (LogQuery(tail=0), b""),
        (LogQuery(tail=1), b"three\n"),
        (LogQuery(since_time="2026-05-04T10:00:05Z"), b"three\n"),
        (LogQuery(since_time="2026-05-04T11:00:00Z"), b""),
        (LogQuery(since_seconds=1), b""),
        (LogQuery(limit_bytes=6), b"one\ntw"),
        (LogQuery(limit_bytes=8), b"one\ntwo\n"),
        (LogQuery(limit_bytes=100), b"one\ntwo\nthree\n"),
    ],
    ids=str,
)
def test_no_more_comes_than_is_asked_for(
    shared_containers: Containers, query: LogQuery, expected: bytes, plain: bool
) -> None:
    written = [Record((NOW + index * 5) * BILLION, text) for index, text in enumerate([b"one\n", b"two\n", b"three\n"])]
    written[1] = Record(NOW * BILLION + 1, b"two\n")
    target = container(shared_containers, written)
    items = everything(shared_containers, [target], LogOptions(query, plain=plain))
    assert text_of(items, target) == expected
    assert [item.kind for item in items if isinstance(item, Event)] == ["complete"]


@pytest.mark.parametrize("plain", [True, False], ids=["bytes", "lines"])
def test_the_log_of_another_pod_of_the_same_name_is_not_read(shared_containers: Containers, plain: bool) -> None:
    target = container(shared_containers, [Record(NOW * BILLION, b"of another pod\n")])
    listed = target._replace(pod_uid="of the first")
    items = everything(shared_containers, [listed], LogOptions(LogQuery(), plain=plain))
    assert [item[1:] for item in items] == [("gone", "the pod was deleted before its log could be read", True)]


@pytest.mark.parametrize("plain", [True, False], ids=["bytes", "lines"])
def test_the_pod_of_a_log_is_looked_at_unless_it_was_listed_just_now(pods_of_own: Containers, plain: bool) -> None:
    target = container(pods_of_own, [Record(NOW * BILLION, b"one\n")])
    for listed_at, first in ((inf, ["log", "log"]), (-inf, ["log", target.pod])):
        before = len(pods_of_own.cluster.journal)
        everything(pods_of_own, [target], LogOptions(LogQuery(), plain=plain, listed_at=listed_at))
        asked = pods_of_own.cluster.journal.paths[before:]
        assert [path.rpartition("/")[2] for path in asked[:2]] == first


@pytest.mark.parametrize("listed_at", [-inf, inf], ids=["looked at", "listed just now"])
@pytest.mark.parametrize("plain", [True, False], ids=["bytes", "lines"])
def test_a_log_that_was_opened_before_its_pod_was_deleted_is_read(
    pods_of_own: Containers, plain: bool, listed_at: float
) -> None:
    target = container(pods_of_own, [Record(NOW * BILLION, b"one\n"), Record(NOW * BILLION + 1, b"two\n")])
    faults = pods_of_own.cluster.faults
    faults.stall("/log")
    faults.release()
    faults.answer(404, f"/pods/{target.pod}", times=9)
    items = everything(pods_of_own, [target], LogOptions(LogQuery(), plain=plain, listed_at=listed_at))
    assert text_of(items, target) == b"one\ntwo\n"
    assert [(item.kind, item.lossy) for item in items if isinstance(item, Event)] == [("gone", True)]
