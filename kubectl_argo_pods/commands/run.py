"""Run a kubectl command on the pods of a step."""

from __future__ import annotations

import os
import re
import sys
import time
from typing import Annotated

from kubectl_argo_pods import kubectl
from kubectl_argo_pods.asked import Asked, asked, names_workflows, pod_query
from kubectl_argo_pods.containers import default_container
from kubectl_argo_pods.errors import NoMatchError, NotFoundError, UsageError
from kubectl_argo_pods.options import Argument, Tail
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.containers import Handover
from kubectl_argo_pods.options.selection import Filters, Manifests
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.places import Place, places, pods_of
from kubectl_argo_pods.rows import rows
from kubectl_argo_pods.sources.finding import find, place
from kubectl_argo_pods.spelling import near_misses

WORDS = Argument("WORKFLOW [NODE...]", "The workflow, and the nodes whose pods are meant.")
NAMES = ("pod", "namespace", "container", "node", "host")
LISTED = "{pod}, {namespace}, {container}, {node} or {host}"
COMMAND = Tail("KUBECTL-COMMAND", f"A kubectl command, with {LISTED} in it.")
PLACEHOLDERS = re.compile(rf"\{{({'|'.join(NAMES)})\}}")
# What looks like a placeholder; {{end}} and {end} are of kubectl's own templates (-o go-template, -o jsonpath).
LIKE_PLACEHOLDERS = re.compile(r"(?<!\{)\{(?!end\})([A-Za-z][A-Za-z_-]*)\}(?!\})")
INTERRUPTED = 130


def run(
    words: Annotated[tuple[str, ...], WORDS],
    tail: Annotated[tuple[str, ...], COMMAND],
    manifests: Manifests,
    connection: Connection,
    filters: Filters,
    handover: Handover,
) -> int:
    """Run a kubectl command for each pod: {pod}, {namespace}, {container}, {node} and {host} are filled in."""
    if not names_workflows(words, filters, manifests.filename):
        raise UsageError("a WORKFLOW is needed, and the NODEs whose pods are meant; or --workflow-selector")
    wanted = _placeholders(tail)
    meant = asked(words, connection, filters, manifests.filename, os.environ)
    include = "Object" if "container" in wanted else "None"
    shown = find(meant.sources, meant.wanted, pod_query(filters, include), time.time())
    found = places(rows(shown, meant.nodes, filters))
    print_notices(notice for snapshot in shown for notice in snapshot.notices)
    if not found:
        raise NoMatchError(f"no pod that is meant exists {place(meant.wanted)}")
    commands = [(each, [_filled(word, each, meant) for word in tail]) for each in found]
    if handover.dry_run:
        sys.stdout.writelines(f"{kubectl.shown(words, each.namespace, connection)}\n" for each, words in commands)
        return 0
    return _run(commands, connection)


def _placeholders(tail: tuple[str, ...]) -> set[str]:
    """The names that are to be filled in; raises UsageError where there is none, or one that means nothing."""
    # Behind a -- of its own is a program of the container, whose words may have braces as they like.
    own = tail[: tail.index("--")] if "--" in tail else tail
    for word in own:
        for name in LIKE_PLACEHOLDERS.findall(word):
            if name not in NAMES:
                raise UsageError(f'"{{{name}}}" stands for nothing; there are {LISTED}{near_misses(name, NAMES)}')
    wanted = {name for word in tail for name in PLACEHOLDERS.findall(word)}
    if not wanted:
        raise UsageError(f"a kubectl command is needed behind --, with {LISTED} in it")
    return wanted


def _run(commands: list[tuple[Place, list[str]]], connection: Connection) -> int:
    """The first status that is not 0, after all have run; an interrupt ends those that are left, too."""
    failed = 0
    with kubectl.handed_over(connection, os.environ) as reach:
        for each, words in commands:
            status = kubectl.run(reach.words(words, each.namespace), reach.environ)
            if status == INTERRUPTED:
                return status
            failed = failed or status
    return failed


def _filled(word: str, each: Place, meant: Asked) -> str:
    return PLACEHOLDERS.sub(lambda found: _value(found[1], each, meant), word)


def _value(name: str, each: Place, meant: Asked) -> str:
    """What a placeholder stands for; raises NotFoundError for what this pod has not."""
    row = each.row
    if name == "container":
        manifest = row.pod.manifest if row.pod and row.pod.manifest else None
        return default_container(manifest or pods_of(meant).pod(each.namespace, each.pod), row.node)
    node, host = (row.node.display_name, row.node.host) if row.node else ("", "")
    values = {"pod": each.pod, "namespace": each.namespace, "node": node, "host": row.pod.host if row.pod else host}
    if values[name] in ("", "<none>"):
        raise NotFoundError(f'pod "{each.pod}" has no {name} that {{{name}}} could stand for')
    return values[name]
