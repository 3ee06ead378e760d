"""The README and the documents say what is so: examples print what stands there, and names, words and rules agree."""

from __future__ import annotations

import configparser
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_argo_pods.cli import FUNCTIONS, fields
from kubectl_argo_pods.completion.answer import TIMEOUT
from kubectl_argo_pods.follow.spool import MOST
from kubectl_argo_pods.help import STATUSES, VARIABLES, WORDS
from kubectl_argo_pods.log_rules import MOST_FOLLOWED
from kubectl_argo_pods.permissions import NEEDS, rules
from release.manifest import TEMPLATE, filled_in
from release.platforms import PLATFORMS
from tests.demo import timeless
from tests.demo_workflow import NAME

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
DOCUMENTS = {path.name: path.read_text() for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))}
TEXT = "".join(DOCUMENTS.values())
EXAMPLES = re.findall(r"^    \$ (kubectl[ -].*)\n((?:    .*\n)*)", TEXT, re.MULTILINE)
TABLES = {"WORKFLOW": WORDS["WORKFLOW"], "NODE": WORDS["NODE"], "variable": VARIABLES, "status": STATUSES}
ID = "3661961890"
# For each form, a workflow of the demonstration and such words, each with the steps that it means there.
FORMS = {
    "train, 'process(0:item-1)'": (NAME, {"extract": "extract", "transform(0:orders)": "transform(0:orders)"}),
    "'train(0)'": (NAME, {"check(0)": "check(0)"}),
    "wf.etl.train, etl.train": (NAME, {f"{NAME}.extract": "extract"}),
    "node/NAME": (NAME, {"node/extract": "extract"}),
    "POD, pod/NAME, NODE-ID": (
        NAME,
        {f"{NAME}-fetch-{ID}": "extract", f"pod/{NAME}-fetch-{ID}": "extract", f"{NAME}-{ID}": "extract"},
    ),
    "'GLOB'": (NAME, {"ext*": "extract"}),
    "template:GLOB": (NAME, {"template:f*": "extract"}),
    "param:NAME=VALUE": ("loops-7k2lp", {"param:what=größe": "items(0:größe)"}),
    "@failed, @running, @pending, @succeeded": (
        NAME,
        {
            "@failed": "check(0)",
            "@running": "check(1) transform(1:customers) transform(2:größen)",
            "@pending": "",
            "@succeeded": "extract transform(0:orders)",
        },
    ),
    "@first-failed, @last": (NAME, {"@first-failed": "check(0)", "@last": "check(1)"}),
}


@pytest.mark.parametrize(("command", "output"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_an_example_prints_what_is_said(command: str, output: str, demo: dict[str, str]) -> None:
    patient = demo | {TIMEOUT: "30s"}
    done = subprocess.run(command, shell=True, env=patient, capture_output=True, text=True, timeout=60)
    expected = "".join(line[4:] + "\n" for line in output.splitlines())
    assert timeless(done.stdout) == timeless(expected)
    assert (done.stderr, done.returncode) == ("", 0)


def test_every_option_that_is_named_exists() -> None:
    named = set(re.findall(r"`(-{1,2}[a-zA-Z][a-zA-Z-]*)", TEXT)) | set(re.findall(r" (--[a-z]+[a-z-]*)", TEXT))
    known = {name for command in FUNCTIONS for field in fields(command) for name in field.option.names}
    assert named - known - {"--help", "--version"} == set()


def test_every_command_is_named() -> None:
    told = set(re.findall(r"kubectl argo-pods (\w+)", README))
    # The list is what there is without a command, and --help names the rest.
    assert set(FUNCTIONS) - told == {"list", "options", "version"}


@pytest.mark.parametrize("heading", TABLES)
def test_a_table_says_what_the_help_and_the_manual_say(heading: str) -> None:
    rows = re.search(rf"^\| {heading} \| means \|\n\| --- \| --- \|\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert rows is not None
    cells = [row.strip("| ").replace("`", "").split(" | ") for row in rows[1].splitlines()]
    assert cells == [list(row) for row in TABLES[heading].items()]


@pytest.mark.parametrize("form", WORDS["NODE"])
def test_every_form_of_a_node_means_something(form: str, demo: dict[str, str]) -> None:
    workflow, words = FORMS[form]
    assert {word: _steps(workflow, word, demo) for word in words} == words


def _steps(workflow: str, word: str, demo: dict[str, str]) -> str:
    command = ["kubectl", "argo-pods", workflow, word, "-o", "jsonpath={.items[*].node.displayName}"]
    return subprocess.run(command, env=demo, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.parametrize(("line", "words"), [("@", "WORKFLOW"), (f"{NAME} @", "NODE")])
def test_tab_offers_the_words_for_a_state(line: str, words: str, demo: dict[str, str]) -> None:
    told = [word for forms in WORDS[words] for word in forms.split(", ") if word.startswith("@")]
    command = ["kubectl-argo_pods", "__complete", *line.split()]
    offered = subprocess.run(command, env=demo | {TIMEOUT: "30s"}, capture_output=True, text=True, timeout=60).stdout
    assert [each.partition("\t")[0] for each in offered.splitlines()[:-1]] == told


def test_the_rules_that_are_named_are_those_of_each_command() -> None:
    block = README.partition("by command:\n\n```yaml\n")[2].partition("```")[0]
    found: dict[str, list[str]] = {}
    for part in re.split(r"^# ", block, flags=re.MULTILINE)[1:]:
        head, *lines = part.splitlines()
        found |= {name: lines for name in re.findall(r"\w+", head) if name in NEEDS}
    assert found == {name: [f"- {rule}" for rule in rules(needs)] for name, needs in NEEDS.items()}


@pytest.mark.parametrize("limit", [f"in up to {MOST >> 20} MiB", f"\n{MOST_FOLLOWED} logs are read at a time"])
def test_a_limit_is_what_it_is_said_to_be(limit: str) -> None:
    assert limit in DOCUMENTS["logs.md"]


def test_the_packages_are_installed_as_they_are_named() -> None:
    metadata = _setup()
    manifest = yaml.safe_load(filled_in(TEMPLATE.read_text(), "v1", {}))
    package, python = metadata["metadata"]["name"], metadata["options"]["python_requires"].removeprefix(">=")
    extras = {"zstd", "brotli"} & set(metadata["options.extras_require"])
    install = README.partition("## Install\n")[2].partition("\n## ")[0]
    systems = {"linux": "Linux", "darwin": "macOS", "windows": "Windows"}
    assert f"kubectl krew install {manifest['metadata']['name']} " in install
    assert f"pipx install {package} " in install
    assert f"Python {python} or newer" in install
    assert re.findall(rf"`{package}\[(.*)\]`", install) == [",".join(sorted(extras, reverse=True))]
    assert manifest["spec"]["caveats"].splitlines()[-1].strip() in install
    assert {systems[platform.os] for platform in PLATFORMS.values()} == set(
        re.findall("|".join(systems.values()), install)
    )


def test_a_link_leads_to_a_file_or_a_heading() -> None:
    for name, text in DOCUMENTS.items():
        links = [_own(link) for link in re.findall(r"\]\(([^)]+)\)", text)]
        headings = {"#" + re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in _headings(text)}
        folder = ROOT / ("" if name == "README.md" else "docs")
        own = [link for link in links if not link.startswith("https://") and link not in headings]
        assert [link for link in own if not (folder / link).exists()] == []


def test_the_links_of_the_readme_work_where_a_package_index_shows_it() -> None:
    links = re.findall(r"\]\(([^)]+)\)", README)
    assert [link for link in links if not link.startswith(("https://", "#"))] == []


def _own(link: str) -> str:
    """The path of a link into this repository."""
    page: str = _setup()["metadata"]["url"]
    raw = page.replace("github.com", "raw.githubusercontent.com")
    return link.removeprefix(f"{page}/blob/main/").removeprefix(f"{raw}/main/")


def _headings(text: str) -> list[str]:
    return re.findall(r"^#+ (.*)$", text, re.MULTILINE)


def _setup() -> Any:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg")
    return setup
