"""What a terminal shows while somebody types: frames of styled text."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import NamedTuple

import pexpect
import pyte

PROMPT = "$ "
KEY = 0.035  # seconds between two keys
PATIENCE = 30


class Span(NamedTuple):
    text: str
    colour: str  # pyte's name of it, or six hexadecimal digits
    bold: bool


Line = tuple[Span, ...]


class Frame(NamedTuple):
    """What stood on the screen from a time on, in seconds from the beginning."""

    time: float
    lines: tuple[Line, ...]


class Terminal:
    """A shell on a terminal of so many columns and rows, which remembers what was to be seen when."""

    def __init__(self, environment: Mapping[str, str], columns: int, rows: int) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        shell = {"PS1": PROMPT, "TERM": "xterm-256color", "BASH_SILENCE_DEPRECATION_WARNING": "1"}
        self._shell = pexpect.spawn(
            "bash",
            ["--norc", "--noprofile"],
            env={**environment, **shell},
            dimensions=(rows, columns),
            timeout=PATIENCE,
        )
        self._begin = time.monotonic()
        self.frames: list[Frame] = []
        self.wait_for(PROMPT)

    def type(self, text: str) -> None:
        for key in text:
            self._shell.send(key)
            self._watch(KEY)

    def wait_for(self, last_line: str) -> None:
        """Until the line of the cursor is this one."""
        deadline = time.monotonic() + PATIENCE
        while self._screen.display[self._screen.cursor.y].rstrip() != last_line.rstrip():
            assert time.monotonic() < deadline, "\n".join(self._screen.display)
            self._watch(0.05)

    def pause(self, seconds: float) -> None:
        self._watch(seconds)

    def _watch(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            try:
                self._stream.feed(self._shell.read_nonblocking(65536, timeout=left))
            except (pexpect.TIMEOUT, pexpect.EOF):
                continue
            finally:
                self._remember()

    def _remember(self) -> None:
        lines = tuple(self._lines())
        if not self.frames or self.frames[-1].lines != lines:
            self.frames.append(Frame(time.monotonic() - self._begin, lines))

    def _lines(self) -> Iterator[Line]:
        for row in range(self._screen.lines):
            characters = [self._screen.buffer[row][column] for column in range(self._screen.columns)]
            while characters and characters[-1].data == " ":
                characters.pop()
            groups = groupby(characters, key=lambda each: (each.fg, each.bold))
            yield tuple(Span("".join(each.data for each in group), *style) for style, group in groups)
