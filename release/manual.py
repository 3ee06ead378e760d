"""The manual page, from what the commands and options declare: the same source as that of `--help`.

`python -m release.manual` prints it; with `--write`, it writes it to where the packages take it from.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from kubectl_argo_pods import __version__, cli
from kubectl_argo_pods.help import PROGRAM, STATUSES, VARIABLES, WORDS, Page, declared, spelled
from kubectl_argo_pods.options import Option
from kubectl_argo_pods.options.connection import Connection

PAGE = Path(__file__).parent.parent / "man/kubectl-argo_pods.1"
ABOUT = (
    "A workflow of Argo is a graph of nodes; most nodes run as pods, whose names nobody can guess. Name the workflow "
    "and, if you like, the nodes: the plugin finds their pods, and acts on them.",
    "Without a command, it lists: the workflows, or the pods of a workflow by step. A command may stand before or "
    "behind the name of the workflow.",
)


def manual() -> str:
    """The source of the manual page, for man(7)."""
    pages = [cli.page(name) for name in cli.FUNCTIONS]
    return "".join(f"{line}\n" for line in _lines(pages))


def _lines(pages: list[Page]) -> Iterator[str]:
    first = pages[0]
    yield f'.TH KUBECTL\\-ARGO_PODS 1 "" "kubectl\\-argo_pods {__version__}" "kubectl plugins"'
    yield from (".SH NAME", f"kubectl\\-argo_pods \\- {_escaped('the kubectl plugin for the pods of Argo Workflows')}")
    yield ".SH SYNOPSIS"
    for page in pages:
        yield from (".PP", _bold(page.usage, PROGRAM if page is first else f"{PROGRAM} {page.name}"))
    yield ".SH DESCRIPTION"
    for paragraph in ABOUT:
        yield from (".PP", _escaped(paragraph))
    for word, forms in WORDS.items():
        yield from (".SS " + _escaped(f"{word} is one of"), *_definitions(forms.items()))
    yield ".SH COMMANDS"
    for page in pages:
        yield from _command(page)
    yield from (".SH OPTIONS OF THE CONNECTION", ".PP", "They can be passed to every command that asks a cluster.")
    yield from _options(option for _, _, option in declared(Connection))
    yield from (".SH ENVIRONMENT", *_definitions(VARIABLES.items()))
    yield from (".SH EXIT STATUS", *_definitions(STATUSES.items()))
    yield from (".SH SEE ALSO", ".BR kubectl (1),", ".BR argo (1)")


def _command(page: Page) -> Iterator[str]:
    yield from (".SS " + page.name, ".PP", _escaped(page.summary))
    for heading, options in page.sections.items():
        yield from (".PP", f".B {heading}", *_options(options))
    yield from (".PP", ".B Examples")
    for comment, line in page.examples.items():
        yield from (".TP", ".B " + _escaped(line), _escaped(comment) + ".")


def _options(options: Iterable[Option]) -> Iterator[str]:
    return _definitions((spelled(option).strip(), option.help) for option in options)


def _definitions(entries: Iterable[tuple[str, str]]) -> Iterator[str]:
    for term, meaning in entries:
        yield from (".TP", ".B " + _escaped(term), _escaped(meaning))


def _bold(usage: str, program: str) -> str:
    return f"\\fB{_escaped(program)}\\fR{_escaped(usage.removeprefix(program))}"


def _escaped(text: str) -> str:
    """The text for roff, where a backslash escapes, a hyphen is no minus, and a dot or quote begins a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped[:1] in {".", "'"} else escaped


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.parent.mkdir(exist_ok=True)
        PAGE.write_text(manual())
    else:
        print(manual(), end="")
