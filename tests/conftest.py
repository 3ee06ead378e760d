"""Fixtures of all tests: a simulated cluster, and the program run against it from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

import pytest
from hypothesis import HealthCheck, settings

from tests.cluster import SimulatedCluster
from tests.demo import SHOWN, environment
from tests.demo_workflow import manifests, write_logs
from tests.recordings import load_recorded, moved_to_now, recorded_at

# Tests promise nothing about time, which a busy machine takes as it likes.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")
PROGRAM = [sys.executable, "-I", "-m", "kubectl_argo_pods"]


class Result(NamedTuple):
    status: int
    stdout: str
    stderr: str


class Run(Protocol):
    def __call__(self, *args: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Result: ...


@pytest.fixture(scope="session", autouse=True)
def interruptible() -> None:
    """Signals mean something to the programs that tests start, also where these run in the background or by nohup."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


@pytest.fixture(scope="session")
def dist() -> Path:
    """The folder of what is to be released, which `make test-dist` and `make e2e` name."""
    folder = os.environ.get("DIST")
    if not folder:
        pytest.skip("needs what is to be released: make dist")
    return Path(folder)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The environment of `make demo`."""
    folder = tmp_path_factory.mktemp("demo")
    with SimulatedCluster() as cluster:
        load_recorded(cluster, moved_to_now, SHOWN)
        cluster.load(manifests(time.time()))
        write_logs(cluster, time.time())
        yield environment(cluster.kubeconfig(folder), folder)


@pytest.fixture
def empty_cluster() -> Iterator[SimulatedCluster]:
    """A simulated cluster with nothing in it, at a time of its own: that of the recordings."""
    with SimulatedCluster(clock=recorded_at) as running:
        yield running


@pytest.fixture
def cluster(empty_cluster: SimulatedCluster) -> SimulatedCluster:
    """A simulated cluster with the recorded workflows; ages are what they were when recorded."""
    load_recorded(empty_cluster)
    return empty_cluster


@pytest.fixture
def kubeconfig(empty_cluster: SimulatedCluster, tmp_path: Path) -> Path:
    """A kubeconfig file of the cluster's admin, namespace `argo`."""
    return empty_cluster.kubeconfig(tmp_path)


@pytest.fixture
def clean_environment(kubeconfig: Path, tmp_path: Path) -> dict[str, str]:
    """What the program sees of the environment: nothing of the machine's own but PATH."""
    home = tmp_path / "home"
    home.mkdir(exist_ok=True)
    return {"PATH": os.environ["PATH"], "HOME": str(home), "KUBECONFIG": str(kubeconfig), "LC_ALL": "C.UTF-8"}


@pytest.fixture
def argo_pods(clean_environment: dict[str, str], tmp_path: Path) -> Run:
    """Runs the program, in a clean environment, against the simulated cluster."""

    def run(*args: str, stdin: str | None = None, env: Mapping[str, str] | None = None) -> Result:
        environment = clean_environment | dict(env or {})
        done = subprocess.run(
            [*PROGRAM, *args],
            input=stdin or "",
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    return run
