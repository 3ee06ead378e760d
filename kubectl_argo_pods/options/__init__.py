"""The options of the command line as plain values, each declared once.

A command takes groups of them as parameters: a group is a NamedTuple whose fields are annotated with their options. The
groups are in modules by their subject, so that a command loads its own alone.
"""

from __future__ import annotations

from typing import NewType

from kubectl_argo_pods.record import NamedTuple

# What a value may be completed to: values themselves, or the name of a kind of them (those of completion/candidates).
Completes = str | tuple[str, ...]
# An option that is auto, always or never; given without a value it is always.
When = NewType("When", str)


class Option(NamedTuple):
    """An option: its names (short ones first), what help says of it, and what its value is called there."""

    names: tuple[str, ...]
    help: str
    metavar: str = ""
    completes: Completes = ""


class Argument(NamedTuple):
    """The words of a command line that are no options; `completes` is for each of them, the last for all further."""

    metavar: str
    help: str
    completes: tuple[Completes, ...] = ("workflow", "node")


class Tail(NamedTuple):
    """What follows `--`: the command line of another program."""

    metavar: str
    help: str


def split(given: tuple[str, ...]) -> tuple[str, ...]:
    """The parts of an option that may be repeated or hold several parts between commas."""
    return tuple(part for each in given for part in each.split(",") if part)
