from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.jsonpath import print_jsonpath, print_jsonpath_as_json
from tests.output.jsonpath_cases import CASES, DIFFERENCES, OBJECT, Case
from tests.output.real_kubectl import needs_kubectl, print_local

ours = pytest.mark.parametrize("case", CASES + [case for case, _ in DIFFERENCES], ids=lambda case: case.template)


def printed(template: str) -> str | None:
    stream = io.StringIO()
    try:
        print_jsonpath(stream, template, OBJECT)
    except UsageError:
        return None
    return stream.getvalue()


@ours
def test_a_template_prints(case: Case) -> None:
    assert printed(case.template) == case.expected


SEPARATOR = "\n----\n"
FAILING = [case for case in CASES if case.expected is None]
# A template with a range that does not end would swallow those behind it.
ALONE = [
    case for case in CASES if case.expected is not None and case.template.count("range ") > case.template.count("end}")
]
TOGETHER = [case for case in CASES if case not in FAILING + ALONE]


@needs_kubectl
def test_kubectl_prints_the_same(tmp_path: Path) -> None:
    answer = print_local(OBJECT, "jsonpath=" + SEPARATOR.join(case.template for case in TOGETHER), tmp_path)
    printed_by_kubectl = zip(TOGETHER, answer.stdout.split(SEPARATOR), strict=True)
    assert {case.template: text for case, text in printed_by_kubectl} == dict(TOGETHER)


@needs_kubectl
@pytest.mark.parametrize("case", FAILING + ALONE, ids=lambda case: case.template)
def test_kubectl_does_the_same(case: Case, tmp_path: Path) -> None:
    answer = print_local(OBJECT, f"jsonpath={case.template}", tmp_path)
    assert (None if answer.returncode else answer.stdout) == case.expected


@needs_kubectl
@pytest.mark.parametrize(("case", "reason"), DIFFERENCES, ids=lambda part: getattr(part, "template", ""))
def test_kubectl_prints_something_else(case: Case, reason: str, tmp_path: Path) -> None:
    answer = print_local(OBJECT, f"jsonpath={case.template}", tmp_path)
    assert (None if answer.returncode else answer.stdout) != case.expected, f"no longer so: {reason}"


@needs_kubectl
@pytest.mark.parametrize("template", ["{.mixed}{.float}", "{.nodes[*].metadata.name}", "{.missing}", "text"])
def test_as_json_prints_what_kubectl_prints(template: str, tmp_path: Path) -> None:
    stream = io.StringIO()
    print_jsonpath_as_json(stream, template, OBJECT)
    assert stream.getvalue() == print_local(OBJECT, f"jsonpath-as-json={template}", tmp_path).stdout


PIECES = ["{", "}", "[", "]", "(", ")", "?", "@", "$", ".", "..", "*", ":", ",", "-", "1", "'", '"', "\\", "\n", " "]
PIECES += ["range", "end", "true", "==", "<", "!=", "kind", "nodes", "numbers", "pods", "deep", "{range ", "{end}"]
PIECES += ["[?(@.", ")]", ".nodes[*]", "é", "²", "٣", "\ud800", "\\x", "\\u", "9" * 30]


@settings(max_examples=1000)
@given(st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
def test_whatever_is_written_either_prints_or_is_a_mistake_that_is_named(template: str) -> None:
    try:
        print_jsonpath(io.StringIO(), template, OBJECT)
        print_jsonpath(io.StringIO(), "{" + template + "}", OBJECT)
    except UsageError as error:
        assert "jsonpath" in str(error)


def test_ranges_inside_each_other_without_end_are_a_mistake() -> None:
    with pytest.raises(UsageError, match="too many ranges"):
        print_jsonpath(io.StringIO(), "{range .deep}" * 300, OBJECT)
