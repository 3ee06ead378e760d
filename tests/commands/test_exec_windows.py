"""What Windows cannot do is left to kubectl or refused, and the rest works: on a Python that says it is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import SimulatedCluster
from tests.commands import running
from tests.conftest import Result
from tests.executables import executable

pytestmark = pytest.mark.usefixtures("deep")

POD = running.of(running.manifests(), "train")["metadata"]["name"]
# What the standard library needs of the real platform is imported before.
WINDOWS = """
import shutil, signal, socket, ssl, subprocess, sys, tempfile
sys.platform = "win32"
sys.modules |= {"termios": None, "tty": None}
for name in ("SIGHUP", "SIGQUIT", "SIGTSTP", "SIGCONT", "SIGWINCH", "pthread_kill"):
    delattr(signal, name)
from kubectl_argo_pods.__main__ import main
main()
"""


@pytest.fixture
def fake(tmp_path: Path) -> dict[str, str]:
    """An environment that names a kubectl which says how it was called, and passes its input on."""
    return {"KUBECTL_PATH": str(executable(tmp_path / "fake", "#!/bin/sh\nprintf '%s|' \"$@\"; echo\ncat\n"))}


def windows(environment: dict[str, str], *arguments: str) -> Result:
    command = [sys.executable, "-c", WINDOWS, *arguments]
    done = subprocess.run(command, env=environment, input="input", capture_output=True, text=True, timeout=60)
    return Result(done.returncode, done.stdout, done.stderr)


def test_a_command_without_input_runs_here(clean_environment: dict[str, str], fake: dict[str, str]) -> None:
    result = windows(clean_environment | fake, "exec", "deep", "train", "--", "sh", "-c", "echo out; exit 3")
    assert result == Result(3, "out\n", "command terminated with exit code 3\n")


def test_input_is_left_to_kubectl(clean_environment: dict[str, str], fake: dict[str, str]) -> None:
    result = windows(clean_environment | fake, "exec", "-i", "deep", "train", "--", "cat")
    assert result == Result(0, f"exec|--namespace=argo|{POD}|--container=main|--stdin|--|cat|\ninput", "")


def test_input_for_many_is_refused(clean_environment: dict[str, str], fake: dict[str, str]) -> None:
    result = windows(clean_environment | fake, "exec", "-i", "--all", "deep", "--", "cat")
    assert result == Result(2, "", "error: -i/--stdin does not go with --all on Windows\n")


def test_many_that_only_kubectl_could_reach_are_explained(
    clean_environment: dict[str, str], fake: dict[str, str], deep: SimulatedCluster
) -> None:
    deep.exec.protocols = ()
    result = windows(clean_environment | fake, "exec", "--all", "deep", "train", "--", "ls")
    assert result == Result(
        1,
        "",
        "1 of 1 failed:\n  train: the server or your role allows exec by SPDY alone, which only kubectl speaks; "
        "`kubectl argo-pods run WORKFLOW NODE -- exec {pod} -- COMMAND` has it do so in one pod after the other\n",
    )
