"""The answer to TAB behind `kubectl argo-pods`, where kubectl's own scripts for the shells stand between."""

from __future__ import annotations

import sys
from collections.abc import Mapping

from kubectl_argo_pods.completion import answer


def give(arguments: list[str], environ: Mapping[str, str], *, silent: bool) -> int:
    """Print the answer, but none that these scripts would make a wrong line of."""
    if arguments and _takes_for_flag(arguments[-1]):
        sys.stdout.write(f":{answer.NO_FILES}\n")
        return 0
    return answer.give(arguments, environ, silent=silent)


def _takes_for_flag(word: str) -> bool:
    """Whether kubectl takes more than `--flag=` for what stands before the value.

    For zsh and fish that is all from the first "-" to the last "=", be it in `custom-columns=POD:.metadata.name`.
    """
    value = word.partition("=")[2] if word.startswith("-") else word.partition("-")[2]
    return "=" in value
