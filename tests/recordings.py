"""What `tests/record.py` wrote down on a real cluster, and how it gets into a simulated one."""

from __future__ import annotations

import functools
import json
import re
import time
from collections.abc import Callable, Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.cluster import SimulatedCluster

Manifest = dict[str, Any]
FOLDER = Path(__file__).parent / "recorded"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")


class Recording(NamedTuple):
    """One workflow as it was at `recorded_at` (epoch seconds)."""

    recorded_at: float
    workflow: Manifest
    pods: list[Manifest]
    rows: list[Manifest]  # of the server's table, in the order of `pods`
    argo_get: str
    archived: Manifest | None

    @property
    def name(self) -> str:
        return str(self.workflow["metadata"]["name"])


@functools.cache
def recordings() -> dict[str, Recording]:
    """All recordings by the names of their files, which are those of tests/e2e/workflows."""
    files = sorted(FOLDER.glob("workflows/*.json"))
    return {path.stem: Recording(**json.loads(path.read_text())) for path in files}


def recorded_answers() -> dict[str, Manifest]:
    """Answers of the servers by a name: status, content type and body."""
    answers: dict[str, Manifest] = json.loads((FOLDER / "answers.json").read_text())
    return answers


def recorded_at() -> float:
    """The moment at which the last recording was made."""
    return max((each.recorded_at for each in recordings().values()), default=0.0)


def unchanged(manifest: Manifest) -> Manifest:
    return manifest


def load_recorded(
    cluster: SimulatedCluster,
    change: Callable[[Manifest], Manifest] = unchanged,
    names: Collection[str] | None = None,
) -> None:
    """Puts recorded workflows (all, or those of these files) and their pods into a cluster, changed on the way."""
    for name, recording in recordings().items():
        if names is None or name in names:
            cluster.load(change(each) for each in (recording.workflow, *recording.pods))
            if recording.archived:
                cluster.archive.put(change(recording.archived))


def moved_to_now(manifest: Manifest) -> Manifest:
    """The same object, as if it had been recorded a moment ago."""
    moved: Manifest = json.loads(TIME.sub(_later(time.time() - recorded_at()), json.dumps(manifest)))
    return moved


def _later(seconds: float) -> Callable[[re.Match[str]], str]:
    def shift(match: re.Match[str]) -> str:
        moment = datetime.fromisoformat(match[0].replace("Z", "+00:00")).timestamp() + seconds
        return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    return shift
