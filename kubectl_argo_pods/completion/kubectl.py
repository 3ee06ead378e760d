"""The answer to TAB behind `kubectl argo-pods`, where kubectl's own scripts for the shells stand between."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping

from kubectl_argo_pods.completion.answer import NO_FILES, answered, be_silent

# What may be run, or become another name. bash fills in unquoted what several names begin with, and runs it when TAB is
# pressed again; fish so runs each word that is there already, and only the "(" of a loop's item finds no command there;
# zsh takes backslashes away. In bash, a blank at the end joins the name and its note.
_UNSAFE = re.compile(r"[$`;&|<>!\\]|\((?!\d+[:)])| $")


def give(arguments: list[str], environ: Mapping[str, str], *, silent: bool) -> int:
    """Print the answer, but nothing that these scripts would make a wrong line of."""
    if arguments and _is_mistaken(arguments[-1]):
        sys.stdout.write(f":{NO_FILES}\n")
        return 0
    if silent:
        be_silent()
    lines = answered(arguments, environ, silent=silent).split("\n")
    sys.stdout.write("\n".join(line for line in lines if not _UNSAFE.search(line.partition("\t")[0])))
    return 0


def _is_mistaken(word: str) -> bool:
    """Whether these scripts cut a word at a "=" that does not end a flag.

    bash completes only what is behind it; zsh and fish keep all from the first "-" to the last "=".
    """
    return word.count("=") > word.startswith("-")
