"""Values as Go writes them, since that is what kubectl's users have seen: `%v`, and compact or indented JSON."""

from __future__ import annotations

import json
from typing import Any

# encoding/json escapes what a browser could take for markup, and two characters that end a line in JavaScript.
_ESCAPES = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))


def to_json(value: Any) -> str:
    """One line of JSON: keys sorted, as encoding/json.Marshal."""
    return _escaped(json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def to_indented_json(value: Any) -> str:
    """JSON indented by 4, keys sorted, as `kubectl -o json`."""
    return _escaped(json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, indent=4))


def _escaped(text: str) -> str:
    for char, escape in _ESCAPES:
        text = text.replace(char, escape)
    return text


class _GoFloat(float):
    """A float that `json` writes as Go does."""

    def __repr__(self) -> str:
        return float_text(self)


def _plain(value: Any) -> Any:
    """The value with its floats as Go writes them; the same object where there are none."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return _GoFloat(value) if isinstance(value, float) else value


def float_text(value: float) -> str:
    """A float64 as strconv.FormatFloat(v, 'g', -1, 64) with kubectl's threshold: `1`, `1.5`, `1e+21`."""
    text = repr(float(value))
    mantissa, _, exponent = text.partition("e")
    if value == 0 or 1e-5 <= abs(value) < 1e21:
        return f"{value:.0f}" if value == int(value) else (_positional(value) if exponent else text)
    if not exponent:
        return text
    return f"{mantissa.removesuffix('.0')}e{exponent[0]}{exponent[1:].zfill(2)}"


def _positional(value: float) -> str:
    return f"{value:.25f}".rstrip("0")


def to_text(value: Any) -> str:
    """A value as fmt.Print writes it: `map[a:1 b:[x y]]`, `<nil>`, `true`."""
    if isinstance(value, str):
        return value
    if value is None:
        return "<nil>"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, dict):
        return f"map[{' '.join(f'{key}:{to_text(value[key])}' for key in sorted(value))}]"
    if isinstance(value, list):
        return f"[{' '.join(map(to_text, value))}]"
    return str(value)
