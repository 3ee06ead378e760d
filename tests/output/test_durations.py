from __future__ import annotations

import time
from pathlib import Path

import pytest

from kubectl_argo_pods.output.durations import human_duration, since
from kubectl_argo_pods.output.workflows import rfc3339
from tests.output.real_kubectl import get_pods, needs_kubectl

M, H, D, Y = 60, 3600, 86400, 365 * 86400


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (-3, "<invalid>"),
        (-2, "<invalid>"),
        (-1.9, "0s"),
        (0, "0s"),
        (0.9, "0s"),
        (119, "119s"),
        (119.9, "119s"),
        (120, "2m"),
        (121, "2m1s"),
        (10 * M - 1, "9m59s"),
        (10 * M, "10m"),
        (10 * M + 1, "10m"),
        (3 * H - 1, "179m"),
        (3 * H, "3h"),
        (3 * H + M, "3h1m"),
        (8 * H - 1, "7h59m"),
        (8 * H, "8h"),
        (2 * D - 1, "47h"),
        (2 * D, "2d"),
        (2 * D + H, "2d1h"),
        (8 * D - 1, "7d23h"),
        (8 * D, "8d"),
        (2 * Y - 1, "729d"),
        (2 * Y, "2y"),
        (2 * Y + D, "2y1d"),
        (8 * Y - 1, "7y364d"),
        (8 * Y, "8y"),
        (30 * Y + 5 * D, "30y"),
    ],
)
def test_a_duration_is_written_as_kubectl_does(seconds: float, text: str) -> None:
    assert human_duration(seconds) == text


def test_no_start_is_unknown() -> None:
    assert since(None, 0) == "<unknown>"


@needs_kubectl
def test_kubectl_writes_the_same_ages_around_every_limit(tmp_path: Path) -> None:
    now = time.time()
    # kubectl looks at its own clock a little later: every age stands for at least half a minute.
    limits = [11 * M, 60 * M, 3 * H, 4 * H, 8 * H, 24 * H, 2 * D, 3 * D, 8 * D, 300 * D, 2 * Y, 3 * Y, 8 * Y, 20 * Y]
    ages = [limit + offset for limit in limits for offset in (-32, 2)]
    items = [
        {"metadata": {"name": f"pod-{place}", "creationTimestamp": rfc3339(now - age)}}
        for place, age in enumerate(ages)
    ]
    answer = get_pods({"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": items}, home=tmp_path)
    assert [line.split()[1] for line in answer.stdout.splitlines()[1:]] == [human_duration(age + 1) for age in ages]
