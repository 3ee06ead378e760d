"""The command line as a value, and its quick parser.

It knows from a generated table what options a command has, so that neither Typer nor `inspect` is needed to read a
plain, correct command line. Whatever it does not plainly know it leaves to Typer.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.grammar_table import COMMANDS, GROUPS
from kubectl_argo_pods.record import NamedTuple

DEFAULT = "list"

# Of an option: its kind ("flag", "text", "texts", or "when" for one whose value may be left out), and the group and
# field that its value goes to.
Target = tuple[str, str, str]


class Call(NamedTuple):
    """A command and what it receives: its words, and the values given in each of its groups of options.

    `tail` is what follows `--`, for a command that hands it to another program; for the others these are words, too.
    """

    command: str
    words: tuple[str, ...]
    values: dict[str, dict[str, Any]]
    tail: tuple[str, ...] = ()


class Command(NamedTuple):
    """What the generated table says of a command."""

    module: str
    function: str
    groups: dict[str, str]  # parameter -> the class in `options`
    has_tail: bool

    @property
    def options(self) -> dict[str, Target]:
        """Where the value of each option goes, by the option's names."""
        return {
            option: (kind, parameter, field)
            for parameter, group in self.groups.items()
            for option, (kind, field) in GROUPS[group].items()
        }


def commands() -> dict[str, Command]:
    return {name: Command(*entry) for name, entry in COMMANDS.items()}


def parse(arguments: list[str]) -> Call | None:
    """The call that a command line means; None for one that is not plainly right."""
    name, rest = named_command(arguments)
    command = commands()[name]
    line, tail = parted(rest, command.options)
    call = _read(name, line, command.options)
    return call and ended(call, tail, command)


def ended(call: Call, tail: list[str], command: Command) -> Call:
    """The call with what followed `--` in its place."""
    if command.has_tail:
        return call._replace(tail=tuple(tail))
    return call._replace(words=(*call.words, *tail))


def parted(arguments: list[str], options: dict[str, Target]) -> tuple[list[str], list[str]]:
    """What stands before and behind the first `--` that is no option's value."""
    for index, argument, _ in pieces(arguments, options):
        if argument == "--":
            return arguments[:index], arguments[index + 1 :]
    return arguments, []


def pieces(arguments: list[str], options: dict[str, Target]) -> Iterator[tuple[int, str, str | None]]:
    """The arguments with their places, each with the next one if that is its value; an unknown option takes none."""
    rest = iter(enumerate(arguments))
    for index, argument in rest:
        following = arguments[index + 1] if index + 1 < len(arguments) else None
        if following is not None and not is_word(argument) and _takes(argument, following, options):
            next(rest)
            yield index, argument, following
        else:
            yield index, argument, None


def _takes(argument: str, following: str, options: dict[str, Target]) -> bool:
    """Whether an argument is the value of the one before it, in `--prefix never` as well as in `--namespace NAME`."""
    taken = split(argument, options) or ()
    optional = any(target[0] == "when" for target, _ in taken) and "=" not in argument
    return any(value is None for _, value in taken) or (optional and following in WHEN)


def named_command(arguments: list[str]) -> tuple[str, list[str]]:
    """The command that a line names as its first or second word, and the rest of the line."""
    known = commands()
    for name in arguments:
        if name in known:
            # In `-n version`, the word is a namespace although the command of that name has no -n.
            for index in _words_at(arguments, known[DEFAULT].options | known[name].options)[:2]:
                if arguments[index] == name:
                    return name, arguments[:index] + arguments[index + 1 :]
    return DEFAULT, arguments


def _words_at(arguments: list[str], options: dict[str, Target]) -> list[int]:
    """Where the words before `--` stand."""
    line = parted(arguments, options)[0]
    return [index for index, argument, _ in pieces(line, options) if is_word(argument)]


def is_word(argument: str) -> bool:
    """Whether it is no option; a single `-` is standard input."""
    return argument == "-" or not argument.startswith("-")


def _read(name: str, arguments: list[str], options: dict[str, Target]) -> Call | None:
    words: list[str] = []
    values: dict[str, dict[str, Any]] = {}
    for _, argument, following in pieces(arguments, options):
        if is_word(argument):
            words.append(argument)
            continue
        taken = split(argument, options)
        if taken is None:
            return None
        for target, value in taken:
            given = value if following is None or target[0] == "flag" else following
            if given is None or not _put(values, target, given):
                return None
    return Call(name, tuple(words), values)


# An option with its value as text; None: the value is the next argument.
Taken = list[tuple[Target, str | None]]


def split(argument: str, options: dict[str, Target]) -> Taken | None:
    """The options that an argument holds, each with its value; None if one of them is unknown."""
    return _long(argument, options) if argument.startswith("--") else _short(argument, options)


def _long(argument: str, options: dict[str, Target]) -> Taken | None:
    name, equals, value = argument.partition("=")
    target = options.get(name)
    if target is None:
        return None
    return [(target, value if equals else IMPLIED.get(target[0]))]


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


# What an option means that is given without a value, by its kind.
IMPLIED = {"flag": "true", "when": "always"}
WHEN = ("auto", "always", "never")
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
    elif kind == "when":
        into[field] = _when(text)
        return text in (*WHEN, *TRUE, *FALSE)
    elif kind == "texts":
        into[field] = (*into.get(field, ()), text)
    else:
        into[field] = text
    return True


def _when(text: str) -> str:
    """kubectl knows its --prefix as a flag: true is always, false is never."""
    return "always" if text in TRUE else "never" if text in FALSE else text


def respelled(arguments: list[str], options: dict[str, Target]) -> list[str]:
    """The same line as Typer spells it, which knows neither `--flag=false` nor `-n=NAME`; raises UsageError."""
    line: list[str] = []
    for _, argument, following in pieces(arguments, options):
        taken = None if is_word(argument) else split(argument, options)
        if taken and ("=" in argument or taken[0][0][0] == "when"):
            given = [(target, value if following is None else following) for target, value in taken]
            line += [part for target, value in given for part in _spelled(target, value or "", options)]
        else:
            # The value of an option is a value, whatever it looks like.
            line += [argument] if following is None else [argument, following]
    return line


def _spelled(target: Target, value: str, options: dict[str, Target]) -> list[str]:
    names = [name for name, each in options.items() if each == target]
    if target[0] == "when":
        if value not in (*WHEN, *TRUE, *FALSE):
            raise UsageError(f'invalid argument "{value}" for "{names[-1]}" flag: it is one of {", ".join(WHEN)}')
        return [names[-1], _when(value)]
    if target[0] != "flag":
        return [names[-1], value]
    if value not in TRUE | FALSE:
        raise UsageError(f'invalid argument "{value}" for "{", ".join(names)}" flag: it is either true or false')
    return [names[-1] if value in TRUE else negated(names[-1])]


def negated(name: str) -> str:
    """How Typer is told `--flag=false`: kubectl has no `--no-flag`, and a NUL is what nobody can type."""
    return f"{name}\0"
