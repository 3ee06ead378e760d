"""Following: from before there is a container to after the last of them has ended, whatever happens meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from kubectl_argo_pods.targets import Event, LogQuery
from tests.cluster import SimulatedCluster
from tests.cluster.access import EVERYTHING
from tests.cluster.container_logs import BILLION, Record, timestamp
from tests.cluster.faults import Faults
from tests.cluster.log_api import Break
from tests.cluster.resources import PODS
from tests.follow.conftest import NOW, Containers
from tests.follow.following import FOLLOW, Following, await_, events, lines
from tests.follow.test_breaks import BREAKS, records, text_of, whole

START = NOW * BILLION
NUMBERS = count()


def test_a_container_is_followed_from_before_it_starts_to_its_end(pods_of_own: Containers) -> None:
    following = Following(pods_of_own)
    pods_of_own.put("a", "waiting")
    log = pods_of_own.log("a")
    pods_of_own.put("a", "running")
    log.write_lines("one", start=START)
    assert following.line() == "a: one"
    log.write_lines("two", start=START + 1)
    assert following.line() == "a: two"
    log.write(Record(START + 2, b"unfinished"))
    log.end()
    pods_of_own.put("a")
    following.end_workflow()
    rest = following.rest()
    assert (lines(rest), events(rest)) == (["a: unfinished"], [("a", "complete")])


def test_it_ends_with_the_selection_while_other_pods_run_on(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    pods_of_own.put("waits", "waiting")
    following = Following(pods_of_own)
    pods_of_own.log("a").write_lines("one", start=START)
    assert following.line() == "a: one"
    following.end_workflow()
    pods_of_own.log("a").end()
    pods_of_own.put("a")
    assert sorted(events(following.rest())) == [("a", "complete"), ("waits", "waiting")]


@pytest.mark.parametrize("how", ["reset", "cut", "eof", "stall"])
def test_a_stream_that_breaks_off_goes_on(pods_of_own: Containers, how: str) -> None:
    pods_of_own.cluster.logs.breaks[:] = [Break(31 + 4 + 20, how)]
    pods_of_own.put("a", "running")
    following = Following(pods_of_own, FOLLOW._replace(probe_after=0.2))
    log = pods_of_own.log("a")
    log.write_lines("one", start=START)
    assert following.line() == "a: one"
    log.write_lines("two", "three", start=START + 1)
    assert [following.line(), following.line()] == ["a: two", "a: three"]
    log.end()
    pods_of_own.put("a")
    following.end_workflow()
    assert events(following.rest())[-1] == ("a", "complete")


def check_that_it_ends_complete(containers: Containers, following: Following) -> None:
    containers.log("a").end()
    containers.put("a")
    following.end_workflow()
    assert events(following.rest()) == [("a", "complete")]


@pytest.mark.parametrize("code", [429, 500, 503])
def test_a_server_that_is_not_well_is_waited_for(pods_of_own: Containers, code: int) -> None:
    pods_of_own.cluster.faults.answer(code, "/log", times=4)
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    pods_of_own.log("a").write_lines("one", start=START)
    assert following.line() == "a: one"
    check_that_it_ends_complete(pods_of_own, following)


def test_a_container_that_is_restarted_is_followed_on(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    log = pods_of_own.log("a")
    log.write_lines("one", start=START)
    assert following.line() == "a: one"
    log.restart()
    pods_of_own.put("a", "running", run=2, started_at=NOW + 10)
    log.write_lines("two", start=START + 10 * BILLION)
    assert following.line() == "a: two"
    log.end()
    pods_of_own.put("a", run=2, started_at=NOW + 10)
    following.end_workflow()
    rest = following.rest()
    assert (lines(rest), events(rest)) == ([], [("a", "complete")])


def break_off(containers: Containers) -> None:
    """Cuts the stream that is open; the next one waits until the faults are released."""
    asked = len(containers.cluster.journal)
    containers.cluster.faults.stall("/log")
    containers.cluster.logs.cut()
    await_(lambda: any(path.endswith("/log") for path in containers.cluster.journal.paths[asked:]))


def test_what_a_container_wrote_before_it_was_restarted_is_read_after_a_break(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    log = pods_of_own.log("a")
    log.write_lines("one", start=START)
    assert following.line() == "a: one"
    break_off(pods_of_own)
    log.write_lines("two", "three", start=START + 1)
    log.restart()
    pods_of_own.put("a", "running", run=2, started_at=NOW + 10)
    log.write_lines("four", start=START + 10 * BILLION)
    pods_of_own.cluster.faults.release()
    assert [following.line() for _ in range(3)] == ["a: two", "a: three", "a: four"]
    log.end()
    pods_of_own.put("a", run=2, started_at=NOW + 10)
    following.end_workflow()
    assert events(following.rest()) == [("a", "complete")]


def test_a_run_that_nobody_can_read_any_more_is_a_gap(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    log = pods_of_own.log("a")
    log.write_lines("one", start=START)
    assert following.line() == "a: one"
    break_off(pods_of_own)
    log.write_lines("two", start=START + 1)
    log.restart()
    log.restart()
    pods_of_own.put("a", "running", run=3, started_at=NOW + 10)
    log.write_lines("four", start=START + 10 * BILLION)
    pods_of_own.cluster.faults.release()
    gap = following.next()
    assert isinstance(gap, Event) and (gap.kind, gap.lossy) == ("gap", True)
    assert following.line() == "a: four"
    log.end()
    pods_of_own.put("a", run=3, started_at=NOW + 10)
    following.end_workflow()
    assert events(following.rest()) == [("a", "complete")]


def test_lines_that_were_rotated_away_are_a_gap(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    log = pods_of_own.log("a")
    log.write_lines("one", start=START)
    assert following.line() == "a: one"
    break_off(pods_of_own)
    log.write_lines("two", start=START + 1)
    log.rotate()
    log.write_lines("three", start=START + 2)
    pods_of_own.cluster.faults.release()
    gap = following.next()
    assert isinstance(gap, Event)
    assert gap[1:] == ("gap", "2026-05-04T10:00:00.000000000Z 2026-05-04T10:00:00.000000002Z", True)
    assert following.line() == "a: three"
    log.end()
    pods_of_own.put("a")
    following.end_workflow()
    assert events(following.rest()) == [("a", "complete")]


def test_a_line_that_is_cut_by_the_rotation_stays_whole(pods_of_own: Containers) -> None:
    pods_of_own.cluster.logs.breaks[:] = [Break(31 + 4 + 31 + 5, "eof")]
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    log = pods_of_own.log("a")
    log.write_lines("one", start=START)
    assert following.line() == "a: one"
    asked = len(pods_of_own.cluster.journal)
    pods_of_own.cluster.faults.stall("/log")
    log.write(Record(START + 1, b"begin"))
    await_(lambda: any(path.endswith("/log") for path in pods_of_own.cluster.journal.paths[asked:]))
    log.rotate()
    log.write(Record(START + 2, b" and end\n"))
    pods_of_own.cluster.faults.release()
    assert following.line() == "a: begin and end"
    log.end()
    pods_of_own.put("a")
    following.end_workflow()
    assert events(following.rest())[-1] == ("a", "complete")


def test_a_log_that_is_rotated_while_it_is_read_has_no_gap(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    log = pods_of_own.log("a")
    log.write_lines("one", "two", start=START)
    assert [following.line(), following.line()] == ["a: one", "a: two"]
    break_off(pods_of_own)
    log.rotate(keep=1)
    log.write_lines("three", start=START + 2 * BILLION)
    pods_of_own.cluster.faults.release()
    assert [following.next(), following.line()][1] == "a: three"
    log.end()
    pods_of_own.put("a")
    following.end_workflow()
    assert events(following.rest()) == [("a", "complete")]


def test_a_pod_that_is_deleted_ends_its_log_with_a_word(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    log = pods_of_own.log("a")
    log.write_lines("one", start=START)
    assert following.line() == "a: one"
    pods_of_own.cluster.state.delete(PODS, "argo", "a")
    log.end()
    following.end_workflow()
    gone = following.rest()[-1]
    assert isinstance(gone, Event) and (gone.kind, gone.lossy) == ("gone", False)


def test_a_pod_that_is_deleted_while_its_stream_is_broken_may_have_written_more(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    following = Following(pods_of_own)
    pods_of_own.log("a").write_lines("one", start=START)
    assert following.line() == "a: one"
    break_off(pods_of_own)
    pods_of_own.cluster.state.delete(PODS, "argo", "a")
    pods_of_own.cluster.faults.release()
    following.end_workflow()
    gone = following.rest()[-1]
    assert isinstance(gone, Event) and (gone.kind, gone.lossy) == ("gone", True)


def test_what_a_container_writes_while_its_pod_is_deleted_is_printed(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    log, journal = pods_of_own.log("a"), pods_of_own.cluster.journal
    following = Following(pods_of_own)
    await_(lambda: pods_of_own.cluster.logs.reading == 1)
    pods_of_own.cluster.faults.stall("/pods/a")
    asked = len(journal)
    log.write_lines("one", start=START)
    await_(lambda: any(path.endswith("/pods/a") for path in journal.paths[asked:]))
    pods_of_own.cluster.state.delete(PODS, "argo", "a")
    log.write_lines("two", start=START + 1)
    log.end()
    pods_of_own.cluster.faults.release()
    following.end_workflow()
    rest = following.rest()
    gone = rest[-1]
    assert lines(rest) == ["a: one", "a: two"]
    assert isinstance(gone, Event) and (gone.kind, gone.lossy) == ("gone", True)


def test_a_log_that_has_ended_twice_at_the_same_place_is_complete_though_its_pod_is_gone(
    pods_of_own: Containers,
) -> None:
    """A pod that is deleted ends its stream a moment before it is gone itself."""
    pods_of_own.put("a", "running")
    cluster, log = pods_of_own.cluster, pods_of_own.log("a")
    cluster.logs.breaks = [Break(len(text_of_line(b"one")), "eof")]
    following = Following(pods_of_own)
    await_(lambda: cluster.logs.reading == 1)
    cluster.faults.stall("/log")
    asked = len(cluster.journal)
    log.write_lines("one", start=START)
    await_(lambda: any(path.endswith("/log") for path in cluster.journal.paths[asked:]))
    cluster.faults.answer(404, "/pods/a", times=9)
    log.end()
    cluster.faults.release()
    following.end_workflow()
    rest = following.rest()
    gone = rest[-1]
    assert lines(rest) == ["a: one"]
    assert isinstance(gone, Event) and (gone.kind, gone.lossy) == ("gone", False)


def text_of_line(line: bytes) -> bytes:
    return timestamp(START) + b" " + line + b"\n"


def test_streams_beyond_the_limit_wait_for_their_turn(pods_of_own: Containers) -> None:
    names = [f"p{number}" for number in range(6)]
    for name in names:
        pods_of_own.put(name, "running")
        pods_of_own.log(name).write_lines("one", "two", start=START)
    following = Following(pods_of_own, FOLLOW._replace(max_requests=2))
    for name in names:
        pods_of_own.log(name).end()
        pods_of_own.put(name)
    following.end_workflow()
    rest = following.rest()
    assert sorted(lines(rest)) == sorted(f"{name}: {line}" for name in names for line in ("one", "two"))
    assert {kind for _, kind in events(rest)} == {"complete"}
    assert pods_of_own.cluster.logs.most <= 2


def test_in_the_order_of_time_what_arrives_late_comes_at_its_place(pods_of_own: Containers) -> None:
    for name in ("a", "b"):
        pods_of_own.put(name, "running")
    following = Following(pods_of_own, FOLLOW._replace(order="time"))
    await_(lambda: pods_of_own.cluster.logs.reading == 2)
    pods_of_own.log("b").write_lines("two", "four", start=START + BILLION, step=2 * BILLION)
    pods_of_own.log("a").write_lines("one", "three", start=START, step=2 * BILLION)
    assert [following.line() for _ in range(4)] == ["a: one", "b: two", "a: three", "b: four"]
    for name in ("a", "b"):
        pods_of_own.log(name).end()
        pods_of_own.put(name)
    following.end_workflow()
    assert lines(following.rest()) == []


# The last records that share their time are more than the lines that do: one is the end of a line.
LIKE_ITS_LAST = [
    Record(START + time, text)
    for time, text in ((0, b"\n"), (0, b"-"), (1, b"\n"), (1, b"-"), (2, b"\n"), (2, b"\n"), (2, b"\n"))
]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(written=records(), breaks=BREAKS, cut=st.integers(0, 25))
@example(written=LIKE_ITS_LAST, breaks=[Break(706, "reset"), Break(900, "reset"), *[Break(0, "reset")] * 3], cut=0)
def test_a_followed_log_that_breaks_off_anywhere_comes_whole_and_once(
    shared_containers: Containers, written: list[Record], breaks: list[Break], cut: int
) -> None:
    for name in [pod["metadata"]["name"] for pod in shared_containers.cluster.state.list(PODS, "argo")[1]]:
        shared_containers.cluster.state.delete(PODS, "argo", name)
    name = f"live-{next(NUMBERS)}"
    log = shared_containers.log(name)
    log.write(*written[:cut])
    shared_containers.cluster.logs.breaks[:] = breaks
    shared_containers.put(name, "running")
    following = Following(shared_containers)

    def go_on() -> None:
        for record in written[cut:]:
            log.write(record)
        log.end()
        shared_containers.put(name)
        following.end_workflow()

    Thread(target=go_on).start()
    rest = following.rest()
    shared_containers.cluster.logs.breaks.clear()
    assert text_of(rest, shared_containers.target(name)) == whole(written)
    assert {kind for _, kind in events(rest)} <= {"resumed", "complete"}


def is_hidden(line: bytes) -> bool:
    return line == b"hidden"


@pytest.mark.parametrize("last", [["three"], ["three", "hidden"]], ids=["at the end", "before a hidden one"])
def test_only_the_last_lines_where_these_are_asked_for(pods_of_own: Containers, last: list[str]) -> None:
    pods_of_own.put("a", "running")
    log = pods_of_own.log("a")
    log.write_lines("one", "two", *last, start=START, step=0)
    pods_of_own.cluster.logs.breaks[:] = [Break(31 + 4, "cut")]
    following = Following(pods_of_own, FOLLOW._replace(query=LogQuery(follow=True, tail=2), is_hidden=is_hidden))
    assert following.line() == "a: two"
    log.write_lines("four", start=START + 1)
    assert [following.line() for _ in [*last, "four"]] == [f"a: {line}" for line in [*last, "four"]]
    log.end()
    pods_of_own.put("a")
    following.end_workflow()
    assert events(following.rest())[-1] == ("a", "complete")


def test_what_was_there_before_is_not_printed_where_no_last_lines_are_asked_for(pods_of_own: Containers) -> None:
    pods_of_own.put("a", "running")
    log = pods_of_own.log("a")
    log.write_lines("one", "two", start=START)
    following = Following(pods_of_own, FOLLOW._replace(query=LogQuery(follow=True, tail=0)))
    await_(
        lambda: (
            pods_of_own.cluster.logs.reading == 1
            and any("follow" in each.query for each in list(pods_of_own.cluster.journal))
        )
    )
    break_off(pods_of_own)
    log.write_lines("three", start=START + 1)
    pods_of_own.cluster.faults.release()
    assert following.line() == "a: three"
    log.end()
    pods_of_own.put("a")
    following.end_workflow()
    assert events(following.rest()) == [("a", "complete")]


def fall_silent(cluster: SimulatedCluster) -> None:
    cluster.faults.stall("/log")


def be_busy(cluster: SimulatedCluster) -> None:
    # More than one opening of the stream gets over by itself.
    cluster.faults.answer(503, "/log", times=8)
    cluster.logs.cut()


@pytest.mark.parametrize("fails", [fall_silent, be_busy], ids=["the server falls silent", "the server is busy"])
@pytest.mark.parametrize("hides", [None, is_hidden], ids=["all is shown", "lines may be hidden"])
@pytest.mark.parametrize("tail", [0, 1])
def test_what_an_empty_log_is_written_between_two_requests_is_printed(
    pods_of_own: Containers,
    tail: int,
    hides: Callable[[bytes], bool] | None,
    fails: Callable[[SimulatedCluster], None],
) -> None:
    pods_of_own.put("a", "running")
    log, journal = pods_of_own.log("a"), pods_of_own.cluster.journal
    options = FOLLOW._replace(query=LogQuery(follow=True, tail=tail), probe_after=0.5, is_hidden=hides)
    following = Following(pods_of_own, options)
    await_(lambda: pods_of_own.cluster.logs.reading == 1 and any("follow" in each.query for each in list(journal)))
    fails(pods_of_own.cluster)
    asked = len(journal)
    await_(lambda: any(path.endswith("/log") for path in journal.paths[asked:]))
    log.write_lines("one", "two", "three", start=START)
    pods_of_own.cluster.faults.release()
    log.end()
    pods_of_own.put("a")
    following.end_workflow()
    assert lines(following.rest()) == ["a: one", "a: two", "a: three"]


SILENT = [f"silent-{number}" for number in range(40)]


def put_one_that_speaks_among_silent_ones(containers: Containers) -> None:
    for name in [*SILENT, "speaks"]:
        containers.put(name, "running")


def await_logs_asked_for(containers: Containers, count: int) -> None:
    await_(lambda: sum(path.endswith("/log") for path in containers.cluster.journal.paths) >= count)


def check_that_it_is_read(containers: Containers, following: Following) -> None:
    containers.log("speaks").write_lines("one", start=START)
    assert following.line() == "speaks: one"
    for name in [*SILENT, "speaks"]:
        containers.log(name).end()
        containers.put(name)
    following.end_workflow()
    assert {kind for _, kind in events(following.rest())} == {"complete"}


def test_silent_containers_keep_no_other_from_being_read(pods_of_own: Containers) -> None:
    put_one_that_speaks_among_silent_ones(pods_of_own)
    following = Following(pods_of_own)
    await_logs_asked_for(pods_of_own, 41)
    check_that_it_is_read(pods_of_own, following)


@pytest.mark.parametrize(
    "fail",
    [
        pytest.param(lambda faults: faults.drop("/log", times=41), id="dropped"),
        pytest.param(lambda faults: faults.answer(503, "/log", times=41), id="busy"),
    ],
)
def test_silent_containers_whose_server_restarts_keep_no_other_from_being_read(
    pods_of_own: Containers, fail: Callable[[Faults], None]
) -> None:
    put_one_that_speaks_among_silent_ones(pods_of_own)
    fail(pods_of_own.cluster.faults)
    following = Following(pods_of_own)
    await_logs_asked_for(pods_of_own, 82)
    check_that_it_is_read(pods_of_own, following)


def test_silent_containers_for_whom_the_token_is_renewed_keep_no_other_from_being_read(
    pods_of_own: Containers, tmp_path: Path
) -> None:
    cluster, token_file = pods_of_own.cluster, tmp_path / "token"
    token_file.write_text(cluster.admin_token)
    pods_of_own.ask_as({"tokenFile": str(token_file)})
    put_one_that_speaks_among_silent_ones(pods_of_own)
    cluster.faults.stall("/log", times=41)
    following = Following(pods_of_own)
    await_logs_asked_for(pods_of_own, 41)
    token_file.write_text(cluster.access.add_user("renewed", *EVERYTHING))
    del cluster.access.tokens[cluster.admin_token]
    cluster.faults.release()
    await_logs_asked_for(pods_of_own, 82)
    check_that_it_is_read(pods_of_own, following)


def test_a_server_that_does_not_answer_is_asked_again(pods_of_own: Containers) -> None:
    pods_of_own.cluster.logs.breaks[:] = [Break(0, "stall")]
    pods_of_own.put("a", "running")
    following = Following(pods_of_own, FOLLOW._replace(probe_after=0.2))
    pods_of_own.log("a").write_lines("one", start=START)
    assert following.line() == "a: one"
    check_that_it_ends_complete(pods_of_own, following)
