"""Following a part of what was there: of what begins while it is followed all is wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event as Signal

import pytest

from kubectl_argo_pods.sources.snapshot import Snapshot
from kubectl_argo_pods.targets import Event, LogOptions, LogQuery, Selected
from tests.cluster.container_logs import BILLION
from tests.follow.conftest import NOW, Containers
from tests.follow.following import FOLLOW, Following, await_, events, everything, lines
from tests.follow.test_live import START

# All that is in these logs is far older than this.
LATELY = LogQuery(follow=True, since_seconds=1)
PARTS = {
    "the last line": FOLLOW._replace(query=LogQuery(follow=True, tail=1)),
    "no line": FOLLOW._replace(query=LogQuery(follow=True, tail=0)),
    "the last line that is shown": FOLLOW._replace(
        query=LogQuery(follow=True, tail=1), is_hidden=lambda line: line == b"hidden"
    ),
    "lines of late": FOLLOW._replace(query=LATELY),
}
LATER = ["later 1", "later 2", "later 3"]


@pytest.fixture(params=PARTS.values(), ids=list(PARTS))
def part(request: pytest.FixtureRequest) -> LogOptions:
    """The options that ask for a part of what was there."""
    options: LogOptions = request.param
    return options


def start_following(
    containers: Containers, options: LogOptions, select: Callable[[list[Snapshot]], Selected] = everything
) -> Following:
    """Follows the container `a`, whose log is read by now."""
    containers.put("a", "running")
    containers.log("a").write_lines("old 1", "old 2", start=START)
    following = Following(containers, options, select)
    journal = containers.cluster.journal
    await_(lambda: containers.cluster.logs.reading == 1 and any("follow" in each.query for each in list(journal)))
    return following


def lines_but_old(following: Following) -> list[str]:
    """What is printed of all that is LATER."""
    printed = iter(following.line, "")
    return [next(line for line in printed if "old" not in line) for _ in LATER]


def check_that_it_ends(containers: Containers, following: Following, run: int = 1) -> None:
    containers.log("a").end()
    containers.put("a", run=run)
    following.end_workflow()
    rest = following.rest()
    assert (lines(rest), {kind for _, kind in events(rest)}) == ([], {"complete"})


def test_of_the_next_run_of_a_container_all_is_printed(pods_of_own: Containers, part: LogOptions) -> None:
    following = start_following(pods_of_own, part)
    log = pods_of_own.log("a")
    log.restart()
    log.write_lines(*LATER, start=START + BILLION)
    pods_of_own.put("a", "running", run=2, started_at=NOW + 10)
    assert lines_but_old(following) == [f"a: {line}" for line in LATER]
    check_that_it_ends(pods_of_own, following, run=2)


def test_a_state_that_is_told_late_begins_no_run_again(pods_of_own: Containers) -> None:
    """Workflows and pods are watched apart: of a pod, less may be told than is known since its log has ended."""
    seen: list[Selected] = []

    def select(snapshots: list[Snapshot]) -> Selected:
        seen.append(everything(snapshots))
        return seen[0]._replace(final=seen[-1].final)

    following = start_following(pods_of_own, FOLLOW, select)
    log = pods_of_own.log("a")
    log.restart()
    log.write_lines(*LATER, start=START + BILLION)
    log.end()
    pods_of_own.put("a", run=2)
    items = iter(following.next, None)
    begun = [next(item for item in items if isinstance(item, Event)) for _run in (1, 2)]
    following.end_workflow()
    assert ([each.kind for each in begun], following.rest()) == (["complete", "complete"], [])


def test_of_a_container_that_starts_later_all_is_printed(pods_of_own: Containers, part: LogOptions) -> None:
    pods_of_own.put("b", "waiting")
    following = start_following(pods_of_own, part)
    check_that_all_of_it_is_printed(pods_of_own, following)


def test_of_a_pod_that_comes_later_all_is_printed(pods_of_own: Containers, part: LogOptions) -> None:
    check_that_all_of_it_is_printed(pods_of_own, start_following(pods_of_own, part))


def test_of_a_pod_that_is_meant_only_some_time_after_it_has_come_all_is_printed(
    pods_of_own: Containers, part: LogOptions
) -> None:
    """Argo makes a pod before it tells of its node."""
    seen, is_told = Signal(), Signal()

    def select(snapshots: list[Snapshot]) -> Selected:
        selected = everything(snapshots)
        if len(selected.targets) == 2:
            seen.set()
        meant = [target for target in selected.targets if target.pod == "a" or is_told.is_set()]
        return selected._replace(targets=meant)

    following = start_following(pods_of_own, part, select)
    pods_of_own.log("b").write_lines(*LATER, start=START)
    pods_of_own.put("b", "running")
    assert seen.wait(60)
    is_told.set()
    pods_of_own.log("b").end()
    pods_of_own.put("b")
    assert lines_but_old(following) == [f"b: {line}" for line in LATER]
    check_that_it_ends(pods_of_own, following)


def check_that_all_of_it_is_printed(containers: Containers, following: Following) -> None:
    containers.log("b").write_lines(*LATER, start=START)
    containers.log("b").end()
    containers.put("b")
    assert lines_but_old(following) == [f"b: {line}" for line in LATER]
    check_that_it_ends(containers, following)


def test_lines_of_late_are_those_before_the_beginning_however_often_they_are_asked_for(
    pods_of_own: Containers,
) -> None:
    pods_of_own.put("a", "running")
    begun, journal = time.time_ns(), pods_of_own.cluster.journal
    options = FOLLOW._replace(query=LogQuery(follow=True, since_seconds=2), probe_after=0.3)
    following = Following(pods_of_own, options)
    # The silence after which it is asked again doubles: this is some two seconds later.
    await_(lambda: sum(each.path.endswith("/log") and "follow" in each.query for each in list(journal)) == 4)
    pods_of_own.log("a").write_lines("one", start=begun - BILLION // 2)
    assert following.line() == "a: one"
    check_that_it_ends(pods_of_own, following)
