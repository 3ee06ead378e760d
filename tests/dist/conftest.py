"""The archives that `make dist` made."""

from __future__ import annotations

from pathlib import Path

import pytest

from release.platforms import PLATFORMS, here
from release.tar import unpack_tar


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
    unpack_tar(next(dist.glob(f"kubectl-argo_pods_v*_{here().name}.tar.gz")), folder)
    return folder
