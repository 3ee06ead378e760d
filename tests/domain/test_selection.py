from __future__ import annotations

import pytest

from kubectl_argo_pods.errors import ArgoPodsError, NoMatchError, UsageError
from kubectl_argo_pods.pods import NodePod, join
from kubectl_argo_pods.selection import NodeFilters, narrow, select
from tests.domain.shapes import node, pod, workflow

PARAMETERS = {"parameters": [{"name": "size", "value": "7"}]}


def rows() -> list[NodePod]:
    """A DAG with a plain task, a loop, a retried task, a containerSet, and Steps that hold a second `load`."""
    nodes = workflow(
        node("wf", "DAG", phase="Failed"),
        node("wf.load", parent="wf", templateName="load", inputs=PARAMETERS),
        node("wf.process", "TaskGroup", parent="wf", children=["wf.process(0:item-1)", "wf.process(1:b:c)"]),
        node("wf.process(0:item-1)", parent="wf"),
        node("wf.process(1:b:c)", parent="wf", phase="Running", startedAt="2026-05-04T10:09:00Z"),
        node("wf.train", "Retry", parent="wf", phase="Error", children=["wf.train(0)", "wf.train(1)", "wf.train(10)"]),
        node("wf.train(0)", parent="wf", phase="Failed", finishedAt="2026-05-04T10:03:00Z"),
        node("wf.train(1)", parent="wf", phase="Failed", finishedAt="2026-05-04T10:05:00Z"),
        node("wf.train(10)", parent="wf", phase="Error", finishedAt="2026-05-04T10:07:00Z"),
        node("wf.set", parent="wf"),
        node("wf.set.one", "Container", parent="wf.set", display="one"),
        node("wf.sub", "Steps", parent="wf", children=["wf.sub[0]"]),
        node("wf.sub[0]", "StepGroup", parent="wf.sub", display="[0]", children=["wf.sub[0].load"]),
        node(
            "wf.sub[0].load",
            parent="wf.sub",
            display="load",
            templateName="",
            templateRef={"name": "lib", "template": "load"},
        ),
        node("wf[0].two(0:x)", display="two(0:x)"),
        node("wf[0].two(1:y)", display="two(1:y)"),
        node("wf.skipped", "Skipped", parent="wf", phase="Skipped"),
    )
    return join(nodes, [pod("stray-1", kind="Job", uid="job")])


def names(chosen: list[NodePod]) -> list[str]:
    return [row.node.name.removeprefix("wf.") if row.node else row.name for row in chosen]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["process(0:item-1)"], ["process(0:item-1)"]),
        (["process(1:b:c)"], ["process(1:b:c)"]),
        (["load"], ["load", "sub[0].load"]),
        (["wf.load"], ["load"]),
        (["sub[0].load"], ["sub[0].load"]),
        (["node/wf.load"], ["load"]),
        (["train"], ["train(10)"]),
        (["train(0)"], ["train(0)"]),
        (["process"], ["process(0:item-1)", "process(1:b:c)"]),
        (["sub"], ["sub[0].load"]),
        (["[0]"], ["sub[0].load"]),
        (
            ["wf"],
            ["load", "process(0:item-1)", "process(1:b:c)", "set", "sub[0].load", "train(0)", "train(1)", "train(10)"],
        ),
        (["set"], ["set"]),
        (["one"], ["set.one"]),
        (["skipped"], ["skipped"]),
        (["two"], ["wf[0].two(0:x)", "wf[0].two(1:y)"]),
        (["process(*"], ["process(0:item-1)", "process(1:b:c)"]),
        (["train([0-9])"], ["train(0)", "train(1)"]),
        (["stray-1"], ["stray-1"]),
        (["pod/stray-*"], ["stray-1"]),
        (["wf-work-2977464346"], ["set"]),
        (["template:load"], ["load", "sub[0].load"]),
        (["template:lib/*"], ["sub[0].load"]),
        (["param:size=7"], ["load"]),
        (["@failed"], ["train(0)", "train(1)", "train(10)"]),
        (["@running"], ["process(1:b:c)"]),
        # Not the container `one` besides the pod `set` that it runs in.
        (["@succeeded"], ["load", "process(0:item-1)", "set", "sub[0].load", "wf[0].two(0:x)", "wf[0].two(1:y)"]),
        (["@first-failed"], ["train(0)"]),
        (["@last"], ["process(1:b:c)"]),
        (["@pending"], []),
        (["@pending", "set"], ["set"]),
        (["train(0)", "load", "@first-failed"], ["load", "sub[0].load", "train(0)"]),
    ],
    ids=lambda value: " ".join(value) if value and isinstance(value, list) else None,
)
def test_select_finds_the_rows_that_the_words_mean(words: list[str], expected: list[str]) -> None:
    chosen = select(rows(), words)
    assert sorted(names(chosen)) == sorted(expected)
    assert chosen == [row for row in rows() if row in chosen], "the order of the rows is kept"


@pytest.mark.parametrize(
    ("word", "error", "sentence"),
    [
        (
            "trian",
            NoMatchError,
            'no node or pod "trian" in workflow "wf"; did you mean "train" or "train(1)" or "train(0)"?',
        ),
        ("zzz", NoMatchError, 'no node or pod "zzz" in workflow "wf"; `--all-nodes` lists every node'),
        (
            "param:size=8",
            NoMatchError,
            'no node or pod "param:size=8" in workflow "wf"; `--all-nodes` lists every node',
        ),
        (
            "@newest",
            UsageError,
            'unknown NODE "@newest": the words that begin with @ are '
            "@failed, @running, @pending, @succeeded, @first-failed, @last",
        ),
    ],
)
def test_a_word_that_means_no_node_is_an_error_that_helps(word: str, error: type[ArgoPodsError], sentence: str) -> None:
    with pytest.raises(error) as raised:
        select(rows(), ["load", word])
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (NodeFilters(phases=("failed", "Running")), ["wf", "process(1:b:c)", "train(0)", "train(1)"]),
        (NodeFilters(types=("container",)), ["set.one"]),
        (NodeFilters(templates=("lo*",)), ["load", "sub[0].load"]),
        (NodeFilters(fields="templateRef.name=lib"), ["sub[0].load"]),
        (NodeFilters(fields="phase==Failed,displayName!=train(0)"), ["wf", "train(1)"]),
        (NodeFilters(fields="inputs.parameters.size.value=7"), ["load"]),
        (NodeFilters(phases=("Failed",), fields="type=Pod"), ["train(0)", "train(1)"]),
        (NodeFilters(phases=("Pending",)), []),
    ],
)
def test_narrow_keeps_the_rows_that_pass_every_filter(filters: NodeFilters, expected: list[str]) -> None:
    assert sorted(names(narrow(rows(), filters))) == sorted(expected)


@pytest.mark.parametrize(
    ("filters", "sentence"),
    [
        (
            NodeFilters(phases=("Failed", "Faild")),
            'unknown --phase "Faild": it is one of Pending, Running, Succeeded, Skipped, Failed, Error, Omitted',
        ),
        (
            NodeFilters(types=("Job",)),
            'unknown --type "Job": it is one of Pod, Container, Steps, StepGroup, DAG, TaskGroup, Retry, Skipped, '
            "Suspend, HTTP, Plugin",
        ),
    ],
)
def test_a_phase_or_type_that_argo_does_not_know_is_a_usage_error(filters: NodeFilters, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        narrow(rows(), filters)
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ("phase", 'invalid --node-field-selector "phase": it must be KEY=VALUE or KEY!=VALUE'),
        (
            "fase=Failed",
            'unknown key "fase" in --node-field-selector; the keys are displayName, templateName, templateRef.name, '
            "templateRef.template, phase, name, id, type, hostNodeName, inputs.parameters.NAME.value",
        ),
    ],
)
def test_a_node_field_selector_that_is_wrong_is_a_usage_error(fields: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        narrow(rows(), NodeFilters(fields=fields))
    assert str(raised.value) == sentence
