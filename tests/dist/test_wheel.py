"""The wheel and the sdist, installed with pip into environments of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from kubectl_argo_pods import __version__
from tests.dist.test_archives import SHARED

VERSION = f"kubectl-argo_pods {__version__}\n"


@pytest.fixture(scope="module", params=["*.whl", "kubectl_argo_pods-*.tar.gz"], ids=["wheel", "sdist"])
def environment(request: pytest.FixtureRequest, dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh virtual environment with the package in it."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder, with_pip=True)
    package = next(dist.glob(request.param))
    subprocess.run([folder / "bin/python", "-m", "pip", "install", "--quiet", package], check=True, timeout=300)
    return folder


@pytest.mark.timeout(400)
def test_kubectl_finds_the_installed_plugin(environment: Path) -> None:
    path = os.pathsep.join([str(environment / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["kubectl", "argo-pods", "version"], env={"PATH": path}, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, VERSION, "")


@pytest.mark.parametrize("name", sorted(SHARED))
def test_the_manual_and_the_completions_lie_where_a_system_looks_for_them(environment: Path, name: str) -> None:
    assert (environment / name).stat().st_size > 0
