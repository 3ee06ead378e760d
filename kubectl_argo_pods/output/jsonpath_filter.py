"""Comparisons in JSONPath filters, by client-go's third_party/forked/golang/template/funcs.go."""

from __future__ import annotations

from typing import Any

_OPERATORS = ("==", "!=", "<", "<=", ">", ">=")


def is_true(left: Any, operator: str, right: Any) -> bool:
    """Whether the comparison holds; raises ValueError for values that Go does not compare."""
    if operator not in _OPERATORS:
        raise ValueError(f"unrecognized filter operator {operator}")
    kind, other = _kind(left), _kind(right)
    if kind is None or other is None or (kind is bool and operator not in ("==", "!=")):
        raise ValueError("invalid type for comparison")
    # Go compares an int64 with no float64, so 1 with no 1.5.
    if kind is not other:
        raise ValueError("incompatible types for comparison")
    less, equal = left < right, left == right
    return bool(
        {
            "==": equal,
            "!=": not equal,
            "<": less,
            "<=": less or equal,
            ">": not less and not equal,
            ">=": not less,
        }[operator]
    )


def _kind(value: Any) -> type | None:
    return type(value) if type(value) in (bool, int, float, str) else None
