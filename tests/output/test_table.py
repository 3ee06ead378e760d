from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.style import painted, painter
from kubectl_argo_pods.output.table import Row, print_rows, print_table
from tests.output.real_kubectl import get_pods, needs_kubectl

HEADERS = ["Name", "R", "Status", "Message"]
ROWS: list[Row] = [
    ("a", "1/1", "Running", "all is well"),
    ("a-much-longer-name", "", "CrashLoopBackOff", ""),
    ("é", "0/1", "Error", "first line\nsecond line"),
    ("b", "0/1", "Error", "red \x1b[31mtext"),
]


def printed(rows: list[Row], headers: list[str] = HEADERS) -> str:
    stream = io.StringIO()
    print_table(stream, headers, rows)
    return stream.getvalue()


def as_table(headers: list[str], rows: list[Row]) -> dict[str, Any]:
    """What an API server answers to kubectl."""
    columns = [{"name": header, "type": "string", "priority": 0} for header in headers]
    metadata = {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": {"name": "x"}}
    cells = [{"cells": list(row), "object": metadata} for row in rows]
    return {"kind": "Table", "apiVersion": "meta.k8s.io/v1", "columnDefinitions": columns, "rows": cells}


@needs_kubectl
def test_a_table_is_kubectls_to_the_byte(tmp_path: Path) -> None:
    assert printed(ROWS) == get_pods(as_table(HEADERS, ROWS), home=tmp_path).stdout


@needs_kubectl
def test_a_table_without_headers_is_kubectls_to_the_byte(tmp_path: Path) -> None:
    stream = io.StringIO()
    print_rows(stream, HEADERS, ROWS)
    assert stream.getvalue() == get_pods(as_table(HEADERS, ROWS), "--no-headers", home=tmp_path).stdout


def test_no_rows_leave_the_headers() -> None:
    assert printed([]) == "NAME   R     STATUS   MESSAGE\n"


def test_no_rows_and_no_headers_are_nothing() -> None:
    stream = io.StringIO()
    print_rows(stream, HEADERS, [])
    assert stream.getvalue() == ""


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("a\tb", "a^Ib"),
        ("a\x1b]0;title\x07b", "a^[]0;title^Gb"),
        ("a\x9b31mb", "a\\x9b31mb"),
        ("a\x7fb", "a^?b"),
        ("a\rb", "a..."),
        ("\u202eabc", "\\u202eabc"),
        ("\ud800", "?"),
        ("日本", "日本"),
    ],
    ids=["tab", "title", "one-byte CSI", "delete", "carriage return", "right to left", "half a surrogate", "wide"],
)
def test_nothing_in_a_cell_is_obeyed_by_a_terminal(cell: str, shown: str) -> None:
    assert printed([(cell,)], ["NAME"]) == f"NAME\n{shown}\n"


def test_wide_and_combining_characters_keep_the_columns_straight() -> None:
    rows: list[Row] = [("日本語", "x"), ("e\u0301", "x"), ("abcdef", "x")]
    assert printed(rows, ["A", "B"]) == "A        B\n日本語   x\ne\u0301        x\nabcdef   x\n"


def test_colour_comes_after_padding_and_only_into_status_columns() -> None:
    stream = io.StringIO()
    print_table(stream, ["NAME", "STATUS", "X"], [("Failed", "Failed", "1"), ("b", "Completed", "2")], paint=painted)
    assert stream.getvalue() == (
        "NAME     STATUS      X\n"
        "Failed   \x1b[31mFailed\x1b[0m      1\n"
        "b        \x1b[32mCompleted\x1b[0m   2\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("word", "color"),
    [
        ("Succeeded", "32"),
        ("Running", "36"),
        ("Pending", "33"),
        ("Init:0/1", "33"),
        ("Init:CrashLoopBackOff", "31"),
        ("ErrImagePull", "31"),
        ("Skipped", "2"),
        ("Unknown", ""),
        ("<none>", ""),
    ],
)
def test_a_status_word_has_the_colour_that_argo_gives_it(word: str, color: str) -> None:
    assert painted(word) == (f"\x1b[{color}m{word}\x1b[0m" if color else word)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("when", "stream", "environ", "colored"),
    [
        ("auto", Terminal(), {"TERM": "xterm"}, True),
        ("auto", io.StringIO(), {"TERM": "xterm"}, False),
        ("auto", Terminal(), {"TERM": "dumb"}, False),
        ("auto", Terminal(), {"NO_COLOR": "1"}, False),
        ("auto", Terminal(), {"NO_COLOR": ""}, True),
        ("always", io.StringIO(), {"NO_COLOR": "1"}, True),
        ("never", Terminal(), {}, False),
    ],
    ids=["terminal", "pipe", "dumb terminal", "NO_COLOR", "empty NO_COLOR", "always", "never"],
)
def test_colour_is_for_terminals_that_want_it(
    when: str, stream: io.StringIO, environ: dict[str, str], colored: bool
) -> None:
    assert (painter(when, stream, environ) is not None) is colored


def test_another_word_for_color_is_a_mistake() -> None:
    with pytest.raises(UsageError, match='^unknown --color "blue": choose one of auto, always, never$'):
        painter("blue", io.StringIO(), {})
