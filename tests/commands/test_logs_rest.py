"""`kubectl argo-pods logs` of pods that are deleted while they are read: the archive has the rest, or it is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import pytest

from kubectl_argo_pods.naming import node_id
from tests import builders
from tests.builders import Manifest
from tests.cluster.container_logs import Record
from tests.commands.logged import ARGO_BEGIN, BEGIN
from tests.commands.test_logs_follow import Follow, Following, Story, follow, story
from tests.conftest import Result

__all__ = ["follow", "story"]
REST = "train: the rest of the log of pod {} comes from the archive\n"
WAITING = "train: waiting for Argo to end it, since it may archive the rest of the log\n"
ARTIFACTS = {"artifacts": [{"name": "main-logs", "s3": {"key": "somewhere.log"}}]}


class Deleted(NamedTuple):
    """A follow whose pod was deleted while its stream was broken."""

    following: Following
    pod: str
    story: Story

    def ends(self, archived: bytes | None) -> Result:
        """Its node has ended, and this was archived of its log."""
        if archived is not None:
            self.story.cluster.archive.logs["uid-of-wf", node_id("wf", "wf.train"), "main-logs"] = archived
        self.story.node(".train", "Error", outputs=ARTIFACTS if archived is not None else {})
        return self.following.end()


@pytest.fixture
def delete(follow: Follow, story: Story) -> Iterator[Callable[..., Deleted]]:
    """Deletes the pod of `train` once it has written these records, and they have been printed.

    The workflow is meant by this word, and others may come meanwhile.
    """

    def run(
        *texts: str,
        options: tuple[str, ...] = (),
        last: int = 0,
        workflow: str = "wf",
        others: Iterable[Manifest] = (),
        phase: str = "Running",
    ) -> Deleted:
        story.node(".train", phase)
        pod = story.pod(".train")
        log = story.cluster.logs.of(pod)
        log.write(*(Record(BEGIN + index, text.encode()) for index, text in enumerate(texts)))
        server = story.cluster.argo_server_url.removeprefix("http://")
        following = follow("train", "--secure=false", "-s", server, *options, workflow=workflow)
        printed = [text for text in texts if text.endswith("\n") and "argo=true" not in text][-last:]
        assert [following.line() for _ in printed] == printed
        story.cluster.load(others)
        story.loses(pod)
        return Deleted(following, pod, story)

    yield run
    story.cluster.faults.release()


@pytest.mark.parametrize(
    ("written", "rest"),
    [
        pytest.param(["one\n"], "two\nthree\n", id="lines"),
        pytest.param(["one\n", "ok\n", "ok\n"], "ok\nok\ndone\n", id="lines that are repeated"),
        pytest.param(["one\n"], "two\nunfinished", id="a last line without a newline"),
        pytest.param([*(f"{number}\n" for number in range(700))], "700\n701\n", id="more than is remembered"),
        pytest.param([*["same\n"] * 700], "same\nsame\n", id="nothing but one line"),
    ],
)
def test_the_rest_of_a_deleted_pods_log_comes_from_the_archive(
    delete: Callable[..., Deleted], written: list[str], rest: str
) -> None:
    deleted = delete(*written)
    result = deleted.ends("".join([*written, rest]).encode())
    assert (result.status, result.stdout) == (0, rest)
    assert result.stderr.endswith(REST.format(deleted.pod))


def test_a_line_that_was_cut_off_by_the_deletion_comes_whole(delete: Callable[..., Deleted]) -> None:
    assert delete("one\n", "tw").ends(b"one\ntwo\nthree\n").stdout == "two\nthree\n"


def test_lines_of_argo_are_not_in_the_archive(delete: Callable[..., Deleted]) -> None:
    assert delete(f"{ARGO_BEGIN}\n", "one\n").ends(b"one\ntwo\n").stdout == "two\n"


def test_lines_of_stderr_may_have_another_place_in_the_archive(delete: Callable[..., Deleted]) -> None:
    assert delete("out 1\n", "err\n", "out 2\n").ends(b"out 1\nout 2\nerr\nout 3\n").stdout == "out 3\n"


def test_the_rest_of_a_part_of_a_log_is_found_by_its_last_lines(delete: Callable[..., Deleted]) -> None:
    deleted = delete("one\n", "two\n", "three\n", options=("--tail", "2"), last=2)
    assert deleted.ends(b"one\ntwo\nthree\nfour\n").stdout == "four\n"


MISSING = [
    pytest.param(("one\n",), (), None, id="that was not archived"),
    pytest.param(("one\n",), (), b"another\nlog\n", id="of which another one was archived"),
    pytest.param(("one\n", "two\n"), (), b"one\n", id="of which less was archived than was printed"),
    pytest.param(("a\n", "a\n"), ("--tail", "2"), b"a\na\na\na\nb\n", id="that goes on nobody knows where"),
]


@pytest.mark.parametrize(("written", "options", "archived"), MISSING)
def test_the_rest_of_a_log_is_missing(
    delete: Callable[..., Deleted], written: tuple[str, ...], options: tuple[str, ...], archived: bytes | None
) -> None:
    result = delete(*written, options=options).ends(archived)
    assert (result.status, result.stdout) == (3, "")
    assert "0 of 1 log is complete, 1 with gaps\n  train (" in result.stderr


def test_a_log_that_was_read_to_its_end_before_the_deletion_is_proven_by_the_archive(
    delete: Callable[..., Deleted],
) -> None:
    deleted = delete("one\n", "two\n")
    result = deleted.ends(b"one\ntwo\n")
    assert (result.status, result.stdout) == (0, "")
    assert f"train: the pod {deleted.pod} was deleted" in result.stderr
    assert "complete" not in result.stderr


def test_argo_is_waited_for_where_the_archive_may_have_the_rest(delete: Callable[..., Deleted]) -> None:
    deleted = delete("one\n")
    while (notice := deleted.following.notice()) != WAITING:
        assert notice.startswith(f"train: the pod {deleted.pod} was deleted")
    result = deleted.ends(b"one\ntwo\n")
    assert result == Result(0, "two\n", REST.format(deleted.pod))


def test_the_end_is_that_of_the_workflow_that_was_followed(delete: Callable[..., Deleted]) -> None:
    newer = builders.workflow("newer", builders.node("newer"))
    newer["metadata"]["creationTimestamp"] = builders.FINISHED
    deleted = delete("one\n", "two", workflow="@latest", others=[newer])
    while deleted.following.notice() not in (WAITING, ""):
        pass
    result = deleted.ends(None)
    assert (result.status, result.stdout) == (3, "two")


@pytest.mark.parametrize(("options", "status"), [((), 3), (("--ignore-errors",), 0)], ids=["told", "ignored"])
def test_argo_is_waited_for_no_longer_than_a_request_may_take(
    delete: Callable[..., Deleted], options: tuple[str, ...], status: int
) -> None:
    """A log that is not all there is an error that may be ignored, as kubectl does when the time is over."""
    deleted = delete("one\n", "two", options=("--request-timeout=4s", *options))
    result = deleted.following.end()
    assert (result.status, result.stdout) == (status, "two")
    assert "train: Argo has not ended it in the time of --request-timeout\n" in result.stderr


def test_the_log_of_a_pod_that_was_made_anew_is_not_the_rest_of_the_first(delete: Callable[..., Deleted]) -> None:
    # Argo makes only the pods anew that it has taken no notice of yet.
    deleted = delete("one\n", phase="Pending")
    again = deleted.story.pod(".train", uid="uid-of-another")
    assert again == deleted.pod
    log = deleted.story.cluster.logs.of(again)
    log.restart()
    log.write(Record(BEGIN + 10**9, b"one\n"), Record(BEGIN + 10**9 + 1, b"two\n"))
    assert [deleted.following.line() for _ in range(2)] == ["[train] one\n", "[train] two\n"]
    log.end()
    deleted.story.pod(".train", "terminated", uid="uid-of-another")
    result = deleted.ends(b"one\ntwo\n")
    assert (result.status, result.stdout) == (3, "")
    assert "1 of 2 logs are complete, 1 with gaps" in result.stderr
