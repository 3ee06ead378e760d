"""A table that changes: lines as they change on a pipe, as `kubectl get -w` prints them, repainted on a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TextIO

from kubectl_argo_pods.output.listing import Look, print_cells
from kubectl_argo_pods.output.table import MIN_WIDTH, PADDING, Row, display_width, table

CLEAR_LINE, CLEAR_BELOW = "\x1b[K", "\x1b[J"
COLOR = re.compile(r"(\x1b\[[\d;]*m)")


class Watched(Protocol):
    """What shows a table anew each time it has changed."""

    def show(self, headers: Sequence[str], rows: Sequence[tuple[Hashable, Row]]) -> None:
        """Show the rows, each with the key by which it is the same row next time."""

    def make_room(self) -> None:
        """Let others write to the terminal: the next table is shown below their lines."""

    def end(self) -> None:
        """Leave the stream as one expects it."""


def open_watched(stream: TextIO, look: Look) -> Watched:
    """What suits the stream: a repainted table for a terminal, lines for everything else."""
    if not stream.isatty():
        return Lines(stream, look, frozenset({"DURATION"}))
    from shutil import get_terminal_size

    return Screen(stream, look, get_terminal_size)


class Lines:
    """Prints each row that is new or has changed; what only ages, its `aging` columns, is no change."""

    def __init__(self, stream: TextIO, look: Look, aging: frozenset[str]) -> None:
        self._stream = stream
        self._look = look
        self._aging = aging
        self._last: dict[Hashable, Row] = {}
        self._widths: list[int] = []

    def show(self, headers: Sequence[str], rows: Sequence[tuple[Hashable, Row]]) -> None:
        changed = [cells for key, cells in rows if self._last.get(key) != self._steady(headers, cells)]
        self._last = {key: self._steady(headers, cells) for key, cells in rows}
        if changed:
            self._print(headers, changed)

    def _steady(self, headers: Sequence[str], cells: Row) -> Row:
        return tuple(cell for header, cell in zip(headers, cells, strict=True) if header not in self._aging)

    def _print(self, headers: Sequence[str], changed: Sequence[Row]) -> None:
        look = self._look._replace(no_headers=self._look.no_headers or bool(self._widths))
        widest = [max(map(len, column)) for column in zip(headers, *changed, strict=True)]
        # kubectl keeps its columns where they were, unless they must grow.
        self._widths = list(map(max, widest, self._widths or widest))
        padded = [tuple(map(str.ljust, cells[:-1], self._widths)) + cells[-1:] for cells in changed]
        print_cells(self._stream, headers, padded, look)
        self._stream.flush()

    def make_room(self) -> None:
        self._stream.flush()

    def end(self) -> None:
        self._stream.flush()


class Screen:
    """Repaints the table in place; `size` tells the terminal's columns and lines."""

    def __init__(self, stream: TextIO, look: Look, size: Callable[[], tuple[int, int]]) -> None:
        self._stream = stream
        self._look = look
        self._size = size
        self._painted = 0
        self._text = ""

    def show(self, headers: Sequence[str], rows: Sequence[tuple[Hashable, Row]]) -> None:
        cells = [each for _, each in rows]
        columns, lines = self._size()
        self._text = self._table(headers, cells)
        fitting = self._table(headers, _shortened(headers, cells, columns - 1))
        self._paint("".join(_cut(line, columns - 1) + "\n" for line in _fitted(fitting, lines - 1).splitlines()))

    def _table(self, headers: Sequence[str], cells: Sequence[Row]) -> str:
        head = None if self._look.no_headers else headers
        return table(cells, headers, head, self._look.paint) if cells else ""

    def _paint(self, text: str) -> None:
        """Line over line: to clear the screen first would push what was there into the scrollback."""
        back = f"\x1b[{self._painted}A\r" if self._painted else ""
        lines = text.replace("\n", f"{CLEAR_LINE}\n")
        self._stream.write(f"{back}{lines}{CLEAR_BELOW}")
        self._stream.flush()
        self._painted = text.count("\n")

    def make_room(self) -> None:
        self._paint("")

    def end(self) -> None:
        """Paint what the screen had no room for."""
        self._paint(self._text)


# What is shortened where a line is too long, this first: the end of a line, where the status is, would be cut off.
SHORTENED = ("TEMPLATE", "WORKFLOW", "STEP")
SHORTEST = 8


def _shortened(headers: Sequence[str], rows: Sequence[Row], columns: int) -> Sequence[Row]:
    """The rows with shorter cells, as far as a table of so many columns needs it."""
    widths = [max(map(display_width, column)) for column in zip(headers, *rows, strict=True)]
    excess = sum(max(width + PADDING, MIN_WIDTH) for width in widths[:-1]) + widths[-1] - columns
    for header in SHORTENED:
        if excess > 0 and header in headers:
            index = headers.index(header)
            width = max(widths[index] - excess, min(widths[index], max(SHORTEST, len(header))))
            excess -= widths[index] - width
            rows = [(*row[:index], _ellipsis(row[index], width), *row[index + 1 :]) for row in rows]
    return rows


def _ellipsis(cell: str, width: int) -> str:
    return cell if display_width(cell) <= width else _cut(cell, width - 1) + "\N{HORIZONTAL ELLIPSIS}"


def _cut(line: str, columns: int) -> str:
    """The line in so many columns of a terminal, since one that wraps is two to paint over; colours stay whole."""
    kept, left = [], columns
    for part in COLOR.split(line):
        if not COLOR.match(part):
            while display_width(part) > left:
                part = part[: max(left, 0)] if part.isascii() else part[:-1]
            left -= display_width(part)
        kept.append(part)
    return "".join(kept)


def _fitted(text: str, lines: int) -> str:
    """The text in so many lines, the last of which says what is missing."""
    whole = text.splitlines(keepends=True)
    if len(whole) <= max(lines, 2):
        return text
    kept = whole[: max(lines, 2) - 1]
    return "".join(kept) + f"... and {len(whole) - len(kept)} more\n"
