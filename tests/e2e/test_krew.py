"""The plugin through the real krew, from nothing but what is to be released: install, use, upgrade, uninstall."""

from __future__ import annotations

import functools
import http.server
import json
import os
import random
import shutil
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from kubectl_argo_pods import __version__
from release.platforms import here

NEXT = "v999.0.0"
ADDRESS = "https://github.com/kubectl-argo-pods/kubectl-argo-pods/releases/download"


class Krew(NamedTuple):
    """krew with folders of its own, and the environment in which kubectl finds what it installed."""

    root: Path
    origin: Path  # of its index
    environment: dict[str, str]

    def __call__(self, *arguments: str | Path) -> str:
        return run("krew", *arguments, environment=self.environment)

    def kubectl(self, *arguments: str) -> str:
        return run("kubectl", *arguments, environment=self.environment)


def run(*command: str | Path, environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture
def krew(tmp_path: Path) -> Krew:
    if not shutil.which("krew"):
        pytest.skip("krew is not on PATH")
    root = tmp_path / "krew"
    # The plugin that the tests run with is not the one that kubectl is to find.
    others = [
        folder for folder in os.environ["PATH"].split(os.pathsep) if not (Path(folder) / "kubectl-argo_pods").exists()
    ]
    path = os.pathsep.join([str(root / "bin"), *others])
    index = tmp_path / "index.git"
    isolated = {
        "KREW_ROOT": str(root),
        "KREW_NO_UPGRADE_CHECK": "1",
        "KREW_DEFAULT_INDEX_URI": index.as_uri(),
        "HOME": str(tmp_path),
    }
    return Krew(root, index, dict(os.environ) | isolated | {"PATH": path})


@pytest.fixture
def archive(dist: Path) -> Path:
    return next(dist.glob(f"kubectl-argo_pods_v*_{here().name}.tar.gz"))


def test_krews_own_check_finds_nothing_wrong_with_the_manifest(dist: Path) -> None:
    if not shutil.which("validate-krew-manifest"):
        pytest.skip("validate-krew-manifest is not on PATH")
    check = ["validate-krew-manifest", "-manifest", str(dist / "argo-pods.yaml"), "-skip-install"]
    done = subprocess.run(check, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def workflow() -> Iterator[str]:
    """The name of a workflow on the real cluster that does nothing."""
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    name = f"krew-{random.randrange(10**4, 10**5)}"
    manifest = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": name},
        "spec": {"entrypoint": "main", "suspend": True, "templates": [{"name": "main", "suspend": {}}]},
    }
    subprocess.run(["kubectl", "create", "-f", "-"], input=json.dumps(manifest), check=True, text=True)
    yield name
    subprocess.run(["kubectl", "delete", "workflow", name], check=True)


def test_what_krew_installs_is_found_by_kubectl_and_asks_the_cluster(
    krew: Krew, dist: Path, archive: Path, workflow: str
) -> None:
    commit(krew.origin, (dist / "argo-pods.yaml").read_text())
    krew("update")
    told = krew("install", "--manifest", dist / "argo-pods.yaml", "--archive", archive)
    assert "kubectl argo-pods completion install" in told
    assert [Path(line).name for line in krew.kubectl("plugin", "list").splitlines()].count("kubectl-argo_pods") == 1
    assert krew.kubectl("argo-pods", "version") == f"kubectl-argo_pods {__version__}\n"
    assert f"workflow.argoproj.io/{workflow}" in krew.kubectl("argo-pods", "-o", "name").splitlines()
    krew("uninstall", "argo-pods")
    assert not (krew.root / "bin/kubectl-argo_pods").exists()
    assert [path for path in (krew.root / "store").rglob("*") if path.is_file()] == []


@pytest.fixture
def served(archive: Path) -> Iterator[str]:
    """The address on loopback where the archives are to be had."""
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=archive.parent)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_krew_upgrades_to_what_its_index_names(krew: Krew, dist: Path, served: str) -> None:
    manifest = (dist / "argo-pods.yaml").read_text().replace(f"{ADDRESS}/v{__version__}", served)
    commit(krew.origin, manifest)
    krew("update")
    krew("install", "argo-pods")
    commit(krew.origin, manifest.replace(f"version: v{__version__}", f"version: {NEXT}"))
    krew("upgrade")
    assert (krew.root / "bin/kubectl-argo_pods").resolve().parent == krew.root / "store/argo-pods" / NEXT
    assert krew.kubectl("argo-pods", "version") == f"kubectl-argo_pods {__version__}\n"


def commit(index: Path, manifest: str) -> None:
    """Let the index have this manifest."""
    (index / "plugins").mkdir(parents=True, exist_ok=True)
    (index / "plugins/argo-pods.yaml").write_text(manifest)
    who = ["-c", "user.name=index", "-c", "user.email=index@example.com"]
    for arguments in (["init", "-q"], ["add", "-A"], [*who, "commit", "-q", "-m", "argo-pods"]):
        subprocess.run(["git", "-C", index, *arguments], check=True)
