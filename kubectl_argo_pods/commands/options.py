"""Print the options of the connection."""

from __future__ import annotations

import sys
from typing import Annotated

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.help import declared, option_lines
from kubectl_argo_pods.options import Argument
from kubectl_argo_pods.options.connection import Connection


def options(words: Annotated[tuple[str, ...], Argument("", "nothing", ())]) -> int:
    """List the options that every command takes that asks a cluster."""
    if words:
        raise UsageError(f'options takes no arguments, but got "{words[0]}"')
    lines = option_lines(option for _, _, option in declared(Connection))
    sys.stdout.write("\n".join(["These options can be passed to every command that asks a cluster:", "", *lines, ""]))
    return 0
