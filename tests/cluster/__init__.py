"""A simulated cluster: the Kubernetes API and an Argo Server, as far as this project's tests need them."""

from __future__ import annotations

from tests.cluster.access import Rule
from tests.cluster.server import SimulatedCluster

__all__ = ["Rule", "SimulatedCluster"]
