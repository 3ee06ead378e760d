"""What two runs of the same workflow, or two servers, may differ in, taken out before answers are compared."""

from __future__ import annotations

import re
from typing import Any

DROPPED = {
    "managedFields",
    "nodes",  # by ids that hash the name of the workflow
    "uid",
    "resourceVersion",
    "generation",
    "continue",
    "estimatedDuration",
    "resourcesDuration",
    "artifactRepositoryRef",
    "description",  # of table columns: whole paragraphs of the API's documentation
    "kubectl.kubernetes.io/last-applied-configuration",
    "workflows.argoproj.io/last-seen-version",
}
REPLACED = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"^(\d+[smhdy])+$"), "AGE"),
    (re.compile(r"^\d+\.\d+\.\d+\.\d+$"), "IP"),
    (re.compile(r"\(\d+\)$"), "(VERSION)"),
    (re.compile(r"-\d{6,10}\b"), "-HASH"),
    (re.compile(r"cluster\.local/busybox"), "busybox"),
)


def comparable(value: Any, suffix: str) -> Any:
    """The value without what differs; `suffix` is what the names of its workflows end with."""
    if isinstance(value, dict):
        return {key: comparable(each, suffix) for key, each in value.items() if key not in DROPPED}
    if isinstance(value, list):
        found = [comparable(each, suffix) for each in value]
        # Rows of pods come in the order of their hashes.
        return sorted(found, key=str) if value and isinstance(value[0], dict) and "cells" in value[0] else found
    if isinstance(value, str):
        value = value.replace(f"-{suffix}", "-SUFFIX").replace(suffix, "SUFFIX")
        for pattern, replacement in REPLACED:
            value = pattern.sub(replacement, value)
    return value
