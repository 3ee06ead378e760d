"""What is to be said beside the results."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from kubectl_argo_pods.output.table import disarmed


def print_notices(sentences: Iterable[str]) -> None:
    """Prints sentences to stderr, a line each; what names or servers put into them, no terminal obeys."""
    sys.stderr.writelines(f"{disarmed(line)}\n" for sentence in sentences for line in sentence.split("\n"))
