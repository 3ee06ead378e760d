"""Durations as the API server and kubectl print them (apimachinery, pkg/util/duration)."""

from __future__ import annotations

from datetime import datetime

MINUTE, HOUR, DAY, YEAR = 60, 3600, 24 * 3600, 365 * 24 * 3600


def parse_time(text: str | None) -> float | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() if text else None


def age(text: str | None, now: float) -> str:
    """The age of a timestamp, `<unknown>` where there is none (`translateTimestampSince`)."""
    started = parse_time(text)
    return "<unknown>" if started is None else human_duration(int(now - started))


def human_duration(seconds: int) -> str:
    """`HumanDuration`: the longer, the coarser."""
    if seconds < -1:
        return "<invalid>"
    if seconds < 2 * MINUTE:
        return f"{max(seconds, 0)}s"
    if seconds < 3 * HOUR:
        return _two(seconds, MINUTE, "m", 1, "s", until=10 * MINUTE)
    if seconds < 2 * DAY:
        return _two(seconds, HOUR, "h", MINUTE, "m", until=8 * HOUR)
    if seconds < 2 * YEAR:
        return _two(seconds, DAY, "d", HOUR, "h", until=8 * DAY)
    return _two(seconds, YEAR, "y", DAY, "d", until=8 * YEAR)


def _two(seconds: int, unit: int, letter: str, fine: int, fine_letter: str, *, until: int) -> str:
    rest = seconds % unit // fine
    return f"{seconds // unit}{letter}" + (f"{rest}{fine_letter}" if rest and seconds < until else "")
