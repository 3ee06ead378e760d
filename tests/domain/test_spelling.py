"""Which names a mistyped one may have meant."""

from __future__ import annotations

import pytest

from kubectl_argo_pods.spelling import near_misses


@pytest.mark.parametrize(
    ("word", "names", "near"),
    [
        pytest.param("laod", ["load", "train"], ["load"], id="letters changed places"),
        pytest.param("etl", ["etl-7k2lp", "other"], ["etl-7k2lp"], id="without what Argo appends"),
        pytest.param("elt-7k2lp", ["etl-7k2lp", "wf-7k2lp"], ["etl-7k2lp"], id="near without the end that is shared"),
        pytest.param("zzz-check", ["etl-check", "wf-check"], [], id="alike in the end alone"),
        pytest.param("zz", ["fuzzz", "zzz"], ["zzz"], id="too short to be a part"),
        pytest.param("7k2", ["etl-7k2lp"], ["etl-7k2lp"], id="a part that tells"),
        pytest.param("", ["a"], [], id="empty"),
    ],
)
def test_a_name_is_near_if_it_is_spelled_alike(word: str, names: list[str], near: list[str]) -> None:
    quoted = " or ".join(f'"{name}"' for name in near)
    assert near_misses(word, names) == (f"; did you mean {quoted}?" if near else "")
