"""What a start does not import: most of the time of a short run goes into imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.cluster import SimulatedCluster
from tests.recordings import recordings

OURS = "kubectl_argo_pods"
SLOW = {
    *("typer", "click", "pydantic", "rich", "requests", "urllib3", "kubernetes", "yaml", "dataclasses", "inspect"),
    *("http.client", "email", "encodings.idna"),
    *("concurrent.futures", "asyncio", "difflib", "shutil", "subprocess", "traceback", "decimal", "importlib.metadata"),
}


# The program ends without taking the interpreter apart, but not before its exit functions have run.
WATCHED = """
import atexit, sys
before = set(sys.modules)
atexit.register(lambda: print(*(set(sys.modules) - before), file=sys.stderr))
from kubectl_argo_pods.__main__ import main
main()
"""


def imported(environment: dict[str, str], *args: str) -> set[str]:
    """The modules that a run of the program in a fresh interpreter imports."""
    command = [sys.executable, "-I", "-c", WATCHED, *args]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.splitlines()[-1].split())


def test_the_version_imports_nothing_of_ours_but_the_door(clean_environment: dict[str, str]) -> None:
    modules = imported(clean_environment, "--version")
    assert {name for name in modules if name.startswith(OURS)} <= {OURS, f"{OURS}.__main__"}
    assert modules & {*SLOW, "typing", "json", "re"} == set()


FAILING = recordings()["failing"].name
LISTS = {
    "the workflows": [],
    "a workflow": [FAILING],
    "a step": [FAILING, "@failed"],
    "names": [FAILING, "-o", "name"],
    "a wide table": [FAILING, "-o", "wide"],
    "some phases": [FAILING, "--phase", "Failed"],
    "the newest": ["@latest"],
}


@pytest.mark.parametrize("words", LISTS.values(), ids=LISTS)
def test_a_list_imports_nothing_that_starts_slowly(
    cluster: SimulatedCluster, clean_environment: dict[str, str], words: list[str]
) -> None:
    modules = imported(clean_environment, *words)
    assert f"{OURS}.commands.list" in modules
    assert modules & SLOW == set()


def test_a_list_imports_only_the_source_that_it_asks(
    cluster: SimulatedCluster, clean_environment: dict[str, str]
) -> None:
    modules = imported(clean_environment, FAILING)
    others = {"cli", "cluster.exec_plugin", "output.jsonpath", "output.watching"}
    others |= {f"sources.{name}" for name in ("argo_server", "file", "following", "anew", "changing", "watch")}
    assert modules & {f"{OURS}.{name}" for name in others} == set()


def test_logs_are_asked_for_before_what_reads_them_is_imported(clean_environment: dict[str, str]) -> None:
    importing = f"import {OURS}.commands.logs, sys; print(*sys.modules)"
    command = [sys.executable, "-I", "-c", importing]
    done = subprocess.run(command, env=clean_environment, capture_output=True, text=True, timeout=60)
    others = {"attempts", "log_selection", "log_reading", "log_printing", "log_rest", "follow.live", "output.log_lines"}
    assert f"{OURS}.follow.discovery" in done.stdout.split()
    assert set(done.stdout.split()) & {f"{OURS}.{name}" for name in others} == set()
