"""The Pythons of the archives: fetched once, verified, and a sentence where they are not to be had."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest

from release.pythons import Python, unpacked

ORIGIN = "org.example:cpython:1.2:jar:linux-x86_64"


def archive() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("bin/python3", "a Python")
    return packed.getvalue()


@pytest.fixture
def maven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for mvn, alone on PATH: a script that does as the test says."""
    program = tmp_path / "bin" / "mvn"
    program.parent.mkdir()
    program.touch(0o755)
    monkeypatch.setenv("PATH", str(program.parent))
    return program


def test_a_python_is_fetched_once(maven: Path, tmp_path: Path) -> None:
    cache, packed = tmp_path / "cache", tmp_path / "packed.jar"
    packed.write_bytes(archive())
    python = Python(ORIGIN, hashlib.sha256(archive()).hexdigest())
    maven.write_text(f"#!/bin/sh\n/bin/mv {packed} {cache}/cpython-1.2-linux-x86_64.jar\n")
    assert [(unpacked(python, cache) / "bin/python3").read_text() for _ in range(2)] == ["a Python", "a Python"]


def test_another_python_than_the_pinned_one_is_refused(maven: Path, tmp_path: Path) -> None:
    maven.write_text(f"#!/bin/sh\necho other > {tmp_path}/cpython-1.2-linux-x86_64.jar\n")
    with pytest.raises(
        SystemExit, match=r"cpython-1.2-linux-x86_64.jar has the checksum \w+, but pythons.json wants beef"
    ):
        unpacked(Python(ORIGIN, "beef"), tmp_path)


@pytest.mark.parametrize(
    ("origin", "sentence"),
    [
        (
            ORIGIN,
            f"[ERROR] no network\n\nrelease: cannot fetch {ORIGIN}: see above; mend that, or take the other Pythons: ",
        ),
        ("https://127.0.0.1:1/python.tar.gz", "release: cannot fetch https://127.0.0.1:1/python.tar.gz: "),
    ],
    ids=["maven", "web"],
)
def test_a_python_that_is_not_to_be_had_is_named(maven: Path, tmp_path: Path, origin: str, sentence: str) -> None:
    maven.write_text("#!/bin/sh\necho '[ERROR] no network'\nexit 1\n")
    with pytest.raises(SystemExit) as told:
        unpacked(Python(origin, "beef"), tmp_path)
    assert str(told.value).startswith(sentence)


def test_a_machine_without_maven_is_told_so(maven: Path, tmp_path: Path) -> None:
    maven.unlink()
    with pytest.raises(SystemExit, match="mvn is not on PATH; install Maven, or take the other Pythons"):
        unpacked(Python(ORIGIN, "beef"), tmp_path)
