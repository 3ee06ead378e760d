"""Options that the environment gives where the command line does not: KUBECTL_ARGO_PODS_COLOR and so on."""

from __future__ import annotations

from collections.abc import Mapping

from kubectl_argo_pods.grammar import Call, Command
from kubectl_argo_pods.record import NamedTuple

# By variable: the option, and the commands that heed it (all that have the option, where none is named).
VARIABLES: dict[str, tuple[str, tuple[str, ...]]] = {
    "KUBECTL_ARGO_PODS_COLOR": ("--color", ()),
    "KUBECTL_ARGO_PODS_OUTPUT": ("--output", ("list",)),
}


class Given(NamedTuple):
    """A call with what the environment gave; `taken` are the variables with their values."""

    call: Call
    taken: dict[str, str]

    def blamed(self, sentence: str) -> str:
        """What to add to an error's sentence that is about a value of the environment; "" for any other."""
        guilty = (f"; {name} is set to it" for name, value in self.taken.items() if value in sentence)
        return next(guilty, "")


def with_defaults(call: Call, command: Command, environ: Mapping[str, str]) -> Given:
    """The call, with the options that only the environment gives; an empty variable gives nothing."""
    values = {group: dict(fields) for group, fields in call.values.items()}
    taken: dict[str, str] = {}
    for variable, (option, heeded_by) in VARIABLES.items():
        text = environ.get(variable)
        if not text or option not in command.options or (heeded_by and call.command not in heeded_by):
            continue
        _, group, field = command.options[option]
        if field not in values.setdefault(group, {}):
            values[group][field] = text
            taken[variable] = text
    return Given(call._replace(values=values), taken)
