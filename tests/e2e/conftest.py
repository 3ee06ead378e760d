"""Two clusters for the same tests: the simulated one, always, and a real one with `make e2e` (E2E=1)."""

from __future__ import annotations

import os
import random
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Protocol

import pytest

from tests.cluster import SimulatedCluster
from tests.e2e import submission
from tests.e2e.apis import Apis, of_real_cluster, of_simulated_cluster

# Submitting takes minutes, which the first test that wants them would be charged with.
REAL = pytest.param("real", marks=pytest.mark.timeout(60, func_only=True))


@pytest.fixture(scope="session")
def real_workflows() -> Iterator[dict[str, str]]:
    """Names by file of the workflows of this folder, on a real cluster, all done or standing still."""
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    missing = [name for name in ("KUBECONFIG", "E2E_ARGO_SERVER") if not os.environ.get(name)]
    assert not missing, f"set {' and '.join(missing)}: see CONTRIBUTING.md"
    suffix = f"{random.randrange(10**4, 10**5)}"
    try:
        yield submission.run(submission.read(suffix))
    finally:
        submission.clean_up(suffix)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What restarts parts of the cluster is marked: it is run apart, where it disturbs nothing else, and takes long."""
    for item in items:
        if "restart" in getattr(item, "fixturenames", ()) and Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.restarts)
            item.add_marker(pytest.mark.timeout(600), append=False)


class Restart(Protocol):
    def __call__(self, part: str, **settings: str) -> None:
        """Kills a part of the cluster, like kube-apiserver, and starts it again with these variables set.

        When this returns, the API server answers, and workflows and their pods are run again.
        """


# With a label that nothing has, the answer is short however much there is.
FROM_MEMORY = "resourceVersion=0&labelSelector=no-such-label"


def wait_for_workflows() -> None:
    """Waits until the API server serves all that Argo needs, which ends itself if it misses anything at its start.

    A server that calls itself ready may not yet; and what it has in its memory, for which Argo asks, comes last.
    """
    listed = ["kubectl", "api-resources", "--api-group=argoproj.io", "--output=name"]
    while True:
        found = subprocess.run(listed, capture_output=True, text=True)
        kinds = [each.partition(".")[0] for each in found.stdout.split()]
        paths = [f"/apis/argoproj.io/v1alpha1/{kind}?{FROM_MEMORY}" for kind in kinds]
        asked = (subprocess.run(["kubectl", "get", "--raw", path], capture_output=True) for path in paths)
        if found.returncode == 0 and paths and not any(each.returncode for each in asked):
            return
        Event().wait(0.5)


@pytest.fixture
def restart() -> Restart:
    """Restarts parts of the cluster with the command that E2E_RESTART names: PART [NAME=VALUE...] follow it."""
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    if not os.environ.get("E2E_RESTART"):
        pytest.skip("needs E2E_RESTART, a command that restarts a part of the cluster")
    command = shlex.split(os.environ["E2E_RESTART"])

    def run(part: str, **settings: str) -> None:
        # Down for a while, or the port may still be taken when the part comes back.
        environment = {"DOWN": "2", **os.environ}
        changes = [f"{name}={value}" for name, value in settings.items()]
        subprocess.run([*command, part, *changes], env=environment, check=True)

    def restarted(part: str, **settings: str) -> None:
        run(part, **settings)
        if part == "kube-apiserver":
            # They end themselves if they cannot renew their leases for ten seconds, which its start may take.
            for other in ("kube-controller-manager", "kube-scheduler"):
                run(other)
            wait_for_workflows()
            # Argo 3.7 does not find back by itself: its informers list with a version and a continue token at once,
            # which the new server refuses.
            run("workflow-controller")
        submission.see_cluster_at_work()

    return restarted


@pytest.fixture(scope="session")
def real_apis(real_workflows: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apis]:
    kubeconfig = tmp_path_factory.mktemp("real") / "kubeconfig"
    kubeconfig.write_text(submission.kubectl("config", "view", "--raw", "--minify", "--flatten"))
    with of_real_cluster(kubeconfig, submission.namespace(), real_workflows) as apis:
        yield apis


@pytest.fixture
def simulated_apis(cluster: SimulatedCluster, kubeconfig: Path) -> Iterator[Apis]:
    with of_simulated_cluster(cluster, kubeconfig) as apis:
        yield apis


@pytest.fixture(params=["simulated", REAL])
def apis(request: pytest.FixtureRequest) -> Apis:
    """Each test that uses it runs against both clusters."""
    found: Apis = request.getfixturevalue(f"{request.param}_apis")
    return found
