"""YAML as Kubernetes' tools read it: no times but texts, no nesting without end, no aliases that unfold to gigabytes.

sigs.k8s.io/yaml turns YAML into JSON, in which all of that is impossible; PyYAML allows it, and its C loader even
crashes on deep nesting.
"""

from __future__ import annotations

import re
from typing import Any

# No manifest comes near: Kubernetes' own resource definitions nest some 20 levels deep.
DEEPEST = 200
# Values of all documents together, with aliases unfolded: those of the largest objects that etcd takes are far fewer.
MOST = 20_000_000
# From libyaml 0.2.6 on, it gives up by itself, in a flow even before what it nests is told (src/scanner.c).
TOO_DEEP = "exceeded maximum nesting depth"
# What could nest so deeply at all, in a flow or in the beginning of a line.
_SUSPECT = re.compile(rf"^[ \t?:-]{{{DEEPEST},}}", re.MULTILINE)


class YamlError(Exception):
    """Why a text is no such YAML; `line` and `column` count from 1, 0 for unknown."""

    def __init__(self, problem: str, line: int = 0, column: int = 0) -> None:
        super().__init__(problem)
        self.line = line
        self.column = column


class ExcessiveError(YamlError):
    """It is YAML, but holds more than anything could use."""


def documents(text: str) -> list[Any]:
    """The documents of a text that are not empty; raises YamlError."""
    import yaml

    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Without YAML's own times: those of manifests are texts, in quotes or not."""

        yaml_implicit_resolvers = {
            first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
            for first, resolvers in base.yaml_implicit_resolvers.items()
        }

    try:
        _check_depth(text, base)
        found = [document for document in yaml.load_all(text, Loader=Loader) if document is not None]
    except yaml.YAMLError as error:
        raise _refused(error) from error
    # Numbers and keys that no value of Python can be made of.
    except (ValueError, TypeError, OverflowError) as error:
        raise YamlError("it holds a value that cannot be read") from error
    if "*" in text:
        _check_aliases(found)
    return found


def _refused(error: Any) -> YamlError:
    """What the YAML library says of a text."""
    mark = getattr(error, "problem_mark", None)
    place = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    problem = getattr(error, "problem", None) or "it cannot be read"
    if problem == TOO_DEEP:
        return ExcessiveError("it is nested too deeply", *place)
    return YamlError(problem, *place)


def _check_depth(text: str, loader: Any) -> None:
    if text.count("[") + text.count("{") < DEEPEST and not _SUSPECT.search(text):
        return
    import yaml

    depth = 0
    event: Any
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > DEEPEST:
            raise ExcessiveError("it is nested too deeply", event.start_mark.line + 1, event.start_mark.column + 1)


def _check_aliases(found: list[Any]) -> None:
    """What an alias stands for counts as often as it is used."""
    measured: dict[int, tuple[int, int]] = {}

    def measure(value: Any, depth: int) -> tuple[int, int]:
        """How many values it holds, and how deeply they nest."""
        if not isinstance(value, (dict, list)):
            return 1, 0
        if depth > DEEPEST:
            raise ExcessiveError("it is nested too deeply, or within itself")
        if id(value) not in measured:
            below = [measure(child, depth + 1) for child in (value.values() if isinstance(value, dict) else value)]
            height = 1 + max((height for _, height in below), default=0)
            measured[id(value)] = 1 + sum(size for size, _ in below), height
        if depth + measured[id(value)][1] > DEEPEST:
            raise ExcessiveError("it is nested too deeply")
        return measured[id(value)]

    if sum(measure(document, 0)[0] for document in found) > MOST:
        raise ExcessiveError("its aliases unfold to far more than it holds")
