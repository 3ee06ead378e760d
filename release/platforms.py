"""The platforms that have an archive."""

from __future__ import annotations

import platform
import sys
from typing import NamedTuple

PYTHON = "3.14"


class Platform(NamedTuple):
    """A platform by krew's words for it.

    `target` is what the C compiler calls it, `wheels` what uv does; `library` is Python's shared library in the
    archive, and `needs` what to tell somebody whose system cannot load that.
    """

    os: str
    arch: str
    target: str
    wheels: str
    library: str
    needs: str = ""

    @property
    def name(self) -> str:
        return f"{self.os}_{self.arch}"

    @property
    def executable(self) -> str:
        return "kubectl-argo_pods.exe" if self.os == "windows" else "kubectl-argo_pods"

    @property
    def completer(self) -> str:
        """What kubectl runs on TAB: the same program under another name."""
        return self.executable.replace("kubectl-", "kubectl_complete-")

    @property
    def modules(self) -> str:
        """The folder of Python's own modules, where Python looks for them from the place of its library."""
        return "python/Lib" if self.os == "windows" else f"python/lib/python{PYTHON}"


SO = f"python/lib/libpython{PYTHON}.so.1.0"
DYLIB = f"python/lib/libpython{PYTHON}.dylib"
DLL = f"python/python{PYTHON.replace('.', '')}.dll"
OLD_LINUX = "This Linux may be too old for it: 'pipx install kubectl-argo-pods' uses the system's own Python."
PLATFORMS = {
    each.name: each
    for each in (
        Platform("linux", "amd64", "x86_64-linux-gnu.2.17", "x86_64-manylinux_2_28", SO, OLD_LINUX),
        Platform("linux", "arm64", "aarch64-linux-gnu.2.17", "aarch64-manylinux_2_28", SO, OLD_LINUX),
        Platform("darwin", "amd64", "x86_64-macos.11.0", "x86_64-apple-darwin", DYLIB),
        Platform("darwin", "arm64", "aarch64-macos.11.0", "aarch64-apple-darwin", DYLIB),
        Platform("windows", "amd64", "x86_64-windows-gnu", "x86_64-pc-windows-msvc", DLL),
    )
}


def here() -> Platform:
    """The platform of this machine."""
    system = {"win32": "windows"}.get(sys.platform, sys.platform)
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine().lower(), platform.machine().lower())
    return PLATFORMS[f"{system}_{machine}"]
