"""Programs that tests put in the place of others."""

from __future__ import annotations

from pathlib import Path


def executable(path: Path, script: str) -> Path:
    """The path, at which there is now a program."""
    path.write_text(script)
    path.chmod(0o755)
    return path
