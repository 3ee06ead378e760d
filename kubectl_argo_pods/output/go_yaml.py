"""YAML as kubectl prints it (sigs.k8s.io/yaml, which is go-yaml 2): the same quotes, the same order of keys.

PyYAML and go-yaml both descend from libyaml, so only the choices above the emitter are made here.
"""

from __future__ import annotations

import re
from functools import cmp_to_key
from typing import Any, TextIO

import yaml

from kubectl_argo_pods.output.go_text import float_text

_Dumper: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_STRING = "tag:yaml.org,2002:str"

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
    yaml.dump(value, stream, Dumper=_GoDumper, allow_unicode=True, default_flow_style=False)


class _GoDumper(_Dumper):  # type: ignore[misc]
    """Says of every scalar that it is text, and settles itself which texts need quotes."""

    yaml_implicit_resolvers: dict[str, Any] = {}

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _represent_string(dumper: Any, text: str) -> Any:
    style = "|" if "\n" in text else '"' if is_ambiguous(text) else None
    return dumper.represent_scalar(_STRING, text, style=style)


def _represent_map(dumper: Any, value: dict[str, Any]) -> Any:
    return dumper.represent_mapping("tag:yaml.org,2002:map", [(key, value[key]) for key in _ordered(value)])


def _represent_plain(text_of: Any) -> Any:
    return lambda dumper, value: dumper.represent_scalar(_STRING, text_of(value))


_GoDumper.add_representer(str, _represent_string)
_GoDumper.add_representer(dict, _represent_map)
_GoDumper.add_representer(int, _represent_plain(str))
_GoDumper.add_representer(float, _represent_plain(float_text))
_GoDumper.add_representer(bool, _represent_plain(lambda value: "true" if value else "false"))
_GoDumper.add_representer(type(None), _represent_plain(lambda _: "null"))


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
