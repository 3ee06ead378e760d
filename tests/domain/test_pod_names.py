from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from kubectl_argo_pods.naming import NAMINGS, V1, fnv1a, last_name, node_id, pod_name
from kubectl_argo_pods.pod import span

# Computed by Argo's own Go functions.
VECTORS = json.loads((Path(__file__).parent / "pod_names.json").read_text())


@pytest.mark.parametrize(
    "vector", VECTORS, ids=lambda vector: f"{vector['version']} {vector['era']} {vector['note'][:40]}"
)
def test_pod_name_and_node_id_are_those_of_argo(vector: dict[str, Any]) -> None:
    workflow, node = vector["workflow"], vector["node_name"]
    naming = V1 if vector["version"] == "v1" else next(n for n in NAMINGS if n.era == vector["era"])
    id_ = node_id(workflow, node)
    name = pod_name(workflow, node, vector["template"], id_, naming)
    assert id_ == vector["node_id"]
    assert name.encode("utf-8", "surrogateescape").hex() == vector["pod_name_utf8_hex"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", 2166136261),
        ("hello", 1335831723),
        ("agent", 1340600742),
        ("You cannot alter your fate. However, you can rise to meet it.", 827171719),
        ("こんにちは", 486186189),
        ("🚀✨🔥", 2133319838),
        pytest.param("a\ud83d", fnv1a("a\ufffd"), id="a lone surrogate is hashed as Go's replacement"),
    ],
)
def test_fnv1a_hashes_utf8_bytes(text: str, value: int) -> None:
    assert fnv1a(text) == value


@pytest.mark.parametrize(
    ("node_name", "expected"),
    [
        ("wf", "wf"),
        ("wf(0)", "wf(0)"),
        ("wf.etl.train", "train"),
        ("wf[0].train", "train"),
        ("wf[0].train(0:a.b)(1)", "train(0:a.b)(1)"),
        ("wf.onExit", "onExit"),
    ],
)
def test_last_name_is_the_last_part_of_a_node_name(node_name: str, expected: str) -> None:
    assert last_name("wf", node_name) == expected


@pytest.mark.parametrize(
    ("age", "seconds"),
    [
        ("0s", 1),
        ("119s", 120),
        ("5m30s", 331),
        ("5m", 301),
        ("9m59s", 600),
        ("10m", 660),
        ("12m", 780),
        ("3h", 10860),
        ("8h", 32400),
        ("8d", 777600),
        ("8y", 283824000),
        ("3h12m", 11580),
        ("2d4h", 190800),
        ("<unknown>", float("inf")),
        ("", float("inf")),
    ],
)
def test_the_upper_end_of_what_an_age_may_mean(age: str, seconds: float) -> None:
    assert span(age)[1] == seconds
