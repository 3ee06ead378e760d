"""Look at everything that completion needs, and say what is wrong with it and how to mend it."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

from kubectl_argo_pods.completion import shells
from kubectl_argo_pods.completion.answer import answered
from kubectl_argo_pods.completion.install import is_this, not_this, plugin, shell_pieces
from kubectl_argo_pods.completion.pieces import Link, OfShell, link_to
from kubectl_argo_pods.completion.programs import said
from kubectl_argo_pods.completion.scripts import COMPLETER, PROGRAM
from kubectl_argo_pods.record import NamedTuple

# The first kubectl that asks plugins for completions.
FIRST = (1, 26)
# Words of which the answer is the same everywhere, since no cluster has a say in it.
PROBE = ["versio"]
INSTALL = "run `kubectl argo-pods completion install`"


class Finding(NamedTuple):
    """Something that was looked at; `way_out` is "" where nothing is wrong."""

    what: str
    way_out: str = ""


def findings(shell: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    """All of it, in the order in which it has to be right; raises ConfigError."""
    yield _kubectl(environ)
    yield from _plugins(environ)
    yield _completer(environ)
    yield from _shell(shell, environ)
    yield _whole(environ)


def _kubectl(environ: Mapping[str, str]) -> Finding:
    answer = said(["kubectl", "version", "--client", "-o", "json"], environ)
    try:
        version = str(json.loads(answer)["clientVersion"]["gitVersion"])
    except (ValueError, KeyError):
        return Finding("kubectl does not say its version", "install kubectl, and put its folder on PATH")
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < FIRST:
        return Finding(f"kubectl is {version}", "take kubectl 1.26 or later: older ones do not ask plugins")
    return Finding(f"kubectl is {version}")


def _plugins(environ: Mapping[str, str]) -> Iterator[Finding]:
    """The plugin that kubectl runs, and those that it would run instead."""
    first = plugin(environ)
    yield Finding(f"kubectl runs {first}") if is_this(first, environ) else Finding(*not_this(first))
    # kubectl takes the longest name that the words make: kubectl-argo_pods-logs for `kubectl argo-pods logs`.
    for path in _programs(environ, f"{PROGRAM}-"):
        verb = path.name.removeprefix(f"{PROGRAM}-").replace("-", " ").replace("_", "-")
        yield Finding(f"kubectl runs {path} for `kubectl argo-pods {verb}`", "remove or rename that plugin")


def _programs(environ: Mapping[str, str], prefix: str) -> Iterator[Path]:
    for folder in dict.fromkeys(environ.get("PATH", os.defpath).split(os.pathsep)):
        for path in sorted(Path(folder or ".").glob(f"{prefix}*")):
            if os.access(path, os.X_OK):
                yield path


def _completer(environ: Mapping[str, str]) -> Finding:
    found = shutil.which(COMPLETER, path=environ.get("PATH", os.defpath))
    if not found:
        return _no_completer(link_to(plugin(environ)))
    if said([found, *PROBE], environ) != answered(PROBE, environ, silent=True):
        return Finding(f"{found} answers as another version does, or another plugin", f"remove it, and {INSTALL}")
    return Finding(f"kubectl asks {found}")


def _no_completer(link: Link) -> Finding:
    if link.is_in_the_way():
        return Finding(f"{link} is not executable", f"remove it, and {INSTALL}")
    if link.path.is_symlink():
        return Finding(f"{link} leads to nothing", INSTALL)
    return Finding(f"kubectl finds no {COMPLETER} on PATH", INSTALL)


def _shell(shell: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    found = [_piece(shell, piece) for piece in shell_pieces(shell, environ)]
    yield from found
    if not any(each.way_out for each in found):
        yield from _itself(shell, shells.Home(environ))


def _piece(shell: str, piece: OfShell) -> Finding:
    install = f"{INSTALL[:-1]} {shell}`"
    without = f"{shell} does not complete {piece.command}"
    if piece.is_there():
        return Finding(f"{shell} reads {piece}")
    if piece.is_in_the_way():
        return Finding(f"{piece} is not of this plugin, so {without}", f"move it away, and {install}")
    state = "is that of another version" if piece.is_ours() else "is not there"
    return Finding(f"{piece} {state}, so {without}", install)


def _itself(shell: str, home: shells.Home) -> Iterator[Finding]:
    """What the shell says with the user's settings, where all is in place."""
    if shell not in shells.TAKEN:
        yield Finding(f"{shell} completes {PROGRAM} alone: kubectl has no completion for it")
        return
    known = shells.completed(shell, home)
    for command in (PROGRAM, shells.KUBECTL):
        if command in known:
            yield Finding(f"{shell} completes {command}")
        else:
            yield Finding(f"{shell} does not complete {command}", _way_to(command, shell, home))
    if shell == "bash" and (lost := known - shells.completed(shell, home, login=True)):
        what = f"a login bash (by ssh, or in macOS' terminals) does not complete {' and '.join(sorted(lost))}"
        yield Finding(what, f'put `[ -n "$BASH" ] && . ~/.bashrc` into {home.bash_login_settings}')


def _way_to(command: str, shell: str, home: shells.Home) -> str:
    if (shell, command) == ("bash", shells.KUBECTL) and not shells.bash_completion(home)[0]:
        return f"install the package bash-completion, and {INSTALL[:-1]} bash`"
    return f"put `{shells.TAKEN[shell].format(command)}` at the end of {home.settings(shell)}"


def _whole(environ: Mapping[str, str]) -> Finding:
    """kubectl itself, from end to end."""
    answer = said(["kubectl", "__complete", "argo-pods", *PROBE], environ)
    if not answer.startswith("version\t"):
        return Finding("kubectl completes nothing behind `kubectl argo-pods`", "mend what is wrong above")
    return Finding("kubectl completes what is behind `kubectl argo-pods`")
