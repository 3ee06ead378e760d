"""Setting up the completion."""

from __future__ import annotations

from typing import Annotated

from kubectl_argo_pods.options import Option
from kubectl_argo_pods.record import NamedTuple

# Those whose completion there is a script for.
SHELLS = ("bash", "zsh", "fish", "tcsh", "powershell")


class Setup(NamedTuple):
    """How the completion is installed."""

    print_only: Annotated[bool, Option(("--print",), "Only say what would be done.")] = False
    uninstall: Annotated[bool, Option(("--uninstall",), "Take away what install has put there.")] = False
