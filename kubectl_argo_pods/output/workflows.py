"""The list of workflows as rows of a table."""

from __future__ import annotations

from kubectl_argo_pods.output.durations import since
from kubectl_argo_pods.workflow import WorkflowSummary

COLUMNS = ("NAME", "STATUS", "AGE", "MESSAGE")


def cells(summary: WorkflowSummary, now: float) -> tuple[str, ...]:
    """The cells under COLUMNS; `now` is in epoch seconds."""
    # As `kubectl get workflows` prints them: what is empty stays empty.
    return summary.name, summary.status, since(summary.created_at, now), summary.message
