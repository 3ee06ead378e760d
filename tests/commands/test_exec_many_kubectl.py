"""A command in every pod that is meant, where only kubectl can run it: the same output, summary and status."""

from __future__ import annotations

import os
import signal
import subprocess
from hashlib import md5
from pathlib import Path

import pytest

from tests.cluster import Rule, SimulatedCluster
from tests.cluster.exec import V5
from tests.commands.many import NAMES, STEPS, check_that_each_line_says_whose_it_is, sorted_lines
from tests.conftest import PROGRAM, Result, Run
from tests.executables import executable

# A kubectl that runs the command here, with the name of its pod in POD, and says as kubectl does how it ended.
FAKE = """#!/bin/sh
printf '%s|' "$@" >>"$0.calls"; echo >>"$0.calls"
[ -z "$COMPLAINT" ] || { echo "$COMPLAINT" >&2; exit 1; }
for POD; do case "$POD" in deep-*) break;; esac; done
export POD
while [ "$1" != -- ]; do shift; done
shift
[ -z "$IN_PLACE" ] || exec "$@"
"$@"
code=$?
[ "$code" = 0 ] || echo "command terminated with exit code $code" >&2
exit "$code"
"""


@pytest.fixture(autouse=True)
def without_websockets(deep: SimulatedCluster) -> None:
    deep.exec.protocols = ()


@pytest.fixture
def fake(tmp_path: Path) -> Path:
    return executable(tmp_path / "fake", FAKE)


@pytest.fixture
def clean_environment(clean_environment: dict[str, str], fake: Path) -> dict[str, str]:
    return clean_environment | {"KUBECTL_PATH": str(fake)}


def test_each_line_says_whose_it_is(argo_pods: Run) -> None:
    check_that_each_line_says_whose_it_is(argo_pods)


def test_kubectl_is_told_the_pod_its_container_and_the_cluster(argo_pods: Run, fake: Path) -> None:
    words = ("exec", "deep", "train", "--all", "--context", "simulated", "--", "printf", "<%s>", "a b")
    assert argo_pods(*words) == Result(0, "[train] <a b>\n", "")
    expected = f"exec|--namespace=argo|--context=simulated|{NAMES['train']}|--container=main|--|printf|<%s>|a b|\n"
    assert Path(f"{fake}.calls").read_text() == expected


def test_what_is_the_same_is_printed_once(argo_pods: Run) -> None:
    result = argo_pods("exec", "deep", "--all", "--fold", "--", "sh", "-c", "echo one; echo two >&2; exit 3")
    assert result.stdout in (
        "--- loop(0:a), loop(1:b), train (3)\none\ntwo\n",
        "--- loop(0:a), loop(1:b), train (3)\ntwo\none\n",
    )
    summary = "3 of 3 failed:\n  loop(0:a): exit code 3\n  loop(1:b): exit code 3\n  train: exit code 3\n"
    assert (result.status, result.stderr) == (1, summary)


def test_a_summary_says_where_it_failed_and_the_status_is_1(argo_pods: Run) -> None:
    script = f"echo out; echo err >&2; [ $POD != {NAMES['train']} ] || exit 3"
    result = argo_pods("exec", "deep", "--all", "--", "sh", "-c", script)
    assert (result.status, sorted_lines(result.stdout)) == (1, sorted(f"[{step}] out" for step in STEPS))
    summary = ["1 of 3 failed:", "  train: exit code 3"]
    assert sorted_lines(result.stderr) == sorted([*summary, *(f"[{step}] err" for step in STEPS)])


@pytest.mark.parametrize(
    ("complaint", "why"),
    [
        ("error: unable to upgrade connection: no way", "unable to upgrade connection: no way"),
        ("Error from server (NotFound): pods is gone", "Error from server (NotFound): pods is gone"),
    ],
    ids=["its own", "the server's"],
)
def test_what_kubectl_complains_of_is_the_reason(argo_pods: Run, complaint: str, why: str) -> None:
    result = argo_pods("exec", "deep", "train", "--all", "--", "ls", env={"COMPLAINT": complaint})
    assert result == Result(1, "", f"1 of 1 failed:\n  train: {why}\n")


@pytest.mark.parametrize("line", ["error: mine", "command terminated with exit code 1", "comm", "x" * 100_000])
def test_the_commands_own_words_stay_whatever_they_look_like(argo_pods: Run, line: str) -> None:
    words = ("sh", "-c", 'printf "%s\\n" "$0" >&2; echo other >&2; printf "%s" "$0" >&2', line)
    result = argo_pods("exec", "deep", "train", "--all", "--", *words)
    assert result == Result(0, "", f"[train] {line}\n[train] other\n[train] {line}\n")


def test_all_get_the_same_input(argo_pods: Run) -> None:
    result = argo_pods("exec", "-i", "deep", "--all", "--fold", "--", "md5sum", stdin="x" * 3_000_000)
    digest = md5(b"x" * 3_000_000).hexdigest()
    assert result == Result(0, f"--- loop(0:a), loop(1:b), train (3)\n{digest}  -\n", "")


def test_a_command_that_does_not_read_all_of_its_input_is_none_the_worse(argo_pods: Run) -> None:
    result = argo_pods("exec", "-i", "deep", "--all", "--fold", "--", "head", "-c", "1", stdin="x" * 3_000_000)
    assert result == Result(0, "--- loop(0:a), loop(1:b), train (3)\nx\n", "")


def test_each_has_the_time_that_is_given(argo_pods: Run) -> None:
    script = f"echo out; [ $POD != {NAMES['train']} ] || exec sleep 60"
    result = argo_pods("exec", "deep", "--all", "--timeout", "1s", "--", "sh", "-c", script, env={"IN_PLACE": "1"})
    assert (result.status, sorted_lines(result.stdout)) == (1, sorted(f"[{step}] out" for step in STEPS))
    summary = "1 of 3 failed:\n  train: timed out; the command may still be running in the container\n"
    assert result.stderr == summary


def test_a_kubectl_that_cannot_be_run_is_told(argo_pods: Run, tmp_path: Path) -> None:
    result = argo_pods("exec", "deep", "train", "--all", "--", "ls", env={"KUBECTL_PATH": str(tmp_path / "no")})
    why = f"{tmp_path}/no cannot be run: No such file or directory; name another with KUBECTL_PATH"
    assert result == Result(1, "", f"1 of 1 failed:\n  train: {why}\n")


def test_what_has_run_is_shown_though_there_is_no_kubectl_for_the_rest(
    argo_pods: Run, deep: SimulatedCluster, tmp_path: Path
) -> None:
    deep.exec.protocols = (V5,)
    deep.faults.answer_with(b"", "text/html", f"pods/{NAMES['train']}/exec", times=9, code=403)
    words = ("exec", "deep", "--all", "--fold", "--", "echo", "out")
    result = argo_pods(*words, env={"KUBECTL_PATH": "", "PATH": str(tmp_path)})
    summary = "1 of 3 failed:\n  train: kubectl is not on PATH; install it, or name it with KUBECTL_PATH\n"
    assert result == Result(1, "--- loop(0:a), loop(1:b) (2)\nout\n--- train\n", summary)


def test_a_secret_is_in_no_command_line_and_its_file_is_gone(
    argo_pods: Run, deep: SimulatedCluster, fake: Path
) -> None:
    token = deep.access.add_user("me", Rule(("*",), "*"), token="s3cret")
    script = 'cat "$KUBECONFIG"; echo "$KUBECONFIG" >&2'
    result = argo_pods("exec", "deep", "train", "--all", "--token", token, "--", "sh", "-c", script)
    assert (result.status, '"token": "s3cret"' in result.stdout) == (0, True)
    assert not Path(result.stderr.removeprefix("[train] ").strip()).exists()
    assert "s3cret" not in Path(f"{fake}.calls").read_text()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_no_kubectl_outlives_us(clean_environment: dict[str, str], tmp_path: Path, number: signal.Signals) -> None:
    slow = executable(tmp_path / "slow", '#!/bin/sh\nexec 9>"$0.fifo"\necho begun\nexec sleep 60\n')
    os.mkfifo(f"{slow}.fifo")
    reading = os.open(f"{slow}.fifo", os.O_RDONLY | os.O_NONBLOCK)
    command = [*PROGRAM, "exec", "deep", "--all", "--", "ls"]
    environment = clean_environment | {"KUBECTL_PATH": str(slow)}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert len([process.stdout.readline() for _ in STEPS]) == 3
        process.send_signal(number)
        assert process.wait() in (-number, 128 + number)
    # Its end comes when no kubectl holds the other end any more.
    os.set_blocking(reading, True)
    with open(reading, "rb") as fifo:
        assert fifo.read() == b""
