from __future__ import annotations

import pytest

from tests.cluster import SimulatedCluster
from tests.commands import running as deep_workflow
from tests.commands.watched import RUNNING, of, pod


@pytest.fixture
def running(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """A cluster with the workflow `wf`, one node of which runs."""
    empty_cluster.load([of(".a"), pod(".a", **RUNNING)])
    return empty_cluster


@pytest.fixture
def deep(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """A cluster with the workflow `deep`, whose pods run."""
    empty_cluster.load(deep_workflow.manifests())
    return empty_cluster
