"""The archives for krew: what is in them, and that what is in them runs where there is no Python."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from kubectl_argo_pods import __version__
from release.platforms import PLATFORMS, here
from tests.conftest import Result, Run
from tests.recordings import recordings

VERSION = f"kubectl-argo_pods {__version__}\n"
MIB = 1024 * 1024
SHARED = {
    "share/bash-completion/completions/kubectl-argo_pods.bash",
    "share/fish/vendor_completions.d/kubectl-argo_pods.fish",
    "share/man/man1/kubectl-argo_pods.1",
    "share/zsh/site-functions/_kubectl-argo_pods",
}
LINES = {"help": ["--help"], "a list": [recordings()["failing"].name], "json": ["@latest", "-o", "json"]}


def run(*command: str | Path, env: dict[str, str] | None = None) -> Result:
    done = subprocess.run(command, env=env or {}, capture_output=True, text=True, timeout=60)
    return Result(done.returncode, done.stdout, done.stderr)


def test_an_archive_has_regular_files_only_the_licences_and_nothing_to_compile(any_archive: Path) -> None:
    platform = next(each for each in PLATFORMS.values() if any_archive.name.endswith(f"_{each.name}.tar.gz"))
    with tarfile.open(any_archive) as packed:
        members = packed.getmembers()
    names = {member.name for member in members}
    assert [member.name for member in members if not member.isreg()] == []
    assert {"LICENSE", "python/LICENSE.txt", platform.executable, platform.completer, platform.library} <= names
    assert SHARED <= names
    assert [name for name in names if name.endswith(".py")] == []
    assert any_archive.stat().st_size < 30 * MIB


def test_the_checksums_and_the_provenance_name_what_there_is(dist: Path) -> None:
    papers = {"SHA256SUMS", "argo-pods.yaml", "provenance.intoto.json"}
    sums = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in dist.iterdir() if path.name not in papers
    }
    lines = (dist / "SHA256SUMS").read_text().splitlines()
    assert {name: sum_ for sum_, name in (line.split("  ") for line in lines)} == sums
    stated = json.loads((dist / "provenance.intoto.json").read_text())
    assert {each["name"]: each["digest"]["sha256"] for each in stated["subject"]} == sums
    assert stated["predicate"]["buildDefinition"]["resolvedDependencies"][0]["digest"].keys() == {"gitCommit"}


@pytest.mark.timeout(600)
def test_what_is_built_again_has_the_same_bytes(dist: Path, tmp_path: Path) -> None:
    again = [sys.executable, "-m", "release", "--platform", here().name, "--out", str(tmp_path / "again")]
    subprocess.run(again, check=True, capture_output=True, timeout=600, cwd=Path(__file__).parents[2])
    built = {path.name: path.read_bytes() for path in (tmp_path / "again").glob("kubectl*")}
    assert len(built) == 3
    assert [name for name, content in built.items() if content != (dist / name).read_bytes()] == []


def test_the_program_runs_through_a_link_as_krew_makes_it(unpacked: Path, tmp_path: Path) -> None:
    link = tmp_path / "kubectl-argo_pods"
    link.symlink_to(unpacked / "kubectl-argo_pods")
    assert run(link, "version") == Result(0, VERSION, "")


def test_the_program_needs_no_environment(unpacked: Path) -> None:
    misleading = {"PYTHONHOME": "/nowhere", "PYTHONPATH": "/nowhere", "LD_LIBRARY_PATH": "/nowhere"}
    assert run(unpacked / "kubectl-argo_pods", "version", env=misleading) == Result(0, VERSION, "")


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_archive_prints_what_the_installed_plugin_prints(
    unpacked: Path, argo_pods: Run, clean_environment: dict[str, str], cluster: object, line: list[str]
) -> None:
    assert run(unpacked / "kubectl-argo_pods", *line, env=clean_environment) == argo_pods(*line)


def test_kubectl_completes_by_the_program_under_its_other_name(
    unpacked: Path, clean_environment: dict[str, str], cluster: object
) -> None:
    path = os.pathsep.join([str(unpacked), clean_environment["PATH"]])
    name = recordings()["failing"].name
    completed = run("kubectl", "__complete", "argo-pods", name[:4], env=clean_environment | {"PATH": path})
    assert (name in [line.partition("\t")[0] for line in completed.stdout.splitlines()], completed.status) == (True, 0)


@pytest.fixture
def bare_root(unpacked: Path, tmp_path: Path) -> Path:
    """A root of nothing but the C library, zlib and the unpacked archive."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("changing the root needs root on Linux")
    root = tmp_path / "root"
    shutil.copytree(unpacked, root / "opt/argo-pods")
    for library in _system_libraries(unpacked):
        (root / library.relative_to("/")).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, root / library.relative_to("/"))
    return root


def _system_libraries(unpacked: Path) -> set[Path]:
    """What the program and the modules that every start needs load from the system."""
    needed = [unpacked / "kubectl-argo_pods", unpacked / here().library]
    needed += [path for name in ("zlib", "_ssl", "_pydantic_core") for path in unpacked.rglob(f"{name}.*.so")]
    shown = "".join(subprocess.run(["ldd", path], capture_output=True, text=True).stdout for path in needed)
    found = {Path(path) for path in re.findall(r"(/\S+\.so[\w.]*)", shown) if not path.startswith(str(unpacked))}
    assert {path.name.partition(".")[0] for path in found} <= {
        *("libc", "libm", "libz", "libdl", "librt", "libutil", "libpthread", "libgcc_s"),
        *("ld-linux-x86-64", "ld-linux-aarch64"),
    }
    return found


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_the_archive_runs_on_a_system_without_python(
    bare_root: Path, argo_pods: Run, clean_environment: dict[str, str], cluster: object, line: list[str]
) -> None:
    view = ["kubectl", "config", "view", "--raw", "--flatten"]
    flat = subprocess.run(view, env=clean_environment, capture_output=True, text=True, check=True).stdout
    (bare_root / "kubeconfig").write_text(flat)
    inside = {"KUBECONFIG": "/kubeconfig", "HOME": "/", "LC_ALL": "C.UTF-8"}
    chroot = shutil.which("chroot") or "/usr/sbin/chroot"
    assert run(chroot, bare_root, "/opt/argo-pods/kubectl-argo_pods", *line, env=inside) == argo_pods(*line)


def test_a_system_that_cannot_load_it_is_told_another_way(unpacked: Path, tmp_path: Path) -> None:
    program = shutil.copy(unpacked / "kubectl-argo_pods", tmp_path)
    told = run(program, "version")
    assert (told.status, told.stdout) == (1, "")
    assert told.stderr.startswith("error: cannot load Python: ")
    assert told.stderr.endswith(f"{here().needs}\n")
