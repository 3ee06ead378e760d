"""Print the version."""

from __future__ import annotations

import sys
from typing import Annotated

from kubectl_argo_pods import __version__
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.options import Argument


def version(words: Annotated[tuple[str, ...], Argument("", "nothing", ())]) -> int:
    """Print the version of this plugin."""
    if words:
        raise UsageError(f'version takes no arguments, but got "{words[0]}"')
    sys.stdout.write(f"kubectl-argo_pods {__version__}\n")
    return 0
