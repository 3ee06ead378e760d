from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.custom_columns import parse_columns, parse_columns_file, print_custom_columns
from kubectl_argo_pods.output.formats import Format
from kubectl_argo_pods.output.listing import Look, Scope, print_workflows
from kubectl_argo_pods.output.records import print_items
from kubectl_argo_pods.workflow import WorkflowSummary
from tests.output.real_kubectl import get_pods, needs_kubectl

ITEMS: list[dict[str, Any]] = [
    {
        "metadata": {"name": "one", "labels": {"app": "web", "b": "2"}},
        "spec": {"containers": [{"name": "main", "image": "a:1"}, {"name": "wait", "image": "b:2"}], "priority": 0},
        "status": {"ready": True, "ratio": 1.5, "whole": 2.0, "nothing": None, "list": ["x", 1, None], "text": ""},
    },
    {"metadata": {"name": "two"}, "spec": {"containers": []}, "status": {"ready": False}},
]
ANSWER = {
    "kind": "PodList",
    "apiVersion": "v1",
    "metadata": {"resourceVersion": ""},
    "items": [{"kind": "Pod", "apiVersion": "v1"} | item for item in ITEMS],
}

SPECS = [
    "NAME:.metadata.name",
    "NAME:metadata.name",
    "NAME:{.metadata.name}",
    "NAME:{metadata.name}",
    "Name:.metadata.name,Ready:.status.ready,Ratio:.status.ratio,Whole:.status.whole,Priority:.spec.priority",
    "NAME:.metadata.name,IMAGES:.spec.containers[*].image",
    "FIRST:.spec.containers[0:1].name",
    "MAP:.metadata.labels",
    "LIST:.status.list",
    "EACH:.status.list[*]",
    "NOTHING:.status.nothing",
    "TEXT:.status.text,NAME:.metadata.name",
    "MISSING:.a.b.c,NAME:.metadata.name",
    'FILTER:.spec.containers[?(@.name=="wait")].image',
    "DEEP:..image",
    "A:.metadata.labels.app,A:.metadata.labels.app",
    ":.metadata.name",
    "NAME:",
    "NAME",
    "NAME:.metadata.name,",
    "NAME:{.metadata.name}{.kind}",
    "NAME:.metadata.name}",
    "NAME:.spec.containers[0].name",
    "NAME:.spec.containers[a]",
    "NAME:.metadata.name:x",
]


def printed(spec: str, *, no_headers: bool = False) -> str | None:
    stream = io.StringIO()
    try:
        print_custom_columns(stream, parse_columns(spec), ITEMS, no_headers=no_headers)
    except UsageError:
        return None
    return stream.getvalue()


@needs_kubectl
@pytest.mark.parametrize("spec", SPECS)
def test_columns_are_those_of_kubectl(spec: str, tmp_path: Path) -> None:
    answer = get_pods(ANSWER, "-o", f"custom-columns={spec}", home=tmp_path)
    assert printed(spec) == (None if answer.returncode else answer.stdout)


@needs_kubectl
def test_columns_without_headers_are_those_of_kubectl(tmp_path: Path) -> None:
    spec = "A-LONG-HEADER:.metadata.name,READY:.status.ready"
    answer = get_pods(ANSWER, "--no-headers", "-o", f"custom-columns={spec}", home=tmp_path)
    assert printed(spec, no_headers=True) == answer.stdout


@needs_kubectl
def test_columns_of_a_file_are_those_of_kubectl(tmp_path: Path) -> None:
    text = "NAME      READY\nmetadata.name  {.status.ready}\n"
    file = tmp_path / "columns"
    file.write_text(text)
    stream = io.StringIO()
    print_items(stream, ITEMS, Format("custom-columns-file", text))
    assert stream.getvalue() == get_pods(ANSWER, "-o", f"custom-columns-file={file}", home=tmp_path).stdout


def test_what_a_terminal_would_obey_is_disarmed_unlike_in_kubectl() -> None:
    stream = io.StringIO()
    print_custom_columns(stream, parse_columns("A:.a,B:.b"), [{"a": "x\x1b[2J\ty", "b": "1\n2"}])
    assert stream.getvalue() == "A           B\nx^[[2J^Iy   1...\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "invalid template, missing header line"),
        ("NAME\n", "invalid template, missing spec line"),
        ("NAME READY\nmetadata.name\n", "number of headers (2) and field specifications (1) don't match"),
        ("NAME\n{a}{b}\n", "unexpected path string '{a}{b}', expected a 'name1.name2'"),
    ],
    ids=["empty", "one line", "too few", "two paths"],
)
def test_a_wrong_file_is_explained(text: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        parse_columns_file(text)
    assert str(raised.value).startswith(sentence)


def test_the_list_of_workflows_takes_columns_with_and_without_headers() -> None:
    summaries = [WorkflowSummary("argo", "wf", "u", "Failed", 0, "", {})]
    texts = []
    for no_headers in (False, True):
        stream = io.StringIO()
        look = Look(Format("custom-columns", "WORKFLOW:.metadata.name"), no_headers=no_headers)
        print_workflows(stream, summaries, look, Scope(), 0)
        texts.append(stream.getvalue())
    assert texts == ["WORKFLOW\nwf\n", "wf\n"]
