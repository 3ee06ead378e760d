"""`kubectl argo-pods logs --tail N`: the last lines that are shown, however many of Argo's own are behind them."""

from __future__ import annotations

import pytest

from tests.cluster import SimulatedCluster
from tests.cluster.container_logs import Record
from tests.commands import logged
from tests.conftest import Result, Run

pytestmark = pytest.mark.usefixtures("etl")

MANY = 100  # more of Argo's lines than are looked at first
LONG = "x" * 100


@pytest.fixture
def etl(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """A cluster with the workflow `etl`, which is done."""
    logged.load(empty_cluster)
    return empty_cluster


def rewrite(etl: SimulatedCluster, *lines: str) -> None:
    """What the step `load` has written instead."""
    log = etl.logs.of(logged.LOAD)
    log.restart()
    log.write_lines(*lines, start=logged.BEGIN)
    log.end()


FORMS: dict[str, tuple[list[str], str]] = {
    "bytes": ([], "{}\n"),
    "lines": (["--prefix"], "[load] {}\n"),
    "followed": (["-f"], "{}\n"),
}


@pytest.fixture(params=FORMS.values(), ids=list(FORMS))
def form(request: pytest.FixtureRequest) -> tuple[list[str], str]:
    """How a log is asked for, and how each line of it then looks."""
    form: tuple[list[str], str] = request.param
    return form


TAILS: dict[str, tuple[list[str], int, list[str]]] = {
    "of Argo's lines at the end": (["a", "b", "c", logged.ARGO_END], 2, ["b", "c"]),
    "of many of Argo's lines at the end": (["a", "b", *[logged.ARGO_END] * MANY], 1, ["b"]),
    "of Argo's lines in between": (["a", logged.ARGO_END, logged.ARGO_BEGIN, "b", logged.ARGO_END], 2, ["a", "b"]),
    "of no lines but Argo's": ([logged.ARGO_BEGIN, logged.ARGO_END], 1, []),
    "of many lines but Argo's": ([logged.ARGO_BEGIN, *[logged.ARGO_END] * MANY], 1, []),
    "of none of Argo's lines": (["a", "b"], 1, ["b"]),
    "more than there are": ([logged.ARGO_BEGIN, "a", "b", logged.ARGO_END], 9, ["a", "b"]),
    "many": ([LONG] * 2000 + ["a", logged.ARGO_END], 1001, [LONG] * 1000 + ["a"]),
    "none": (["a", logged.ARGO_END], 0, []),
    "of nothing": ([], 1, []),
}


@pytest.mark.parametrize(("written", "tail", "shown"), TAILS.values(), ids=TAILS)
def test_the_last_lines_are_those_that_are_shown(
    argo_pods: Run,
    etl: SimulatedCluster,
    form: tuple[list[str], str],
    written: list[str],
    tail: int,
    shown: list[str],
) -> None:
    rewrite(etl, *written)
    options, line = form
    expected = "".join(line.format(each) for each in shown)
    assert argo_pods("logs", "etl", "load", f"--tail={tail}", *options) == Result(0, expected, "")


def test_argos_lines_count_where_they_are_shown(
    argo_pods: Run, etl: SimulatedCluster, form: tuple[list[str], str]
) -> None:
    options, line = form
    expected = line.format("load 2") + line.format(logged.ARGO_END)
    result = argo_pods("logs", "etl", "load", "--tail=2", "--show-argo-lines", *options)
    assert result == Result(0, expected, "")


def test_a_last_line_without_its_newline_counts(argo_pods: Run, etl: SimulatedCluster) -> None:
    log = etl.logs.of(logged.LOAD)
    log.restart()
    log.write_lines("a", logged.ARGO_END, start=logged.BEGIN)
    log.write(log.runs[-1].records[0]._replace(time=logged.BEGIN + 10**9, text=b"b"))
    log.end()
    assert argo_pods("logs", "etl", "load", "--tail=1") == Result(0, "b", "")
    assert argo_pods("logs", "etl", "load", "--tail=2", "--prefix") == Result(0, "[load] a\n[load] b", "")


@pytest.mark.parametrize("pieces", [2, 10, 100])
@pytest.mark.parametrize("tail", [1, 2, 5])
def test_a_line_that_the_kubelet_keeps_in_pieces_counts_once(
    argo_pods: Run, etl: SimulatedCluster, form: tuple[list[str], str], pieces: int, tail: int
) -> None:
    rewrite(etl, *(f"line {number}" for number in range(40)))
    log = etl.logs.of(logged.LOAD)
    last = logged.BEGIN + 100 * 10**9
    log.write(*[Record(last, b"x" * 16384)] * pieces, Record(last, b"\n"))
    log.write_lines(*[logged.ARGO_END] * 10, start=last)
    options, line = form
    shown = [*(f"line {number}" for number in range(41 - tail, 40)), "x" * 16384 * pieces]
    result = argo_pods("logs", "etl", "load", f"--tail={tail}", *options)
    assert result == Result(0, "".join(map(line.format, shown)), "")


def test_of_the_last_lines_those_that_other_options_mean(
    argo_pods: Run, etl: SimulatedCluster, form: tuple[list[str], str]
) -> None:
    options, line = form
    since = ["--since-time", "2026-05-04T10:00:03Z"]
    rewrite(etl, *(f"line {number}" for number in range(40)), logged.ARGO_END)
    shown = "".join(line.format(f"line {number}") for number in range(31, 40))
    assert argo_pods("logs", "etl", "load", "--tail=9", *since, *options) == Result(0, shown, "")
    shown = "".join(line.format(f"line {number}") for number in range(30, 40))
    assert argo_pods("logs", "etl", "load", "--tail=20", *since, *options) == Result(0, shown, "")
    result = argo_pods("logs", "etl", "load", "--tail=2", "--exclude=39", *options)
    assert result == Result(0, line.format("line 38"), "")
    result = argo_pods("logs", "etl", "load", "--tail=2", "--limit-bytes=4", "-o=raw")
    assert result == Result(0, "line", "")


@pytest.mark.parametrize(
    "stump", [logged.ARGO_END[:60], '{"level":"info","msg":"of the step itself"'], ids=["Argo's", "the step's own"]
)
def test_a_line_that_is_cut_off_is_shown_whoever_may_have_begun_it(
    argo_pods: Run, etl: SimulatedCluster, form: tuple[list[str], str], stump: str
) -> None:
    options, line = form
    rewrite(etl, "one", f"{stump} and so on")
    limit = len("one\n") + len(stump)
    result = argo_pods("logs", "etl", "load", f"--limit-bytes={limit}", *options)
    assert result == Result(0, line.format("one") + line.format(stump)[:-1], "")


def test_the_last_lines_of_each_of_several_logs(argo_pods: Run) -> None:
    assert argo_pods("logs", "etl", "load", "train", "--tail=1") == Result(
        0, "[train(1)] second 2\n[load] load 2\n", ""
    )


def test_the_last_lines_of_the_run_before(argo_pods: Run, etl: SimulatedCluster) -> None:
    rewrite(etl, "again", "again 2")
    assert argo_pods("logs", "etl", "load", "-p", "--tail=1") == Result(0, "load 2\n", "")


def test_the_last_lines_that_the_argo_server_reads(argo_pods: Run, etl: SimulatedCluster) -> None:
    server = ["--secure=false", "-n", "argo", "-s", etl.argo_server_url.removeprefix("http://")]
    result = argo_pods("logs", "etl", "load", "--tail=1", *server, env={"KUBECONFIG": "/dev/null"})
    assert result == Result(0, "load 2\n", "")


@pytest.mark.parametrize("times", [1, 2])
def test_a_server_that_is_not_well_is_asked_again_for_the_last_lines(
    argo_pods: Run, etl: SimulatedCluster, form: tuple[list[str], str], times: int
) -> None:
    etl.faults.answer(503, f"{logged.LOAD}/log", times=times)
    options, line = form
    assert argo_pods("logs", "etl", "load", "--tail=1", *options).stdout == line.format("load 2")


def test_a_log_is_asked_for_its_last_lines_no_more_often_than_it_must_be(argo_pods: Run, etl: SimulatedCluster) -> None:
    argo_pods("logs", "etl", "load", "--tail=1", "--show-argo-lines")
    plain = asked(etl)
    argo_pods("logs", "etl", "load", "--tail=1")
    assert len(asked(etl)) - len(plain) == len(plain) + 1


def asked(etl: SimulatedCluster) -> list[str]:
    return [path for path in etl.journal.paths if path.endswith("/log")]
