"""The `fields` parameter of the Argo Server (argo-workflows, util/fields)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Manifest = dict[str, Any]


def project(value: Any, fields: str) -> Any:
    """What `a.b,c.d` keeps or `-a.b,c.d` drops; elements of arrays have their array's path."""
    if not fields:
        return value
    paths = fields.removeprefix("-").split(",")
    if fields.startswith("-"):
        return _walk(value, "", lambda path: path not in paths)
    return _walk(value, "", lambda path: any(_keeps(path, each) for each in paths))


def _keeps(path: str, listed: str) -> bool:
    # A path survives if it is on the way to a listed one, by plain text prefix as Argo has it, or below it.
    return listed.startswith(path) or path.startswith(f"{listed}.")


def _walk(value: Any, path: str, keeps: Callable[[str], bool]) -> Any:
    if isinstance(value, list):
        return [_walk(each, path, keeps) for each in value]
    if not isinstance(value, dict):
        return value
    below = {key: f"{path}.{key}" if path else key for key in value}
    return {key: _walk(each, below[key], keeps) for key, each in value.items() if keeps(below[key])}


def with_zero_values(workflow: Manifest) -> Manifest:
    """The members that Go prints of a Workflow even when nothing is in them."""
    zero: Manifest = {
        "metadata": {"creationTimestamp": None},
        "spec": {"arguments": {}},
        "status": {"startedAt": None, "finishedAt": None},
    }
    return workflow | {part: values | workflow.get(part, {}) for part, values in zero.items()}
