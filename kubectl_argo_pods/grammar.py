"""The command line as a value, and its quick parser.

It knows from a generated table what options a command has, so that neither Typer nor `inspect` is needed to read a
plain, correct command line. Whatever it does not plainly know it leaves to Typer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from kubectl_argo_pods.grammar_table import COMMANDS

DEFAULT = "list"

# Of an option: its kind ("flag", "text" or "texts"), and the group and field that its value goes to.
Target = tuple[str, str, str]


class Call(NamedTuple):
    """A command and what it receives: its words, and the values given in each of its groups of options."""

    command: str
    words: tuple[str, ...]
    values: dict[str, dict[str, Any]]


class Command(NamedTuple):
    """What the generated table says of a command."""

    module: str
    function: str
    groups: dict[str, str]  # parameter -> the class in `options`
    options: dict[str, Target]


def commands() -> dict[str, Command]:
    return {name: Command(*entry) for name, entry in COMMANDS.items()}


def parse(arguments: list[str]) -> Call | None:
    """The call that a command line means; None for one that is not plainly right."""
    known = commands()
    for verb in _candidates(arguments, known):
        read = _read(arguments, known[verb].options)
        if read and verb in read.words[:2]:
            words = list(read.words)
            words.remove(verb)
            return Call(verb, tuple(words), read.values)
    read = _read(arguments, known[DEFAULT].options)
    return read and read._replace(command=DEFAULT)


def _candidates(arguments: list[str], known: dict[str, Command]) -> list[str]:
    return [argument for argument in arguments if argument in known]


def named_command(arguments: list[str]) -> tuple[str, list[str]]:
    """The command of a line that could not be parsed, and the rest of the line: the first verb there is, if any."""
    found = _candidates(arguments, commands())
    if not found:
        return DEFAULT, arguments
    index = arguments.index(found[0])
    return found[0], arguments[:index] + arguments[index + 1 :]


def _read(arguments: list[str], options: dict[str, Target]) -> Call | None:
    words: list[str] = []
    values: dict[str, dict[str, Any]] = {}
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            words.extend(rest)
        elif argument == "-" or not argument.startswith("-"):
            words.append(argument)
        else:
            taken = _long(argument, options) if argument.startswith("--") else _short(argument, options)
            if taken is None:
                return None
            for target, value in taken:
                given = next(rest, None) if value is None else value
                if given is None or not _put(values, target, given):
                    return None
    return Call("", tuple(words), values)


# An option with its value as text; None: the value is the next argument.
Taken = list[tuple[Target, str | None]]


def _long(argument: str, options: dict[str, Target]) -> Taken | None:
    name, equals, value = argument.partition("=")
    target = options.get(name)
    if target is None:
        return None
    if target[0] == "flag":
        return [(target, value if equals else "true")]
    return [(target, value if equals else None)]


def _short(argument: str, options: dict[str, Target]) -> Taken | None:
    """Short options as pflag reads them: `-Aw`, `-nNAME`, `-n=NAME`, `-A=false`."""
    taken: Taken = []
    for index, letter in enumerate(argument[1:], start=1):
        target = options.get("-" + letter)
        if target is None:
            return None
        rest = argument[index + 1 :]
        if rest.startswith("="):
            return [*taken, (target, rest[1:])]
        if target[0] != "flag":
            return [*taken, (target, rest or None)]
        taken.append((target, "true"))
    return taken


# What Go's strconv.ParseBool takes, and so kubectl.
TRUE = frozenset({"1", "t", "T", "TRUE", "true", "True"})
FALSE = frozenset({"0", "f", "F", "FALSE", "false", "False"})


def _put(values: dict[str, dict[str, Any]], target: Target, text: str) -> bool:
    kind, group, field = target
    into = values.setdefault(group, {})
    if kind == "flag":
        if text not in TRUE | FALSE:
            return False
        into[field] = text in TRUE
    elif kind == "texts":
        into[field] = (*into.get(field, ()), text)
    else:
        into[field] = text
    return True
