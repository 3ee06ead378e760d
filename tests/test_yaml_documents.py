from __future__ import annotations

import pytest

from kubectl_argo_pods.yaml_documents import YamlError, documents

BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{name}: &{name} [{','.join([f'*{before}'] * 10)}]\n" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)
CHAIN = "a0: &a0 [x]\n" + "".join(f"a{number}: &a{number} [*a{number - 1}]\n" for number in range(1, 300))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: 2026-01-01T00:00:00Z", [{"a": "2026-01-01T00:00:00Z"}], id="a time is a text"),
        pytest.param("a: 1\n---\n---\nb: 2\n", [{"a": 1}, {"b": 2}], id="empty documents are left out"),
        pytest.param("a: &x {b: 1}\nc: *x\n", [{"a": {"b": 1}, "c": {"b": 1}}], id="an alias"),
        pytest.param("[" * 150 + "]" * 150, None, id="some nesting"),
    ],
)
def test_what_manifests_hold_is_read(text: str, value: object) -> None:
    found = documents(text)
    assert value is None or found == value


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param("[" * 100_000, "it is nested too deeply", id="a flow without end"),
        pytest.param("[" * 100_000 + "]" * 100_000, "it is nested too deeply", id="a deep flow"),
        pytest.param("- " * 100_000, "it is nested too deeply", id="a deep block in one line"),
        pytest.param(
            "".join(f"{' ' * depth}a:\n" for depth in range(1000)), "it is nested too deeply", id="a deep block"
        ),
        pytest.param("? " * 100_000, "it is nested too deeply", id="deep keys"),
        pytest.param("a: &a [*a]", "it is nested too deeply, or within itself", id="within itself"),
        pytest.param("a: &a {b: {c: *a}}", "it is nested too deeply, or within itself", id="a map within itself"),
        pytest.param(CHAIN, "it is nested too deeply", id="a chain of aliases"),
        pytest.param(BOMB, "its aliases unfold to far more than it holds", id="a bomb"),
        pytest.param("a: !!python/object:os.system x", None, id="a tag of Python's"),
        pytest.param("a: [1", "did not find expected ',' or ']'", id="cut off"),
        pytest.param("? [a]\n: b\n", None, id="a list for a key"),
        pytest.param("a: !!int x", "it holds a value that cannot be read", id="no number"),
        pytest.param("a: \x00", None, id="a control character"),
    ],
)
def test_what_no_manifest_holds_is_refused(text: str, problem: str | None) -> None:
    with pytest.raises(YamlError) as caught:
        documents(text)
    assert problem is None or str(caught.value) == problem


def test_the_place_is_told() -> None:
    with pytest.raises(YamlError) as caught:
        documents("a: 1\nb: [")
    assert (caught.value.line, caught.value.column) == (3, 1)
