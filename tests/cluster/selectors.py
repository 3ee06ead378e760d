"""Label and field selectors (apimachinery, pkg/labels and pkg/fields)."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.cluster.resources import Resource
from tests.cluster.statuses import bad_request

Manifest = dict[str, Any]
Test = Callable[[Manifest], bool]

KEY = r"[\w./-]+"
SET_BASED = re.compile(rf"({KEY})\s+(in|notin)\s*\(([^)]*)\)$")
EQUALITY = re.compile(rf"({KEY})\s*(==|!=|=)\s*([\w.-]*)$")
PRESENCE = re.compile(rf"(!?)\s*({KEY})$")
TWO_WORDS = re.compile(rf"{KEY}\s+(\S+)")


def parse_labels(selector: str) -> Test:
    """What a labelSelector lets through; a malformed one raises the server's 400."""
    tests = [_requirement(each.strip()) for each in re.split(r",(?![^(]*\))", selector) if each.strip()]
    return lambda manifest: all(test(manifest["metadata"].get("labels") or {}) for test in tests)


def parse_fields(resource: Resource, selector: str) -> Test:
    """What a fieldSelector lets through; an unknown field raises the server's 400."""
    terms = [re.split(r"==|!=|=", each, maxsplit=1) + ["!=" in each] for each in selector.split(",") if each]
    for field, *_ in terms:
        if field not in resource.fields:
            raise bad_request(f"field label not supported: {field}")
    return lambda manifest: all((_field(manifest, field) == value) != negated for field, value, negated in terms)


def _requirement(term: str) -> Test:
    if match := SET_BASED.match(term):
        key, operator, values = match.groups()
        wanted = {each.strip() for each in values.split(",")}
        # notin and != let objects without the label through, as the server does.
        return lambda labels: (labels.get(key) in wanted) == (operator == "in")
    if match := EQUALITY.match(term):
        key, operator, value = match.groups()
        return lambda labels: (labels.get(key) == value) != (operator == "!=")
    if match := PRESENCE.match(term):
        absent, key = match.groups()
        return lambda labels: (key in labels) != bool(absent)
    found = match.group(1) if (match := TWO_WORDS.match(term)) else term
    raise bad_request(f"unable to parse requirement: found '{found}', expected: in, notin, =, ==, !=, gt, lt")


def _field(manifest: Manifest, path: str) -> str:
    value: Any = manifest
    for part in path.split("."):
        value = value.get(part, "") if isinstance(value, dict) else ""
    return str(value)
