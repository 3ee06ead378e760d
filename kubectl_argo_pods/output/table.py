"""Tables as kubectl prints them: columns padded with spaces, nothing in a cell that a terminal would obey.

The widths are those of kubectl's tab writer (k8s.io/cli-runtime/pkg/printers/tabwriter.go): at least 6, padding 3.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO

MIN_WIDTH = 6
PADDING = 3
# The columns whose words may be coloured.
STATUS_HEADERS = frozenset({"STATUS", "PHASE"})

Row = tuple[str, ...]
Paint = Callable[[str], str]


def print_table(stream: TextIO, headers: Sequence[str], rows: Sequence[Row], *, paint: Paint | None = None) -> None:
    """Print rows of as many cells as there are headers; `paint` colours a status word."""
    stream.write(table(rows, headers, [cell.upper() for cell in headers], paint))


def print_rows(stream: TextIO, headers: Sequence[str], rows: Sequence[Row], *, paint: Paint | None = None) -> None:
    """Print the rows alone, as `--no-headers`; the headers only say which column may be painted."""
    stream.write(table(rows, headers, None, paint))


def table(rows: Sequence[Row], headers: Sequence[str], head: Sequence[str] | None, paint: Paint | None = None) -> str:
    """The text of a table; `head` is its first line, which is never painted."""
    columns: list[Sequence[str]] = [_safe_column(column) for column in zip(*rows, strict=True)]
    if head:
        columns = [[cell, *column] for cell, column in zip(head, columns or [[] for _ in head], strict=True)]
    if not columns:
        return ""
    slots = []
    for index, column in enumerate(columns):
        width = 0 if index == len(columns) - 1 else max(_width(column) + PADDING, MIN_WIDTH)
        if paint and headers[index].upper() in STATUS_HEADERS:
            columns[index] = _painted(column, width, paint, 1 if head else 0)
            width = 0
        elif width and not "".join(column).isascii():
            columns[index] = [_padded(cell, width) for cell in column]
            width = 0
        slots.append(f"%-{width}s" if width else "%s")
    line = "".join(slots) + "\n"
    return "".join([line % cells for cells in zip(*columns, strict=True)])


def _width(column: Sequence[str]) -> int:
    return max(map(len if "".join(column).isascii() else display_width, column))


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - display_width(cell))


def _painted(column: Sequence[str], width: int, paint: Paint, head: int) -> list[str]:
    """The padded cells with their words coloured; padded before, since a colour has no width."""
    cells = [_padded(cell, width) for cell in column[:head]]
    return cells + [paint(cell) + " " * (width - display_width(cell)) for cell in column[head:]]


def _safe_column(column: Sequence[str]) -> Sequence[str]:
    joined = "".join(column)
    return column if joined.isascii() and joined.isprintable() else [safe_cell(cell) for cell in column]


# kubectl writes ESC as ^[ (k8s.io/cli-runtime/pkg/printers/terminal.go); the other control characters go the same way,
# and so do the marks that turn the direction of text around.
_DISARMED = {code: f"^{chr(code ^ 0x40)}" for code in (*range(0x20), 0x7F)}
_DISARMED |= {code: f"\\x{code:02x}" for code in range(0x80, 0xA0)}
_DISARMED |= {
    code: f"\\u{code:04x}" for code in (0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A), 0xFEFF)
}


def safe_cell(text: str) -> str:
    """One line of harmless text; like kubectl, what follows a line break becomes `...`."""
    lines = text.replace("\f", "\n").replace("\r", "\n").split("\n", 1)
    line = disarmed(lines[0])
    return line + "..." if len(lines) > 1 else line


def disarmed(text: str) -> str:
    """The text with every control character made visible, so that a terminal obeys none of them."""
    if text.isascii() and text.isprintable():
        return text
    # A half of a surrogate pair cannot be written to any stream.
    return text.translate(_DISARMED).encode("utf-8", "replace").decode()


def display_width(text: str) -> int:
    """The columns that a terminal needs: two for East Asian wide characters, none for combining ones."""
    if text.isascii():
        return len(text)
    from unicodedata import category, east_asian_width

    return sum(
        0 if category(char) in ("Mn", "Me", "Cf") else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )
