"""Numbers, durations and times as Go's flag packages read them, and so kubectl; their errors in kubectl's words."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from kubectl_argo_pods.errors import UsageError

# Few commands read any: these are compiled by those that do.
# Go's literals of integers (strconv.ParseInt with base 0): an underscore may stand between digits, and after a prefix.
_INTEGER = r"[+-]?(0[xX](_?[0-9a-fA-F])+|0[oO]?(_?[0-7])+|0[bB](_?[01])+|[1-9](_?[0-9])*|0)"
_BASES = {"x": 16, "o": 8, "b": 2}
_DURATION_PART = r"(\d+\.?\d*|\.\d+)([^\d.]*)"
_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_RFC3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


def parse_integer(text: str, flag: str) -> int:
    """The number; raises UsageError for what is none, or none of 64 bits."""
    if not re.fullmatch(_INTEGER, text):
        raise _invalid(text, flag, f'strconv.ParseInt: parsing "{text}": invalid syntax')
    digits = text.replace("_", "").lower()
    sign, digits = (-1, digits[1:]) if digits[0] == "-" else (1, digits.lstrip("+"))
    prefixed = len(digits) > 1 and digits[0] == "0"
    base = (_BASES.get(digits[1]) or 8) if prefixed else 10
    number = sign * int(digits[2:] if prefixed and digits[1].isalpha() else digits, base)
    if not -(2**63) <= number < 2**63:
        raise _invalid(text, flag, f'strconv.ParseInt: parsing "{text}": value out of range')
    return number


def parse_duration(text: str, flag: str) -> float:
    """The seconds of a duration like 1h30m or -1.5s; raises UsageError."""
    rest = text[1:] if text[:1] in ("+", "-") else text
    if rest == "0":
        return 0.0
    parts = re.findall(_DURATION_PART, rest)
    if not parts or "".join(number + unit for number, unit in parts) != rest:
        raise _invalid(text, flag, f'time: invalid duration "{text}"')
    for _, unit in parts:
        if unit not in _UNITS:
            what = f'unknown unit "{unit}"' if unit else "missing unit"
            raise _invalid(text, flag, f'time: {what} in duration "{text}"')
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    return -seconds if text[0] == "-" else seconds


def parse_rfc3339(text: str, flag: str) -> str:
    """The same time in UTC and whole seconds, which is all that kubectl sends of it; raises UsageError."""
    try:
        if not re.fullmatch(_RFC3339, text):
            raise ValueError
        moment = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        example = "2026-11-24T10:00:00Z"
        raise UsageError(
            f'invalid argument "{text}" for "{flag}" flag: write it as RFC 3339, like {example}'
        ) from error
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _invalid(text: str, flag: str, why: str) -> UsageError:
    return UsageError(f'invalid argument "{text}" for "{flag}" flag: {why}')
