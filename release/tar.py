"""Archives whose bytes depend on their content alone, and how they are unpacked."""

from __future__ import annotations

import gzip
import tarfile
from pathlib import Path


def write_tar(target: Path, folder: Path, epoch: int) -> None:
    """Pack the files of a folder: sorted, of one time, owned by nobody in particular, and regular files only."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())
    with (
        target.open("wb") as raw,
        gzip.GzipFile("", "wb", 9, raw, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as tar,
    ):
        for name in names:
            _add(tar, name, folder / name, epoch)


def unpack_tar(archive: Path, folder: Path) -> None:
    """Unpack what write_tar or setuptools has packed."""
    with tarfile.open(archive) as packed:
        # From Python 3.11.4 on (https://docs.python.org/3/library/tarfile.html#supporting-older-python-versions).
        packed.extraction_filter = getattr(tarfile, "data_filter", None)
        packed.extractall(folder)


def _add(tar: tarfile.TarFile, name: str, path: Path, epoch: int) -> None:
    # krew refuses an archive with any other kind of member.
    if path.is_symlink() or not path.is_file():
        raise SystemExit(f"{path} is no regular file")
    member = tarfile.TarInfo(name)
    member.size = path.stat().st_size
    member.mtime = epoch
    member.mode = 0o755 if path.stat().st_mode & 0o100 else 0o644
    with path.open("rb") as file:
        tar.addfile(member, file)
