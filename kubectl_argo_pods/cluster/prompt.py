"""A user without credentials in the kubeconfig is asked for a name and a password, as kubectl does."""

from __future__ import annotations

import atexit
import sys
from contextlib import suppress

from kubectl_argo_pods.cluster.credentials import basic
from kubectl_argo_pods.cluster.issued import Issued
from kubectl_argo_pods.errors import ConfigError


def ask(who: str) -> Issued:
    """What the user types; raises ConfigError where there is no terminal, since nobody means to ask anonymously."""
    from getpass import getpass

    if sys.stdin is None or not sys.stdin.isatty():
        raise ConfigError(f"{who} has no credentials, and there is no terminal to ask for any; name some, like --token")
    sys.stderr.write("Please enter Username: ")
    sys.stderr.flush()
    name = sys.stdin.readline().strip()
    _leave_as_it_is()
    try:
        password = getpass("Please enter Password: ", stream=sys.stderr)
    except EOFError as error:
        raise ConfigError(f"no password was given for {who}") from error
    return Issued(basic(name, password))


def _leave_as_it_is() -> None:
    """Let the end of the program show what is typed again: Ctrl-C may reach another thread than the one that asks."""
    # Windows has no such modes: there, nothing has to be undone.
    with suppress(ImportError):
        import termios

        atexit.register(termios.tcsetattr, sys.stdin, termios.TCSANOW, termios.tcgetattr(sys.stdin))
