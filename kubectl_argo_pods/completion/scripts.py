"""The completion scripts of the shells: shtab's, over an argparse mirror of the commands, with the program to ask.

`python -m kubectl_argo_pods.completion.scripts` writes them into `completions/`.

shtab knows verbs, flags and files. What stands at a place of the line depends on more than it can express (two orders
of words, a cluster), so the program is asked first, with the whole line; shtab's part is what is left without it.
"""

from __future__ import annotations

import re
from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

import shtab

from kubectl_argo_pods.completion.line import Command, Declared, commands
from kubectl_argo_pods.grammar import DEFAULT

PROGRAM = "kubectl-argo_pods"
COMPLETER = "kubectl_complete-argo_pods"
# kubectl's own scripts stand between; tcsh hands the line on in its environment, and takes nothing but words.
ASK_KUBECTL = "__complete-kubectl"
ASK_TCSH = "__complete-tcsh"
# What fish offers in a place that only the program knows.
ASKED = {"fish": "(_kubectl_argo_pods)"}


def script(shell: str) -> str:
    """The script of one of SHELLS."""
    mended, _ = SHELLS[shell]
    return mended(shtab.complete(_parser(), shell).rstrip("\n") + "\n")


def completer() -> str:
    """The program that kubectl asks (https://kubernetes.io/docs/tasks/extend-kubectl/kubectl-plugins/)."""
    what = "What kubectl runs to complete the words behind `kubectl argo-pods`."
    return f'#!/bin/sh\n# {what}\nexec {PROGRAM} {ASK_KUBECTL} "$@"\n'


def _parser() -> ArgumentParser:
    known = commands()
    parser = ArgumentParser(prog=PROGRAM, add_help=False)
    _add_options(parser, known[DEFAULT])
    verbs = parser.add_subparsers(metavar="COMMAND")
    for name, command in known.items():
        verb = verbs.add_parser(name, help=_escaped(command.help), add_help=False)
        _add_options(verb, command)
        if command.words:
            verb.add_argument("words", nargs="*").complete = ASKED  # type: ignore[attr-defined]
    return parser


def _add_options(parser: ArgumentParser, command: Command) -> None:
    for option in (*command.options, Declared(("--help",), "flag", "Show the help of the command.", "", "")):
        _add_option(parser, option)


def _add_option(parser: ArgumentParser, option: Declared) -> None:
    given: dict[str, Any] = {"help": _escaped(option.help)}
    if option.kind == "flag":
        parser.add_argument(*option.names, action="store_true", **given)
        return
    # The value of a "when" may be left out.
    given["nargs"] = "?" if option.kind == "when" else None
    action = parser.add_argument(*option.names, metavar=option.metavar, **given)
    if isinstance(option.completes, tuple):
        action.choices = option.completes
    else:
        action.complete = shtab.FILE | ASKED if option.completes == "file" else ASKED  # type: ignore[attr-defined]


def _escaped(help_: str) -> str:
    return help_.replace("%", "%%")


def _bash(text: str) -> str:
    """Our function asks, and calls shtab's where nobody answers."""
    head, complete, _ = text.rpartition("complete -o")
    return _found(head, complete) + _entry("word.sh") + _entry("entry.bash")


def _zsh(text: str) -> str:
    """As in bash; and what is left takes `--flag=value`, which shtab's specifications do not."""
    specification = r'^(  (?:"\*")?)(\{[^}]*\}|"--?[\w-]+")("\[(?:[^"\\]|\\.)*\]:)'
    text = re.sub(
        specification, lambda match: match[1] + re.sub(r"--[\w-]+", r"\g<0>=", match[2]) + match[3], text, flags=re.M
    )
    head, options, _ = text.rpartition("typeset -A opt_args")
    return _found(head, options) + _entry("word.sh") + _entry("entry.zsh")


def _fish(text: str) -> str:
    """A verb behind a workflow is one, too; words need no verb; and what may stand there is the program's to say."""
    first = "if test $_shtab_kubectl_argo_pods_npos -eq 0\n"
    head, condition, tail = text.partition(first)
    tail = re.sub(r"^complete .*_using; .* -a .*\n", "", tail, flags=re.M).replace(" -d words\n", "\n")
    tail = re.sub(r'-xka "\w[^"]*"', f'-xka "{ASKED["fish"]}"', tail)
    words = f'complete -c {PROGRAM} -n _shtab_kubectl_argo_pods_using -ka "{ASKED["fish"]}"\n'
    return _found(head, condition) + first.replace("-eq 0", "-le 1") + tail + words + "\n" + _entry("entry.fish")


def _tcsh(text: str) -> str:
    """Rules go by places, which flags in between shift: all but those for files give way to asking the program."""
    head, complete, rules = text.partition(f"complete {PROGRAM}")
    files = [rule for rule in re.findall(r"'[^']*'", rules) if rule.endswith("/f/'")]
    asking = f"'p/*/`{PROGRAM} {ASK_TCSH}`/'"
    return _found(head, complete) + " \\\n    ".join([complete, *dict.fromkeys(files), asking]) + "\n"


def _powershell(text: str) -> str:
    head, tracking, tail = text.partition("  # State tracking\n")
    return _found(head, tracking) + _entry("entry.ps1") + tracking + tail


def _found(text: str, landmark: str) -> str:
    """The text before a landmark of shtab's; without it, this is a version of shtab that we do not know."""
    if not landmark:
        raise AssertionError(f"shtab {shtab.__version__} writes other scripts than those that are mended here")
    return text


def _entry(name: str) -> str:
    return Path(__file__).with_name("entries").joinpath(name).read_text()


# By shell: how its script is mended, and the name of its file.
SHELLS: dict[str, tuple[Callable[[str], str], str]] = {
    "bash": (_bash, f"{PROGRAM}.bash"),
    "zsh": (_zsh, f"_{PROGRAM}"),
    "fish": (_fish, f"{PROGRAM}.fish"),
    "tcsh": (_tcsh, f"{PROGRAM}.tcsh"),
    "powershell": (_powershell, f"{PROGRAM}.ps1"),
}


def bundle() -> dict[str, str]:
    """All files of `completions/`, by their names."""
    return {name: script(shell) for shell, (_, name) in SHELLS.items()} | {COMPLETER: completer()}


if __name__ == "__main__":
    folder = Path(__file__).parents[2] / "completions"
    folder.mkdir(exist_ok=True)
    for name, text in bundle().items():
        folder.joinpath(name).write_text(text)
    folder.joinpath(COMPLETER).chmod(0o755)
