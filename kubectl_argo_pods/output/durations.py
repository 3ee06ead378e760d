"""Durations as kubectl writes them, by the rule of k8s.io/apimachinery/pkg/util/duration.HumanDuration."""

from __future__ import annotations

# Below each limit the larger unit is shown with what remains in the smaller one, or alone: (limit, size, smaller).
_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400
_STEPS = (
    (10 * _MINUTE, _MINUTE, "m", 1, "s"),
    (3 * _HOUR, _MINUTE, "m", 0, ""),
    (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
    (2 * _DAY, _HOUR, "h", 0, ""),
    (8 * _DAY, _DAY, "d", _HOUR, "h"),
    (2 * _YEAR, _DAY, "d", 0, ""),
    (8 * _YEAR, _YEAR, "y", _DAY, "d"),
)


def human_duration(seconds: float) -> str:
    """`85s`, `2m`, `5m30s`, `3h12m`, `2d4h`, `3y12d`: as short as kubectl's AGE."""
    whole = int(seconds)
    # Two clocks differ a little: up to two seconds ahead is now.
    if whole < -1:
        return "<invalid>"
    if whole < 2 * _MINUTE:
        return f"{max(whole, 0)}s"
    for limit, size, unit, smaller_size, smaller in _STEPS:
        if whole < limit:
            rest = whole % size // smaller_size if smaller_size else 0
            return f"{whole // size}{unit}{rest}{smaller}" if rest else f"{whole // size}{unit}"
    return f"{whole // _YEAR}y"


def since(start: float | None, end: float) -> str:
    """The time from `start` to `end`, both epoch seconds; `<unknown>` as kubectl says where there is no start."""
    return "<unknown>" if start is None else human_duration(end - start)
