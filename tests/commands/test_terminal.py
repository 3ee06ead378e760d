"""Sessions on a terminal: what is typed and shown, its size, and that it is as before at every end."""

from __future__ import annotations

import os
import signal
import sys
import termios
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from tests.cluster import SimulatedCluster
from tests.cluster.exec import Cut
from tests.commands import running
from tests.conftest import PROGRAM
from tests.terminals import COLUMNS, ROWS, Terminal, ends_with, shows

POD = running.of(running.manifests(), "train")["metadata"]["name"]


@pytest.fixture(autouse=True)
def deep(deep: SimulatedCluster) -> SimulatedCluster:
    deep.exec.environment["PS1"] = "remote> "
    return deep


@pytest.fixture
def open_terminal(clean_environment: dict[str, str]) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_(*arguments: str, command: list[str] | None = None) -> Terminal:
        environment = clean_environment | {"TERM": "xterm-256color", "PS1": "local> "}
        opened.append(Terminal(command or [*PROGRAM, *arguments], environment))
        return opened[-1]

    yield open_
    for each in opened:
        each.child.close(force=True)


SH = ("exec", "-it", "deep", "train", "--", "sh")


def at_prompt(terminal: Terminal) -> Terminal:
    terminal.wait_for(ends_with("remote>"))
    return terminal


def test_a_session_shows_what_the_remote_terminal_shows_and_no_more(open_terminal: Callable[..., Terminal]) -> None:
    terminal = at_prompt(open_terminal(*SH))
    terminal.type("echo $((20 + 22))\r")
    terminal.wait_for(lambda lines: lines.count("42") == 1)
    terminal.type("exit 7\r")
    assert terminal.end() == 7
    assert terminal.lines() == [
        "remote> echo $((20 + 22))",
        "42",
        "remote> exit 7",
        "command terminated with exit code 7",
    ]
    assert terminal.modes() == terminal.before


def test_the_session_has_the_terminals_size_and_its_changes(
    open_terminal: Callable[..., Terminal], deep: SimulatedCluster
) -> None:
    terminal = at_prompt(open_terminal(*SH))
    terminal.type("stty size\r")
    terminal.wait_for(shows(f"{ROWS} {COLUMNS}"))
    terminal.child.setwinsize(20, 61)
    terminal.wait_for(lambda _: (61, 20) in deep.exec.sizes)
    terminal.type("stty size\r")
    terminal.wait_for(shows("20 61"))
    assert deep.exec.sizes == [(COLUMNS, ROWS), (61, 20)]


@pytest.mark.parametrize("key", ["\x03", "\x1c", "\x1a"], ids=["Ctrl-C", "Ctrl-\\", "Ctrl-Z"])
def test_keys_that_mean_something_here_go_there(open_terminal: Callable[..., Terminal], key: str) -> None:
    terminal = at_prompt(
        open_terminal(
            "exec", "-it", "deep", "train", "--", "sh", "-c", "stty raw -echo; printf 'remote> '; od -An -tx1 -N1"
        )
    )
    terminal.type(key)
    assert terminal.end() == 0
    assert terminal.lines()[-1].split() == ["remote>", f"{ord(key):02x}"]


def test_ctrl_c_ends_the_program_there_and_not_the_session(open_terminal: Callable[..., Terminal]) -> None:
    terminal = at_prompt(open_terminal(*SH))
    # The word comes from the program itself: a key between echo and fork would meet only the shell, which ignores it.
    terminal.type("sh -c 'echo be''gun; exec sleep 100'\r")
    terminal.wait_for(shows("begun"))
    terminal.type("\x03")
    terminal.wait_for(ends_with("remote>"))
    terminal.type("echo $?\r")
    terminal.wait_for(shows("130"))


CRASH = """
import sys
from kubectl_argo_pods.terminal import raw
with raw(sys.stdin):
    print("raw", flush=True)
    sys.stdin.read(1)
    raise RuntimeError("a mistake of ours")
"""


def test_a_crash_restores_the_terminal(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal(command=[sys.executable, "-c", CRASH])
    terminal.wait_for(shows("raw"))
    assert terminal.modes() != terminal.before
    terminal.type("x")
    assert terminal.end() == 1
    assert terminal.lines()[-1] == "RuntimeError: a mistake of ours"
    assert terminal.modes() == terminal.before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT], ids=lambda n: n.name)
def test_a_signal_that_ends_the_program_restores_the_terminal(
    open_terminal: Callable[..., Terminal], number: signal.Signals
) -> None:
    terminal = at_prompt(open_terminal(*SH))
    assert terminal.modes() != terminal.before
    terminal.child.kill(number)
    assert terminal.end() == 128 + number
    assert terminal.modes() == terminal.before


@pytest.mark.parametrize(
    ("cut", "why"),
    [
        pytest.param(Cut(0, after_received=3), "was lost before the command ended", id="the link breaks"),
        pytest.param(Cut(3, junk=b"\xf3\x00"), "sent what is no websocket frame", id="something else comes"),
        pytest.param(Cut(3, close_code=1011), "the server ended it with code 1011", id="the server gives up"),
    ],
)
def test_whatever_goes_wrong_restores_the_terminal(
    open_terminal: Callable[..., Terminal], deep: SimulatedCluster, cut: Cut, why: str
) -> None:
    deep.exec.cut(cut)
    terminal = at_prompt(open_terminal(*SH))
    terminal.type("x")
    terminal.wait_for(shows("remote> x"))
    terminal.type("y")
    assert terminal.end() == 1
    assert terminal.modes() == terminal.before
    assert terminal.lines()[0].startswith("remote> x")
    assert terminal.lines()[1].startswith(f'error: the connection to container "main" of pod "{POD}"')
    assert why in "".join(line.ljust(COLUMNS) for line in terminal.lines())


def test_a_job_that_is_stopped_gives_the_terminal_back_and_takes_it_again(
    open_terminal: Callable[..., Terminal], deep: SimulatedCluster
) -> None:
    terminal = open_terminal(command=["bash", "--norc", "--noprofile", "-i"])
    terminal.wait_for(ends_with("local>"))
    terminal.type(" ".join([*PROGRAM, *SH]) + "\r")
    at_prompt(terminal)
    raw = terminal.modes()
    (child,) = _children(terminal.child.pid)
    os.kill(child, signal.SIGTSTP)
    terminal.wait_for(ends_with("local>"))
    assert terminal.modes()[3] & termios.ECHO or terminal.modes() != raw
    terminal.type("echo here $((1 + 1))\r")
    terminal.wait_for(shows("here 2"))
    terminal.child.setwinsize(25, 90)
    terminal.type("fg\r")
    terminal.wait_for(lambda _: (90, 25) in deep.exec.sizes)
    assert terminal.modes() == raw
    terminal.type("echo there $((2 + 2))\r")
    terminal.wait_for(shows("there 4"))
    terminal.type("exit\r")
    terminal.wait_for(ends_with("local>"))


def _children(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def test_without_a_terminal_t_is_left_out_with_kubectls_word(open_terminal: Callable[..., Terminal]) -> None:
    piped = " ".join(["echo", "tty", "|", *PROGRAM, *SH])
    terminal = open_terminal(command=["sh", "-c", piped])
    assert terminal.end() == 1
    assert terminal.lines() == [
        "Unable to use a TTY - input is not a terminal or the right kind of file",
        "not a tty",
        "command terminated with exit code 1",
    ]


@pytest.mark.parametrize("words", [["logs", "@latest"], ["logs", "deep", "-f"], ["deep"]], ids=" ".join)
def test_an_interrupt_at_the_question_for_a_password_leaves_the_terminal_as_it_was(
    open_terminal: Callable[..., Terminal], kubeconfig: Path, words: list[str]
) -> None:
    config = yaml.safe_load(kubeconfig.read_text())
    config["users"][0]["user"] = {}
    kubeconfig.write_text(yaml.safe_dump(config))
    terminal = open_terminal(*words)
    terminal.wait_for(ends_with("Please enter Username:"))
    terminal.type("jane\r")
    terminal.wait_for(ends_with("Please enter Password:"))
    terminal.type("\x03")
    assert (terminal.end(), terminal.modes()) == (130, terminal.before)
