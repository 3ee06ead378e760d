"""Say what one may do, and who one is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from typing import Annotated

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.options import Argument
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.selection import Everywhere
from kubectl_argo_pods.output.table import print_table
from kubectl_argo_pods.permissions import NEEDS, Need, by_need, roles

WORDS = Argument(
    "check [COMMAND...]|whoami",
    "What to say; check is about all commands where none is named.",
    (("check", "whoami"), tuple(NEEDS)),
)


def auth(words: Annotated[tuple[str, ...], WORDS], everywhere: Everywhere, connection: Connection) -> int:
    """Check what you may do (auth check), or say who you are (auth whoami)."""
    if words[:1] == ("check",):
        return _check(words[1:], everywhere, connection)
    if words == ("whoami",):
        return _whoami(connection)
    raise UsageError("auth is followed by check, with the commands to check, or by whoami alone")


def _check(commands: tuple[str, ...], everywhere: Everywhere, connection: Connection) -> int:
    from kubectl_argo_pods.cluster.http import open_http
    from kubectl_argo_pods.cluster.kubeconfig import resolve
    from kubectl_argo_pods.cluster.reviews import allowed
    from kubectl_argo_pods.sources.argo_server_connection import service_proxy

    needs = by_need(_known(commands or tuple(NEEDS)))
    needs |= {need: ["-s"] for need in service_proxy(connection.argo_server_flags(), os.environ)}
    cluster = resolve(connection.overrides(), os.environ)
    namespace = None if everywhere.all_namespaces else cluster.namespace
    verdicts = allowed(open_http(cluster, os.environ), needs, namespace)
    rows = [_row(need, verdicts[need], needs[need]) for need in needs]
    print_table(sys.stdout, ("resource", "verb", "allowed", "needed by"), rows)
    missing = [need for need in needs if not verdicts[need]]
    if missing:
        sys.stdout.write(f"\nWhat is missing, as a role:\n\n{roles(missing, namespace)}")
    return 1 if missing else 0


def _known(commands: Iterable[str]) -> Iterable[str]:
    for command in commands:
        if command not in NEEDS:
            raise UsageError(f'"{command}" is no command that needs permissions: those are {", ".join(NEEDS)}')
        yield command


def _row(need: Need, is_allowed: bool, commands: list[str]) -> tuple[str, ...]:
    return need.qualified, need.verb, "yes" if is_allowed else "no", ",".join(commands)


def _whoami(connection: Connection) -> int:
    from kubectl_argo_pods.sources.identity import facts

    rows: list[tuple[str, str]] = []
    try:
        for fact in facts(connection.overrides(), connection.argo_server_flags(), os.environ):
            rows.append(fact)  # noqa: PERF402
    finally:
        # What is configured matters most where the servers do not take it.
        print_table(sys.stdout, ("attribute", "value"), rows)
    return 0
