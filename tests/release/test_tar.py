"""The bytes of an archive depend on its content alone."""

from __future__ import annotations

import os
import tarfile
from pathlib import Path

import pytest

from release.tar import unpack_tar, write_tar

FILES = {"b/run": "#!/bin/sh\n", "a": "", "b/größe": "ä", "long/" + "x" * 120: "long"}


def folder(path: Path, names: list[str], time: int) -> Path:
    for name in names:
        file = path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(FILES[name])
        file.chmod(0o750 if name == "b/run" else 0o640)
        os.utime(file, (time, time))
    return path


def test_order_times_owners_and_masks_of_the_files_do_not_matter(tmp_path: Path) -> None:
    names = list(FILES)
    write_tar(tmp_path / "1.tar.gz", folder(tmp_path / "first", names, 1), 1_700_000_000)
    write_tar(tmp_path / "2.tar.gz", folder(tmp_path / "second", names[::-1], 2), 1_700_000_000)
    assert (tmp_path / "1.tar.gz").read_bytes() == (tmp_path / "2.tar.gz").read_bytes()


def test_the_members_are_regular_files_of_one_time_and_nobody_in_particular(tmp_path: Path) -> None:
    write_tar(tmp_path / "packed.tar.gz", folder(tmp_path / "folder", list(FILES), 1), 1_700_000_000)
    with tarfile.open(tmp_path / "packed.tar.gz") as packed:
        members = packed.getmembers()
    assert [(each.name, each.isreg(), each.mode) for each in members] == [
        (name, True, 0o755 if name == "b/run" else 0o644) for name in sorted(FILES)
    ]
    assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in members} == {
        (1_700_000_000, 0, 0, "", "")
    }


def test_a_link_is_refused(tmp_path: Path) -> None:
    linked = tmp_path / "folder"
    linked.mkdir()
    (linked / "link").symlink_to("target")
    with pytest.raises(SystemExit, match="link is no regular file"):
        write_tar(tmp_path / "packed.tar.gz", linked, 0)


def test_what_was_packed_is_unpacked_with_its_modes(tmp_path: Path) -> None:
    write_tar(tmp_path / "packed.tar.gz", folder(tmp_path / "folder", list(FILES), 1), 1_700_000_000)
    unpack_tar(tmp_path / "packed.tar.gz", tmp_path / "unpacked")
    assert {name: (tmp_path / "unpacked" / name).read_text() for name in FILES} == FILES
    assert os.access(tmp_path / "unpacked/b/run", os.X_OK)
