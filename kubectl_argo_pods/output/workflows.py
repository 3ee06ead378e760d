"""The list of workflows as rows of a table."""

from __future__ import annotations

from kubectl_argo_pods.output.durations import since
from kubectl_argo_pods.workflow import Manifest, WorkflowSummary

COLUMNS = ("NAME", "STATUS", "AGE", "MESSAGE")
# It tells runs apart that had the same name, of which all but the last are archived.
WIDE_COLUMNS = ("UID",)


def cells(summary: WorkflowSummary, now: float) -> tuple[str, ...]:
    """The cells under COLUMNS; `now` is in epoch seconds."""
    # As `kubectl get workflows` prints them: what is empty stays empty.
    return summary.name, summary.status, since(summary.created_at, now), summary.message


def wide_cells(summary: WorkflowSummary) -> tuple[str, ...]:
    """The cells under WIDE_COLUMNS."""
    return (summary.uid,)


def item(summary: WorkflowSummary) -> Manifest:
    """The summary as an item of a list: what of a Workflow's manifest it knows."""
    metadata: Manifest = {
        "name": summary.name,
        "namespace": summary.namespace,
        "uid": summary.uid,
        "labels": summary.labels,
    }
    if summary.created_at is not None:
        metadata["creationTimestamp"] = rfc3339(summary.created_at)
    status = {"phase": summary.status, "message": summary.message}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "status": status}


def rfc3339(seconds: float) -> str:
    """Epoch seconds as Kubernetes writes times."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
