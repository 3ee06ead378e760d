"""`python -m release`: everything that a release consists of, into dist/."""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from kubectl_argo_pods import __version__
from release.manifest import TEMPLATE, filled_in
from release.platforms import PLATFORMS, Platform, here
from release.provenance import Build, statement
from release.pythons import SETS, Python, listed, unpacked
from release.tar import unpack_tar, write_tar
from release.tree import HERE, assemble

ROOT = HERE.parent
TAG = f"v{__version__}"
SOURCE = "https://github.com/kubectl-argo-pods/kubectl-argo-pods"


def main() -> int:
    asked = _arguments().parse_args()
    # A wheel holds the modes of its files.
    os.umask(0o022)
    platforms = [PLATFORMS[name] for name in asked.platform or PLATFORMS]
    epoch = _epoch()
    shutil.rmtree(asked.out, ignore_errors=True)
    asked.out.mkdir(parents=True)
    wheel = _build_python_packages(asked.out, epoch)
    pythons = {platform.name: listed(asked.pythons, platform.name) for platform in {*platforms, here()}}
    for platform in platforms:
        _build_archive(platform, pythons, wheel, asked.out, epoch, asked.cache)
    build = Build(SOURCE, _git("rev-parse", "HEAD"), epoch, asked.pythons, _builder())
    _write_papers(asked.out, build, [pythons[platform.name] for platform in platforms])
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m release", description=__doc__)
    parser.add_argument("--pythons", choices=SETS, default=SETS[0], help="which Pythons the archives get")
    parser.add_argument("--platform", action="append", choices=list(PLATFORMS), help="only this; repeatable")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where to; it is emptied before")
    parser.add_argument("--cache", type=Path, default=ROOT / "build/pythons", help="where Pythons are kept")
    return parser


def _epoch() -> int:
    """The time that all packed files bear (https://reproducible-builds.org/docs/source-date-epoch/)."""
    return int(os.environ.get("SOURCE_DATE_EPOCH") or _git("log", "-1", "--format=%ct"))


def _git(*arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def _builder() -> str:
    run = ("GITHUB_SERVER_URL", "GITHUB_WORKFLOW_REF")
    return "/".join(os.environ[name] for name in run) if all(name in os.environ for name in run) else "local"


def _build_python_packages(out: Path, epoch: int) -> Path:
    """The wheel, built from the sdist, which lies beside it."""
    with tempfile.TemporaryDirectory() as made, tempfile.TemporaryDirectory() as packed:
        _build("--sdist", ROOT, Path(made), epoch)
        sdist = next(Path(made).iterdir())
        # setuptools packs the owners, times and modes that it finds.
        unpack_tar(sdist, Path(packed))
        write_tar(out / sdist.name, Path(packed), epoch)
    with tempfile.TemporaryDirectory() as unpacked_again:
        unpack_tar(out / sdist.name, Path(unpacked_again))
        _build("--wheel", next(Path(unpacked_again).iterdir()), out, epoch)
    return next(out.glob("*.whl"))


def _build(kind: str, source: Path, out: Path, epoch: int) -> None:
    build = [sys.executable, "-m", "build", kind, "--outdir", str(out), str(source)]
    subprocess.run(build, check=True, env=os.environ | {"SOURCE_DATE_EPOCH": str(epoch)}, stdout=subprocess.DEVNULL)


def _build_archive(
    platform: Platform, pythons: Mapping[str, Python], wheel: Path, out: Path, epoch: int, cache: Path
) -> None:
    print(f"release: {platform.name}", flush=True)
    python = unpacked(pythons[platform.name], cache)
    compiler = _compiler(unpacked(pythons[here().name], cache))
    with tempfile.TemporaryDirectory() as folder:
        assemble(platform, python, compiler, wheel, Path(folder))
        write_tar(out / f"kubectl-argo_pods_{TAG}_{platform.name}.tar.gz", Path(folder), epoch)


def _compiler(python: Path) -> Path:
    """The executable of an unpacked Python: bytecode is for the version that wrote it."""
    name = "python.exe" if here().os == "windows" else "python3"
    found = next(path for path in sorted(python.rglob(name)) if path.is_file())
    found.chmod(0o755)
    return found


def _write_papers(out: Path, build: Build, pythons: list[Python]) -> None:
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(out.iterdir())}
    (out / "SHA256SUMS").write_text("".join(f"{sum_}  {name}\n" for name, sum_ in sums.items()))
    (out / TEMPLATE.name).write_text(filled_in(TEMPLATE.read_text(), TAG, sums))
    stated = statement(build, sums, pythons, (HERE / "requirements.txt").read_text())
    (out / "provenance.intoto.json").write_text(json.dumps(stated, indent=2) + "\n")


if __name__ == "__main__":
    sys.exit(main())
