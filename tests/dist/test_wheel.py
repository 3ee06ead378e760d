"""The wheel and the sdist, installed with pip into environments of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from kubectl_argo_pods import __version__

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


def test_the_manual_lies_where_man_and_pipx_look(environment: Path) -> None:
    assert (environment / "share/man/man1/kubectl-argo_pods.1").read_text().startswith(".TH KUBECTL")
