"""How the lines of logs are printed: prefixes, filters, formats, and the bytes as they are."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.line_look import LineLook, Scope, patterns
from kubectl_argo_pods.output.log_lines import LinePrinter, prefix
from kubectl_argo_pods.targets import Lines, Raw, Target

ARGO_LINE = b'time="2026-11-24T10:21:23.427Z" level=info msg="capturing logs" argo=true'
TRAIN = Target("etl", "argo", "train(1)", None, "etl-work-1", "uid-1", "main", None)
LOAD = TRAIN._replace(step="load", pod="etl-fetch-2", pod_uid="uid-2")
TIMES = [b"2026-11-24T10:00:00.1Z", b"2026-11-24T10:00:00.2Z", b"2026-11-24T10:00:00.3Z"]


def printed(*items: Lines | Raw, prefixed: bool = True, **look: Any) -> str:
    """What is printed of them, escapes readable."""
    stream = io.BytesIO()
    printer = LinePrinter(stream, LineLook(**look), lambda: prefixed)
    for item in items:
        if isinstance(item, Lines):
            printer.print_lines(item)
        else:
            printer.print_raw(item)
    printer.end()
    return stream.getvalue().decode("utf-8", "backslashreplace")


def lines(*text: bytes, target: Target = TRAIN, unfinished: bool = False) -> Lines:
    return Lines(target, list(text), TIMES[: len(text)], unfinished)


CASES: dict[str, tuple[dict[str, Any], str]] = {
    "the lines alone": ({"prefixed": False}, "one\n\ntwo\n"),
    "prefixes": ({}, "[train(1)] one\n[train(1)] \n[train(1)] two\n"),
    "prefixes with the container": (
        {"scope": Scope(container=True)},
        "[train(1) main] one\n[train(1) main] \n[train(1) main] two\n",
    ),
    "prefixes with all there is": (
        {"scope": Scope(True, True, True), "include": patterns("-i", ["one"])},
        "[argo/etl/train(1) main] one\n",
    ),
    "times": (
        {"timestamps": True},
        "[train(1)] 2026-11-24T10:00:00.1Z one\n[train(1)] 2026-11-24T10:00:00.2Z \n"
        "[train(1)] 2026-11-24T10:00:00.3Z two\n",
    ),
    "some of them": ({"include": patterns("-i", ["^o", "^t"]), "prefixed": False}, "one\ntwo\n"),
    "all but some": ({"exclude": patterns("-e", ["o$", "^$"]), "prefixed": False}, "one\n"),
    "some of them but some": (
        {"include": patterns("-i", ["o"]), "exclude": patterns("-e", ["w"]), "prefixed": False},
        "one\n",
    ),
    "times of some": (
        {"include": patterns("-i", ["two"]), "timestamps": True, "prefixed": False},
        "2026-11-24T10:00:00.3Z two\n",
    ),
    "none of them": ({"include": patterns("-i", ["x"])}, ""),
    "raw has no prefix": ({"output": "raw"}, "one\n\ntwo\n"),
}


@pytest.mark.parametrize(("look", "expected"), CASES.values(), ids=CASES)
def test_a_look(look: dict[str, Any], expected: str) -> None:
    assert printed(lines(b"one", b"", b"two"), **look) == expected


def test_json_is_an_object_for_each_line() -> None:
    text = printed(lines(b"gr\xc3\xb6\xc3\x9fe", b"caf\xe9\x00"), Lines(LOAD, [b"x"], None), output="json")
    same = {"namespace": "argo", "workflow": "etl", "container": "main"}
    train = {"node": "train(1)", "pod": "etl-work-1"}
    assert [json.loads(line) for line in text.splitlines()] == [
        {"time": "2026-11-24T10:00:00.1Z", **same, **train, "message": "größe"},
        {"time": "2026-11-24T10:00:00.2Z", **same, **train, "message": "caf\ufffd\x00"},
        {"time": None, **same, "node": "load", "pod": "etl-fetch-2", "message": "x"},
    ]


@pytest.mark.parametrize("pattern", ["^caf..$", "\udce9\\W", "[^a]\\x00$"])
def test_a_byte_that_is_of_no_character_counts_as_one(pattern: str) -> None:
    batch = lines(b"caf\xc3\xa9", b"caf\xe9\x00")
    assert printed(batch, include=patterns("-i", [pattern]), prefixed=False) == "caf\\xe9\x00\n"


@pytest.mark.parametrize("look", [{}, {"output": "raw"}], ids=["text", "raw"])
def test_bytes_pass_as_they_are(look: dict[str, Any]) -> None:
    line = b"caf\xe9\x00 \x1b[2J 10%\r20%\r\xf0\x9f"
    stream = io.BytesIO()
    LinePrinter(stream, LineLook(**look), lambda: False).print_lines(lines(line))
    assert stream.getvalue() == line + b"\n"


def test_a_line_of_100_mb_is_one_line() -> None:
    line = b"x" * 100_000_000
    stream = io.BytesIO()
    LinePrinter(stream, LineLook(), lambda: True).print_lines(lines(line))
    assert stream.getvalue() == b"[train(1)] " + line + b"\n"


def test_the_last_line_has_no_newline_if_it_had_none() -> None:
    assert printed(lines(b"one", b"two", unfinished=True), prefixed=False) == "one\ntwo"


def test_a_line_without_newline_gets_one_when_another_comes() -> None:
    first, second = lines(b"one", unfinished=True), lines(b"two", target=LOAD)
    assert printed(first, second) == "[train(1)] one\n[load] two\n"


def test_a_last_line_that_is_not_shown_takes_no_newline_with_it() -> None:
    batch = lines(b"one", ARGO_LINE, unfinished=True)
    assert printed(batch, prefixed=False) == "one\n"


def test_the_lines_of_argo_are_hidden_unless_asked_for() -> None:
    batch = lines(ARGO_LINE, b"one")
    assert printed(batch, prefixed=False) == "one\n"
    assert printed(batch, prefixed=False, argo_lines=True) == f"{ARGO_LINE.decode()}\none\n"


def test_the_lines_of_argo_are_hidden_in_bytes_that_are_not_cut_at_lines() -> None:
    text = b"one\n" + ARGO_LINE + b"\ntwo"
    chunks = [Raw(TRAIN, text[:20]), Raw(TRAIN, text[20:])]
    assert printed(*chunks) == "one\ntwo"
    assert printed(*chunks, argo_lines=True) == text.decode()


def test_each_node_has_its_colour_for_good() -> None:
    assert {prefix(TRAIN, Scope(), colored=True) for _ in range(3)} == {b"\x1b[92m[train(1)]\x1b[0m "}
    others = [LOAD._replace(pod=f"etl-fetch-{number}") for number in range(50)]
    assert len({prefix(each, Scope(), colored=True)[:5] for each in others}) > 5


def test_what_a_node_is_called_cannot_break_a_line_or_a_terminal() -> None:
    odd = TRAIN._replace(step="work(0:a\nb\x1b[2J\u202e)")
    assert prefix(odd, Scope(), colored=False) == b"[work(0:a\\nb\\x1b[2J\\u202e)] "


def test_on_a_terminal_lines_are_disarmed_and_progress_bars_unrolled() -> None:
    text = printed(lines(b"10%\r20%\r\x1b[2J", b"\x1b[32mok"), terminal=True, timestamps=True)
    first, second = "[train(1)] 2026-11-24T10:00:00.1Z ", "[train(1)] 2026-11-24T10:00:00.2Z "
    assert text == f"{first}10%\n{first}20%\n{first}^[[2J\n{second}\x1b[32mok\x1b[0m\n"


def test_prefixes_begin_as_soon_as_there_is_a_second_log() -> None:
    several = False
    stream = io.BytesIO()
    printer = LinePrinter(stream, LineLook(), lambda: several)
    printer.print_lines(lines(b"one"))
    several = True
    printer.print_lines(lines(b"two", target=LOAD))
    assert stream.getvalue() == b"one\n[load] two\n"


def test_a_wrong_regular_expression_is_refused() -> None:
    with pytest.raises(UsageError) as raised:
        patterns("-i/--include", ["(", "a"])
    assert str(raised.value).startswith('invalid regular expression "(" for -i/--include: missing )')


@pytest.mark.parametrize(
    ("look", "plain"),
    [
        (LineLook(), True),
        (LineLook(output="raw"), True),
        (LineLook(output="raw", terminal=True), True),
        (LineLook(argo_lines=True), True),
        (LineLook(terminal=True), False),
        (LineLook(timestamps=True), False),
        (LineLook(output="json"), False),
        (LineLook(include=patterns("-i", ["a"])), False),
    ],
)
def test_whether_bytes_can_pass_without_being_cut_at_lines(look: LineLook, plain: bool) -> None:
    assert look.is_plain is plain
