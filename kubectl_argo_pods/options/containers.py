"""What is done in containers, in which, and how."""

from __future__ import annotations

from typing import Annotated

from kubectl_argo_pods.options import Option
from kubectl_argo_pods.record import NamedTuple


class Inside(NamedTuple):
    """Which container of the one pod that is meant, and how to find that pod."""

    container: Annotated[
        str | None,
        Option(
            ("-c", "--container"), "The container; by default the one of the step's own command.", "NAME", "container"
        ),
    ] = None
    pick: Annotated[
        bool, Option(("-F", "--pick"), "Choose among the pods on the terminal, with fzf where it is installed.")
    ] = False
    pod_running_timeout: Annotated[
        str, Option(("--pod-running-timeout",), "How long to wait until the container runs; by default 1m.", "TIME")
    ] = "1m"
    quiet: Annotated[bool, Option(("-q", "--quiet"), "Print nothing but what the command prints.")] = False


class Interaction(NamedTuple):
    """What a command gets of the terminal."""

    stdin: Annotated[bool, Option(("-i", "--stdin"), "Pass stdin to the command.")] = False
    tty: Annotated[bool, Option(("-t", "--tty"), "Give the command a terminal; goes with -i.")] = False


class Many(NamedTuple):
    """A command in many pods."""

    all: Annotated[bool, Option(("--all",), "Run the command in every pod that matches.")] = False
    parallel: Annotated[str, Option(("--parallel",), "In how many pods at a time; by default 25.", "NUMBER")] = "25"
    fold: Annotated[
        bool, Option(("--fold",), "With --all, print what is the same in several pods once, below their steps.")
    ] = False
    timeout: Annotated[
        str | None, Option(("--timeout",), "How long the command may take, in each pod; 0 is for ever.", "TIME")
    ] = None


class Handover(NamedTuple):
    """How kubectl is called."""

    dry_run: Annotated[bool, Option(("--dry-run",), "Print the commands, for a shell, without secrets.")] = False
