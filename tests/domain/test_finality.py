"""When nodes are done for good: one may be run again with what it is within."""

from __future__ import annotations

import pytest

from kubectl_argo_pods.finality import settled
from kubectl_argo_pods.naming import node_id
from kubectl_argo_pods.workflow import Manifest, Workflow
from tests.domain.shapes import node, workflow


def nested(
    *, train: str = "Succeeded", sub: str = "Running", holder: str = "Retry", phase: str = "Running"
) -> Workflow:
    """The task `sub` is a DAG that holds `train`; the node around `sub` is of the type `holder`."""
    name = "wf.sub(0)" if holder in ("Retry", "TaskGroup") else "wf[0].sub"
    around = {"Retry": "wf.sub", "TaskGroup": "wf.sub", "StepGroup": "wf[0]"}[holder]
    nodes = [
        node("wf", "Steps" if holder == "StepGroup" else "DAG", phase="Running", children=[around]),
        node(around, holder, phase=phase, children=[name], parent="wf"),
        node(name, "DAG", phase=sub, children=[f"{name}.train"], parent="wf", display=name.rpartition(".")[2]),
        node(f"{name}.train", phase=train, parent=name, display="train"),
    ]
    return workflow(*nodes)


def train_of(workflow: Workflow) -> list[str]:
    return [node.id for node in workflow.nodes.values() if node.display_name == "train"]


CASES = {
    "it is running": (nested(train="Running", holder="StepGroup"), False),
    "it is done": (nested(holder="StepGroup"), True),
    "what it is within may be tried again": (nested(holder="Retry"), False),
    "what it is within is done": (nested(holder="Retry", phase="Failed"), True),
    "what it is within is an item of a loop": (nested(holder="TaskGroup"), False),
    "it was skipped": (nested(train="Skipped", holder="StepGroup"), True),
    "it is pending": (nested(train="Pending", holder="StepGroup"), False),
}


@pytest.mark.parametrize(("workflow", "expected"), CASES.values(), ids=CASES)
def test_a_node_is_settled(workflow: Workflow, expected: bool) -> None:
    assert settled(workflow, [workflow.nodes[id_] for id_ in train_of(workflow)]) is expected


@pytest.mark.parametrize(("holder", "expected"), [("StepGroup", True), ("Retry", False)])
def test_a_node_that_has_lost_its_pod_is_settled_unless_it_may_come_again(holder: str, expected: bool) -> None:
    made = nested(train="Running", holder=holder)
    nodes = train_of(made)
    assert settled(made, [made.nodes[id_] for id_ in nodes], nodes) is expected


def test_a_step_does_not_wait_for_those_beside_it() -> None:
    nodes: list[Manifest] = [
        node("wf", "Steps", phase="Running", children=["wf[0]"]),
        node("wf[0]", "StepGroup", phase="Running", children=["wf[0].a", "wf[0].b"], parent="wf"),
        node("wf[0].a", parent="wf"),
        node("wf[0].b", phase="Running", parent="wf"),
    ]
    made = workflow(*nodes)
    assert settled(made, [made.nodes[node_id("wf", "wf[0].a")]])


def test_a_cycle_made_by_hand_ends() -> None:
    made = workflow(
        node("wf.a", "DAG", children=["wf.b"], parent="wf.b"), node("wf.b", "DAG", children=["wf.a"], parent="wf.a")
    )
    assert settled(made, made.nodes.values())
