"""The steps of the workflow at work in which one command runs, and how their output is looked at."""

from __future__ import annotations

from tests.commands import running
from tests.conftest import Run

STEPS = ("train", "loop(0:a)", "loop(1:b)")
NAMES = {step: running.of(running.manifests(), step)["metadata"]["name"] for step in STEPS}


def sorted_lines(text: str) -> list[str]:
    return sorted(text.splitlines())


def check_that_each_line_says_whose_it_is(argo_pods: Run) -> None:
    result = argo_pods("exec", "deep", "--all", "--", "sh", "-c", "echo one; echo two >&2; printf three")
    assert result.status == 0
    assert sorted_lines(result.stdout) == sorted(f"[{step}] {word}" for step in STEPS for word in ("one", "three"))
    assert sorted_lines(result.stderr) == sorted(f"[{step}] two" for step in STEPS)
