from __future__ import annotations

from io import StringIO

import pyte
import pytest

from kubectl_argo_pods.output.listing import Look
from kubectl_argo_pods.output.watching import Lines, Screen

HEADERS = ["STEP", "STATUS", "DURATION"]


def test_lines_prints_what_is_new_or_has_changed_under_headers_that_come_once() -> None:
    stream = StringIO()
    lines = Lines(stream, Look(), frozenset({"DURATION"}))
    lines.show(HEADERS, [("a", ("a", "Pending", "1s")), ("b", ("b", "Pending", "1s"))])
    lines.show(HEADERS, [("a", ("a", "Running", "2s")), ("b", ("b", "Pending", "2s"))])
    lines.show(HEADERS, [("a", ("a", "Running", "3s")), ("b", ("b", "Pending", "3s"))])
    lines.show(HEADERS, [("a", ("a", "Running", "4s")), ("b", ("b", "Init:CrashLoopBackOff", "4s"))])
    lines.show(HEADERS, [("a", ("a", "Succeeded", "5s"))])
    assert stream.getvalue() == (
        "STEP   STATUS    DURATION\n"
        "a      Pending   1s\n"
        "b      Pending   1s\n"
        "a      Running   2s\n"
        "b      Init:CrashLoopBackOff   4s\n"
        "a      Succeeded               5s\n"
    )


def test_lines_without_headers() -> None:
    stream = StringIO()
    Lines(stream, Look(no_headers=True), frozenset()).show(HEADERS, [("a", ("a", "Pending", "1s"))])
    assert stream.getvalue() == "a      Pending   1s\n"


def painted(text: str, columns: int = 40, lines: int = 6) -> list[str]:
    """What a terminal shows of the text, without the blank lines at its end."""
    screen = pyte.Screen(columns, lines)
    pyte.Stream(screen).feed(text.replace("\n", "\r\n"))
    return "\n".join(line.rstrip() for line in screen.display).rstrip().splitlines()


def test_screen_paints_over_what_it_had_painted() -> None:
    stream = StringIO("")
    stream.write("$ kubectl argo-pods wf -w\n")
    screen = Screen(stream, Look(), lambda: (40, 6))
    screen.show(HEADERS, [("a", ("a", "Pending", "1s")), ("b", ("b", "Pending", "1s"))])
    screen.show(HEADERS, [("a", ("a", "Running", "2s"))])
    assert painted(stream.getvalue()) == [
        "$ kubectl argo-pods wf -w",
        "STEP   STATUS    DURATION",
        "a      Running   2s",
    ]


def test_screen_cuts_lines_that_are_too_wide() -> None:
    stream = StringIO()
    screen = Screen(stream, Look(paint=painted_red), lambda: (16, 6))
    screen.show(HEADERS, [("a", ("größe", "Running", "12s"))])
    assert painted(stream.getvalue(), 16) == ["STEP    STATUS", "größe   Running"]
    screen.end()
    assert painted(stream.getvalue(), 40) == ["STEP    STATUS    DURATION", "größe   Running   12s"]


@pytest.mark.parametrize(
    ("columns", "shown"),
    [
        (70, "etl-7k2lp-nightly   prepare   transform-all-rows   Running   12s"),
        (66, "etl-7k2lp-nightly   prepare   transform-all…   Running   12s"),
        (60, "etl-7k2lp-nightly   prepare   transfo…   Running   12s"),
        (50, "etl-7k2…   prepare   transfo…   Running   12s"),
        (43, "etl-7k2…   prepare   transfo…   Running"),
    ],
)
def test_screen_shortens_templates_first_rather_than_cut_off_the_status(columns: int, shown: str) -> None:
    stream = StringIO()
    row = ("etl-7k2lp-nightly", "prepare", "transform-all-rows", "Running", "12s")
    screen = Screen(stream, Look(), lambda: (columns, 6))
    screen.show(["WORKFLOW", "STEP", "TEMPLATE", *HEADERS[1:]], [("a", row)])
    assert painted(stream.getvalue(), columns)[1] == shown


def painted_red(word: str) -> str:
    return f"\x1b[31m{word}\x1b[0m"


def test_screen_says_what_it_has_no_room_for_until_the_end() -> None:
    stream = StringIO()
    screen = Screen(stream, Look(), lambda: (40, 4))
    screen.show(HEADERS, [(name, (name, "Running", "1s")) for name in "abcd"])
    assert painted(stream.getvalue()) == ["STEP   STATUS    DURATION", "a      Running   1s", "... and 3 more"]
    screen.end()
    assert painted(stream.getvalue()) == [
        "STEP   STATUS    DURATION",
        *(f"{name}      Running   1s" for name in "abcd"),
    ]
