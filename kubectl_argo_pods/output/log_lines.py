"""The lines of logs on stdout: text with prefixes, the bytes as they are, or JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import BinaryIO

from kubectl_argo_pods.naming import fnv1a
from kubectl_argo_pods.output.argo_lines import ArgoLinesOut, is_one, may_hold_one
from kubectl_argo_pods.output.disarm import disarmed, screen_lines
from kubectl_argo_pods.output.line_look import LineLook, Scope
from kubectl_argo_pods.targets import Key, Lines, Raw, Target

# Of the eight colours and their bright ones those that are read well on light and dark ground, and warn of nothing.
COLORS = ("36", "32", "33", "34", "35", "96", "92", "94", "95")


class LinePrinter:
    """Prints the lines of logs, each with where it comes from while `is_prefixed` says so."""

    def __init__(self, stream: BinaryIO, look: LineLook, is_prefixed: Callable[[], bool]) -> None:
        self._is_prefixed = is_prefixed
        self._stream = stream
        self._look = look
        self._prefixes: dict[Key, bytes] = {}
        self._argo_lines_out = None if look.argo_lines else ArgoLinesOut()
        self._open_line = False

    def print_raw(self, raw: Raw) -> None:
        """Print bytes of the only log."""
        self._stream.write(self._argo_lines_out.passed(raw.chunk) if self._argo_lines_out else raw.chunk)

    def print_lines(self, batch: Lines) -> None:
        """Print the lines of one log; one without its newline gets it when another line comes."""
        lines, times = self._shown(batch.lines, batch.times)
        if not lines:
            return
        text = (
            self._json(batch.target, lines, times) if self._look.output == "json" else self._text(batch, lines, times)
        )
        is_cut = batch.unfinished and self._look.output != "json" and lines[-1] is batch.lines[-1]
        self._stream.write((b"\n" if self._open_line else b"") + (text if is_cut else text + b"\n"))
        self._open_line = is_cut

    def end(self) -> None:
        """Print what was held back."""
        if self._argo_lines_out:
            self._stream.write(self._argo_lines_out.rest())
        self._stream.flush()

    def _shown(self, lines: list[bytes], times: list[bytes] | None) -> tuple[list[bytes], list[bytes] | None]:
        """The lines that are to be shown, with their times."""
        look = self._look
        kept: Sequence[int] = range(len(lines))
        # One search is a fraction of one in each line.
        if not look.argo_lines and may_hold_one(b"\n".join(lines)):
            kept = [index for index in kept if not is_one(lines[index])]
        if look.include or look.exclude:
            texts = _texts(lines)
            kept = [index for index in kept if self._is_wanted(texts[index])]
        if len(kept) == len(lines):
            return lines, times
        return [lines[index] for index in kept], times and [times[index] for index in kept]

    def _is_wanted(self, text: str) -> bool:
        look = self._look
        if look.include and not any(pattern.search(text) for pattern in look.include):
            return False
        return not any(pattern.search(text) for pattern in look.exclude)

    def _text(self, batch: Lines, lines: list[bytes], times: list[bytes] | None) -> bytes:
        """The lines with what stands before each, and without the last newline."""
        if self._look.output == "raw":
            return b"\n".join(lines)
        begin = self._prefix(batch.target) if self._is_prefixed() else b""
        if self._look.terminal:
            return self._armless(begin, lines, times)
        if self._look.timestamps and times:
            return b"\n".join([b"%b%b %b" % (begin, time, line) for time, line in zip(times, lines, strict=True)])
        return begin + (b"\n" + begin).join(lines)

    def _armless(self, begin: bytes, lines: list[bytes], times: list[bytes] | None) -> bytes:
        stamps = [time + b" " for time in times] if self._look.timestamps and times else [b""] * len(lines)
        return b"\n".join(
            begin + stamp + disarmed(part)
            for stamp, line in zip(stamps, lines, strict=True)
            for part in screen_lines(line)
        )

    def _json(self, target: Target, lines: list[bytes], times: list[bytes] | None) -> bytes:
        source = {
            "namespace": target.namespace,
            "workflow": target.workflow,
            "node": target.step,
            "pod": target.pod,
            "container": target.container,
        }
        stamps = [time.decode() for time in times] if times else [None] * len(lines)
        return b"\n".join(
            json.dumps(
                {"time": stamp, **source, "message": line.decode("utf-8", "replace")}, ensure_ascii=False
            ).encode()
            for stamp, line in zip(stamps, lines, strict=True)
        )

    def _prefix(self, target: Target) -> bytes:
        if target.key not in self._prefixes:
            self._prefixes[target.key] = prefix(target, self._look.scope, colored=self._look.colored)
        return self._prefixes[target.key]


def _texts(lines: list[bytes]) -> list[str]:
    """The lines as characters, where a byte that is of none counts as one; all at once, since that costs least."""
    return b"\n".join(lines).decode("utf-8", "surrogateescape").split("\n")


def prefix(target: Target, scope: Scope, *, colored: bool) -> bytes:
    """What stands before a line, like `[train(1)] ` or `[argo/etl/train(1) sidecar] `; each node has its own colour."""
    path = [target.namespace] * scope.namespace + [target.workflow] * scope.workflow + [target.step]
    text = "/".join(path) + f" {target.container}" * scope.container
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
    if not colored:
        return f"[{shown}] ".encode("utf-8", "backslashreplace")
    color = COLORS[fnv1a(target.node.name if target.node else target.pod) % len(COLORS)]
    return f"\x1b[{color}m[{shown}]\x1b[0m ".encode("utf-8", "backslashreplace")
