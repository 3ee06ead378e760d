"""Execute a command in the container of a step."""

from __future__ import annotations

import os
import sys
import time
from typing import Annotated

from kubectl_argo_pods.asked import Asked, asked, names_workflows
from kubectl_argo_pods.cluster.kubeconfig import parse_timeout
from kubectl_argo_pods.entering import enter, has_terminal, running_container, told, wish
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.options import Argument, Tail, split
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.containers import Inside, Interaction, Many
from kubectl_argo_pods.options.selection import Filters, Manifests
from kubectl_argo_pods.places import active, pods_of, the_one
from kubectl_argo_pods.sources.kube_exec import Process
from kubectl_argo_pods.terminal import CAN_WAIT_FOR_STDIN

WORDS = Argument("WORKFLOW [NODE...]", "The workflow, and the node whose pod is meant.")
COMMAND = Tail("COMMAND [ARG...]", "The command to execute.")


def exec_(
    words: Annotated[tuple[str, ...], WORDS],
    tail: Annotated[tuple[str, ...], COMMAND],
    manifests: Manifests,
    connection: Connection,
    filters: Filters,
    inside: Inside,
    interaction: Interaction,
    many: Many,
) -> int:
    """Execute a command in the container of a step."""
    if not names_workflows(words, filters, manifests.filename):
        raise UsageError("a WORKFLOW is needed, and the NODE whose pod is meant; or --workflow-selector")
    if not tail:
        raise UsageError("you must specify at least one command for the container")
    _refuse(manifests, inside, interaction, many)
    meant = asked(words, connection, filters, manifests.filename, os.environ)
    if many.all:
        return _everywhere(meant, connection, filters, inside, interaction, many, tail)
    timeout = parse_timeout(many.timeout, "--timeout")
    pods, wished = pods_of(meant), wish(inside)
    place = the_one(meant, filters, inside.pick, wished.patience, os.environ)
    container = running_container(pods, place, wished)
    tty = has_terminal(interaction, inside.quiet)
    process = Process(place.namespace, place.pod, container, tail, interaction.stdin, tty)
    return told(enter(pods, process, connection, os.environ, time.monotonic() + timeout if timeout else None))


def _refuse(manifests: Manifests, inside: Inside, interaction: Interaction, many: Many) -> None:
    """An option that could not do what it says is refused."""
    if interaction.stdin and "-" in split(manifests.filename):
        raise UsageError("-i/--stdin and -f - exclude each other: both read stdin")
    if many.all and interaction.tty:
        raise UsageError("-t/--tty needs one pod: no terminal can be shared by those of --all")
    if many.all and interaction.stdin and not CAN_WAIT_FOR_STDIN:
        raise UsageError("-i/--stdin does not go with --all on Windows")
    if many.all and inside.pick:
        raise UsageError("-F/--pick and --all exclude each other: one chooses a pod, the other means every one")
    if many.fold and not many.all:
        raise UsageError("--fold goes with --all: it is about what several pods print")


def _everywhere(
    meant: Asked,
    connection: Connection,
    filters: Filters,
    inside: Inside,
    interaction: Interaction,
    many: Many,
    command: tuple[str, ...],
) -> int:
    import tempfile

    from kubectl_argo_pods import everywhere

    if not many.parallel.isdecimal() or int(many.parallel) < 1:
        raise UsageError(f'--parallel "{many.parallel}" is not a number from 1 on')
    timeout = parse_timeout(many.timeout, "--timeout")
    ways, wished = everywhere.Ways(pods_of(meant), connection, os.environ), wish(inside)
    found = active(meant, filters, wished.patience, "Object")
    with tempfile.TemporaryFile() as file:
        stdin = everywhere.whole(sys.stdin.buffer, file) if interaction.stdin else None
        order = everywhere.Order(command, wished, int(many.parallel), timeout, many.fold, stdin)
        return everywhere.run(ways, found, order)
