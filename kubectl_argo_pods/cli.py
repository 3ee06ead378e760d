"""The command line with Typer, made from the commands' own parameters: help, mistakes, what the quick parser leaves."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterator
from difflib import get_close_matches
from importlib import import_module
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperCommand

from kubectl_argo_pods.calls import perform
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.grammar import Call, commands, ended, named_command, negated, parted, respelled
from kubectl_argo_pods.help import PROGRAM, WORDS, Page, declared, text
from kubectl_argo_pods.options import Argument, Option, Tail, When
from kubectl_argo_pods.options.connection import Connection
from kubectl_argo_pods.options.sections import SECTIONS
from kubectl_argo_pods.record import NamedTuple

# Every command, with the function that performs it; the first is performed where none is named.
FUNCTIONS = {
    "list": "kubectl_argo_pods.commands.list:list_",
    "logs": "kubectl_argo_pods.commands.logs:logs",
    "auth": "kubectl_argo_pods.commands.auth:auth",
    "completion": "kubectl_argo_pods.commands.completion:completion",
    "options": "kubectl_argo_pods.commands.options:options",
    "exec": "kubectl_argo_pods.commands.exec:exec_",
    "shell": "kubectl_argo_pods.commands.shell:shell",
    "run": "kubectl_argo_pods.commands.run:run",
    "version": "kubectl_argo_pods.commands.version:version",
}
# What help shows of a command, as comment and arguments.
EXAMPLES = {
    "list": {
        "The workflows here": "",
        "The pods of a workflow, by step": "my-wf",
        "Those of its failed steps, with their hosts and addresses": "my-wf --phase Failed,Error -o wide",
        "Those of the newest workflow, as they change": "@latest -w",
        "Their names, for other commands": "my-wf -o name",
    },
    "logs": {
        "The logs of a workflow, in the order of their times": "logs my-wf",
        "Follow a step, through its retries, until it is done": "logs my-wf train -f",
        "The failed steps, with Argo's own containers": "logs my-wf @failed -c '*'",
        "The last attempt alone, as JSON": "logs my-wf train --attempts last -o json",
        "The steps of all workflows of today that failed": "logs 'nightly-*' @failed --since 24h --prefix",
    },
    "auth": {
        "What you may do, and the role that you lack": "auth check",
        "Only what `logs` needs, in all namespaces": "auth check logs -A",
        "Who you are, to Kubernetes and to the Argo Server": "auth whoami",
    },
    "completion": {
        "Set up your shell and kubectl": "completion install",
        "What install would do for another shell": "completion install zsh --print",
        "Why nothing is completed, and how to mend it": "completion check",
        "The script for bash": "completion bash",
    },
    "options": {"The options of the connection": "options"},
    "exec": {
        "A command in the container of a step": "exec my-wf train -- nvidia-smi",
        "A shell in it, on this terminal": "exec -it my-wf train -- sh",
        "A file into it": "exec -i my-wf train -- tar xf - -C /tmp < files.tar",
        "A command in every running pod, what is the same printed once": "exec my-wf --all --fold -- df -h /",
    },
    "shell": {
        "The best shell that the container of a step has": "shell my-wf train",
        "The same in one of the pods, to be chosen from a list": "shell my-wf --pick",
    },
    "run": {
        "What kubectl says of the pod of a step": "run my-wf train -- describe pod {pod}",
        "The events of the pods that failed": "run my-wf @failed -- events --for pod/{pod}",
        "The commands alone": "run my-wf --dry-run -- cp {pod}:/tmp/result result-{node}",
    },
    "version": {"The version of this plugin": "version"},
}
# Typer does not name the root of its usage errors.
TyperUsageError: Any = typer.BadParameter.__mro__[1]


class Field(NamedTuple):
    """An option of a command, with the group and the field that its value goes to."""

    group: str
    name: str
    type: Any
    option: Option
    section: str


def run(arguments: list[str]) -> int:
    """The exit status of a command line; raises UsageError for one that is wrong."""
    call = read(arguments)
    return perform(call, os.environ) if call else 0


def read(arguments: list[str]) -> Call | None:
    """The call that a command line means; None if it asked for help, which is printed; raises UsageError."""
    name, rest = named_command(arguments)
    known = commands()[name]
    line, tail = parted(rest, known.options)
    try:
        call = command(name).main(respelled(line, known.options), _program(name), standalone_mode=False)
    except (TyperUsageError, UsageError) as error:
        sentence = str(error) if isinstance(error, UsageError) else _sentence(error, name)
        raise UsageError(f"{sentence}\nSee '{_program(name)} --help' for usage.") from error
    return ended(call, tail, known) if isinstance(call, Call) else None


def _program(name: str) -> str:
    return PROGRAM if name == next(iter(FUNCTIONS)) else f"{PROGRAM} {name}"


def _sentence(error: Any, name: str) -> str:
    """kubectl's words for the commonest mistakes, else Typer's."""
    message: str = error.format_message()
    option: str = getattr(error, "option_name", None) or ""
    short = option.lstrip("-") if not option.startswith("--") else ""
    shown = f"'{short}' in {option}" if short else option
    if hasattr(error, "possibilities"):
        kind = "unknown shorthand flag" if short else "unknown flag"
        return f"{kind}: {shown}{'' if short else _near(option, name)}"
    if option and "requires an argument" in message:
        return f"flag needs an argument: {shown}"
    return (message[:1].lower() + message[1:]).rstrip(".")


def _near(option: str, name: str) -> str:
    """The flags that a slip of the fingers makes this one of; Typer would suggest any that share a few letters."""
    known = [each.removeprefix("--") for each in commands()[name].options if each.startswith("--")]
    near = get_close_matches(option.removeprefix("--"), known, n=1, cutoff=0.75)
    return f" (did you mean --{near[0]}?)" if near else ""


def function_of(name: str) -> Callable[..., int]:
    module, _, function = FUNCTIONS[name].partition(":")
    found: Callable[..., int] = getattr(import_module(module), function)
    return found


def fields(name: str) -> Iterator[Field]:
    """The options of a command, those of its own groups first in help's order."""
    for parameter, group in groups_of(name).items():
        for field, type_, option in declared(group):
            yield Field(parameter, field, type_, option, SECTIONS[group])


def groups_of(name: str) -> dict[str, Any]:
    """The groups of options that a command takes, by its parameters."""
    hints = get_type_hints(function_of(name), include_extras=True)
    return {parameter: kind for parameter, kind in hints.items() if kind in SECTIONS}


def command(name: str) -> TyperCommand:
    """The Typer command that reads a line as the quick parser does: what it returns is a Call."""
    function = function_of(name)
    known = list(fields(name))
    words = words_of(name)

    def call(**given: Any) -> Call:
        return _call(name, known, given)

    parameters = [_words_parameter(words)] if words else []
    parameters += [_parameter(field) for field in known]
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__doc__ = function.__doc__
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    context = {"help_option_names": ["-h", "--help"], "max_content_width": 80}
    app.command(name, cls=Sectioned, context_settings=context)(call)
    built = typer.main.get_command(app)
    assert isinstance(built, TyperCommand)
    return built


def _declares(hint: Any, kind: type) -> bool:
    return get_origin(hint) is Annotated and isinstance(get_args(hint)[1], kind)


def words_of(name: str) -> Argument | None:
    """What the command says of its words, if it takes any."""
    hints = get_type_hints(function_of(name), include_extras=True).values()
    return next((get_args(hint)[1] for hint in hints if _declares(hint, Argument)), None)


def tail_of(name: str) -> Tail | None:
    """What the command says of the words behind `--`, if it hands them to another program."""
    hints = get_type_hints(function_of(name), include_extras=True).values()
    return next((get_args(hint)[1] for hint in hints if _declares(hint, Tail)), None)


def _words_parameter(argument: Argument) -> inspect.Parameter:
    declared = typer.Argument(metavar=argument.metavar, help=argument.help, show_default=False)
    annotation = Annotated[list[str] | None, declared]
    return inspect.Parameter("words", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _parameter(field: Field) -> inspect.Parameter:
    """The parameter of an option; None stands for one that was not given, so that defaults stand in one place."""
    names = list(field.option.names)
    if kind_of(field.type) == "flag":
        # How `--flag=false` is respelled before Typer sees it.
        names[-1] += f"/{negated(names[-1])}"
        type_: Any = bool
    else:
        type_ = list[str] if kind_of(field.type) == "texts" else str
    metavar = field.option.metavar or None
    declared = typer.Option(*names, help=field.option.help, metavar=metavar, show_default=False)
    annotation = Annotated[type_ | None, declared]
    return inspect.Parameter(_name(field), inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def kind_of(type_: Any) -> str:
    """How a value of this type is written: "flag", "when", "texts" for one that may be repeated, else "text"."""
    if type_ in (bool, bool | None):
        return "flag"
    if type_ is When:
        return "when"
    return "texts" if get_origin(type_) is tuple else "text"


def _call(name: str, known: list[Field], given: dict[str, Any]) -> Call:
    values: dict[str, dict[str, Any]] = {}
    for field in known:
        value = given[_name(field)]
        if value is not None and value != []:
            values.setdefault(field.group, {})[field.name] = tuple(value) if isinstance(value, list) else value
    return Call(name, tuple(given.get("words") or ()), values)


class Sectioned(TyperCommand):
    """A command whose help reads as kubectl's does."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(text(page(self.name or ""), formatter.width))


def page(name: str) -> Page:
    """What help and the manual say of a command."""
    first = next(iter(FUNCTIONS))
    sections: dict[str, list[Option]] = {section: [] for section in SECTIONS.values()}
    for field in fields(name):
        sections[field.section].append(field.option)
    # As kubectl does: what is the same everywhere is listed in one place.
    connects = sections.pop(SECTIONS[Connection]) != []
    notes = [f'Use "{PROGRAM} COMMAND --help" for more about a command.'] if name == first else []
    notes += [f'Use "{PROGRAM} options" for the options of the connection, such as -n and --context.'] * connects
    return Page(
        name=name,
        usage=_usage(name),
        summary=summary(name),
        examples={comment: f"{PROGRAM} {line}".rstrip() for comment, line in EXAMPLES[name].items()},
        words=WORDS if name == first else {},
        sections={section: options for section, options in sections.items() if options},
        commands={other: summary(other) for other in FUNCTIONS if other != first} if name == first else {},
        notes=notes,
    )


def _usage(name: str) -> str:
    hints = get_type_hints(function_of(name), include_extras=True).values()
    words = next((get_args(hint)[1].metavar for hint in hints if _declares(hint, Argument)), "")
    tail = tail_of(name)
    pieces = [_program(name), words, "[flags]", f"-- {tail.metavar}" if tail else ""]
    return " ".join(filter(None, pieces))


def summary(name: str) -> str:
    return (function_of(name).__doc__ or "").partition("\n")[0]


def _name(field: Field) -> str:
    return f"{field.group}__{field.name}"
