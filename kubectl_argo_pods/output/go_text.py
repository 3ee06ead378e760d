"""Values as Go writes them, since that is what kubectl's users have seen: `%v`, and compact or indented JSON."""

from __future__ import annotations

import json
from json.encoder import encode_basestring
from typing import Any

# encoding/json escapes what a browser could take for markup, and two characters that end a line in JavaScript.
_ESCAPES = (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029"))


def to_json(value: Any) -> str:
    """One line of JSON: keys sorted, as encoding/json.Marshal."""
    return _escaped(json.dumps(_plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":")))


def to_indented_json(value: Any) -> str:
    """JSON indented by 4, keys sorted, as `kubectl -o json`."""
    return _escaped(_indented(value, "\n"))


def _indented(value: Any, margin: str) -> str:
    # Several times as fast as json.dumps(indent=4), which gives up its C code for the indent.
    if isinstance(value, str):
        return encode_basestring(value)
    inner = margin + "    "
    if isinstance(value, dict) and value:
        lines = [f"{encode_basestring(key)}: {_indented(each, inner)}" for key, each in sorted(value.items())]
        return f"{{{inner}{f',{inner}'.join(lines)}{margin}}}"
    if isinstance(value, list) and value:
        return f"[{inner}{f',{inner}'.join([_indented(each, inner) for each in value])}{margin}]"
    return json.dumps(_plain(value))


def _escaped(text: str) -> str:
    for char, escape in _ESCAPES:
        text = text.replace(char, escape)
    return text


def _plain(value: Any) -> Any:
    """The value with whole floats as integers, since Go prints 1.0 as 1."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and _is_whole(value) else value


def _is_whole(value: float) -> bool:
    # From 1e21 on Go writes an exponent.
    return value.is_integer() and abs(value) < 1e21


def float_text(value: float) -> str:
    """A float64 as `%v`: `1`, `1.5`, `1e+21`."""
    return str(int(value)) if _is_whole(value) else repr(value)


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
