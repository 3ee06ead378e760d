from __future__ import annotations

import pytest

from kubectl_argo_pods.errors import ArgoPodsError, NoMatchError, UsageError
from kubectl_argo_pods.selection import select
from tests.domain.shapes import node_names, varied_rows


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
        (["template:inner"], ["sub[0].load"]),
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
    chosen = select(varied_rows(), words)
    assert sorted(node_names(chosen)) == sorted(expected)
    assert chosen == [row for row in varied_rows() if row in chosen], "the order of the rows is kept"


@pytest.mark.parametrize(
    ("word", "error", "sentence"),
    [
        (
            "trian",
            NoMatchError,
            'no node or pod "trian" in workflow "wf"; did you mean "train" or "train(0)" or "train(1)"?',
        ),
        ("zzz", NoMatchError, 'no node or pod "zzz" in workflow "wf"; `--all-nodes` lists every node'),
        (
            "param:size=8",
            NoMatchError,
            'no node with the parameter size="8" in workflow "wf"; the values of size: 7',
        ),
        (
            "param:side=8",
            NoMatchError,
            'no node with the parameter side="8" in workflow "wf"; its parameters: size',
        ),
        (
            "template:laod",
            NoMatchError,
            'no node of a template "laod" in workflow "wf"; did you mean "load"?',
        ),
        (
            "template:zzz*",
            NoMatchError,
            'no node of a template "zzz*" in workflow "wf"; its templates: inner, lib/load, load, work',
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
        select(varied_rows(), ["load", word])
    assert str(raised.value) == sentence
