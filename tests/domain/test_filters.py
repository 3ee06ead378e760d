from __future__ import annotations

import pytest

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.filters import NodeFilters, narrow
from tests.domain.shapes import node_names, varied_rows


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
    assert sorted(node_names(narrow(varied_rows(), filters))) == sorted(expected)


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
        narrow(varied_rows(), filters)
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
        narrow(varied_rows(), NodeFilters(fields=fields))
    assert str(raised.value) == sentence
