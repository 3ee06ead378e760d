"""List the pods of a workflow by step, or the workflows themselves."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable
from typing import Annotated

from kubectl_argo_pods.errors import ForbiddenError, UsageError
from kubectl_argo_pods.filters import NodeFilters, narrow
from kubectl_argo_pods.options import Argument, Connection, Filters, View
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
from kubectl_argo_pods.output.style import painter
from kubectl_argo_pods.pods import NodePod, join
from kubectl_argo_pods.shown import Shown, listed
from kubectl_argo_pods.sources import PodQuery, Sources, open_source
from kubectl_argo_pods.sources.finding import Wanted, find, is_one, place, summaries
from kubectl_argo_pods.sources.snapshot import Snapshot

WORDS = Argument("WORKFLOW [NODE...]", "The workflow, and the nodes whose pods are meant.")


def list_(words: Annotated[tuple[str, ...], WORDS], connection: Connection, filters: Filters, view: View) -> int:
    """List the pods of a workflow by step; without WORKFLOW, the workflows."""
    look = _look(view)
    sources = open_source(connection.overrides(), connection.argo_server_flags(), connection.filename, os.environ)
    namespace = None if filters.all_namespaces else sources.namespace
    if not words and not connection.filename and not filters.workflow_selector:
        _refuse_filters_of_nodes(filters)
        return _list_workflows(sources, Wanted("", filters.selector or "", namespace), look, view)
    if words and not words[0]:
        raise UsageError('the WORKFLOW is empty: write a name, @latest, or "*" for all workflows')
    wanted = Wanted(words[0] if words else "", filters.workflow_selector or "", namespace, connection.filename or "")
    scope = Scope(workflow=not is_one(wanted), namespace=filters.all_namespaces)
    if view.watch:
        return _watch_pods(sources, wanted, words[1:], filters, look, scope)
    shown = find(sources, wanted, _query(filters, look), time.time())
    if connection.filename and not words:
        # Nobody asked for several: a file of one workflow is that workflow.
        scope = scope._replace(workflow=len(shown) > 1)
    rows = _rows(shown, words[1:], filters)
    _notice(notice for snapshot in shown for notice in snapshot.notices)
    if not rows:
        _notice([_nothing(shown, wanted)])
    print_node_pods(sys.stdout, _printed(rows, look, view), look, scope, time.time())
    return 0


def _refuse_filters_of_nodes(filters: Filters) -> None:
    """A filter that cannot apply is refused: without it, more would be listed than was asked for."""
    for field in ("field_selector", "node_field_selector", "phase", "type", "template", "all_nodes", "orphans"):
        if getattr(filters, field):
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


def _query(filters: Filters, look: Look) -> PodQuery:
    """No more of each pod than the output needs: the table's cells, the labels, or all of it."""
    include = "None"
    if look.label_columns or look.show_labels:
        include = "Metadata"
    if look.sort_by or look.format.kind not in ("", "table", "name"):
        include = "Object"
    return PodQuery(filters.selector or "", filters.field_selector or "", include)


def _rows(shown: Iterable[Snapshot], nodes: tuple[str, ...], filters: Filters) -> list[NodePod]:
    snapshots = list(shown)
    if (filters.selector or filters.field_selector) and any(snapshot.pods is None for snapshot in snapshots):
        why = next((notice for snapshot in snapshots for notice in snapshot.notices), "there is no cluster to ask")
        raise ForbiddenError(f"-l/--selector and --field-selector select pods, which cannot be listed: {why}")
    joined = [join(snapshot.workflow, snapshot.pods) for snapshot in snapshots]
    types = _split(filters.type)
    wanted = Shown(
        all_nodes=filters.all_nodes,
        containers=bool(types),
        orphans=filters.orphans,
        # A selector of pods can only be passed by pods that are there.
        live=bool(filters.selector or filters.field_selector),
    )
    narrowing = NodeFilters(_split(filters.phase), types, filters.template, filters.node_field_selector or "")
    return narrow(listed(joined, nodes, wanted), narrowing)


def _split(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part for each in given for part in each.split(",") if part)


def _printed(rows: list[NodePod], look: Look, view: View) -> list[NodePod]:
    """What is printed of them: names are for other commands, which can do nothing with pods that are gone."""
    if look.format.kind != "name" or view.gone:
        return rows
    gone = len({row.name for row in rows if row.name and row.exists is False})
    if gone:
        _notice([f"{gone} pod{'s are' if gone > 1 else ' is'} gone; --gone prints the names of those, too"])
    return [row for row in rows if row.exists is not False]


def _nothing(shown: list[Snapshot], wanted: Wanted) -> str:
    """kubectl's sentence for an empty list, with what it is empty of."""
    if len(shown) == 1:
        workflow = shown[0].workflow
        # Of a workflow that failed before it had a node, this is all there is to know.
        reason = workflow.message or "it has no nodes"
        why = "" if workflow.nodes or not workflow.phase else f" It is {workflow.phase}: {reason}"
        return f'No pods found for workflow "{workflow.name}" in {workflow.namespace} namespace.{why}'
    return f"No pods found {place(wanted)}."


def _list_workflows(sources: Sources, wanted: Wanted, look: Look, view: View) -> int:
    if view.watch:
        raise UsageError("-w/--watch needs a WORKFLOW; `kubectl get workflows -w` watches the list of them")
    found = summaries(sources, wanted)
    if not found:
        where = "" if wanted.namespace is None else f" in {wanted.namespace} namespace"
        _notice([f"No resources found{where}."])
    print_summaries(sys.stdout, found, look, Scope(namespace=wanted.namespace is None), time.time())
    return 0


def _watch_pods(
    sources: Sources, wanted: Wanted, nodes: tuple[str, ...], filters: Filters, look: Look, scope: Scope
) -> int:
    from kubectl_argo_pods.output.watching import open_watched
    from kubectl_argo_pods.sources.following import follow

    if not look.format.is_table:
        raise UsageError(f"-w/--watch shows a table, not -o {look.format.kind}")
    headers = node_pod_headers(look, scope)
    watched = open_watched(sys.stdout, look)
    told: set[str] = set()
    for shown in follow(sources, wanted, _query(filters, look), time.time):
        rows = sorted_node_pods(_rows(shown, nodes, filters), look, time.time())
        cells = node_pod_rows(rows, look, scope, time.time())
        watched.show(headers, list(zip(map(_key, rows), cells, strict=True)))
        notices = [notice for snapshot in shown for notice in snapshot.notices if notice not in told]
        told.update(notices)
        _notice(notices)
    watched.end()
    return 0


def _key(row: NodePod) -> tuple[str, ...]:
    uid = str(((row.pod.metadata if row.pod else None) or {}).get("uid", ""))
    return row.workflow.namespace, row.workflow.name, row.node.id if row.node else "", row.name, uid


def _notice(sentences: Iterable[str]) -> None:
    sys.stderr.writelines(f"{sentence}\n" for sentence in sentences)
