"""List the pods of a workflow by step, or the workflows themselves."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import Annotated

from kubectl_argo_pods.asked import Asked, asked, names_workflows, pod_query
from kubectl_argo_pods.cluster.kubeconfig import parse_timeout
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.options import Argument
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.selection import Filters, Manifests
from kubectl_argo_pods.options.view import View
from kubectl_argo_pods.output.formats import parse_format, read_argument
from kubectl_argo_pods.output.listing import (
    Look,
    Scope,
    node_pod_headers,
    node_pod_rows,
    print_node_pods,
    sorted_node_pods,
)
from kubectl_argo_pods.output.listing import print_workflows as print_summaries
from kubectl_argo_pods.output.notices import print_notices
from kubectl_argo_pods.output.style import painter
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.rows import rows
from kubectl_argo_pods.sources import Sources
from kubectl_argo_pods.sources.finding import Wanted, find, is_one, place, summaries
from kubectl_argo_pods.sources.snapshot import Snapshot, have_ended
from kubectl_argo_pods.without_nodes import nothing_found

WORDS = Argument("[WORKFLOW [NODE...]]", "The workflow, and the nodes whose pods are meant.")

TO_NODES = "`--all-nodes -o wide` lists the nodes without pods, and their messages"


def list_(
    words: Annotated[tuple[str, ...], WORDS],
    manifests: Manifests,
    connection: Connection,
    filters: Filters,
    view: View,
) -> int:
    """List the pods of a workflow by step; without WORKFLOW, the workflows."""
    look = _look(view)
    meant = asked(words, connection, filters, manifests.filename, os.environ)
    if not names_workflows(words, filters, manifests.filename):
        _refuse_filters_of_nodes(filters, view)
        return _list_workflows(meant.sources, meant.wanted._replace(labels=filters.selector or ""), look, view)
    scope = Scope(workflow=not is_one(meant.wanted), namespace=filters.all_namespaces)
    if view.watch:
        return _watch_pods(meant, filters, view, look, scope, parse_timeout(connection.request_timeout))
    shown = find(meant.sources, meant.wanted, pod_query(filters, _include(look)), time.time())
    if manifests.filename and not words:
        # Nobody asked for several: a file of one workflow is that workflow.
        scope = scope._replace(workflow=len(shown) > 1)
    # What is missing is said first: it may be the reason why a NODE is not found.
    print_notices(notice for snapshot in shown for notice in snapshot.notices)
    found = rows(shown, meant.nodes, filters, all_nodes=view.all_nodes, orphans=view.orphans)
    if look.format.kind == "name":
        found = [row for row in found if row.name]
    if not found:
        print_notices([_nothing(shown, meant, filters, view)])
    print_node_pods(sys.stdout, _printed(found, look, view), look, scope, time.time())
    return _status(shown)


def _status(shown: Iterable[Snapshot]) -> int:
    """1 where the nodes of a workflow could not be read: what was listed of it is not all of it."""
    return int(any(snapshot.workflow.unreadable for snapshot in shown))


def _refuse_filters_of_nodes(filters: Filters, view: View) -> None:
    """A filter that cannot apply is refused: without it, more would be listed than was asked for."""
    given = filters._asdict() | view._asdict()
    for field in ("field_selector", "node_field_selector", "phase", "type", "template", "all_nodes", "orphans"):
        if given[field]:
            raise UsageError(
                f"--{field.replace('_', '-')} needs a WORKFLOW: it says which of its nodes or pods to list"
            )


def _look(view: View) -> Look:
    format_ = read_argument(parse_format(view.output))
    if view.gone and format_.kind != "name":
        raise UsageError("--gone goes with -o name: the other formats show the pods that are gone anyway")
    paint = painter(view.color, sys.stdout, os.environ)
    labels = tuple(label for given in view.label_columns for label in given.split(",") if label)
    return Look(format_, view.sort_by or "", view.no_headers, labels, view.show_labels, paint)


def _include(look: Look) -> str:
    """No more of each pod than the output needs: the table's cells, the labels, or all of it."""
    if look.sort_by or look.format.kind not in ("", "table", "name"):
        return "Object"
    return "Metadata" if look.label_columns or look.show_labels else "None"


def _printed(found: list[NodePod], look: Look, view: View) -> list[NodePod]:
    """What is printed of them: names are for other commands, which can do nothing with pods that are gone."""
    if look.format.kind != "name" or view.gone:
        return found
    gone = len({row.name for row in found if row.name and row.exists is False})
    if gone:
        print_notices([f"{gone} pod{'s are' if gone > 1 else ' is'} gone; --gone prints the names of those, too"])
    return [row for row in found if row.exists is not False]


def _nothing(shown: list[Snapshot], meant: Asked, filters: Filters, view: View) -> str:
    """kubectl's sentence for an empty list, with what it is empty of, what has left nothing of it, and the way to what
    there is instead."""
    way = "" if view.all_nodes or meant.nodes or not rows(shown, (), filters, all_nodes=True) else f" {TO_NODES}"
    narrowed = _narrowing(meant.nodes, filters)
    left = f" with {', '.join(narrowed)}" if narrowed else ""
    if len(shown) != 1:
        return f"No pods found {place(meant.wanted)}{left}.{way}"
    return nothing_found("pods", shown[0].workflow, left) + way


def _narrowing(nodes: tuple[str, ...], filters: Filters) -> list[str]:
    """The words and options that leave only some of the pods, as they were written."""
    flags = {
        "-l": filters.selector,
        "--field-selector": filters.field_selector,
        "--node-field-selector": filters.node_field_selector,
        "--phase": ",".join(filters.phase),
        "--type": ",".join(filters.type),
        "--template": ",".join(filters.template),
    }
    return [*nodes, *(f"{flag} {value}" for flag, value in flags.items() if value)]


def _list_workflows(sources: Sources, wanted: Wanted, look: Look, view: View) -> int:
    if view.watch:
        raise UsageError("-w/--watch needs a WORKFLOW; `kubectl get workflows -w` watches the list of them")
    found = summaries(sources, wanted)
    if not found:
        where = "" if wanted.namespace is None else f" in {wanted.namespace} namespace"
        print_notices([f"No resources found{where}."])
    print_summaries(sys.stdout, found, look, Scope(namespace=wanted.namespace is None), time.time())
    return 0


def _watch_pods(meant: Asked, filters: Filters, view: View, look: Look, scope: Scope, timeout: float | None) -> int:
    from kubectl_argo_pods.by_now import Now, by_now
    from kubectl_argo_pods.output.watching import open_watched
    from kubectl_argo_pods.sources.following import follow

    if not look.format.is_table:
        raise UsageError(f"-w/--watch shows a table, not -o {look.format.kind}")
    headers = node_pod_headers(look, scope)
    watched = open_watched(sys.stdout, look)
    told: set[str] = set()
    shown: list[Snapshot] = []
    now = Now([], [])
    anything = False
    for shown in follow(meant.sources, meant.wanted, pod_query(filters, _include(look)), time.time, timeout):
        now = by_now(shown, meant.nodes, filters, view)
        if news := [notice for notice in now.notices(shown) if notice not in told]:
            told.update(news)
            watched.make_room()
            print_notices(news)
        ordered = sorted_node_pods(now.rows, look, time.time())
        cells = node_pod_rows(ordered, look, scope, time.time())
        anything = anything or bool(now.rows)
        watched.show(headers, list(zip(map(_key, ordered), cells, strict=True)))
    watched.end()
    # As kubectl's, a watch whose time is up ends well, whatever it was still waiting for.
    over = have_ended(shown)
    if over and now.misses:
        raise now.misses[0]
    if over and not anything:
        print_notices([_nothing(shown, meant, filters, view)])
    return _status(shown)


def _key(row: NodePod) -> tuple[str, ...]:
    uid = str(((row.pod.metadata if row.pod else None) or {}).get("uid", ""))
    return row.workflow.namespace, row.workflow.name, row.node.id if row.node else "", row.name, uid
