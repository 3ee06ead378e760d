"""Colour for the words that say how something goes, and only where a person looks at them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TextIO

from kubectl_argo_pods.errors import UsageError

WHEN = ("auto", "always", "never")

_RED, _GREEN, _YELLOW, _CYAN, _FAINT = "31", "32", "33", "36", "2"
# The colours of `argo get` (cmd/argo/commands/common), and kubectl's words for pods beside Argo's phases.
_COLORS = {
    "Succeeded": _GREEN,
    "Completed": _GREEN,
    "Running": _CYAN,
    "Pending": _YELLOW,
    "ContainerCreating": _YELLOW,
    "PodInitializing": _YELLOW,
    "NotReady": _YELLOW,
    "Terminating": _YELLOW,
    "Suspended": _YELLOW,
    "Failed": _RED,
    "Error": _RED,
    "OOMKilled": _RED,
    "Evicted": _RED,
    "Skipped": _FAINT,
    "Omitted": _FAINT,
}


def painter(when: str, stream: TextIO, environ: Mapping[str, str]) -> Callable[[str], str] | None:
    """What colours a status word on this stream, or None; `when` is `--color`. Raises UsageError."""
    return painted if wants_color(when, stream, environ) else None


def wants_color(when: str, stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Whether to colour what goes to this stream; `when` is `--color`. Raises UsageError."""
    if when not in WHEN:
        raise UsageError(f'unknown --color "{when}": choose one of {", ".join(WHEN)}')
    # https://no-color.org: present and not empty; a dumb terminal knows no colours.
    asked_not_to = environ.get("NO_COLOR") or environ.get("TERM") == "dumb"
    return when == "always" or (when == "auto" and not asked_not_to and stream.isatty())


def painted(word: str) -> str:
    """The word in its colour, or as it is."""
    color = _COLORS.get(word) or _color_of(word)
    return f"\x1b[{color}m{word}\x1b[0m" if color else word


def _color_of(word: str) -> str:
    """For kubectl's open set of reasons: `ImagePullBackOff`, `ErrImagePull`, `Init:Error`, `Signal:9`, `Init:0/1`."""
    reason = word.removeprefix("Init:")
    if reason.endswith(("BackOff", "Error")) or reason.startswith(("Err", "Signal:", "ExitCode:")):
        return _RED
    return _YELLOW if reason != word else ""
