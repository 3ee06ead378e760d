from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from kubectl_argo_pods.output import node_pods, workflows
from kubectl_argo_pods.output.formats import Format
from kubectl_argo_pods.output.records import print_items
from kubectl_argo_pods.pod import NodePod, Pod, join
from kubectl_argo_pods.workflow import WorkflowSummary, parse_time
from tests.domain import shapes

SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schema/v1.json").read_text())
NOW = parse_time("2026-05-04T10:05:30Z") or 0.0
MAIN = {"spec": {"containers": [{"name": "main"}, {"name": "wait"}]}, "status": {"startTime": "2026-05-04T10:00:10Z"}}


def rows() -> dict[str, NodePod]:
    """A running step, one whose pod is gone, one that never had any, and the agent."""
    workflow = shapes.workflow(
        shapes.node("wf", "DAG", children=["wf.a", "wf.b", "wf.c"], phase="Running"),
        shapes.node("wf.a", phase="Running", parent="wf"),
        shapes.node("wf.b", phase="Failed", parent="wf", finishedAt="2026-05-04T13:00:00Z", message="no\nluck"),
        shapes.node("wf.c", phase="Omitted", parent="wf", startedAt=None, hostNodeName=""),
    )
    live = shapes.pod("wf-work-1", "wf.a", labels={"app.kubernetes.io/part-of": "x"})
    live = live._replace(manifest=MAIN, restarts="3 (5m ago)", status="CrashLoopBackOff")
    agent = shapes.pod(
        "wf-1340600742-agent",
        labels={"workflows.argoproj.io/component": "agent"},
        creationTimestamp="2026-05-04T10:05:00Z",
    )
    joined = join(workflow, [live, agent])
    return {each.node.display_name if each.node else each.kind: each for each in joined}


@pytest.mark.parametrize(
    ("step", "cells"),
    [
        ("a", ("a", "work", "wf-work-1", "2/2", "CrashLoopBackOff", "3 (5m ago)", "5m30s")),
        ("b", ("b", "work", "wf-work-2911782600 (gone)", "<none>", "Failed", "<none>", "3h")),
        ("c", ("c", "work", "<none>", "<none>", "Omitted", "<none>", "<none>")),
        ("agent", ("agent", "<none>", "wf-1340600742-agent", "2/2", "Running", "0", "30s")),
    ],
)
def test_a_row_says_where_a_step_runs_and_how_it_goes(step: str, cells: tuple[str, ...]) -> None:
    assert node_pods.cells(rows()[step], step, NOW) == cells


@pytest.mark.parametrize(
    ("step", "cells"),
    [
        ("a", ("Running", "Pod", "wf-2962115457", "host-1", "10.0.0.7", "main,wait", "<none>", "annotation")),
        ("b", ("Failed", "Pod", "wf-2911782600", "host-1", "<none>", "<none>", "no\nluck", "computed")),
        ("agent", ("<none>", "agent", "<none>", "host-1", "10.0.0.7", "<none>", "<none>", "annotation")),
    ],
)
def test_a_wide_row_says_more(step: str, cells: tuple[str, ...]) -> None:
    assert node_pods.wide_cells(rows()[step]) == cells


def test_labels_are_columns_named_by_their_last_part() -> None:
    label = "app.kubernetes.io/part-of"
    assert node_pods.label_header(label) == "PART-OF"
    assert node_pods.label_header("app") == "APP"
    assert node_pods.label_cells(rows()["a"], (label, "other")) == ("x", "")
    assert node_pods.label_cells(rows()["b"], (label,)) == ("",)
    assert node_pods.labels_cell(rows()["a"]) == "app.kubernetes.io/part-of=x,workflows.argoproj.io/workflow=wf"
    assert node_pods.labels_cell(rows()["b"]) == "<none>"


def test_an_item_carries_the_node_the_pod_and_the_workflow() -> None:
    row = rows()["a"]
    assert row.node and row.pod and row.pod.metadata
    assert node_pods.item(row, NOW) == {
        "apiVersion": "argo-pods/v1",
        "kind": "NodePod",
        "metadata": {
            "name": "wf-work-1",
            "namespace": "argo",
            "labels": {"workflows.argoproj.io/workflow": "wf", "app.kubernetes.io/part-of": "x"},
            "annotations": row.pod.metadata["annotations"],
            "ownerReferences": row.pod.metadata["ownerReferences"],
        },
        "node": row.node.manifest,
        "workflow": {"name": "wf", "namespace": "argo", "uid": shapes.UID, "phase": "Running"},
        "status": {
            "phase": "Running",
            "status": "CrashLoopBackOff",
            "ready": "2/2",
            "restarts": 3,
            "exists": True,
            "nameFrom": "annotation",
            "kind": "node",
            "host": "host-1",
            "ip": "10.0.0.7",
            "containers": ["main", "wait"],
            "durationSeconds": 330.0,
            "startedAt": "2026-05-04T10:00:00Z",
            "finishedAt": None,
        },
    }


def test_an_item_of_a_pod_that_is_gone_says_so() -> None:
    item = node_pods.item(rows()["b"], NOW)
    assert item["metadata"] == {"name": "wf-work-2911782600", "namespace": "argo"}
    assert item["status"] == {
        "phase": "Failed",
        "status": "Failed",
        "ready": "",
        "restarts": 0,
        "exists": False,
        "nameFrom": "computed",
        "kind": "node",
        "host": "host-1",
        "ip": "",
        "containers": [],
        "durationSeconds": 10800.0,
        "startedAt": "2026-05-04T10:00:00Z",
        "finishedAt": "2026-05-04T13:00:00Z",
    }


def test_the_list_is_as_the_schema_says() -> None:
    bare = NodePod(
        rows()["a"].workflow, None, Pod("p", "argo", "", "", "", "", "<none>", ""), "p", "pod name", "orphan"
    )
    items = [node_pods.item(row, NOW) for row in [*rows().values(), bare]]
    stream = io.StringIO()
    print_items(stream, items, Format("json"))
    Draft202012Validator.check_schema(SCHEMA)
    assert list(map(str, Draft202012Validator(SCHEMA).iter_errors(json.loads(stream.getvalue())))) == []


@pytest.mark.parametrize(
    ("created_at", "age"),
    [(NOW - 90, "90s"), (NOW - 7200, "120m"), (None, "<unknown>")],
    ids=["seconds", "hours", "unknown"],
)
def test_a_workflow_is_a_row_as_kubectl_prints_it(created_at: float | None, age: str) -> None:
    summary = WorkflowSummary("argo", "wf", "u", "Failed", created_at, "child 'x' failed", {"a": "b"})
    assert workflows.cells(summary, NOW) == ("wf", "Failed", age, "child 'x' failed")


def test_a_workflow_is_an_item_too() -> None:
    summary = WorkflowSummary("argo", "wf", "u", "Failed", NOW, "no luck", {"a": "b"})
    assert workflows.item(summary) == {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": "wf",
            "namespace": "argo",
            "uid": "u",
            "labels": {"a": "b"},
            "creationTimestamp": "2026-05-04T10:05:30Z",
        },
        "status": {"phase": "Failed", "message": "no luck"},
    }
