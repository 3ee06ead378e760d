"""What `argo get` prints of a workflow's nodes, and which nodes it leaves out."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

Manifest = dict[str, Any]
BRANCHES = re.compile(r"^[ │├└─┬]*[✔✖⚠●◷○ǁ] ")


class Line(NamedTuple):
    step: str
    pod: str  # computed by argo, whether the pod exists or not; empty for nodes that are not pods


def parse(printed: str) -> list[Line]:
    """The lines of the tree, in their order."""
    rows = printed[printed.index("STEP ") :].splitlines()
    template, pod, duration = (rows[0].index(each) for each in ("TEMPLATE", "PODNAME", "DURATION"))
    # Columns are counted in characters, whatever their width on a terminal (Go's text/tabwriter).
    return [
        Line(BRANCHES.sub("", row[:template]).rstrip(), row[pod:duration].strip()) for row in rows[1:] if row.strip()
    ]


def is_printed(node: Manifest, workflow: str) -> bool:
    """Whether `argo get` has a line for a node (cmd/argo/commands/common/get.go)."""
    if node["type"] in ("Container", "TaskGroup", "StepGroup") or node["phase"] == "Omitted":
        return False
    # Hooks of the workflow hang on nothing, and a retry of one attempt is left out for that attempt.
    single = node["type"] == "Retry" and len(node.get("children", ())) == 1
    return not single and not node["name"].startswith(f"{workflow}.hooks.")
