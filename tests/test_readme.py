"""The README's examples print what the README says, but for ages and durations."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from kubectl_argo_pods.cli import FUNCTIONS, fields
from kubectl_argo_pods.completion.answer import TIMEOUT
from kubectl_argo_pods.permissions import NEEDS, rules
from tests.demo import timeless

README = (Path(__file__).parent.parent / "README.md").read_text()
EXAMPLES = re.findall(r"^    \$ (kubectl[ -].*)\n((?:    .*\n)*)", README, re.MULTILINE)


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_prints_what_the_readme_says(command: str, output: str, demo: dict[str, str]) -> None:
    patient = demo | {TIMEOUT: "30s"}
    done = subprocess.run(command, shell=True, env=patient, capture_output=True, text=True, timeout=60)
    expected = "".join(line[4:] + "\n" for line in output.splitlines())
    assert timeless(done.stdout) == timeless(expected)
    assert (done.stderr, done.returncode) == ("", 0)


def test_every_option_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`(-{1,2}[a-zA-Z][a-zA-Z-]*)", README)) | set(re.findall(r" (--[a-z]+[a-z-]*)", README))
    known = {name for command in FUNCTIONS for field in fields(command) for name in field.option.names}
    assert named - known - {"--help", "--version"} == set()


def test_the_rules_that_the_readme_names_are_those_of_each_command() -> None:
    block = README.partition("by command:\n\n```yaml\n")[2].partition("```")[0]
    found: dict[str, list[str]] = {}
    for part in re.split(r"^# ", block, flags=re.MULTILINE)[1:]:
        head, *lines = part.splitlines()
        found |= {name: lines for name in re.findall(r"\w+", head) if name in NEEDS}
    assert found == {name: [f"- {rule}" for rule in rules(needs)] for name, needs in NEEDS.items()}
