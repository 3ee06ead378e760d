"""What of a command line is being typed: the word under the cursor, and what may stand there."""

from __future__ import annotations

from collections.abc import Iterator

from kubectl_argo_pods import grammar
from kubectl_argo_pods.completion.table import COMMANDS, GROUPS
from kubectl_argo_pods.grammar import DEFAULT, Call, Target, is_word, split
from kubectl_argo_pods.options import Completes
from kubectl_argo_pods.record import NamedTuple


class Declared(NamedTuple):
    """An option as its command declares it: its names, its kind, and what help says of it."""

    names: tuple[str, ...]
    kind: str  # as in `grammar`
    help: str
    metavar: str
    completes: Completes


class Command(NamedTuple):
    """A command as it declares itself."""

    help: str
    words: tuple[Completes, ...]
    has_tail: bool
    options: tuple[Declared, ...]


class Slot(NamedTuple):
    """The word that is being typed: what may stand there, and the line around it.

    A candidate is `lead`, which is typed already, and a value that begins with `typed`.
    """

    kinds: tuple[Completes, ...]
    lead: str
    typed: str
    call: Call


def commands() -> dict[str, Command]:
    known = grammar.commands()
    return {
        name: Command(help_, words, known[name].has_tail, tuple(_declared(groups, known[name].options)))
        for name, (help_, words, groups) in COMMANDS.items()
    }


def _declared(groups: tuple[str, ...], targets: dict[str, Target]) -> Iterator[Declared]:
    for group in groups:
        for names, *rest in GROUPS[group]:
            yield Declared(names, targets[names[0]][0], *rest)


def slot(words: list[str], typed: str) -> Slot:
    """What is being typed after the words of a line; it need not be right as yet."""
    name, rest = grammar.named_command(words)
    known = grammar.commands()
    options = known[DEFAULT].options | known[name].options
    line, pending = _readable(rest, options)
    call = grammar.parse([name, *line]) or Call(name, (), {})
    if pending:
        return Slot((_completes(name, pending),), "", typed, call)
    if "--" in line:
        # Behind it only words stand, and in some commands those of another program, of which the shell knows more.
        return Slot(("file",) if known[name].has_tail else _word_kinds(call), "", typed, call)
    if typed.startswith("-"):
        return _option_slot(typed, options, call)
    may_be_verb = len(rest) == len(words) and len(call.words) < 2
    return Slot((("verb",) if may_be_verb else ()) + _word_kinds(call), "", typed, call)


def _readable(arguments: list[str], options: dict[str, Target]) -> tuple[list[str], Target | None]:
    """The arguments without unknown options, and the option at the end that waits for its value."""
    line: list[str] = []
    rest = iter(arguments)
    for argument in rest:
        if argument == "--":
            return [*line, argument, *rest], None
        taken = [] if is_word(argument) else split(argument, options)
        if taken is None:
            continue
        values = [(target, next(rest, None)) for target, value in taken if value is None]
        if any(value is None for _, value in values):
            return line, values[-1][0]
        line += [argument, *(value for _, value in values if value is not None)]
    return line, None


def _word_kinds(call: Call) -> tuple[Completes, ...]:
    words = commands()[call.command].words
    return words[len(call.words) :][:1] or words[-1:]


def _option_slot(typed: str, options: dict[str, Target], call: Call) -> Slot:
    taken = split(typed, options)
    target, value = taken[-1] if taken else (None, None)
    if target is None or value is None:
        return Slot(("flag",), "", typed, call)
    completes = ("true", "false") if target[0] == "flag" else _completes(call.command, target)
    # Of `--flag=value`, shells complete the value alone; `-nvalue` is one word to them.
    if "=" in typed:
        return Slot((completes,), "", value, call)
    if target[0] in ("text", "texts"):
        return Slot((completes,), typed.removesuffix(value), value, call)
    return Slot(("flag",), "", typed, call)


def _completes(name: str, target: Target) -> Completes:
    return next((option.completes for option, each in declared(name) if each == target), "")


def declared(name: str) -> Iterator[tuple[Declared, Target]]:
    """The options of a command, each with where its value goes."""
    targets = grammar.commands()[name].options
    return ((option, targets[option.names[0]]) for option in commands()[name].options)
