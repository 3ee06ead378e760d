"""Open a shell in the container of a step."""

from __future__ import annotations

import os
import re
import sys
from typing import Annotated

from kubectl_argo_pods.asked import asked, names_workflows
from kubectl_argo_pods.cluster.channels import Exit
from kubectl_argo_pods.entering import enter, running_container, started, told, wish
from kubectl_argo_pods.errors import NotFoundError, OnlyByKubectlError, UsageError
from kubectl_argo_pods.gathering import gather
from kubectl_argo_pods.options import Argument, split
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.containers import Inside
from kubectl_argo_pods.options.selection import Filters, Manifests
from kubectl_argo_pods.places import pods_of, the_one
from kubectl_argo_pods.sources.kube_exec import Process
from kubectl_argo_pods.sources.kube_pods import KubePods
from kubectl_argo_pods.terminal import is_terminal

WORDS = Argument("WORKFLOW [NODE...]", "The workflow, and the node whose pod is meant.")

# $1 is our TERM. An image that knows terminals, but not ours, keeps what the runtime has set: a program there would
# refuse to start. Then the best shell of those there are takes over.
BEST = """
known=
for place in /etc/terminfo /lib/terminfo /usr/share/terminfo /usr/lib/terminfo; do
  [ -d "$place" ] && known=no
done
for place in /etc/terminfo /lib/terminfo /usr/share/terminfo /usr/lib/terminfo; do
  [ -e "$place/${1%"${1#?}"}/$1" ] && known=yes
done
[ -n "$1" ] && [ "$known" != no ] && export TERM="$1"
for shell in bash ash; do
  command -v "$shell" >/dev/null 2>&1 && exec "$shell"
done
exec sh
"""
# Where there is no sh that could look: bash alone, and the debug images of distroless.
ALONE = (("bash",), ("ash",), ("/busybox/sh",))
# How container runtimes say that there is no such program (runc, crun, and what is built upon them).
MISSING = re.compile(r"executable file .*not found|no such file or directory", re.IGNORECASE)


def shell(
    words: Annotated[tuple[str, ...], WORDS],
    manifests: Manifests,
    connection: Connection,
    filters: Filters,
    inside: Inside,
) -> int:
    """Open the best shell that the container of a step has."""
    if not names_workflows(words, filters, manifests.filename):
        raise UsageError("a WORKFLOW is needed, and the NODE whose pod is meant; or --workflow-selector")
    if "-" in split(manifests.filename):
        raise UsageError("-f - reads stdin, which is the shell's")
    meant = asked(words, connection, filters, manifests.filename, os.environ)
    pods, wished = pods_of(meant), wish(inside)
    place = the_one(meant, filters, inside.pick, wished.patience, os.environ)
    container = running_container(pods, place, wished)
    for command in (("sh", "-c", BEST, "sh", os.environ.get("TERM", "")), *ALONE):
        process = Process(place.namespace, place.pod, container, command, True, is_terminal(sys.stdin))
        if not process.tty and not _is_there(pods, process):
            continue
        ended = enter(pods, process, connection, os.environ)
        if not _is_missing(ended):
            return told(ended)
    raise NotFoundError(
        f'container "{container}" of pod "{place.pod}" has no shell: neither bash nor ash nor sh is in its image; '
        f"`kubectl debug {place.pod} -it --image=busybox --target={container} -- sh` starts one beside it"
    )


def _is_there(pods: KubePods, process: Process) -> bool:
    """Whether the shell can begin: one that cannot would have swallowed what it was sent of our input."""
    process = process._replace(command=(process.command[0], "-c", ":"), stdin=False)
    try:
        with started(pods, process) as channels:
            return not _is_missing(gather(channels, lambda *_: None, None, None))
    except OnlyByKubectlError:
        return True


def _is_missing(ended: Exit) -> bool:
    return bool(MISSING.search(ended.message))
