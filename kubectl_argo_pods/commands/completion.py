"""Print, set up and check the completion of the shells."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from typing import Annotated

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.options import Argument
from kubectl_argo_pods.options.setup import SHELLS, Setup

WRONG = "WRONG"
WORDS = Argument(
    "SHELL|install [SHELL]|check [SHELL]",
    f"The shell ({', '.join(SHELLS)}) whose script is printed, or what to do, for your own shell if none is named.",
    ((*SHELLS, "install", "check"), SHELLS),
)


def completion(words: Annotated[tuple[str, ...], WORDS], setup: Setup) -> int:
    """Print a shell's completion script, install the completion, or check what it needs."""
    verb, *named = words or ("",)
    if (setup.print_only or setup.uninstall) and verb != "install":
        raise UsageError("--print and --uninstall go with completion install")
    if verb in ("install", "check") and (not named or (len(named) == 1 and named[0] in SHELLS)):
        shell = named[0] if named else _own_shell()
        return _install(shell, setup) if verb == "install" else _check(shell)
    if verb not in SHELLS or named:
        raise UsageError(
            f"completion is followed by one of {', '.join(SHELLS)}, or by install or check with one of them"
        )
    from kubectl_argo_pods.completion.scripts import script

    sys.stdout.write(script(verb))
    return 0


def _own_shell() -> str:
    name = os.path.basename(os.environ.get("SHELL") or "")
    shell = {"csh": "tcsh", "pwsh": "powershell"}.get(name, name)
    if shell not in SHELLS:
        told = f'your shell is "{name}"' if name else "SHELL is not set"
        raise UsageError(f"{told}: name the shell that is meant, one of {', '.join(SHELLS)}")
    return shell


def _install(shell: str, setup: Setup) -> int:
    from kubectl_argo_pods.completion import install

    does = {
        (False, False): install.install,
        (True, False): install.would_install,
        (False, True): install.uninstall,
        (True, True): install.would_uninstall,
    }
    if not setup.uninstall:
        install.refuse_another(os.environ)
    _print(does[setup.print_only, setup.uninstall](install.pieces(shell, os.environ)))
    if setup.print_only:
        return 0
    knows = "no longer knows" if setup.uninstall else "knows"
    left = [] if setup.uninstall else [line for line in _findings(shell) if line.startswith(WRONG)]
    sys.stderr.writelines(f"{line}\n" for line in left or [f"A new {shell} {knows} of it."])
    return 0


def _check(shell: str) -> int:
    found = list(_findings(shell))
    _print(found)
    return int(any(line.startswith(WRONG) for line in found))


def _findings(shell: str) -> Iterator[str]:
    from kubectl_argo_pods.completion.check import findings

    for each in findings(shell, os.environ):
        yield f"{WRONG:6} {each.what}: {each.way_out}" if each.way_out else f"{'ok':6} {each.what}"


def _print(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    # What is said next on stderr comes next, wherever both go.
    sys.stdout.flush()
