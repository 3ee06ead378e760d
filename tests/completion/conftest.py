"""Fixtures of the completion's tests: a simulated cluster of today, and what TAB answers on it."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest

from kubectl_argo_pods.completion.answer import TIMEOUT
from tests import builders, demo_workflow
from tests.cluster import SimulatedCluster
from tests.conftest import Run

AGE = re.compile(r"(?<= )(\d+[dhms])+\b")


class Tab(Protocol):
    def __call__(self, line: str, env: Mapping[str, str] | None = None) -> list[str]: ...


@pytest.fixture
def empty_cluster() -> Iterator[SimulatedCluster]:
    """A simulated cluster with nothing in it; ages count from now."""
    with SimulatedCluster() as running:
        yield running


@pytest.fixture
def cluster(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """The demonstration's workflow, which is running, older ones, and one in another namespace."""
    empty_cluster.load(demo_workflow.manifests(time.time()))
    empty_cluster.load(
        [
            aged("nightly-1", 7200, "Failed"),
            aged("nightly-2", 93600, "Succeeded"),
            aged("nightly-3", 93600, "Succeeded"),
            aged("big", 3600, "Succeeded", namespace="lab"),
        ]
    )
    return empty_cluster


def aged(name: str, seconds: float, phase: str, namespace: str = "argo") -> dict[str, Any]:
    """A workflow of one node that started so long ago."""
    started = datetime.fromtimestamp(time.time() - seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    node = builders.node(name, phase=phase, startedAt=started)
    made = builders.workflow(name, node, phase=phase, startedAt=started, namespace=namespace)
    made["metadata"]["creationTimestamp"] = started
    return made


@pytest.fixture
def clean_environment(clean_environment: dict[str, str]) -> dict[str, str]:
    """With more patience than people have, so that a busy machine makes no difference."""
    return clean_environment | {TIMEOUT: "30s"}


@pytest.fixture
def tab(argo_pods: Run) -> Tab:
    """What is offered for a line of which the last word is being typed; ages are AGE, since they go on."""

    def complete(line: str, env: Mapping[str, str] | None = None) -> list[str]:
        words = shlex.split(line) + ([""] if not line or line.endswith(" ") else [])
        answer = argo_pods("__complete", *words, env=env)
        assert (answer.status, answer.stderr) == (0, "")
        return AGE.sub("AGE", answer.stdout).splitlines()

    return complete
