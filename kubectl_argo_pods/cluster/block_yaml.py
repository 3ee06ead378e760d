"""Read the plain subset of YAML that tools write kubeconfigs in: PyYAML loads slower than the cluster answers.

Block mappings and sequences, one-line scalars and one-line flow collections are read; anything else is refused, and
then it is PyYAML's turn. What is read has the value that PyYAML's safe loader (YAML 1.1) gives it.
"""

from __future__ import annotations

import json
import re
from typing import Any, NoReturn


class NotPlain(Exception):
    """The text is not in the subset; that says nothing of whether it is good YAML."""


Line = tuple[int, str]

_ENTRY = re.compile(r"([A-Za-z_][A-Za-z0-9_./-]{0,200}):(?: +(.*))?")
_COMMENT = r"(?: +#.*)?"
_DOUBLE = re.compile(r'"((?:[^"\\]|\\["\\nt])*)"' + _COMMENT)
_SINGLE = re.compile(r"'((?:[^']|'')*)'" + _COMMENT)
_PLAIN = re.compile(r"(?:--?(?=[A-Za-z0-9]))?[A-Za-z0-9/_.].*")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
# No number or time of YAML 1.1 holds one of these: 0x1F, 1e3, .inf, .nan, 2001-12-14T21:59:43Z, 190:20:30.
_WORDLY = re.compile(r"[g-hG-Hj-mJ-Mp-sP-Su-wU-WyY@/%]")
_WORDS = {"true": True, "false": False, "null": None}
_AMBIGUOUS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_FLOW_TOKEN = re.compile(r""" *([\[\]{},]|"(?:[^"\\]|\\["\\nt])*"|'(?:[^']|'')*'|[A-Za-z0-9_./+-]+)(: )?""")


def load(text: str) -> Any:
    """The value of a document; raises NotPlain."""
    text = text.replace("\r\n", "\n")
    if not text.isascii() or not text.replace("\n", "").isprintable():
        raise NotPlain
    if text.startswith("{"):
        return _json(text)
    lines = _lines(text)
    if not lines:
        return None
    value, end = _block(lines, 0)
    if end < len(lines):
        raise NotPlain
    return value


def _json(text: str) -> Any:
    # Here YAML 1.1 and JSON part: escapes of surrogates, floats, and keys away from their colon.
    if "\\u" in text or "\\/" in text or re.search(r'"\s+:', text):
        raise NotPlain
    try:
        return json.loads(text, parse_float=_refuse, parse_constant=_refuse, object_pairs_hook=_object)
    except ValueError as error:
        raise NotPlain from error


def _refuse(_: str) -> NoReturn:
    raise NotPlain


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # A key of YAML may not be longer than 1,024 characters.
    if any(len(key) > 500 for key, _ in pairs):
        raise NotPlain
    return dict(pairs)


def _lines(text: str) -> list[Line]:
    lines = []
    for line in text.split("\n"):
        content = line.strip(" ")
        if content and content[0] != "#":
            lines.append((len(line) - len(line.lstrip(" ")), content))
    if lines and lines[0] == (0, "---"):
        del lines[0]
    return lines


def _block(lines: list[Line], at: int) -> tuple[Any, int]:
    indent, content = lines[at]
    if content.startswith("- "):
        return _sequence(lines, at, indent)
    return _mapping(lines, at, indent)


def _sequence(lines: list[Line], at: int, indent: int) -> tuple[list[Any], int]:
    items = []
    while at < len(lines) and lines[at][0] == indent and lines[at][1].startswith("- "):
        content = lines[at][1][2:].lstrip(" ")
        if _ENTRY.fullmatch(content):
            # The mapping stands at the column of its first key, behind the dash.
            column = indent + len(lines[at][1]) - len(content)
            lines[at] = (column, content)
            item, at = _mapping(lines, at, column)
        else:
            item, at = _scalar(content), at + 1
        items.append(item)
    _no_deeper(lines, at, indent)
    return items, at


def _mapping(lines: list[Line], at: int, indent: int) -> tuple[dict[str, Any], int]:
    entries: dict[str, Any] = {}
    while at < len(lines) and lines[at][0] == indent:
        entry = _ENTRY.fullmatch(lines[at][1])
        if not entry or entry[1].lower() in _AMBIGUOUS:
            raise NotPlain
        at += 1
        if entry[2] and entry[2][0] != "#":
            entries[entry[1]] = _scalar(entry[2])
        elif at < len(lines) and _is_inside(lines[at], indent):
            entries[entry[1]], at = _block(lines, at)
        else:
            entries[entry[1]] = None
        if at < len(lines) and lines[at][0] == indent and lines[at][1].startswith("- "):
            break
    _no_deeper(lines, at, indent)
    return entries, at


def _is_inside(line: Line, indent: int) -> bool:
    """A sequence may stand at the very column of the key that it belongs to."""
    return line[0] > indent or (line[0] == indent and line[1].startswith("- "))


def _no_deeper(lines: list[Line], at: int, indent: int) -> None:
    # A line further in goes on with the scalar before it, over several lines.
    if at < len(lines) and lines[at][0] > indent:
        raise NotPlain


def _scalar(text: str) -> Any:
    if text[0] in "[{":
        return _flow(text)
    if text[0] == '"':
        return _double(_DOUBLE.fullmatch(text))
    if text[0] == "'":
        return _single(_SINGLE.fullmatch(text))
    return _plain(text.partition(" #")[0].rstrip(" "))


def _double(match: re.Match[str] | None) -> str:
    if not match:
        raise NotPlain
    value: str = json.loads(f'"{match[1]}"')
    return value


def _single(match: re.Match[str] | None) -> str:
    if not match:
        raise NotPlain
    return match[1].replace("''", "'")


def _plain(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if not _PLAIN.fullmatch(text) or ": " in text or text[-1] == ":" or text[:6].lower() in _AMBIGUOUS:
        raise NotPlain
    if text[0] not in "0123456789.-":
        return text
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _WORDLY.search(text):
        raise NotPlain
    return text


def _flow(text: str) -> Any:
    tokens: list[tuple[str, bool]] = []
    end = 0
    while token := _FLOW_TOKEN.match(text, end):
        tokens.append((token[1], bool(token[2])))
        end = token.end()
    if text[end:].strip(" ") and not re.fullmatch(_COMMENT, text[end:]):
        raise NotPlain
    value, rest = _flow_value(tokens, 0)
    if rest < len(tokens):
        raise NotPlain
    return value


def _flow_value(tokens: list[tuple[str, bool]], at: int) -> tuple[Any, int]:
    if at >= len(tokens) or tokens[at][1]:
        raise NotPlain
    text = tokens[at][0]
    if text == "[":
        return _flow_items(tokens, at + 1)
    if text == "{":
        return _flow_entries(tokens, at + 1)
    if text in ",]}":
        raise NotPlain
    return _scalar(text), at + 1


def _flow_items(tokens: list[tuple[str, bool]], at: int) -> tuple[list[Any], int]:
    items: list[Any] = []
    while not _closes(tokens, at, "]", bool(items)):
        item, at = _flow_value(tokens, at + bool(items))
        items.append(item)
    return items, at + 1


def _flow_entries(tokens: list[tuple[str, bool]], at: int) -> tuple[dict[str, Any], int]:
    entries: dict[str, Any] = {}
    while not _closes(tokens, at, "}", bool(entries)):
        at += bool(entries)
        if at >= len(tokens) or not tokens[at][1]:
            raise NotPlain
        key = _scalar(tokens[at][0])
        if not isinstance(key, str) or key in entries:
            raise NotPlain
        entries[key], at = _flow_value(tokens, at + 1)
    return entries, at + 1


def _closes(tokens: list[tuple[str, bool]], at: int, bracket: str, after_comma: bool) -> bool:
    """Whether the collection ends here; raises NotPlain unless it does or a comma leads on to the next of its items."""
    if at >= len(tokens) or tokens[at][1]:
        if at < len(tokens) and not after_comma:
            return False
        raise NotPlain
    if tokens[at][0] == bracket:
        return True
    if after_comma and tokens[at][0] != ",":
        raise NotPlain
    return False
