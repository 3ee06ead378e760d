"""Choosing among several pods on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster import SimulatedCluster
from tests.commands import running
from tests.conftest import PROGRAM
from tests.executables import executable
from tests.terminals import Terminal, shows

PODS = {step: running.of(running.manifests(), step)["metadata"]["name"] for step in ("loop(0:a)", "loop(1:b)")}
LOOP = ("exec", "deep", "loop*", "--", "sh", "-c", "echo $WHO")


@pytest.fixture(autouse=True)
def deep(deep: SimulatedCluster) -> SimulatedCluster:
    for step, pod in PODS.items():
        deep.exec.per_pod[pod] = {"WHO": f"this is {step}"}
    return deep


@pytest.fixture
def open_terminal(clean_environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    opened: list[Terminal] = []

    def open_(*arguments: str, fzf: str = "") -> Terminal:
        environment = clean_environment | {"TERM": "xterm", "PATH": str(tmp_path / "bin")}
        (tmp_path / "bin").mkdir(exist_ok=True)
        if fzf:
            executable(tmp_path / "bin" / "fzf", f"#!/bin/sh\n{fzf}\n")
        opened.append(Terminal([*PROGRAM, *arguments], environment))
        return opened[-1]

    yield open_
    for each in opened:
        each.child.close(force=True)


def test_pods_are_chosen_by_number(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal(*LOOP)
    terminal.wait_for(shows("Which one (1-2)?"))
    terminal.type("x\r")
    terminal.wait_for(lambda lines: sum("Which one (1-2)?" in line for line in lines) == 2)
    terminal.type("2\r")
    assert terminal.end() == 0
    assert [" ".join(line.split()[:4]) for line in terminal.lines()] == [
        "STEP POD STATUS AGE",
        f"1 loop(0:a) {PODS['loop(0:a)']} Running",
        f"2 loop(1:b) {PODS['loop(1:b)']} Running",
        "Which one (1-2)? x",
        "Which one (1-2)? 2",
        "this is loop(1:b)",
    ]


@pytest.mark.parametrize("key", ["\r", "\x04"], ids=["Enter", "Ctrl-D"])
def test_nothing_runs_where_nothing_is_chosen(open_terminal: Callable[..., Terminal], key: str) -> None:
    terminal = open_terminal(*LOOP)
    terminal.wait_for(shows("Which one (1-2)?"))
    terminal.type(key)
    assert terminal.end() == 1
    assert terminal.lines()[-1] == "error: nothing was chosen"


def test_one_pod_is_not_asked_about_unless_one_wants_to_choose(open_terminal: Callable[..., Terminal]) -> None:
    one = ("exec", "deep", "loop(0:a)", "--", "sh", "-c", "echo $WHO")
    assert open_terminal(*one).end() == 0
    terminal = open_terminal(one[0], "--pick", *one[1:])
    terminal.wait_for(shows("Which one (1-1)?"))


def test_fzf_shows_them_where_it_is_installed(open_terminal: Callable[..., Terminal], tmp_path: Path) -> None:
    """A fzf that notes what it is asked, and chooses the last line."""
    script = f'while IFS= read -r line; do echo "$line" >&3; last=$line; done 3>{tmp_path}/asked; echo "$last"'
    terminal = open_terminal(*LOOP, fzf=script)
    assert terminal.end() == 0
    assert terminal.lines() == ["this is loop(1:b)"]
    asked = [line.split("\t") for line in (tmp_path / "asked").read_text().splitlines()]
    assert [number for number, _ in asked] == ["", "0", "1"]
    assert [line.split()[0] for _, line in asked] == ["STEP", "loop(0:a)", "loop(1:b)"]


def test_a_fzf_that_is_left_without_a_choice_ends_it(open_terminal: Callable[..., Terminal]) -> None:
    terminal = open_terminal(*LOOP, fzf="exit 130")
    assert terminal.end() == 1
    assert terminal.lines() == ["error: nothing was chosen"]
