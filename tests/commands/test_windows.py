"""What Windows cannot do is left to kubectl or refused, and the rest works: on a Python that says it is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cluster import SimulatedCluster
from tests.commands import logged, running
from tests.conftest import Result, Run
from tests.executables import executable

pytestmark = pytest.mark.usefixtures("deep")

POD = running.of(running.manifests(), "train")["metadata"]["name"]
# What the standard library needs of the real platform is imported before; `selectors` once more, as it is there.
WINDOWS = """
import _signal, os, select, shutil, signal, socket, ssl, stat, subprocess, sys, tempfile
sys.platform = "win32"
sys.modules |= dict.fromkeys(("fcntl", "resource", "termios", "tty"))
del sys.modules["selectors"]
for module, names in {
    os: ("fork", "pread", "set_blocking"),
    select: ("epoll", "poll"),
    signal: ("SIGHUP", "SIGQUIT", "SIGTSTP", "SIGCONT", "SIGWINCH"),
    _signal: ("pthread_kill",),
}.items():
    for name in names:
        delattr(module, name)

def select_sockets(readers, writers, others, pause=None, select=select.select):
    for each in (*readers, *writers):
        if not stat.S_ISSOCK(os.fstat(each if isinstance(each, int) else each.fileno()).st_mode):
            raise OSError(10038, "An operation was attempted on something that is not a socket")
    return select(readers, writers, others, pause)

select.select = select_sockets
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


@pytest.mark.parametrize(
    "words",
    ["logs etl load", "logs etl", "logs etl load -f", "etl", "etl -w", "__complete etl "],
)
def test_what_needs_no_input_is_the_same(
    argo_pods: Run, clean_environment: dict[str, str], empty_cluster: SimulatedCluster, words: str
) -> None:
    logged.load(empty_cluster)
    arguments = words.split(" ")
    assert windows(clean_environment, *arguments) == argo_pods(*arguments)
