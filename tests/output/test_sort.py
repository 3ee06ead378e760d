from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.output.sort import sorted_by
from tests.output.real_kubectl import get_pods, needs_kubectl

VALUES: dict[str, list[Any]] = {
    "numbers": [10, 9, 2, 33, -1],
    "fractions": [1.5, 0.25, 10.75],
    "texts": ["step10", "step2", "step1", "Step3", "a", ""],
    "zeros": ["a02", "a2", "a002", "a1"],
    "mixed texts": ["x1y", "1x", "x", "10", "é", "_"],
    "quantities": ["1Gi", "100m", "2", "1500M", "1e3", ".5", "0"],
    "times": ["2026-05-04T10:00:00Z", "2025-05-04T10:00:00Z", "2026-05-04T09:59:59Z"],
    "with gaps": ["b", None, "a"],
}


def pods(values: list[Any]) -> list[dict[str, Any]]:
    return [
        {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": f"pod-{place}", "uid": str(place)}, "field": value}
        for place, value in enumerate(values)
    ]


def names(items: list[dict[str, Any]], order: list[int]) -> list[str]:
    return [items[place]["metadata"]["name"] for place in order]


def sorted_by_kubectl(items: list[dict[str, Any]], expression: str, home: Path) -> list[str]:
    answer = {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items}
    columns = "custom-columns=N:.metadata.name"
    return get_pods(answer, "--no-headers", "-o", columns, f"--sort-by={expression}", home=home).stdout.split()


@needs_kubectl
@pytest.mark.parametrize("values", VALUES.values(), ids=VALUES)
def test_the_order_is_kubectls(values: list[Any], tmp_path: Path) -> None:
    items = pods(values)
    assert names(items, sorted_by(items, ".field")) == sorted_by_kubectl(items, ".field", tmp_path)


@needs_kubectl
@pytest.mark.parametrize("expression", ["field", ".field", "{.field}", "{field}", "metadata.uid"])
def test_an_expression_may_be_written_as_for_kubectl(expression: str, tmp_path: Path) -> None:
    items = pods([3, 1, 2])
    assert names(items, sorted_by(items, expression)) == sorted_by_kubectl(items, expression, tmp_path)


def test_items_without_the_field_come_first_and_equal_ones_stay_as_they_were() -> None:
    values: list[Any] = [{"a": 2}, {}, {"a": 1}, {"a": None}, {"a": 1}]
    assert sorted_by(values, ".a") == [1, 3, 2, 4, 0]


def test_texts_of_which_only_some_are_quantities_have_one_order_wherever_they_start() -> None:
    # kubectl takes a text for 0 when it is compared with a quantity, so that its order depends on where it begins.
    values = [{"a": text} for text in ("1", "2", "10", "1Gi", "a", "b10", "b9")]
    shuffled = random.Random(1).sample(values, len(values))
    assert [shuffled[place] for place in sorted_by(shuffled, ".a")] == [
        {"a": text} for text in ("1", "10", "1Gi", "2", "a", "b10", "b9")
    ]


def test_whole_and_broken_numbers_are_numbers() -> None:
    # kubectl ends here with an unsortable interface.
    assert sorted_by([{"a": 1.5}, {"a": 1}, {"a": 2}], ".a") == [1, 0, 2]


@pytest.mark.parametrize(
    ("values", "expression", "sentence"),
    [
        ([{"a": 1}], ".b", 'couldn\'t find any field with path "{.b}" in the list of objects'),
        ([{"a": True}, {"a": False}], ".a", 'cannot sort by "{.a}": it is of an unsortable type: boolean'),
        ([{"a": 1}, {"a": "x"}], ".a", 'cannot sort by "{.a}": it is of an unsortable type: number, text'),
        ([{"a": {}}], ".a", 'cannot sort by "{.a}": it is of an unsortable type: map'),
        ([{"a": 1}], ".a[", "error parsing jsonpath {.a[}, unterminated array"),
    ],
    ids=["missing", "booleans", "different types", "maps", "wrong path"],
)
def test_what_cannot_be_sorted_is_named(values: list[Any], expression: str, sentence: str) -> None:
    with pytest.raises(UsageError) as raised:
        sorted_by(values, expression)
    assert str(raised.value) == sentence


def test_nothing_is_sorted_without_complaint() -> None:
    assert sorted_by([], ".whatever") == []
