"""A terminal for the programs of tests, and what it shows."""

from __future__ import annotations

import termios
import time
from collections.abc import Callable, Mapping
from typing import Any

import pexpect
import pyte

ROWS, COLUMNS = 30, 100
PATIENCE = 20.0


class Terminal:
    """A program on a terminal of its own, and what that shows."""

    def __init__(self, command: list[str], environment: Mapping[str, str]) -> None:
        self.screen = pyte.Screen(COLUMNS, ROWS)
        self._stream = pyte.ByteStream(self.screen)
        self.child = pexpect.spawn(command[0], command[1:], env=dict(environment), dimensions=(ROWS, COLUMNS))
        self.child.delaybeforesend = None
        self.before = self.modes()

    def modes(self) -> list[Any]:
        return termios.tcgetattr(self.child.child_fd)

    def type(self, keys: str | bytes) -> None:
        self.child.send(keys)

    def lines(self) -> list[str]:
        return [line.rstrip() for line in self.screen.display if line.strip()]

    def wait_for(self, is_there: Callable[[list[str]], bool]) -> list[str]:
        """The lines of the screen, as soon as they are as wanted."""
        deadline = time.monotonic() + PATIENCE
        while not is_there(self.lines()):
            assert time.monotonic() < deadline, self.lines()
            self._feed(0.1)
        return self.lines()

    def end(self) -> int:
        """The status, as a shell has it, once the program has ended."""
        deadline = time.monotonic() + PATIENCE
        while self._feed(0.1):
            assert time.monotonic() < deadline, self.lines()
        self.child.wait()
        return int(128 + self.child.signalstatus if self.child.signalstatus else self.child.exitstatus)

    def _feed(self, seconds: float) -> bool:
        try:
            self._stream.feed(self.child.read_nonblocking(65536, seconds))
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        return True


def shows(text: str) -> Callable[[list[str]], bool]:
    return lambda lines: any(text in line for line in lines)


def ends_with(text: str) -> Callable[[list[str]], bool]:
    return lambda lines: bool(lines) and lines[-1] == text
