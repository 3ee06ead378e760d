"""The best shell of a container, and what is said where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster import SimulatedCluster
from tests.commands import running
from tests.conftest import Result, Run
from tests.executables import executable

pytestmark = pytest.mark.usefixtures("deep")

POD = running.of(running.manifests(), "train")["metadata"]["name"]


def image(folder: Path, *shells: str) -> dict[str, str]:
    """An environment in which these are the only programs there are."""
    bin_ = folder / "bin"
    bin_.mkdir()
    for name in shells:
        path = bin_ / name
        if name == "sh":
            path.symlink_to("/bin/sh")
        else:
            executable(path, f"#!/bin/sh\necho 'this is {name}'\n/bin/cat\n")
    return {"PATH": str(bin_)}


@pytest.mark.parametrize(
    ("shells", "taken"),
    [
        (("sh", "ash", "bash"), "bash"),
        (("sh", "ash"), "ash"),
        (("bash",), "bash"),
        (("ash",), "ash"),
    ],
    ids=["all", "no bash", "bash alone", "ash alone"],
)
def test_the_best_shell_there_is_is_taken(
    argo_pods: Run, deep: SimulatedCluster, tmp_path: Path, shells: tuple[str, ...], taken: str
) -> None:
    deep.exec.environment = image(tmp_path, *shells)
    assert argo_pods("shell", "deep", "train") == Result(0, f"this is {taken}\n", "")


@pytest.mark.parametrize("shells", [("sh", "bash"), ("bash",), ("ash",)], ids=["beside sh", "bash alone", "ash alone"])
def test_it_gets_all_of_our_input(
    argo_pods: Run, deep: SimulatedCluster, tmp_path: Path, shells: tuple[str, ...]
) -> None:
    deep.exec.environment = image(tmp_path, *shells)
    assert argo_pods("shell", "deep", "train", stdin="input\n") == Result(0, f"this is {shells[-1]}\ninput\n", "")


def test_sh_does_where_there_is_nothing_better(argo_pods: Run, deep: SimulatedCluster, tmp_path: Path) -> None:
    deep.exec.environment = image(tmp_path, "sh")
    assert argo_pods("deep", "shell", "train", stdin="echo $((6 * 7)); exit 3") == Result(
        3, "42\n", "command terminated with exit code 3\n"
    )


def test_an_image_without_a_shell_is_explained(argo_pods: Run, deep: SimulatedCluster, tmp_path: Path) -> None:
    deep.exec.environment = image(tmp_path)
    assert argo_pods("shell", "deep", "train") == Result(
        1,
        "",
        f'error: container "main" of pod "{POD}" has no shell: neither bash nor ash nor sh is in its image; '
        f"`kubectl debug {POD} -it --image=busybox --target=main -- sh` starts one beside it\n",
    )


def test_a_shell_needs_no_node_where_one_pod_runs(argo_pods: Run, deep: SimulatedCluster) -> None:
    for step in ("loop(0:a)", "loop(1:b)"):
        ended = running.of(running.manifests(), step)
        ended["status"]["phase"] = "Succeeded"
        deep.load([ended])
    assert argo_pods("shell", "deep", stdin="echo out") == Result(0, "out\n", "")


TERMINALS = [Path(each) for each in ("/etc/terminfo", "/lib/terminfo", "/usr/share/terminfo", "/usr/lib/terminfo")]


@pytest.mark.parametrize("name", ["xterm", "no-such-terminal"])
def test_the_terminals_name_is_passed_on_unless_nothing_there_knows_it(
    argo_pods: Run, deep: SimulatedCluster, name: str
) -> None:
    databases = [each for each in TERMINALS if each.is_dir()]
    known = not databases or any((each / name[0] / name).exists() for each in databases)
    deep.exec.environment["TERM"] = "the-runtimes"
    result = argo_pods("shell", "deep", "train", stdin="echo $TERM", env={"TERM": name})
    assert result == Result(0, f"{name if known else 'the-runtimes'}\n", "")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("shell", "-l", "a=b"), "a WORKFLOW is needed, and the NODE whose pod is meant; or --workflow-selector"),
        (("shell", "deep", "-f", "-"), "-f - reads stdin, which is the shell's"),
    ],
)
def test_what_cannot_be_is_refused(argo_pods: Run, words: tuple[str, ...], sentence: str) -> None:
    assert argo_pods(*words) == Result(2, "", f"error: {sentence}\n")
