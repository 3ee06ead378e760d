"""The command line with Typer, built from the commands' own parameters: help, mistakes, what the quick parser leaves.

`python -m kubectl_argo_pods.cli` prints the table that `grammar` parses by.
"""

from __future__ import annotations

import inspect
import pprint
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

import typer
from typer.core import TyperCommand

from kubectl_argo_pods import options
from kubectl_argo_pods.calls import perform
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.grammar import Call, named_command
from kubectl_argo_pods.options import SECTIONS, Argument, Option

PROGRAM = "kubectl argo-pods"
# Every command, with the function that performs it; the first is performed where none is named.
FUNCTIONS = {
    "list": "kubectl_argo_pods.commands.list:list_",
    "version": "kubectl_argo_pods.commands.version:version",
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
    name, rest = named_command(arguments)
    try:
        status = command(name).main(rest, prog_name=_program(name), standalone_mode=False)
    except TyperUsageError as error:
        raise UsageError(f"{_sentence(error)}\nSee '{_program(name)} --help' for usage.") from error
    return int(status or 0)


def _program(name: str) -> str:
    return PROGRAM if name == next(iter(FUNCTIONS)) else f"{PROGRAM} {name}"


def _sentence(error: Any) -> str:
    """kubectl's words for the commonest mistakes, else Typer's."""
    if wrong := getattr(error, "option_name", None) if hasattr(error, "possibilities") else None:
        near = ", ".join(sorted(error.possibilities or ()))
        kind = "unknown flag" if wrong.startswith("--") else "unknown shorthand flag"
        return f"{kind}: {wrong}" + (f" (did you mean {near}?)" if near else "")
    message: str = error.format_message()
    return (message[:1].lower() + message[1:]).rstrip(".")


def function_of(name: str) -> Callable[..., int]:
    module, _, function = FUNCTIONS[name].partition(":")
    found: Callable[..., int] = getattr(import_module(module), function)
    return found


def fields(name: str) -> Iterator[Field]:
    """The options of a command, those of its own groups first in help's order."""
    hints = get_type_hints(function_of(name), include_extras=True)
    groups = {parameter: kind for parameter, kind in hints.items() if kind in SECTIONS}
    for parameter, group in groups.items():
        for field, annotation in get_type_hints(group, include_extras=True).items():
            type_, option = get_args(annotation)
            yield Field(parameter, field, type_, option, SECTIONS[group])


def command(name: str) -> TyperCommand:
    """The Typer command that parses as the quick parser does, and performs the call."""
    function = function_of(name)
    known = list(fields(name))
    words = next((hint for hint in get_type_hints(function, include_extras=True).values() if _is_words(hint)), None)

    def perform_call(**given: Any) -> int:
        return perform(_call(name, known, given))

    parameters = [_words_parameter(words)] if words else []
    parameters += [_parameter(field) for field in known]
    perform_call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    perform_call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    perform_call.__doc__ = function.__doc__
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    context = {"help_option_names": ["-h", "--help"], "max_content_width": 80}
    app.command(name, cls=Sectioned, context_settings=context)(perform_call)
    built = typer.main.get_command(app)
    assert isinstance(built, TyperCommand)
    return built


def _is_words(hint: Any) -> bool:
    return get_origin(hint) is Annotated and isinstance(get_args(hint)[1], Argument)


def _words_parameter(hint: Any) -> inspect.Parameter:
    argument: Argument = get_args(hint)[1]
    declared = typer.Argument(metavar=f"[{argument.metavar}]", help=argument.help, show_default=False)
    annotation = Annotated[list[str] | None, declared]
    return inspect.Parameter("words", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _parameter(field: Field) -> inspect.Parameter:
    """The parameter of an option; None stands for one that was not given, so that defaults stand in one place."""
    names = list(field.option.names)
    if kind_of(field.type) == "flag":
        # `--flag=false`, which Typer does not know, is spelled `--no-flag` before it sees it.
        names[-1] += f"/{_negated(names[-1])}"
        type_: Any = bool
    else:
        type_ = list[str] if kind_of(field.type) == "texts" else str
    metavar = field.option.metavar or None
    declared = typer.Option(*names, help=field.option.help, metavar=metavar, show_default=False)
    annotation = Annotated[type_ | None, declared]
    name = f"{field.group}__{field.name}"
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=annotation)


def _negated(name: str) -> str:
    return f"--no-{name.removeprefix('--')}"


def kind_of(type_: Any) -> str:
    """How a value of this type is written: "flag", "texts" for one that may be repeated, else "text"."""
    if type_ in (bool, bool | None):
        return "flag"
    return "texts" if get_origin(type_) is tuple else "text"


def _call(name: str, known: list[Field], given: dict[str, Any]) -> Call:
    values: dict[str, dict[str, Any]] = {}
    for field in known:
        value = given[f"{field.group}__{field.name}"]
        if value is not None and value != []:
            values.setdefault(field.group, {})[field.name] = tuple(value) if isinstance(value, list) else value
    return Call(name, tuple(given.get("words") or ()), values)


class Sectioned(TyperCommand):
    """A command whose help shows its options by their sections, and which takes `--flag=false` as kubectl does."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        flags = {name: _negated(name) for param in self.params for name in param.opts if param.secondary_opts}
        return super().parse_args(ctx, [_spelled(argument, flags) for argument in args])

    def format_options(self, ctx: Any, formatter: Any) -> None:
        for section, names in _sections().items():
            records = [_record(param) for param in self.params if (param.name or "").partition("__")[2] in names]
            if records:
                with formatter.section(section):
                    formatter.write_dl(records)
        with formatter.section("Commands"):
            formatter.write_dl([(name, (function_of(name).__doc__ or "").partition("\n")[0]) for name in FUNCTIONS])


def _spelled(argument: str, flags: dict[str, str]) -> str:
    from kubectl_argo_pods.grammar import FALSE, TRUE

    name, equals, value = argument.partition("=")
    if not equals or name not in flags or value not in TRUE | FALSE:
        return argument
    return name if value in TRUE else flags[name]


def _sections() -> dict[str, set[str]]:
    return {section: set(group._fields) for group, section in SECTIONS.items()}  # type: ignore[attr-defined]


def _record(param: Any) -> tuple[str, str]:
    """An option's line of help, as kubectl writes it: `-o, --output FORMAT`."""
    names = ", ".join(param.opts) if param.opts[0].count("-") == 1 else "    " + ", ".join(param.opts)
    return f"{names} {param.metavar}" if param.metavar else names, param.help or ""


def grammar_table() -> str:
    """The source of the module that the quick parser reads."""
    table = {name: _entry(name) for name in FUNCTIONS}
    text = pprint.pformat(table, width=112, sort_dicts=False)
    return (
        '"""What the quick parser knows of the commands; written by `python -m kubectl_argo_pods.cli`."""\n\n'
        "from __future__ import annotations\n\n"
        f"COMMANDS: dict[str, tuple[str, str, dict[str, str], dict[str, tuple[str, str, str]]]] = {text}\n"
    )


def _entry(name: str) -> tuple[str, str, dict[str, str], dict[str, tuple[str, str, str]]]:
    module, _, function = FUNCTIONS[name].partition(":")
    hints = get_type_hints(function_of(name), include_extras=True)
    groups = {parameter: kind.__name__ for parameter, kind in hints.items() if kind in SECTIONS}
    known = {
        option: (kind_of(field.type), field.group, field.name)
        for field in fields(name)
        for option in field.option.names
    }
    assert all(hasattr(options, kind) for kind in groups.values())
    return module, function, groups, known


if __name__ == "__main__":
    print(grammar_table(), end="")
