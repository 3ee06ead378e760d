"""A command in the container of a step: its streams, its status, and what keeps it from running."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kubectl_argo_pods.containers import DEFAULT_CONTAINER
from tests.cluster import SimulatedCluster
from tests.cluster.exec import V4, Cut
from tests.commands import running
from tests.conftest import PROGRAM, Result, Run
from tests.many_files import MANY_FILES

pytestmark = pytest.mark.usefixtures("deep")

POD = running.of(running.manifests(), "train")["metadata"]["name"]
DONE = running.of(running.manifests(), "fetch")["metadata"]["name"]


@pytest.mark.parametrize("words", [("exec", "deep", "train"), ("deep", "exec", "train")], ids=["verb first", "second"])
def test_the_streams_come_apart_and_the_status_is_the_commands(argo_pods: Run, words: tuple[str, ...]) -> None:
    result = argo_pods(*words, "--", "sh", "-c", "echo out; echo err >&2; exit 3")
    assert result == Result(3, "out\n", "err\ncommand terminated with exit code 3\n")


def test_every_word_arrives_as_it_was_given(argo_pods: Run) -> None:
    words = ["two words", "", "-n", "--", "exec", "*", "größe", "a\nb"]
    result = argo_pods("exec", "deep", "train", "--", "printf", "<%s>", *words)
    assert result == Result(0, "".join(f"<{word}>" for word in words), "")


@pytest.mark.parametrize("status", [0, 1, 126, 127, 137, 255])
def test_any_status_comes_through(argo_pods: Run, status: int) -> None:
    said = f"command terminated with exit code {status}\n" if status else ""
    assert argo_pods("exec", "deep", "train", "--", "sh", "-c", f"exit {status}") == Result(status, "", said)


def test_a_command_that_a_signal_ended_has_the_status_of_a_shell(argo_pods: Run) -> None:
    result = argo_pods("exec", "deep", "train", "--", "sh", "-c", "kill -9 $$")
    assert result == Result(137, "", "command terminated with exit code 137\n")


def test_without_i_the_command_gets_no_input(argo_pods: Run) -> None:
    assert argo_pods("exec", "deep", "train", "--", "cat", stdin="something") == Result(0, "", "")


def test_the_end_of_the_input_is_the_end_of_the_commands(argo_pods: Run) -> None:
    assert argo_pods("exec", "-i", "deep", "train", "--", "wc", "-c", stdin="12345") == Result(0, "5\n", "")


def test_bytes_pass_both_ways_unchanged(clean_environment: dict[str, str]) -> None:
    sent = os.urandom(3_000_000) + bytes(range(256))
    done = subprocess.run(
        [*PROGRAM, "exec", "-i", "deep", "train", "--", "cat"],
        input=sent,
        env=clean_environment,
        capture_output=True,
        timeout=60,
    )
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(sent).digest()
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("flags", [(), ("--all",)], ids=["one pod", "all pods"])
def test_it_works_however_many_files_are_open(clean_environment: dict[str, str], flags: tuple[str, ...]) -> None:
    command = [*PROGRAM, "exec", "-i", *flags, "deep", "train", "--", "wc", "-c"]
    done = subprocess.run(
        [sys.executable, "-c", MANY_FILES, *command],
        input="x" * 3_000_000,
        env=clean_environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    printed = "[train] 3000000\n" if flags else "3000000\n"
    assert Result(done.returncode, done.stdout, done.stderr) == Result(0, printed, "")


def test_a_reader_that_takes_its_time_loses_nothing(clean_environment: dict[str, str]) -> None:
    """Where the stream does not wait, as another program that shares it may have wanted."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    command = [*PROGRAM, "exec", "deep", "train", "--", "head", "-c", "3000000", "/dev/zero"]
    with subprocess.Popen(
        [sys.executable, "-c", MANY_FILES, *command], stdout=writing, stderr=subprocess.PIPE, env=clean_environment
    ) as process:
        os.close(writing)
        with open(reading, "rb") as file:
            assert len(file.read()) == 3_000_000
        assert process.stderr
        assert (process.stderr.read(), process.wait()) == (b"", 0)


def lost(why: str) -> str:
    where = f'container "main" of pod "{POD}"'
    return f"error: the connection to {where} was lost before the command ended, which may still run there: {why}\n"


@pytest.mark.parametrize("after", [0, 1, 2])
@pytest.mark.parametrize("part", [0, 1, 2, 4])
def test_a_link_that_breaks_between_or_within_frames_is_never_a_success(
    argo_pods: Run, deep: SimulatedCluster, kubeconfig: Path, after: int, part: int
) -> None:
    deep.exec.cut(Cut(after, part))
    result = argo_pods("exec", "deep", "train", "--", "sh", "-c", "echo out; exit 0")
    server = f'the Kubernetes API at {deep.url} (context "simulated")'
    assert result.stdout == ("" if after < 2 else "out\n")
    assert result.status == 1
    assert result.stderr.startswith(lost(f"the connection to {server} was lost: ").removesuffix("\n"))


@pytest.mark.parametrize("status", [0, 7])
def test_a_link_that_breaks_after_the_status_takes_nothing_away(
    argo_pods: Run, deep: SimulatedCluster, status: int
) -> None:
    deep.exec.cut(Cut(3))
    result = argo_pods("exec", "deep", "train", "--", "sh", "-c", f"echo out; exit {status}")
    assert (result.status, result.stdout) == (status, "out\n")


def test_a_link_that_breaks_while_input_is_sent_is_no_success(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.exec.cut(Cut(0, after_received=2))
    result = argo_pods("exec", "-i", "deep", "train", "--", "wc", "-c", stdin="x" * 1_000_000)
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.startswith(lost("").removesuffix("\n"))


@pytest.mark.parametrize("code", [1000, 1001, 1011])
def test_an_end_without_a_status_is_no_success(argo_pods: Run, deep: SimulatedCluster, code: int) -> None:
    deep.exec.cut(Cut(2, close_code=code))
    result = argo_pods("exec", "deep", "train", "--", "sh", "-c", "echo out; exit 0")
    assert result == Result(1, "out\n", lost(f"the server ended it with code {code} (as ordered)"))


def test_what_is_no_websocket_frame_is_told_as_such(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.exec.cut(Cut(1, junk=b"\xf3\x01?HTTP/1.1 500"))
    result = argo_pods("exec", "deep", "train", "--", "echo", "out")
    assert (result.status, result.stdout) == (1, "")
    assert "sent what is no websocket frame" in result.stderr


def test_a_server_of_the_older_protocol_cannot_end_the_input(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.exec.protocols = (V4,)
    result = argo_pods("exec", "-i", "deep", "train", "--", "head", "-c", "3", stdin="12345")
    sentence = "the server speaks v4.channel.k8s.io, which cannot tell the command that its input has ended\n"
    assert result == Result(0, "123", sentence)
    assert argo_pods("exec", "deep", "train", "--", "echo", "out") == Result(0, "out\n", "")


def test_a_reader_that_has_enough_ends_it_quietly(clean_environment: dict[str, str]) -> None:
    command = [*PROGRAM, "exec", "deep", "train", "--", "yes"]
    with subprocess.Popen(
        command, env=clean_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL
    ) as process:
        assert process.stdout and process.stderr
        assert process.stdout.read(4) == b"y\ny\n"
        process.stdout.close()
        assert (process.stderr.read(), process.wait(30)) == (b"", 141)


def test_output_that_cannot_be_written_is_an_error(clean_environment: dict[str, str]) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*PROGRAM, "exec", "deep", "train", "--", "echo", "out"],
            env=clean_environment,
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            timeout=60,
        )
    assert (done.returncode, done.stderr) == (1, b"error: cannot write the output: No space left on device\n")


def test_a_command_may_have_a_time_limit(argo_pods: Run) -> None:
    result = argo_pods("exec", "deep", "train", "--timeout", "300ms", "--", "sh", "-c", "echo out; exec sleep 60")
    sentence = "error: the command did not end in time; it may still be running in the container\n"
    assert result == Result(124, "out\n", sentence)


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        pytest.param(
            ("exec", "deep", "train"), 2, "you must specify at least one command for the container", id="no command"
        ),
        pytest.param(
            ("exec", "-l", "a=b", "--", "ls"),
            2,
            "a WORKFLOW is needed, and the NODE whose pod is meant; or --workflow-selector",
            id="no workflow",
        ),
        pytest.param(
            ("exec", "deep", "train", "-c", "nope", "--", "ls"),
            1,
            f"container nope is not valid for pod {POD} out of: wait, main, init (init)",
            id="no such container",
        ),
        pytest.param(
            ("exec", "deep", "train", "-c", "init", "--", "ls"),
            1,
            f'nothing can run there any more: container "init" of pod "{POD}" is terminated with exit code 0 '
            "(Completed); wait and main still run, which -c may name",
            id="a container that has ended",
        ),
        pytest.param(
            ("exec", "deep", "fetch", "--", "ls"),
            1,
            "cannot exec into a container in a completed pod; current phase is Succeeded; "
            f"`kubectl argo-pods logs deep {DONE}` prints what it wrote, and `kubectl debug {DONE} -it "
            f"--copy-to={DONE}-debug --container=main -- sh` starts a copy of it with a shell",
            id="a completed pod",
        ),
        pytest.param(
            ("exec", "deep", "nosuch", "--", "ls"),
            1,
            'no node or pod "nosuch" in workflow "deep"; `--all-nodes` lists every node',
            id="no such step",
        ),
        pytest.param(
            ("exec", "deep", "train", "--fold", "--", "ls"),
            2,
            "--fold goes with --all: it is about what several pods print",
            id="fold alone",
        ),
        pytest.param(
            ("exec", "deep", "train", "--pick", "--", "ls"),
            2,
            "-F/--pick needs a terminal to choose on",
            id="nobody to choose",
        ),
        pytest.param(
            ("exec", "deep", "train", "--pod-running-timeout", "0", "--", "ls"),
            2,
            "--pod-running-timeout must be higher than zero",
            id="no time to wait",
        ),
        pytest.param(
            ("exec", "deep", "train", "-i", "-f", "-", "--", "ls"),
            2,
            "-i/--stdin and -f - exclude each other: both read stdin",
            id="stdin twice",
        ),
    ],
)
def test_what_cannot_be_done_is_said(argo_pods: Run, words: tuple[str, ...], status: int, sentence: str) -> None:
    assert argo_pods(*words) == Result(status, "", f"error: {sentence}\n")


def test_several_pods_are_listed_where_one_is_needed(argo_pods: Run, deep: SimulatedCluster) -> None:
    result = argo_pods("exec", "deep", "loop*", "--", "ls")
    pods = [running.of(running.manifests(), f"loop({each})")["metadata"]["name"] for each in ("0:a", "1:b")]
    assert (result.status, result.stdout) == (1, "")
    lines = [line.split()[:3] for line in result.stderr.splitlines()]
    assert lines[0] == ["error:", "2", "pods"]
    assert lines[1:] == [
        ["STEP", "POD", "STATUS"],
        ["loop(0:a)", pods[0], "Running"],
        ["loop(1:b)", pods[1], "Running"],
    ]


def test_pods_that_have_ended_do_not_make_a_step_ambiguous(argo_pods: Run, deep: SimulatedCluster) -> None:
    for step in ("loop(0:a)", "loop(1:b)"):
        ended = running.of(running.manifests(), step)
        ended["status"]["phase"] = "Succeeded"
        deep.load([ended])
    assert argo_pods("exec", "deep", "--", "echo", "out") == Result(0, "out\n", "")


def test_a_container_that_nobody_named_is_told(argo_pods: Run, deep: SimulatedCluster) -> None:
    pod = running.of(running.manifests(), "train")
    del pod["metadata"]["annotations"][DEFAULT_CONTAINER]
    deep.load([pod])
    told = 'Defaulted container "main" out of: wait, main, init (init)\n'
    assert argo_pods("exec", "deep", "train", "--", "echo", "out") == Result(0, "out\n", told)
    assert argo_pods("exec", "-q", "deep", "train", "--", "echo", "out") == Result(0, "out\n", "")
    assert argo_pods("exec", "-c", "main", "deep", "train", "--", "echo", "out") == Result(0, "out\n", "")
