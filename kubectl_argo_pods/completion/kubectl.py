"""The answer to TAB behind `kubectl argo-pods`, where kubectl's own scripts for the shells stand between."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from kubectl_argo_pods.completion import answer


def give(arguments: list[str], environ: Mapping[str, str], *, silent: bool) -> int:
    """Print the answer, but none that these scripts would make a wrong line of."""
    if arguments and _is_mistaken(arguments[-1]):
        sys.stdout.write(f":{answer.NO_FILES}\n")
        return 0
    return answer.give(arguments, environ, silent=silent)


def _is_mistaken(word: str) -> bool:
    """Whether these scripts cut a word at a "=" that does not end a flag.

    bash completes only what is behind it; zsh and fish keep all from the first "-" to the last "=".
    """
    return word.count("=") > word.startswith("-")
