"""The boundary of the program: its streams, its signals, its last words and its status."""

from __future__ import annotations

import ctypes
import os
import select
import signal
import socket
import subprocess
import sys
from pathlib import Path
from threading import Event

import pytest

from kubectl_argo_pods import __version__
from tests import builders
from tests.cluster import SimulatedCluster
from tests.commands import logged
from tests.conftest import PROGRAM, Result, Run

VERSION = f"kubectl-argo_pods {__version__}\n"
# Several times what a pipe holds.
MANY = 3000


def shell(script: str, environment: dict[str, str]) -> Result:
    """What a shell says of a script in which "$@" is the program."""
    command = ["bash", "-c", script, "bash", *PROGRAM]
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60
    )
    return Result(done.returncode, done.stdout, done.stderr)


def many_workflows(cluster: SimulatedCluster) -> None:
    cluster.load(builders.workflow(f"workflow-{number}-{'x' * 40}") for number in range(MANY))


@pytest.mark.parametrize("words", [["--version"], ["version"]], ids=" ".join)
def test_the_version_is_one_line(argo_pods: Run, words: list[str]) -> None:
    assert argo_pods(*words) == Result(0, VERSION, "")


def test_interrupting_a_wait_for_the_server_is_quiet(clean_environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        command = [*PROGRAM, "some-workflow", "--server", f"http://127.0.0.1:{silent.getsockname()[1]}"]
        with subprocess.Popen(
            command, env=clean_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            connection, _ = silent.accept()
            with connection:
                assert connection.recv(3) == b"GET"
                running.send_signal(signal.SIGINT)
                stdout, stderr = running.communicate(timeout=30)
    assert (running.returncode, stdout, stderr.strip(b"\n")) == (130, b"", b"")


def deliver_to_another_thread(process: int, number: int) -> None:
    """Sends the signal to a thread that is not the main one: no system call of the main thread is broken off by it.

    That is how it stands when a signal comes in the instant before such a call.
    """
    tasks = [int(task) for task in os.listdir(f"/proc/{process}/task") if int(task) != process]
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.tgkill(process, tasks[0], number) == 0, os.strerror(ctypes.get_errno())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets one choose the thread")
def test_an_interrupt_in_the_instant_before_a_wait_is_heard(clean_environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        command = [*PROGRAM, "some-workflow", "--server", f"http://127.0.0.1:{silent.getsockname()[1]}"]
        with subprocess.Popen(
            command, env=clean_environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as running:
            connections = [silent.accept()[0] for _ in range(2)]
            await_waiting(running.pid)
            deliver_to_another_thread(running.pid, signal.SIGINT)
            try:
                stdout, stderr = running.communicate(timeout=30)
            finally:
                running.kill()
                for connection in connections:
                    connection.close()
    assert (running.returncode, stdout, stderr.strip(b"\n")) == (130, b"", b"")


def await_waiting(process: int) -> None:
    """Waits until the main thread waits in a system call."""
    while Path(f"/proc/{process}/task/{process}/stat").read_text().rpartition(") ")[2][0] != "S":
        Event().wait(0.01)


def test_on_a_terminal_an_interrupt_ends_the_line(clean_environment: dict[str, str]) -> None:
    terminal, stderr = os.openpty()
    os.set_blocking(terminal, False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        silent.settimeout(30)
        command = [*PROGRAM, "some-workflow", "--server", f"http://127.0.0.1:{silent.getsockname()[1]}"]
        with subprocess.Popen(command, env=clean_environment, stdout=subprocess.DEVNULL, stderr=stderr) as running:
            connection, _ = silent.accept()
            connection.settimeout(30)
            with connection:
                assert connection.recv(3) == b"GET"
                running.send_signal(signal.SIGINT)
                try:
                    status = running.wait(timeout=30)
                finally:
                    running.kill()
    assert (status, os.read(terminal, 100)) == (130, b"\r\n")
    os.close(stderr)
    os.close(terminal)


@pytest.mark.parametrize("words", ["", "--help", "-o json"])
def test_a_reader_that_has_seen_enough_is_no_error(
    empty_cluster: SimulatedCluster, clean_environment: dict[str, str], words: str
) -> None:
    many_workflows(empty_cluster)
    result = shell(f'"$@" {words} | head -1; exit ${{PIPESTATUS[0]}}', clean_environment)
    assert (result.status, result.stdout.count("\n"), result.stderr) == (0, 1, "")


@pytest.mark.parametrize("words", ["", "--help", "--version", "version"])
def test_a_reader_that_is_gone_is_no_error(
    cluster: SimulatedCluster, clean_environment: dict[str, str], words: str
) -> None:
    # The pipe breaks only when the last buffer is written: at the very end.
    reading, writing = os.pipe()
    os.close(reading)
    command = [*PROGRAM, *words.split()]
    done = subprocess.run(command, env=clean_environment, stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


UNWRITABLE = {">&-": "Bad file descriptor", ">/dev/full": "No space left on device"}


@pytest.mark.parametrize("words", ["", "-o name", "-o json", "--help", "--version", "version"])
@pytest.mark.parametrize("redirection", UNWRITABLE)
def test_output_that_cannot_be_written_is_an_error(
    cluster: SimulatedCluster, clean_environment: dict[str, str], redirection: str, words: str
) -> None:
    result = shell(f'"$@" {words} {redirection}', clean_environment)
    assert result == Result(1, "", f"error: cannot write the output: {UNWRITABLE[redirection]}\n")


def to_full_pipe(environment: dict[str, str], stream: str, *arguments: str) -> tuple[int, str]:
    """The status of the program, and what it writes to a stream that does not block and is read once it is full."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    streams = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | {stream: writing}
    with subprocess.Popen(
        [*PROGRAM, *arguments], env=environment, stdout=streams["stdout"], stderr=streams["stderr"]
    ) as running:
        while running.poll() is None and select.select([], [writing], [], 0)[1]:
            Event().wait(0.01)
        os.close(writing)
        with open(reading) as pipe:
            written = pipe.read()
    return running.returncode, written


def test_an_output_that_does_not_block_is_waited_for(
    empty_cluster: SimulatedCluster, clean_environment: dict[str, str], argo_pods: Run
) -> None:
    many_workflows(empty_cluster)
    whole = argo_pods("-o", "json")
    assert len(whole.stdout) > 1 << 20
    assert to_full_pipe(clean_environment, "stdout", "-o", "json") == (0, whole.stdout)


@pytest.mark.parametrize("options", [[], ["--prefix"], ["-f"]], ids=["as it is", "by lines", "followed"])
def test_logs_wait_for_an_output_that_does_not_block(
    empty_cluster: SimulatedCluster, clean_environment: dict[str, str], options: list[str]
) -> None:
    logged.load(empty_cluster)
    log = empty_cluster.logs.of(logged.LOAD)
    log.restart()
    log.write_lines(*["x" * 100] * MANY, start=logged.BEGIN, step=1000)
    log.end()
    line = ("[load] " if "--prefix" in options else "") + "x" * 100 + "\n"
    assert to_full_pipe(clean_environment, "stdout", "logs", "etl", "load", *options) == (0, line * MANY)


def test_an_error_waits_for_a_stderr_that_does_not_block(clean_environment: dict[str, str]) -> None:
    pattern = "[" * 100_000
    sentence = f'invalid regular expression "{pattern}" for -i/--include: unterminated character set at position 0'
    result = to_full_pipe(clean_environment, "stderr", "logs", "etl", "-i", pattern)
    assert result == (2, f"error: {sentence}\n")


def test_a_stderr_that_takes_nothing_leaves_the_status_alone(clean_environment: dict[str, str]) -> None:
    assert shell('"$@" --foo 2>/dev/full', clean_environment) == Result(2, "", "")


def test_a_closed_stdin_is_an_empty_one(clean_environment: dict[str, str]) -> None:
    closed = shell('"$@" -f - <&-', clean_environment)
    assert closed == shell('"$@" -f - </dev/null', clean_environment)
    assert "bug" not in closed.stderr


def test_a_closed_stderr_leaves_output_and_status_alone(
    cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    assert shell('"$@" version 2>&-', clean_environment) == Result(0, VERSION, "")
    assert shell('"$@" no-such-workflow 2>&-', clean_environment) == Result(1, "", "")


@pytest.mark.parametrize("locale", [{"LC_ALL": "C"}, {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}])
def test_names_are_printed_in_utf_8_whatever_the_locale(
    clean_environment: dict[str, str], tmp_path: Path, empty_cluster: SimulatedCluster, locale: dict[str, str]
) -> None:
    node = builders.node("wf", ".größe ☃")
    empty_cluster.load([builders.workflow("wf", node, builders.node("wf", type="DAG", children=[".größe ☃"]))])
    # Without -I, so that Python heeds the variables that make it write ASCII.
    command = [sys.executable, "-m", "kubectl_argo_pods", "wf", "-o", "json"]
    done = subprocess.run(command, env=clean_environment | locale, cwd=tmp_path, capture_output=True, timeout=60)
    assert (done.returncode, "größe ☃".encode() in done.stdout) == (0, True)
    assert b"\\u" not in done.stdout


def test_a_traceback_is_shown_only_to_those_who_ask(cluster: SimulatedCluster, argo_pods: Run) -> None:
    quiet = argo_pods("no-such-workflow")
    loud = argo_pods("no-such-workflow", env={"KUBECTL_ARGO_PODS_DEBUG": "1"})
    assert (quiet.status, quiet.stdout, quiet.stderr.count("\n")) == (1, "", 1)
    assert quiet.stderr.startswith('error: workflow "no-such-workflow" not found')
    assert loud.stderr.startswith("Traceback (most recent call last):\n")
    assert loud.stderr.endswith(quiet.stderr)
    assert (loud.status, loud.stdout) == (1, "")
