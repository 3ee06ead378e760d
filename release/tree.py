"""The tree of an archive: a launcher, a Python, the packages, and what else a system has a place for.

kubectl-argo_pods, kubectl_complete-argo_pods    the launcher
LICENSE, python/LICENSE.txt
python/                                          Python's library and modules
packages/                                        the plugin and what it needs
share/                                           the manual and the completions, as in the wheel
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable
from fnmatch import fnmatch
from pathlib import Path

from release.launcher import compile_launcher
from release.platforms import PYTHON, Platform

HERE = Path(__file__).parent
# Parts of Python that the plugin and its packages never import.
UNUSED = (
    *("__pycache__", "test", "tests", "idlelib", "tkinter", "turtledemo", "turtle.*", "ensurepip", "lib2to3", "venv"),
    *("site-packages", "pip", "pip-*", "pydoc_data", "_pyrepl", "curses", "dbm", "sqlite3", "profiling", "wsgiref"),
    *("xmlrpc", "config-*", "*test*.so", "*test*.pyd", "xx*.so", "xx*.pyd", "_sqlite3*", "sqlite3*", "_tkinter*"),
    *("tcl*", "tk8*", "_curses*", "_dbm*", "_gdbm*", "readline*", "pyshellext*", "winsound*", "jnipython*"),
)
# What Python's library, or modules of it, load from beside the library.
BESIDE = ("libffi.*", "vcruntime*.dll", "python3.dll")
# Of the packages: what serves asyncio, what needs packages that are left out, and what an installer leaves behind.
UNUSED_OF_PACKAGES = (
    *("__pycache__", "tests", "bin", "Scripts", "aio", "_cffi.*", "*.pyi", ".lock"),
    *("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json"),
)


def assemble(platform: Platform, python: Path, compiler: Path, wheel: Path, root: Path) -> None:
    """Make the tree in an empty folder; `python` is an unpacked Python, `compiler` the executable of one for here."""
    _copy_python(platform, python, root)
    _install(platform, wheel, root / "packages")
    _compile(root, compiler)
    compile_launcher(platform, root / platform.executable)
    shutil.copy(root / platform.executable, root / platform.completer)
    shutil.copy(HERE.parent / "LICENSE", root)
    shutil.copy(HERE / "PYTHON-LICENSE.txt", root / "python/LICENSE.txt")


def _copy_python(platform: Platform, python: Path, root: Path) -> None:
    modules = min(path.parent for path in python.rglob("os.py") if (path.parent / "encodings").is_dir())
    library = min(python.rglob(Path(platform.library).name))
    shutil.copytree(modules, root / platform.modules, ignore=_except(UNUSED))
    folder = (root / platform.library).parent
    beside = [path for pattern in BESIDE for place in (modules, library.parent) for path in place.glob(pattern)]
    for path in [library, *beside]:
        shutil.copy(path, folder)
    if (library.parent / "DLLs").is_dir():
        shutil.copytree(library.parent / "DLLs", folder / "DLLs", ignore=_except(UNUSED))


def _except(patterns: Iterable[str]) -> Callable[[str, list[str]], list[str]]:
    return lambda _, names: [name for name in names if any(fnmatch(name, pattern) for pattern in patterns)]


def _install(platform: Platform, wheel: Path, packages: Path) -> None:
    """Install, without running anything of it, what requirements.txt pins, and our own wheel."""
    install = [sys.executable, "-m", "uv", "pip", "install", "--quiet", "--no-deps", "--target", str(packages)]
    # As pip, it is to trust whom this system trusts, a company's proxy for one.
    install += ["--system-certs", "--python-platform", platform.wheels, "--python-version", PYTHON]
    pinned = ["--require-hashes", "--only-binary", ":all:", "--requirement", str(HERE / "requirements.txt")]
    subprocess.run([*install, *pinned], check=True)
    subprocess.run([*install, str(wheel)], check=True)
    # What a wheel has for the system comes to lie among the packages.
    (packages / "share").rename(packages.parent / "share")
    for path in sorted(packages.rglob("*"), reverse=True):
        if any(fnmatch(path.name, pattern) for pattern in UNUSED_OF_PACKAGES):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _compile(root: Path, compiler: Path) -> None:
    """Replace the sources by their bytecode: half the size, and nothing to compare at a start."""
    compile_ = [str(compiler), "-S", "-m", "compileall", "-q", "-b", "-s", str(root)]
    compile_ += ["--invalidation-mode", "unchecked-hash"]
    # The order of a set would be another in each run; __pycache__ of the compiler's own is none of ours.
    environment = os.environ | {"PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONHOME": ""}
    subprocess.run([*compile_, str(root / "python"), str(root / "packages")], env=environment, check=True)
    for source in root.rglob("*.py"):
        source.unlink()
