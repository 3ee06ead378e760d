"""Other programs that are asked for something."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping

# A shell with somebody's settings may take its time, or wait for an answer that nobody gives.
PATIENCE = 20


def said(command: list[str], environ: Mapping[str, str]) -> str:
    """What a program prints, without a terminal to talk to; nothing where there is no such program."""
    try:
        done = subprocess.run(
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            start_new_session=True,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.decode("utf-8", "replace")
