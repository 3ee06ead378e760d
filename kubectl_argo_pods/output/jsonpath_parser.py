"""The grammar of kubectl's JSONPath templates, by k8s.io/client-go/util/jsonpath/parser.go.

A template is text with actions in braces; an action is a list of steps, each of which turns the values before it into
others. kubectl's own liberties (`$` and `@` are skipped, blanks separate, quotes make text) are kept.
"""

from __future__ import annotations

import re

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.go_quoting import unquote
from kubectl_argo_pods.record import NamedTuple


class Text(NamedTuple):
    text: str


class Literal(NamedTuple):
    value: int | float | bool


class Field(NamedTuple):
    name: str


class Wildcard(NamedTuple):
    pass


class Recursive(NamedTuple):
    pass


class Identifier(NamedTuple):
    name: str


class Slice(NamedTuple):
    """`[start:end:step]`; a plain `[index]` has `end` one behind it and says so with `single`."""

    start: int | None
    end: int | None
    step: int | None
    single: bool


class Union(NamedTuple):
    parts: tuple[Action, ...]


class Filter(NamedTuple):
    left: Action
    operator: str  # "exists" when there is nothing to compare with
    right: Action


class Action(NamedTuple):
    steps: tuple[Step, ...]


Step = Text | Literal | Field | Wildcard | Recursive | Identifier | Slice | Union | Filter

_TERMINATORS = " \t\r\n.,[]$@{}"
_KEY = re.compile(r"'([^']*)'")
_SLICE = re.compile(r"(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?")
_COMPARISON = re.compile(r"([^!<>=]+)([!<>=~]+)(.+)")


def parse_template(template: str) -> list[Action]:
    """The parts of a template, a text being an action of its own; raises UsageError that quotes the template."""
    parts: list[Action] = []
    place = 0
    while place < len(template):
        brace = template.find("{", place)
        if brace != place:
            end = brace if brace >= 0 else len(template)
            parts.append(Action((Text(template[place:end]),)))
            place = end
        else:
            scanner = _Scanner(template, brace + 1)
            parts.append(scanner.action())
            place = scanner.place
    return parts


def _parse_inner(text: str) -> Action:
    """The action that a part of another action stands for; what follows its brace is ignored, as kubectl does."""
    return parse_template(f"{{{text}}}")[0]


class _Scanner:
    """Reads one action; `place` is behind what has been read."""

    def __init__(self, template: str, place: int) -> None:
        self.template = template
        self.place = place
        self.steps: list[Step] = []

    def error(self, reason: str) -> UsageError:
        return UsageError(f"error parsing jsonpath {self.template}, {reason}")

    def peek(self) -> str:
        return self.template[self.place : self.place + 1]

    def action(self) -> Action:
        while self.peek() != "}":
            self.step()
        self.place += 1
        return Action(tuple(self.steps))

    def step(self) -> None:
        char = self.peek()
        if char in ("", "\r", "\n"):
            raise self.error("unclosed action")
        if self.template.startswith("[?(", self.place):
            self.filter()
        elif self.template.startswith("..", self.place):
            self.recursive()
        elif char in " @$":
            self.place += 1
        elif char == "[":
            self.array()
        elif char in "\"'":
            self.quote(char)
        elif char == ".":
            self.place += 1
            self.field()
        elif char in "+-" or char.isdecimal():
            self.number()
        elif char == "_" or char.isalpha():
            self.identifier()
        else:
            raise self.error(f"unrecognized character in action: U+{ord(char):04X} {char!r}")

    def field(self) -> None:
        start = self.place
        while (char := self.peek()) and char not in _TERMINATORS:
            self.place += 2 if char == "\\" else 1
        self.place = min(self.place, len(self.template))
        name = self.template[start : self.place]
        self.steps.append(Wildcard() if name == "*" else Field(name.replace("\\", "")))

    def recursive(self) -> None:
        if self.steps and isinstance(self.steps[-1], Recursive):
            raise self.error("invalid multiple recursive descent")
        self.place += 2
        self.steps.append(Recursive())
        char = self.peek()
        if char == "_" or char.isalnum():
            self.field()

    def identifier(self) -> None:
        start = self.place
        while (char := self.peek()) and char not in _TERMINATORS:
            self.place += 1
        name = self.template[start : self.place]
        self.steps.append(Literal(name == "true") if name in ("true", "false") else Identifier(name))

    def number(self) -> None:
        start = self.place
        self.place += self.peek() in "+-"
        while (char := self.peek()) == "." or char.isdecimal():
            self.place += 1
        text = self.template[start : self.place]
        try:
            if not text.isascii():
                raise ValueError
            value: int | float = float(text) if "." in text or len(text) > 18 else int(text)
        except ValueError:
            raise self.error(f"cannot parse number {text}") from None
        self.steps.append(Literal(value))

    def quote(self, mark: str) -> None:
        start = self.place
        self.place += 1
        while True:
            char = self.peek()
            if char in ("", "\n"):
                raise self.error("unterminated quoted string")
            self.place += 1
            if char == mark and self.template[self.place - 2] != "\\":
                break
        quoted = self.template[start : self.place]
        try:
            self.steps.append(Text(unquote(quoted)))
        except ValueError:
            raise self.error(f"unquote string {quoted} error invalid syntax") from None

    def array(self) -> None:
        end = self.template.find("]", self.place)
        text = self.template[self.place + 1 : end]
        if end < 0 or "\n" in text:
            raise self.error("unterminated array")
        self.place = end + 1
        if "," in text:
            parts = (_parse_inner(f"[{part.strip(' ')}]") for part in text.split(","))
            self.steps.append(Union(tuple(parts)))
        elif key := _KEY.fullmatch(text):
            self.steps.extend(_parse_inner(f".{key[1]}").steps)
        else:
            self.steps.append(self.slice(":" if text == "*" else text))

    def slice(self, text: str) -> Slice:
        match = _SLICE.fullmatch(text)
        if match is None:
            raise self.error(f"invalid array index {text}")
        start = self.index(match[1])
        if match[2] is None:
            return Slice(start, (start or 0) + 1, self.index(match[3]), True)
        return Slice(start, self.index(match[2][1:]), self.index((match[3] or ":")[1:]), False)

    def index(self, digits: str | None) -> int | None:
        if not digits:
            return None
        if digits == "-" or len(digits) > 18:
            raise self.error(f"array index {digits} is not a number")
        return int(digits)

    def filter(self) -> None:
        self.place += len("[?(")
        start = self.place
        self.skip_filter()
        text = self.template[start : self.place - 1]
        if self.peek() != "]":
            raise self.error("unclosed array expect ]")
        self.place += 1
        if match := _COMPARISON.fullmatch(text):
            left, right = _parse_inner(match[1]), _parse_inner(match[3])
            self.steps.append(Filter(left, match[2], right))
        else:
            self.steps.append(Filter(_parse_inner(text), "exists", Action(())))

    def skip_filter(self) -> None:
        """Go behind the parenthesis that ends a filter: kubectl looks at one pair of quotes in it."""
        mark = ""
        closed = False
        while True:
            char = self.peek()
            if char in ("", "\n"):
                raise self.error("unterminated filter")
            self.place += 1
            if char in "\"'" and not mark:
                mark = char
            elif char == mark and self.template[self.place - 2] != "\\":
                closed = True
            elif char == ")" and bool(mark) == closed:
                return
