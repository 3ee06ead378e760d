"""What a comparison consists of."""

from __future__ import annotations

from typing import NamedTuple

PLUGIN = "kubectl-argo_pods"


class Rival(NamedTuple):
    """A command that does the same or less; the goals are ratios of ours to it, None where it is only looked at."""

    command: tuple[str, ...]
    time: float | None = None
    memory: float | None = None
    cpu: float | None = None


class Comparison(NamedTuple):
    title: str
    ours: tuple[tuple[str, ...], ...]  # commands, of which the first is the one that counts
    rivals: tuple[Rival, ...]
    rounds: int
    stdin: int = 0  # bytes that all of them get to read
