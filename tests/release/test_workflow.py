"""The workflow that makes a release can go on where it has failed."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

WORKFLOW = Path(__file__).parents[2] / ".github/workflows/release.yml"
if not WORKFLOW.exists():
    pytest.skip("an sdist has no workflows", allow_module_level=True)
JOBS: dict[str, Any] = yaml.safe_load(WORKFLOW.read_text())["jobs"]
# A gh whose releases are folders, each with its state beside it.
GH = """#!/bin/sh
set -eu
cd "$RELEASES"
shift
verb=$1 tag=$2
shift 2
case $verb in
view) test -d "$tag" ;;
create) mkdir "$tag" && echo draft >"$tag.state" ;;
upload) for file; do case $file in dist/*) cp "$OLDPWD/$file" "$tag" ;; esac; done ;;
edit) echo published >"$tag.state" ;;
esac
"""


def needed(name: str) -> set[str]:
    """The jobs that have gone well before this one begins."""
    first = JOBS[name].get("needs")
    return {first, *needed(first)} if first else set()


def test_what_can_fail_for_others_comes_last() -> None:
    assert needed("krew") == {"test", "build", "try", "release", "pypi"}
    assert set(JOBS) == {"krew", *needed("krew")}


def test_completion_is_tested_in_every_shell() -> None:
    steps = JOBS["test"]["steps"]
    assert [step["env"] for step in steps if "make test" in step.get("run", "")] == [{"NEED_SHELLS": "1"}]
    assert any("zsh fish tcsh bash-completion" in step.get("run", "") for step in steps)


def test_no_job_may_do_more_than_it_does() -> None:
    assert {name: job["permissions"] for name, job in JOBS.items() if "permissions" in job} == {
        "release": {"contents": "write", "id-token": "write", "attestations": "write"},
        "pypi": {"id-token": "write"},
        "krew": {"contents": "read"},
    }


@pytest.mark.parametrize("before", ["nothing", "a draft", "all"])
def test_the_release_is_completed(before: str, tmp_path: Path) -> None:
    (script,) = (step["run"] for step in JOBS["release"]["steps"] if step.get("name") == "GitHub release")
    releases, dist = tmp_path / "releases", tmp_path / "dist"
    for folder in (releases, dist):
        folder.mkdir()
    for name in ("one", "two"):
        (dist / name).write_text(name)
    (tmp_path / "CHANGELOG.md").write_text("# Changelog\n\n## 1.0.0 (2026-01-01)\n\n- All.\n")
    (tmp_path / "gh").write_text(GH)
    (tmp_path / "gh").chmod(0o755)
    if before != "nothing":
        (releases / "v1.0.0").mkdir()
        (releases / "v1.0.0" / "one").write_text("one")
        (releases / "v1.0.0.state").write_text("draft\n" if before == "a draft" else "published\n")
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "TAG": "v1.0.0", "RELEASES": str(releases)}
    subprocess.run(["bash", "-e", "-c", script], cwd=tmp_path, env=environment, check=True)
    assert {path.name: path.read_text() for path in releases.rglob("*") if path.is_file()} == {
        "v1.0.0.state": "published\n",
        "one": "one",
        "two": "two",
    }
    assert (tmp_path / "notes").read_text() == "\n- All.\n"
