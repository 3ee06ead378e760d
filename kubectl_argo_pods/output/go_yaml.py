"""YAML as kubectl prints it (sigs.k8s.io/yaml, which is go-yaml 2): the same quotes, the same order of keys.

PyYAML and go-yaml both descend from libyaml, so only the choices above the emitter are made here.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cmp_to_key
from typing import Any, TextIO

import yaml
from yaml.events import Event

from kubectl_argo_pods.output.go_text import to_text

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)

# What go-yaml 2 (resolve.go) would read back as something other than text.
_TRUE_FALSE_NULL = ("y", "yes", "on", "true", "n", "no", "off", "false", "null")
_FLOAT_WORDS = (".nan", ".inf", "+.inf", "-.inf")
_WORDS = {"", "~", *(spelt for word in _TRUE_FALSE_NULL for spelt in (word, word.title(), word.upper()))}
_WORDS |= {spelt for word in _FLOAT_WORDS for spelt in (word, word.title(), word.upper())}
# go-yaml leaves the last two as they are, and readers then take them for something else.
_WORDS |= {".NaN", "<<", "="}
_INTEGER = re.compile(r"[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|[0-9]+)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_BASE_60 = re.compile(r"[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")
_DIGITS = re.compile(r"[0-9]{0,18}")
_TIME = r"\d{1,2}:\d{1,2}:\d{1,2}([.,]\d+)?"
_TIMESTAMP = re.compile(rf"\d{{4}}-\d{{1,2}}-\d{{1,2}}([Tt]{_TIME}(Z|[+-]\d\d:\d\d)| {_TIME})?", re.ASCII)


def write_yaml(stream: TextIO, value: Any) -> None:
    """Print one document."""
    dumper = _Dumper(stream, allow_unicode=True)
    dumper.emit(yaml.StreamStartEvent())
    dumper.emit(yaml.DocumentStartEvent(explicit=False))
    _emit(dumper.emit, value)
    dumper.emit(yaml.DocumentEndEvent(explicit=False))
    dumper.emit(yaml.StreamEndEvent())
    dumper.dispose()


def _emit(emit: Callable[[Event], None], value: Any) -> None:
    # The events of the emitter, not PyYAML's representers: these would add quotes by rules of their own.
    if isinstance(value, str):
        emit(_scalar(value, "|" if "\n" in value else '"' if is_ambiguous(value) else None))
    elif isinstance(value, dict):
        emit(yaml.MappingStartEvent(None, None, True, flow_style=False))
        for key in _ordered(value):
            _emit(emit, key)
            _emit(emit, value[key])
        emit(yaml.MappingEndEvent())
    elif isinstance(value, list):
        emit(yaml.SequenceStartEvent(None, None, True, flow_style=False))
        for each in value:
            _emit(emit, each)
        emit(yaml.SequenceEndEvent())
    else:
        emit(_scalar("null" if value is None else to_text(value), None))


def _scalar(text: str, style: str | None) -> Event:
    return yaml.ScalarEvent(None, None, (True, True), text, style=style)


def is_ambiguous(text: str) -> bool:
    """Whether the text without quotes would be read as a number, a time, a boolean or null."""
    if text in _WORDS:
        return True
    if text[0] not in "+-.0123456789":
        return False
    digits = text.replace("_", "") if text[0] != "." else text
    patterns = ((_INTEGER, digits), (_FLOAT, digits), (_BASE_60, text), (_TIMESTAMP, text))
    return any(pattern.fullmatch(each) for pattern, each in patterns)


def _ordered(value: dict[str, Any]) -> list[str]:
    if all(map(str.isalpha, value)):
        return sorted(value)
    return sorted(value, key=cmp_to_key(_compare_keys))


def _compare_keys(one: str, other: str) -> int:
    """go-yaml's order of keys (sorter.go): numbers by their size, letters behind everything else."""
    for place, (left, right) in enumerate(zip(one, other, strict=False)):
        if left == right:
            continue
        if left.isalpha() or right.isalpha():
            both = left.isalpha() and right.isalpha()
            return -1 if (left < right if both else right.isalpha()) else 1
        return _compare_numbers(one[place:], other[place:]) or (-1 if left < right else 1)
    return len(one) - len(other)


def _compare_numbers(one: str, other: str) -> int:
    """Of the numbers that two texts begin with, the smaller first, then the shorter."""
    left, right = (_DIGITS.match(text)[0] for text in (one, other))  # type: ignore[index]
    return int(left or 0) - int(right or 0) or len(left) - len(right)
