"""The manual page is up to date, well-formed, and says what `--help` says."""

from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from kubectl_argo_pods import cli
from kubectl_argo_pods.help import VARIABLES
from release.manual import PAGE, manual


def test_the_committed_page_is_what_the_declarations_make() -> None:
    assert PAGE.read_text() == manual(), "run `python -m release.manual --write`"


def test_the_page_is_well_formed() -> None:
    if not shutil.which("groff"):
        pytest.skip("groff is not installed")
    formatted = subprocess.run(
        ["groff", "-man", "-ww", "-Tutf8", "-rLL=80n", PAGE], capture_output=True, text=True, check=True
    )
    assert formatted.stderr == ""


@pytest.mark.parametrize("command", cli.FUNCTIONS)
def test_the_page_has_every_option_and_example_of_a_command(command: str) -> None:
    plain = PAGE.read_text().replace("\\-", "-").replace("\\&", "").replace("\\e", "\\")
    names = [field.option.names[-1] for field in cli.fields(command)]
    assert [name for name in names if name not in plain] == []
    assert [example for example in cli.page(command).examples.values() if example not in plain] == []


def test_the_page_has_every_variable_that_an_option_names() -> None:
    named = {
        name
        for command in cli.FUNCTIONS
        for field in cli.fields(command)
        for name in re.findall(r"\[\$(\w+)", field.option.help)
    }
    told = {name for names in VARIABLES for name in names.split(", ")}
    assert named and named <= told
