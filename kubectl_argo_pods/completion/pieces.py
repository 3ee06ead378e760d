"""What an installed completion consists of: a link, a script, a line; each knows whether it is there, and how to be."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kubectl_argo_pods.completion.scripts import PROGRAM
from kubectl_argo_pods.record import NamedTuple

# Behind every line that is ours in a file of the user's.
MARK = f"  # completion of {PROGRAM}"


class Link(NamedTuple):
    """The name under which kubectl looks for what completes, as a link to the plugin beside it."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    def is_there(self) -> bool:
        """Whether there is such a program, be it by other means: pip installs one."""
        return self.path.exists() and os.access(self.path, os.X_OK)

    def is_ours(self) -> bool:
        return self.path.is_symlink() and os.readlink(self.path) == PROGRAM

    def make(self) -> None:
        if self.path.is_symlink():
            self.path.unlink()
        try:
            self.path.symlink_to(PROGRAM)
        except OSError:
            # Windows keeps symbolic links for administrators.
            os.link(self.path.with_name(PROGRAM), self.path)

    def remove(self) -> None:
        self.path.unlink()


class Script(NamedTuple):
    """A shell's completion script, where the shell looks for it."""

    path: Path
    text: str

    def __str__(self) -> str:
        return str(self.path)

    def is_there(self) -> bool:
        return self.path.is_file() and self.path.read_bytes() == self.text.encode()

    def is_ours(self) -> bool:
        return self.path.is_file()

    def make(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(self.text.encode())

    def remove(self) -> None:
        self.path.unlink()


class Line(NamedTuple):
    """A line in a file that a shell reads when it starts; it comes first, since zsh's compinit looks once only."""

    path: Path
    text: str

    def __str__(self) -> str:
        return f"{self.path}: {self.text}"

    def is_there(self) -> bool:
        return self.text + MARK in self._lines()

    def is_ours(self) -> bool:
        return bool(self.ours())

    def ours(self) -> list[str]:
        """The lines that are ours, in this form or another."""
        return [line for line in self._lines() if line.endswith(MARK)]

    def make(self) -> None:
        self._write([self.text + MARK, *(self._others() or [""])])

    def remove(self) -> None:
        self._write(self._others())

    def _lines(self) -> list[str]:
        return self.path.read_text("utf-8", "surrogateescape").split("\n") if self.path.is_file() else []

    def _others(self) -> list[str]:
        return [line for line in self._lines() if not line.endswith(MARK)]

    def _write(self, lines: list[str]) -> None:
        """Never half of it, and through links, which people keep such files behind."""
        path = self.path.resolve()
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(f"{path.name}.{os.getpid()}")
        temporary.write_text("\n".join(lines), "utf-8", "surrogateescape")
        if path.exists():
            shutil.copymode(path, temporary)
        os.replace(temporary, path)


Piece = Link | Script | Line
