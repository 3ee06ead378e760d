"""Compiles the executable of an archive, for any platform on any other: zig is a C compiler that comes as a wheel."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from release.platforms import Platform

SOURCE = Path(__file__).with_name("launcher.c")
# Receives the folder of the archive and the command line. To do without `site` and `runpy` saves milliseconds.
START = (
    "import sys; _, root, *sys.argv = sys.argv; sys.path.append(root + '/packages'); "
    "from kubectl_argo_pods.__main__ import main; main()"
)


def compile_launcher(platform: Platform, target: Path) -> None:
    needs = f"{platform.needs}\n" if platform.needs else ""
    texts = {"PYTHON_LIBRARY": platform.library, "START": START, "NEEDS": needs}
    # A JSON string is a C string, as long as it is ASCII.
    defined = [f"-D{name}={json.dumps(text)}" for name, text in texts.items()]
    # On Windows, the entry point is that of wide characters.
    unicode = ["-municode"] if platform.os == "windows" else []
    zig = [sys.executable, "-m", "ziglang", "cc", "-target", platform.target, "-O2", "-s", *unicode]
    subprocess.run([*zig, *defined, "-o", str(target), SOURCE.name], cwd=SOURCE.parent, check=True)
    # The debugger's file is of no use to anybody.
    target.with_suffix(".pdb").unlink(missing_ok=True)
