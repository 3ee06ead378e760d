"""The list of pods, and the list of workflows, in whichever format is asked for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TextIO, TypeVar

from kubectl_argo_pods.output import node_pods, workflows
from kubectl_argo_pods.output.formats import Format
from kubectl_argo_pods.output.table import Row, print_rows, print_table
from kubectl_argo_pods.pod import NodePod, steps
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.workflow import Manifest, WorkflowSummary

T = TypeVar("T")


class Look(NamedTuple):
    """How a list is to look; `paint` colours the words of a table that say how something goes."""

    format: Format = Format()
    sort_by: str = ""
    no_headers: bool = False
    label_columns: tuple[str, ...] = ()
    show_labels: bool = False
    paint: Callable[[str], str] | None = None


class Scope(NamedTuple):
    """Which columns say where a row belongs: none of them while all rows are of one workflow."""

    workflow: bool = False
    namespace: bool = False


def print_node_pods(stream: TextIO, rows: Sequence[NodePod], look: Look, scope: Scope, now: float) -> None:
    """Print the rows; `now` is in epoch seconds. Raises UsageError for a template that is wrong."""
    rows = sorted_node_pods(rows, look, now)
    if look.format.kind == "name":
        # One pod may run several nodes: its name is printed once.
        stream.writelines(f"pod/{name}\n" for name in dict.fromkeys(row.name for row in rows if row.name))
    elif look.format.kind == "csv":
        _print_csv(stream, node_pod_headers(look, scope), node_pod_rows(rows, look, scope, now), look)
    elif look.format.is_table:
        print_cells(stream, node_pod_headers(look, scope), node_pod_rows(rows, look, scope, now), look)
    else:
        _print_items(stream, [node_pods.item(row, now) for row in rows], look)


def sorted_node_pods(rows: Sequence[NodePod], look: Look, now: float) -> Sequence[NodePod]:
    """The rows as `--sort-by` wants them, else as they are; `now` is in epoch seconds."""
    if not look.sort_by:
        return rows
    return _sorted(rows, [node_pods.item(row, now) for row in rows], look.sort_by)


def node_pod_headers(look: Look, scope: Scope) -> list[str]:
    """The headers of the table of pods."""
    headers = ["NAMESPACE"] * scope.namespace + ["WORKFLOW"] * scope.workflow + [*node_pods.COLUMNS]
    if look.format.kind in ("wide", "csv"):
        headers += node_pods.WIDE_COLUMNS
    headers += [node_pods.label_header(label) for label in look.label_columns]
    return headers + ["LABELS"] * look.show_labels


def node_pod_rows(rows: Sequence[NodePod], look: Look, scope: Scope, now: float) -> list[Row]:
    """The cells under `node_pod_headers`."""
    table = [node_pods.cells(row, step, now) for row, step in zip(rows, steps(rows), strict=True)]
    if scope.namespace or scope.workflow:
        places = map(node_pods.workflow_cells, rows)
        shown = ((place[0],) * scope.namespace + (place[1],) * scope.workflow for place in places)
        table = [place + cells for place, cells in zip(shown, table, strict=True)]
    if look.format.kind in ("wide", "csv"):
        table = [cells + node_pods.wide_cells(row) for row, cells in zip(rows, table, strict=True)]
    if look.label_columns:
        own = (node_pods.label_cells(row, look.label_columns) for row in rows)
        table = [cells + labels for cells, labels in zip(table, own, strict=True)]
    if look.show_labels:
        table = [(*cells, node_pods.labels_cell(row)) for row, cells in zip(rows, table, strict=True)]
    return table


def print_workflows(stream: TextIO, summaries: Sequence[WorkflowSummary], look: Look, scope: Scope, now: float) -> None:
    """Print a line for each workflow; `now` is in epoch seconds."""
    if look.sort_by:
        summaries = _sorted(summaries, [workflows.item(summary) for summary in summaries], look.sort_by)
    headers = ["NAMESPACE"] * scope.namespace + [*workflows.COLUMNS]
    if look.format.kind in ("wide", "csv"):
        headers += workflows.WIDE_COLUMNS
    headers += [node_pods.label_header(label) for label in look.label_columns] + ["LABELS"] * look.show_labels
    if look.format.kind == "name":
        stream.writelines(f"workflow.argoproj.io/{summary.name}\n" for summary in summaries)
    elif look.format.kind == "csv":
        _print_csv(stream, headers, [_workflow_cells(summary, look, scope, now) for summary in summaries], look)
    elif look.format.is_table:
        print_cells(stream, headers, [_workflow_cells(summary, look, scope, now) for summary in summaries], look)
    else:
        _print_items(stream, [workflows.item(summary) for summary in summaries], look)


def _workflow_cells(summary: WorkflowSummary, look: Look, scope: Scope, now: float) -> Row:
    labels = tuple(summary.labels.get(label, "") for label in look.label_columns)
    shown = ",".join(f"{key}={value}" for key, value in sorted(summary.labels.items())) or node_pods.NONE
    cells = (summary.namespace,) * scope.namespace + workflows.cells(summary, now)
    if look.format.kind in ("wide", "csv"):
        cells += workflows.wide_cells(summary)
    return cells + labels + (shown,) * look.show_labels


def print_cells(stream: TextIO, headers: Sequence[str], rows: Sequence[Row], look: Look) -> None:
    """Print a table, with its headers unless they are unwanted; an empty one prints nothing, as kubectl does."""
    if not rows:
        return
    (print_rows if look.no_headers else print_table)(stream, headers, rows, paint=look.paint)


def _sorted(rows: Sequence[T], items: Sequence[Manifest], expression: str) -> list[T]:
    from kubectl_argo_pods.output.sort import sorted_by

    return [rows[index] for index in sorted_by(items, expression)]


def _print_csv(stream: TextIO, headers: Sequence[str], rows: Sequence[Row], look: Look) -> None:
    from kubectl_argo_pods.output.records import print_csv

    # kubectl's word for what is not there is for people: another program expects an empty cell.
    cells = [tuple("" if cell == node_pods.NONE else cell for cell in row) for row in rows]
    print_csv(stream, () if look.no_headers else headers, cells)


def _print_items(stream: TextIO, items: list[Manifest], look: Look) -> None:
    from kubectl_argo_pods.output.records import print_items

    print_items(stream, items, look.format, no_headers=look.no_headers)
