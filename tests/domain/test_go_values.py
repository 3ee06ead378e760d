"""Numbers, durations and times as kubectl reads them; the words are those of kubectl 1.37."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.go_values import parse_duration, parse_integer, parse_rfc3339

INTEGERS = {
    "0": 0,
    "-1": -1,
    "+7": 7,
    "10": 10,
    "0x10": 16,
    "-0x1F": -31,
    "010": 8,
    "0o17": 15,
    "0b101": 5,
    "1_000": 1000,
}
DURATIONS = {
    "0": 0,
    "0s": 0,
    "5s": 5,
    "1h30m": 5400,
    "1.5h": 5400,
    ".5s": 0.5,
    "1.s": 1,
    "100ms": 0.1,
    "-5s": -5,
    "+1m": 60,
}
TIMES = {
    "2024-01-01T00:00:00Z": "2024-01-01T00:00:00Z",
    "2024-01-01T00:00:00+02:00": "2023-12-31T22:00:00Z",
    "2024-01-01T00:00:00.5Z": "2024-01-01T00:00:00Z",
    "2024-02-29T23:59:59.999999999-00:30": "2024-03-01T00:29:59Z",
}


@pytest.mark.parametrize(("text", "number"), INTEGERS.items())
def test_an_integer(text: str, number: int) -> None:
    assert parse_integer(text, "--tail") == number


@pytest.mark.parametrize(("text", "seconds"), DURATIONS.items())
def test_a_duration(text: str, seconds: float) -> None:
    assert parse_duration(text, "--since") == seconds


@pytest.mark.parametrize(("text", "moment"), TIMES.items())
def test_a_time(text: str, moment: str) -> None:
    assert parse_rfc3339(text, "--since-time") == moment


Parse = Callable[[str, str], object]
SYNTAX = 'strconv.ParseInt: parsing "{}": invalid syntax'
REFUSED: list[tuple[Parse, str, str]] = [
    *(
        (parse_integer, text, SYNTAX.format(text))
        for text in ("", "x", "1.5", "1k", "08", "0x", "1__0", "_1", "1_", "--1")
    ),
    (parse_integer, "9223372036854775808", 'strconv.ParseInt: parsing "9223372036854775808": value out of range'),
    *((parse_duration, text, f'time: invalid duration "{text}"') for text in ("", "s", "-", "x5s", ".s")),
    (parse_duration, "5", 'time: missing unit in duration "5"'),
    (parse_duration, "1h5", 'time: missing unit in duration "1h5"'),
    (parse_duration, "1d", 'time: unknown unit "d" in duration "1d"'),
    (parse_duration, "1e3s", 'time: unknown unit "e" in duration "1e3s"'),
    *(
        (parse_rfc3339, text, "write it as RFC 3339, like 2026-11-24T10:00:00Z")
        for text in ("", "yesterday", "2024-01-01", "2024-01-01T00:00:00", "2024-13-01T00:00:00Z", "20240101T000000Z")
    ),
]


@pytest.mark.parametrize(("parse", "text", "why"), REFUSED, ids=[text or "nothing" for _, text, _ in REFUSED])
def test_what_is_none_is_refused_in_kubectls_words(parse: Parse, text: str, why: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse(text, "--flag")
    assert str(raised.value) == f'invalid argument "{text}" for "--flag" flag: {why}'
