"""The archive for Windows, under Wine where that is installed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from release.tar import unpack_tar
from tests.conftest import Result, Run
from tests.recordings import recordings

# The first start makes Wine's own folders.
pytestmark = pytest.mark.timeout(300)
NAME = recordings()["failing"].name
LINES = {"version": ["version"], "help": ["--help"], "a list": [NAME], "names": ["@latest", "-o", "name"]}


@pytest.fixture(scope="module")
def program(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("wine"):
        pytest.skip("wine is not installed")
    found = list(dist.glob("kubectl-argo_pods_v*_windows_amd64.tar.gz"))
    if not found:
        pytest.skip("no archive for windows_amd64 was built")
    folder = tmp_path_factory.mktemp("windows")
    unpack_tar(found[0], folder)
    return folder / "kubectl-argo_pods.exe"


@pytest.fixture(scope="module")
def prefix(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What stands for drive C."""
    return tmp_path_factory.mktemp("wine")


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_it_prints_what_the_installed_plugin_prints(
    program: Path,
    prefix: Path,
    argo_pods: Run,
    clean_environment: dict[str, str],
    cluster: object,
    tmp_path: Path,
    line: list[str],
) -> None:
    view = ["kubectl", "config", "view", "--raw", "--flatten"]
    flat = subprocess.run(view, env=clean_environment, capture_output=True, text=True, check=True).stdout
    (tmp_path / "flat").write_text(flat)
    environment = {"PATH": os.environ["PATH"], "WINEPREFIX": str(prefix), "WINEDEBUG": "-all", "DISPLAY": ""}
    environment |= {"HOME": clean_environment["HOME"], "KUBECONFIG": f"Z:{tmp_path / 'flat'}"}
    # Wine itself writes to stderr when it makes its folders.
    done = subprocess.run(["wine", program, *line], env=environment, capture_output=True, timeout=280)
    assert Result(done.returncode, done.stdout.decode(), "") == argo_pods(*line)
