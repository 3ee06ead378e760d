"""The lines that Argo's executor writes into the logs of the containers that it starts.

They are logrus' text or JSON with the field `argo` (cmd/argoexec/commands/emissary.go in argo-workflows).
"""

from __future__ import annotations

import re

MARKS = (b"argo=true", b'"argo":true')
# What both begin with is looked for first, and from the end, where Python looks for it twice as fast.
IN_MARKS = b"argo"
_VALUE = rb'(?:"(?:[^"\\\n]|\\.)*"|[^\s"]*)'
_TEXT = rb"time=" + _VALUE + rb" level=\w+ msg=" + _VALUE + rb"(?: [\w.]+=" + _VALUE + rb")*? argo=true(?: [^\n]*)?"
_JSON = rb'\{(?=[^\n]*"level":)(?=[^\n]*"msg":)(?=[^\n]*"time":)[^\n]*"argo":true[^\n]*\}'
# Compiled only where there is such a line, since that takes longer than to read most logs.
_LINE = _TEXT + b"|" + _JSON
_LINES = rb"(?m)^(?:" + _LINE + rb")\n"
# The first line of most logs, around its time. It is told without a pattern: the first line of a follow would wait for
# that a millisecond.
_BEFORE, _AFTER = b'time="', b'" level=info msg="capturing logs" argo=true'
_OF_TIMES = frozenset(b"0123456789-:.+TZ")
# How such a line begins, and how long it can be: what is longer is somebody else's.
_BEGINNINGS = (b"time=", b"{")
_LONGEST = 65536


def may_hold_one(text: bytes) -> bool:
    """Whether it is worth a look: only these have the mark."""
    return text.rfind(IN_MARKS) >= 0 and any(mark in text for mark in MARKS)


def is_one(line: bytes) -> bool:
    """Whether a line, without its newline, is Argo's."""
    return may_hold_one(line) and (_is_first(line) or re.fullmatch(_LINE, line) is not None)


def _is_first(line: bytes) -> bool:
    if not (line.startswith(_BEFORE) and line.endswith(_AFTER, len(_BEFORE))):
        return False
    return _OF_TIMES.issuperset(line[len(_BEFORE) : -len(_AFTER)])


class ArgoLinesOut:
    """Takes these lines out of bytes that are not cut at lines, and holds back what may become one."""

    def __init__(self) -> None:
        self._held = b""
        self._within_line = False

    def passed(self, chunk: bytes) -> bytes:
        """What of the bytes so far can be printed now."""
        text = self._held + chunk
        end = text.rfind(b"\n") + 1
        rest = text[end:]
        if not end and self._within_line:
            self._held = b""
            return text
        self._held = rest if _may_become_one(rest) else b""
        whole = text[: len(text) - len(self._held)]
        out = self._without(whole) if may_hold_one(whole) else whole
        if whole:
            self._within_line = not whole.endswith(b"\n")
        return out

    def rest(self) -> bytes:
        """What was held back when nothing else comes."""
        held, self._held = self._held, b""
        return b"" if is_one(held) else held

    def _without(self, whole: bytes) -> bytes:
        if not self._within_line:
            return re.sub(_LINES, b"", whole)
        first, newline, others = whole.partition(b"\n")
        return first + newline + re.sub(_LINES, b"", others)


def _may_become_one(begun: bytes) -> bool:
    if not begun or len(begun) > _LONGEST:
        return False
    return any(begun.startswith(each) or each.startswith(begun) for each in _BEGINNINGS)
