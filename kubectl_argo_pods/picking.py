"""Choosing one of several lines on the terminal: with fzf where it is installed, else by number."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence

from kubectl_argo_pods.errors import ArgoPodsError


def pick(head: str, lines: Sequence[str], environ: Mapping[str, str]) -> int:
    """The index of the line that the user chooses; raises ArgoPodsError for one who chooses none."""
    fzf = shutil.which("fzf", path=environ.get("PATH"))
    chosen = _with_fzf(fzf, head, lines, environ) if fzf else _by_number(head, lines)
    if chosen is None:
        raise ArgoPodsError("nothing was chosen")
    return chosen


def _with_fzf(fzf: str, head: str, lines: Sequence[str], environ: Mapping[str, str]) -> int | None:
    # fzf returns the line; its number, which it does not show, tells lines apart that look alike.
    numbered = "".join(f"{index}\t{line}\n" for index, line in enumerate(lines))
    command = [fzf, "--height=~50%", "--layout=reverse", "--header-lines=1", "--delimiter=\t", "--with-nth=2.."]
    done = subprocess.run(
        command, input=f"\t{head}\n{numbered}", env=dict(environ), stdout=subprocess.PIPE, text=True, check=False
    )
    number = done.stdout.partition("\t")[0]
    return int(number) if number.isdecimal() else None


def _by_number(head: str, lines: Sequence[str]) -> int | None:
    width = len(str(len(lines)))
    print(f"{'':{width}}  {head}", file=sys.stderr)
    for number, line in enumerate(lines, start=1):
        print(f"{number:{width}}  {line}", file=sys.stderr)
    while True:
        print(f"Which one (1-{len(lines)})? ", end="", file=sys.stderr, flush=True)
        answer = sys.stdin.readline()
        if not answer.strip():
            if not answer:
                print(file=sys.stderr)
            return None
        if answer.strip().isdecimal() and 1 <= int(answer) <= len(lines):
            return int(answer) - 1
