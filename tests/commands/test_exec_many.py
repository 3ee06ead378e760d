"""A command in every pod that is meant: one output, one summary, one status."""

from __future__ import annotations

from hashlib import md5

import pytest

from tests.cluster import SimulatedCluster
from tests.cluster.exec import Cut
from tests.commands import running
from tests.commands.many import NAMES, STEPS, check_that_each_line_says_whose_it_is, sorted_lines
from tests.conftest import Result, Run

pytestmark = pytest.mark.usefixtures("deep")


def test_each_line_says_whose_it_is(argo_pods: Run) -> None:
    check_that_each_line_says_whose_it_is(argo_pods)


def test_lines_of_several_workflows_say_of_which(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.load(running.manifests("deeper"))
    result = argo_pods("exec", "deep*", "train", "--all", "--", "echo", "out")
    assert (result.status, sorted_lines(result.stdout)) == (0, ["[deep train] out", "[deeper train] out"])


def test_lines_stay_whole_however_they_come(argo_pods: Run) -> None:
    script = "for i in $(seq 300); do printf 'a%.0s' $(seq 50); printf 'b%.0s' $(seq 50); echo; done"
    result = argo_pods("exec", "deep", "--all", "--", "sh", "-c", script)
    expected = sorted(f"[{step}] {'a' * 50}{'b' * 50}" for step in STEPS for _ in range(300))
    assert (result.status, sorted_lines(result.stdout)) == (0, expected)


def test_only_the_nodes_that_are_named_are_meant(argo_pods: Run) -> None:
    result = argo_pods("exec", "deep", "loop*", "--all", "--", "echo", "out")
    assert (result.status, sorted_lines(result.stdout)) == (0, ["[loop(0:a)] out", "[loop(1:b)] out"])


def test_what_is_the_same_is_printed_once(argo_pods: Run) -> None:
    result = argo_pods("exec", "deep", "--all", "--fold", "--", "sh", "-c", "echo one; printf two")
    assert result == Result(0, "--- loop(0:a), loop(1:b), train (3)\none\ntwo\n", "")


def test_what_differs_is_printed_apart(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.exec.per_pod[NAMES["loop(0:a)"]] = {"WHO": "other"}
    result = argo_pods("exec", "deep", "--all", "--fold", "--", "sh", "-c", 'echo "it is ${WHO:-me}"')
    assert result == Result(0, "--- loop(0:a)\nit is other\n--- loop(1:b), train (2)\nit is me\n", "")


def test_a_summary_says_where_it_failed_and_the_status_is_1(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.exec.per_pod[NAMES["loop(0:a)"]] = {"STATUS": "3"}
    result = argo_pods("exec", "deep", "--all", "--fold", "--", "sh", "-c", "echo out; exit ${STATUS:-0}")
    expected = "--- loop(0:a), loop(1:b), train (3)\nout\n"
    assert result == Result(1, expected, "1 of 3 failed:\n  loop(0:a): exit code 3\n")


def test_a_pod_that_cannot_be_reached_does_not_keep_the_others(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.faults.answer(500, f"{NAMES['train']}/exec", message="no kubelet there")
    result = argo_pods("exec", "deep", "--all", "--", "echo", "out")
    assert (result.status, sorted_lines(result.stdout)) == (1, ["[loop(0:a)] out", "[loop(1:b)] out"])
    first, second = result.stderr.splitlines()
    assert first == "1 of 3 failed:"
    assert second.startswith("  train: ") and second.endswith("no kubelet there")


def test_a_link_that_breaks_is_a_failure(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.exec.cut(Cut(2), times=3)
    result = argo_pods("exec", "deep", "--all", "--", "echo", "out")
    assert (result.status, sorted_lines(result.stdout)) == (1, sorted(f"[{step}] out" for step in STEPS))
    assert result.stderr.count("was lost before the command ended") == 3


def test_each_has_the_time_that_is_given(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.exec.per_pod[NAMES["train"]] = {"SECONDS_": "60"}
    result = argo_pods(
        "exec", "deep", "--all", "--timeout", "1s", "--", "sh", "-c", "echo out; exec sleep ${SECONDS_:-0}"
    )
    assert (result.status, sorted_lines(result.stdout)) == (1, sorted(f"[{step}] out" for step in STEPS))
    summary = "1 of 3 failed:\n  train: timed out; the command may still be running in the container\n"
    assert result.stderr == summary


def test_all_get_the_same_input(argo_pods: Run) -> None:
    result = argo_pods("exec", "-i", "deep", "--all", "--fold", "--", "md5sum", stdin="x" * 300_000)
    digest = md5(b"x" * 300_000).hexdigest()
    assert result == Result(0, f"--- loop(0:a), loop(1:b), train (3)\n{digest}  -\n", "")


def test_no_more_run_at_a_time_than_was_asked_for(argo_pods: Run, deep: SimulatedCluster) -> None:
    assert argo_pods("exec", "deep", "--all", "--parallel", "1", "--", "sleep", "0.1").status == 0
    assert deep.exec.most_at_once == 1
    assert argo_pods("exec", "deep", "--all", "--parallel", "3", "--", "sleep", "0.5").status == 0
    assert deep.exec.most_at_once == 3


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--all", "-it"), "-t/--tty needs one pod: no terminal can be shared by those of --all"),
        (("--all", "--pick"), "-F/--pick and --all exclude each other: one chooses a pod, the other means every one"),
        (("--all", "--parallel", "0"), '--parallel "0" is not a number from 1 on'),
        (("--all", "--timeout", "soon"), '--timeout "soon" is not a time like 30, 10s or 1m30s'),
    ],
)
def test_what_does_not_go_together_is_refused(argo_pods: Run, words: tuple[str, ...], sentence: str) -> None:
    assert argo_pods("exec", "deep", *words, "--", "ls") == Result(2, "", f"error: {sentence}\n")
