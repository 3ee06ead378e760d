"""What `make dist` made, as `make test-dist` names it: DIST=FOLDER."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from release.platforms import PLATFORMS, here


@pytest.fixture(scope="session")
def dist() -> Path:
    folder = os.environ.get("DIST")
    if not folder:
        pytest.skip("needs what is to be released: make test-dist")
    return Path(folder)


@pytest.fixture(params=PLATFORMS)
def any_archive(request: pytest.FixtureRequest, dist: Path) -> Path:
    """Each archive; one that was not built is skipped by name."""
    found = list(dist.glob(f"kubectl-argo_pods_v*_{request.param}.tar.gz"))
    if not found:
        pytest.skip(f"no archive for {request.param} was built")
    return found[0]


@pytest.fixture(scope="session")
def unpacked(dist: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the unpacked archive for this machine."""
    folder = tmp_path_factory.mktemp("unpacked")
    with tarfile.open(next(dist.glob(f"kubectl-argo_pods_v*_{here().name}.tar.gz"))) as packed:
        packed.extractall(folder, filter="tar")
    return folder
