"""A node and its pod as a row of the table and as an item of the machine-readable list (docs/schema/v1.json)."""

from __future__ import annotations

from typing import Any

from kubectl_argo_pods.output.durations import human_duration
from kubectl_argo_pods.pod import NodePod
from kubectl_argo_pods.workflow import Manifest, parse_time

COLUMNS = ("STEP", "TEMPLATE", "POD", "READY", "STATUS", "RESTARTS", "DURATION")
WIDE_COLUMNS = ("PHASE", "TYPE", "NODE-ID", "HOST", "IP", "CONTAINERS", "MESSAGE", "NAME-FROM")
# kubectl's word for what is not there.
NONE = "<none>"
GONE = " (gone)"


def cells(row: NodePod, step: str, now: float) -> tuple[str, ...]:
    """The cells under COLUMNS; `step` is the node's place as text, `now` is in epoch seconds."""
    pod, node = row.pod, row.node
    name = row.name + GONE if row.name and row.exists is False else row.name
    duration = duration_seconds(row, now)
    return (
        step or NONE,
        (node.template if node else "") or NONE,
        name or NONE,
        (pod.ready if pod else "") or NONE,
        status(row) or NONE,
        (pod.restarts if pod else "") or NONE,
        NONE if duration is None else human_duration(duration),
    )


def wide_cells(row: NodePod) -> tuple[str, ...]:
    """The cells under WIDE_COLUMNS."""
    node, pod = row.node, row.pod
    return (
        (node.phase if node else "") or NONE,
        (node.type if node else row.kind) or NONE,
        (node.id if node else "") or NONE,
        host(row) or NONE,
        (pod.ip if pod else "") or NONE,
        ",".join(containers(row)) or NONE,
        (node.message if node else "") or NONE,
        row.name_from or NONE,
    )


def workflow_cells(row: NodePod) -> tuple[str, str]:
    """NAMESPACE and WORKFLOW, which go before the others where several are listed."""
    return row.workflow.namespace or NONE, row.workflow.name


def label_header(label: str) -> str:
    """The header of `-L LABEL`: what follows the last slash, in capitals."""
    return label.rpartition("/")[2].upper()


def label_cells(row: NodePod, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The values of the labels asked for with -L."""
    own = _labels(row)
    return tuple(own.get(label) or "" for label in labels)


def labels_cell(row: NodePod) -> str:
    """The cell of `--show-labels`."""
    own = _labels(row)
    return ",".join(f"{key}={own[key]}" for key in sorted(own)) or NONE


def _labels(row: NodePod) -> dict[str, str]:
    metadata = (row.pod.metadata if row.pod else None) or {}
    return metadata.get("labels") or {}


def status(row: NodePod) -> str:
    """kubectl's word for a pod that is there, else Argo's for the node."""
    if row.pod and row.pod.status:
        return row.pod.status
    return row.node.phase if row.node else ""


def host(row: NodePod) -> str:
    """The machine: the pod's own word, else what Argo wrote down."""
    return (row.pod.host if row.pod else "") or (row.node.host if row.node else "")


def containers(row: NodePod) -> list[str]:
    """The names of the pod's containers, where the whole pod is known."""
    manifest = (row.pod.manifest if row.pod else None) or {}
    return [str(each.get("name", "")) for each in (manifest.get("spec") or {}).get("containers") or []]


def duration_seconds(row: NodePod, now: float) -> float | None:
    """How long the node has run, or its pod where it has no node; None for what has not started."""
    start, end = _times(row)
    return None if start is None else max((end if end is not None else now) - start, 0.0)


def _times(row: NodePod) -> tuple[float | None, float | None]:
    if row.node:
        return row.node.started_at, row.node.finished_at
    return parse_time(_pod_start(row)), None


def _pod_start(row: NodePod) -> str | None:
    pod = row.pod
    status_: Manifest = ((pod.manifest if pod else None) or {}).get("status") or {}
    return status_.get("startTime") or ((pod.metadata if pod else None) or {}).get("creationTimestamp")


def item(row: NodePod, now: float) -> Manifest:
    """The row as one item of the list of kind NodePod; `now` is in epoch seconds."""
    workflow, node = row.workflow, row.node
    return {
        "apiVersion": "argo-pods/v1",
        "kind": "NodePod",
        "metadata": _metadata(row),
        "node": node.manifest if node else None,
        "workflow": {
            "name": workflow.name,
            "namespace": workflow.namespace,
            "uid": workflow.uid,
            "phase": workflow.phase,
        },
        "status": _status(row, now),
    }


def _metadata(row: NodePod) -> Manifest:
    own = (row.pod.metadata if row.pod else None) or {}
    namespace = (row.pod.namespace if row.pod else "") or row.workflow.namespace
    kept = {key: value for key, value in own.items() if value and key != "managedFields"}
    return kept | {"name": row.name, "namespace": namespace}


def _status(row: NodePod, now: float) -> dict[str, Any]:
    node, pod = row.node, row.pod
    return {
        "phase": node.phase if node else "",
        "status": status(row),
        "ready": pod.ready if pod else "",
        "restarts": _count(pod.restarts if pod else ""),
        "exists": row.exists if row.name else False,
        "nameFrom": row.name_from,
        "kind": row.kind,
        "host": host(row),
        "ip": pod.ip if pod and pod.ip != NONE else "",
        "containers": containers(row),
        "durationSeconds": duration_seconds(row, now),
        "startedAt": node.manifest.get("startedAt") if node else _pod_start(row),
        "finishedAt": node.manifest.get("finishedAt") if node else None,
    }


def _count(restarts: str) -> int:
    """The number in kubectl's `3 (5m ago)`."""
    digits = restarts.partition(" ")[0]
    return int(digits) if digits.isdecimal() else 0
