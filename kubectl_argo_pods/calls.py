"""From a call, as the grammar or Typer read it, to the command's function."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from kubectl_argo_pods.defaults import with_defaults
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.grammar import Call, commands


def perform(call: Call, environ: Mapping[str, str]) -> int:
    """The exit status of the command; the environment gives some options that were not given."""
    command = commands()[call.command]
    function = getattr(import_module(command.module), command.function)
    given = with_defaults(call, command, environ)
    try:
        status: int = function(**received(given.call))
    except UsageError as error:
        raise UsageError(f"{error}{given.blamed(str(error))}") from error
    return status


def received(call: Call) -> dict[str, Any]:
    """What the command's function receives: its words, and its groups of options as values."""
    command = commands()[call.command]
    # The annotations of its function name the groups, so they are to be found beside it.
    module = import_module(command.module)
    values = {name: getattr(module, kind)(**call.values.get(name, {})) for name, kind in command.groups.items()}
    tail = {"tail": call.tail} if command.has_tail else {}
    return {"words": call.words, **values, **tail}
