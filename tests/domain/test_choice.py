from __future__ import annotations

import pytest

from kubectl_argo_pods.choice import bare_name, choose, is_plain
from kubectl_argo_pods.errors import ArgoPodsError, NoMatchError, UsageError
from kubectl_argo_pods.workflow import WorkflowSummary


def summary(name: str, status: str) -> WorkflowSummary:
    return WorkflowSummary("argo", name, "uid", status, 0.0, "", {})


NEWEST_FIRST = [
    summary("etl-3", "Succeeded"),
    summary("etl-2", "Running"),
    summary("train-1", "Error"),
    summary("etl-1", "Failed"),
]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("@latest", ["etl-3"]),
        ("@running", ["etl-2"]),
        ("@failed", ["train-1"]),
        ("etl-*", ["etl-3", "etl-2", "etl-1"]),
        ("*", ["etl-3", "etl-2", "train-1", "etl-1"]),
        ("[st]*-1", ["train-1"]),
    ],
)
def test_choose_finds_the_workflows_that_a_word_means(word: str, expected: list[str]) -> None:
    assert [each.name for each in choose(word, NEWEST_FIRST, 'in namespace "argo"')] == expected


@pytest.mark.parametrize(
    ("word", "summaries", "error", "sentence"),
    [
        ("@latest", [], NoMatchError, 'no workflows in namespace "argo"'),
        ("@running", NEWEST_FIRST[:1], NoMatchError, 'no running workflow in namespace "argo"'),
        ("nightly-*", NEWEST_FIRST, NoMatchError, 'no workflow is named like "nightly-*" in namespace "argo"'),
        (
            "@newest",
            NEWEST_FIRST,
            UsageError,
            'unknown WORKFLOW "@newest": the words that begin with @ are @latest, @failed, @running',
        ),
    ],
)
def test_a_word_that_means_no_workflow_is_an_error(
    word: str, summaries: list[WorkflowSummary], error: type[ArgoPodsError], sentence: str
) -> None:
    with pytest.raises(error) as raised:
        choose(word, summaries, 'in namespace "argo"')
    assert str(raised.value) == sentence


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("etl", "etl"),
        ("wf/etl", "etl"),
        ("workflow/etl", "etl"),
        ("workflows/logs", "logs"),
        ("workflow.argoproj.io/etl", "etl"),
        ("workflows.argoproj.io/etl", "etl"),
    ],
)
def test_bare_name_takes_kubectls_spellings(word: str, name: str) -> None:
    assert bare_name(word) == name


@pytest.mark.parametrize("word", ["pod/etl", "wf/", "/etl"])
def test_bare_name_refuses_what_is_no_workflow(word: str) -> None:
    with pytest.raises(UsageError, match="names no workflow: write NAME or wf/NAME"):
        bare_name(word)


def test_only_a_plain_name_needs_no_list() -> None:
    assert [word for word in ["etl", "@latest", "etl-*", "e?l", "etl-[12]"] if is_plain(word)] == ["etl"]
