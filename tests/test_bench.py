"""The bench can be started: it is run by hand, so nothing else would notice that it cannot."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "options"),
    [("tests.bench.run", ["--only", "no such comparison"]), ("tests.bench.logs", ["--help"])],
    ids=["comparisons", "logs"],
)
def test_it_starts(module: str, options: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", module, *options], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
