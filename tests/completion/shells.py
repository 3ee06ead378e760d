"""Real shells on a pseudo-terminal, in which somebody types and presses TAB."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pexpect
import pyte
import pytest

COLUMNS, LINES = 120, 60
# Typed behind what TAB has done: when it is on the screen, TAB has done it.
END = "#END"
# ^U and ^L in all shells: the line is emptied, and then the screen.
CLEARED = "\x15\x0c"
BASH_COMPLETION = "/usr/share/bash-completion/bash_completion"
# By shell: how it is started without the user's own settings, and what it has to be told.
STARTS = {
    "bash": (
        ["--norc", "--noprofile", "-i"],
        "PS1='$ '; bind 'set show-all-if-ambiguous on'; bind 'set bell-style none'",
    ),
    "zsh": (
        ["-f", "-i"],
        "PS1='$ '; setopt no_always_last_prompt no_list_ambiguous no_beep; autoload -Uz compinit && compinit -D",
    ),
    "fish": (["--no-config", "-i"], "function fish_prompt; echo -n '$ '; end; function fish_greeting; end"),
    "tcsh": (["-f", "-i"], "set prompt='$ '; set autolist; unset autologout; set nobeep"),
}
COMPLETIONS = Path(__file__).parents[2] / "completions"
# How they take ours.
SOURCES = {
    "bash": f"source {COMPLETIONS}/kubectl-argo_pods.bash",
    "zsh": f"source {COMPLETIONS}/_kubectl-argo_pods",
    "fish": f"source {COMPLETIONS}/kubectl-argo_pods.fish",
    "tcsh": f"source {COMPLETIONS}/kubectl-argo_pods.tcsh",
}
# How they take kubectl's completion; tcsh has none.
KUBECTL = {
    "bash": f"source {BASH_COMPLETION}; source <(kubectl completion bash)",
    "zsh": "source <(kubectl completion zsh)",
    "fish": "kubectl completion fish | source",
}


def need(shell: str) -> None:
    """Skip a test for want of a shell, unless the machine is supposed to have it."""
    missing = [] if shutil.which(shell) else [shell]
    if shell == "bash" and not os.path.exists(BASH_COMPLETION):
        missing.append("bash-completion")
    if missing and os.environ.get("NEED_SHELLS"):
        pytest.fail(f"{missing[0]} is not installed")
    if missing:
        pytest.skip(f"{missing[0]} is not installed")


class Shown(NamedTuple):
    """The line as TAB has left it, and what was listed for it, line by line."""

    line: str
    listed: list[str]


class Shell:
    """An interactive shell, with the settings in its home or with none; a context manager."""

    def __init__(self, name: str, environment: Mapping[str, str], folder: Path, *, settings: bool = False) -> None:
        self._screen = pyte.Screen(COLUMNS, LINES)
        self._stream = pyte.Stream(self._screen)
        self._runs = 0
        without, said = STARTS[name]
        arguments = ["-i"] if settings else without
        environment = dict(environment) | {"TERM": "xterm", "COLUMNS": str(COLUMNS), "LINES": str(LINES)}
        self._process = pexpect.spawn(
            shutil.which(name) or name,
            arguments,
            env=environment,
            cwd=str(folder),
            dimensions=(LINES, COLUMNS),
            timeout=30,
        )
        self.run(said if settings is False else said.partition("; autoload")[0])

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.close(force=True)

    def run(self, command: str) -> list[str]:
        """What a command prints; then the shell waits for the next one."""
        self._runs += 1
        end = f"END{self._runs}"
        typed = f"E''{end[1:]}"
        self._process.send(f"{CLEARED}{command}; echo {typed}\r")
        self._until(lambda lines: end in lines and lines[-1] == "$")
        lines = self._lines()
        start = max(number for number, line in enumerate(lines) if line.endswith(typed))
        return lines[start + 1 : lines.index(end)]

    def tab(self, typed: str) -> Shown:
        """The effect of TAB behind what is typed; the line is thrown away then."""
        self._process.send(f"{CLEARED}{typed}\t{END}")
        self._until(lambda lines: any(END in line for line in lines))
        lines = self._lines()
        at = max(number for number, line in enumerate(lines) if END in line)
        line = lines[at].removeprefix("$ ").partition(END)[0]
        self.run("true")
        return Shown(line, [each for each in lines[:at] if not each.startswith("$ ")])

    def _lines(self) -> list[str]:
        return [line.rstrip() for line in self._screen.display if line.strip()]

    def _until(self, done: Callable[[list[str]], bool]) -> None:
        while not done(self._lines()):
            read = self._process.read_nonblocking(65536, timeout=30)
            self._stream.feed(read.decode("utf-8", "replace"))
            # fish asks what the terminal is, and waits for it.
            if b"\x1b[c" in read or b"\x1b[0c" in read:
                self._process.send("\x1b[?1;2c")
