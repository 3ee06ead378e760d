"""kubectl's JSONPath: what a template makes of a value, by k8s.io/client-go/util/jsonpath/jsonpath.go.

Where kubectl differs from itself from run to run (the order of a map) keys are sorted here; where it breaks down (an
index into the values of an empty range) there is nothing. tests/output/test_jsonpath.py lists all differences.
"""

from __future__ import annotations

from typing import Any, TextIO

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.go_text import to_indented_json, to_json, to_text
from kubectl_argo_pods.output.jsonpath_filter import is_true
from kubectl_argo_pods.output.jsonpath_parser import (
    Action,
    Field,
    Filter,
    Identifier,
    Literal,
    Recursive,
    Slice,
    Step,
    Text,
    Union,
    Wildcard,
    parse_template,
)

Values = list[Any]
# What a range over `null`, or over nothing, is about: no value at all.
NOTHING = object()


def print_jsonpath(stream: TextIO, template: str, value: Any) -> None:
    """Print what the template makes of a value; raises UsageError."""
    stream.write("".join(" ".join(map(_text, group)) for group in find(relaxed(template), value)))


def print_jsonpath_as_json(stream: TextIO, template: str, value: Any) -> None:
    """Print the values of each part of the template as a JSON list; raises UsageError."""
    for group in find(relaxed(template), value):
        stream.write(to_indented_json([None if each is NOTHING else each for each in group]) + "\n")


def relaxed(template: str) -> str:
    """The template, in braces where somebody wrote a bare path: `.items[0]`, `$.items`."""
    return template if "{" in template or not template.startswith((".", "$", "[")) else f"{{{template}}}"


def find(template: str, value: Any) -> list[Values]:
    """The values of each part of the template, missing ones left out; raises UsageError."""
    return _Evaluation(template).run(0, value)


def _text(value: Any) -> str:
    if value is NOTHING:
        return "<no value>"
    if value is None:
        return "null"
    return to_json(value) if isinstance(value, dict | list) else to_text(value)


class _Evaluation:
    """One run through a template: ranges are loops over the parts between `{range}` and `{end}`."""

    def __init__(self, template: str) -> None:
        self.template = template
        self.parts = parse_template(template)
        self.ranges = 0  # how many loops are running
        self.last_end = -1  # the part that ended the last loop

    def error(self, reason: str) -> UsageError:
        return UsageError(f'error executing jsonpath "{self.template}": {reason}')

    def run(self, place: int, value: Any) -> list[Values]:
        found: list[Values] = []
        while place < len(self.parts):
            part = self.parts[place]
            names = [step.name for step in part.steps if isinstance(step, Identifier)]
            values = self.walk(part, [value])
            if "end" in names:
                self.last_end = place
                break
            if "range" in names:
                found.extend(self.loop(place + 1, values))
                # Without an end kubectl goes on behind the opening, so that its body is printed once more.
                place = max(place, self.last_end)
            else:
                found.append(values)
            place += 1
        return found

    def loop(self, place: int, values: Values) -> list[Values]:
        """The parts from `place` on for each value; once for nothing at all, to find the end."""
        if self.ranges > 100:
            raise self.error("too many ranges inside each other")
        self.ranges += 1
        found: list[Values] = []
        for value in values:
            found.extend(self.run(place, NOTHING if value is None else value))
        if not values:
            self.run(place, NOTHING)
        self.ranges -= 1
        return found

    def walk(self, action: Action, values: Values) -> Values:
        for step in action.steps:
            values = self.step(step, values)
        return values

    def step(self, step: Step, values: Values) -> Values:
        match step:
            case Text(text):
                return [text]
            case Literal(value):
                return [value] * len(values)
            case Field(name):
                return [value[name] for value in values if isinstance(value, dict) and name in value]
            case Wildcard():
                return [child for value in values for child in _children(value)]
            case Recursive():
                return _descendants(values)
            case Slice():
                return [each for value in values for each in self.slice(step, value)]
            case Union(parts):
                return [each for part in parts for each in self.walk(part, values)]
            case Filter():
                return [each for value in values for each in self.filter(step, value)]
            case Identifier(name):
                return self.identifier(name, values)

    def identifier(self, name: str, values: Values) -> Values:
        if name == "range":
            return values
        if name == "end" and self.ranges:
            return []
        raise self.error("not in range, nothing to end" if name == "end" else f"unrecognized identifier {name}")

    def slice(self, step: Slice, value: Any) -> Values:
        if value is None or value is NOTHING:
            return []
        if not isinstance(value, list):
            raise self.error(f"{_text(value)} is not array or slice")
        length = len(value)
        start, end = step.start or 0, length if step.end is None else step.end
        start += length if start < 0 else 0
        end += length if end < 0 or (end == 0 and step.single) else 0
        if start == end:
            return []
        if not 0 <= start < length:
            raise self.error(f"array index out of bounds: index {start}, length {length}")
        if not 0 <= end <= length:
            raise self.error(f"array index out of bounds: index {end - 1}, length {length}")
        if start > end:
            raise self.error(f"starting index {start} is greater than ending index {end}")
        if step.step is not None and step.step <= 0:
            raise self.error("step must be > 0")
        return value[start : end : step.step or 1]

    def filter(self, step: Filter, value: Any) -> Values:
        if not isinstance(value, list):
            raise self.error(f"{_text(value)} is not array or slice and cannot be filtered")
        return [each for each in value if self.passes(step, each)]

    def passes(self, step: Filter, value: Any) -> bool:
        if step.operator == "exists":
            return self.exists(step, value)
        left = self.walk(step.left, [value])
        right = self.walk(step.right, [value]) if left else []
        if not left or not right:
            return False
        if len(left) > 1 or len(right) > 1:
            raise self.error("can only compare one element at a time")
        try:
            return is_true(left[0], step.operator, right[0])
        except ValueError as error:
            raise self.error(str(error)) from error

    def exists(self, step: Filter, value: Any) -> bool:
        try:
            return bool(self.walk(step.left, [value]))
        except UsageError:
            # kubectl takes an index that is out of bounds for something that exists.
            return True


def _children(value: Any) -> Values:
    if isinstance(value, dict):
        return [value[key] for key in sorted(value)]
    return value if isinstance(value, list) else []


def _descendants(values: Values) -> Values:
    """Every value that has others in it, and every text, each before what is in it."""
    found: Values = []
    waiting = list(reversed(values))
    while waiting:
        value = waiting.pop()
        children = _children(value)
        if children or (isinstance(value, str) and value):
            found.append(value)
            waiting.extend(reversed(children))
    return found
