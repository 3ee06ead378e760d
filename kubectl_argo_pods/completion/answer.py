"""The answer to TAB, in the protocol of kubectl's plugins and of cobra, which all our scripts speak, too.

A candidate a line, with a tab before what is said of it; last `:N`, a sum of directives
(https://github.com/spf13/cobra/blob/main/site/content/completions/_index.md). Whatever goes wrong stays silent: the
user is in the middle of a line.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping

from kubectl_argo_pods.cluster.kubeconfig import parse_timeout
from kubectl_argo_pods.completion.candidate import Candidate
from kubectl_argo_pods.completion.candidates import candidates
from kubectl_argo_pods.completion.known import Known
from kubectl_argo_pods.completion.line import slot
from kubectl_argo_pods.completion.place import Place
from kubectl_argo_pods.errors import UsageError

# In seconds; with the start of the interpreter it makes one.
PATIENCE = 0.9
# For clusters, or credential plugins, that are worth a longer wait: a time like 3s.
TIMEOUT = "KUBECTL_ARGO_PODS_COMPLETION_TIMEOUT"

NO_SPACE, NO_FILES, KEEP_ORDER = 2, 4, 32


def give(arguments: list[str], environ: Mapping[str, str], *, silent: bool) -> int:
    """Print the answer."""
    if silent:
        be_silent()
    sys.stdout.write(answered(arguments, environ, silent=silent))
    return 0


def be_silent() -> None:
    """Let nothing be seen that anything writes to stderr, a credential plugin for one, and nothing wait for stdin."""
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 2)


def answered(arguments: list[str], environ: Mapping[str, str], *, silent: bool) -> str:
    """The answer; silent, that there is none where something is wrong with us."""
    try:
        return answer(arguments, environ)
    except Exception:
        if not silent:
            raise
        return f":{NO_FILES}\n"


def answer(arguments: list[str], environ: Mapping[str, str]) -> str:
    """What to print for the words of a line, of which the last one is being typed."""
    deadline = time.monotonic() + _patience(environ)
    *words, typed = arguments or [""]
    meant = slot(words, typed)
    found, files = candidates(meant, Known(Place(meant.call, environ), deadline))
    directive = 0 if files else NO_FILES | KEEP_ORDER
    if found and all(each.goes_on for each in found):
        directive |= NO_SPACE
    return "".join(map(_line, found)) + f":{directive}\n"


def _patience(environ: Mapping[str, str]) -> float:
    try:
        return parse_timeout(environ.get(TIMEOUT)) or PATIENCE
    except UsageError:
        return PATIENCE


def _line(candidate: Candidate) -> str:
    note = candidate.note if candidate.note.isprintable() else ""
    return f"{candidate.value}\t{note}\n" if note else f"{candidate.value}\n"
