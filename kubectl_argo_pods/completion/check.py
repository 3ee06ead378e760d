"""Look at everything that completion needs, and say what is wrong with it and how to mend it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from kubectl_argo_pods.completion.install import plugin_folder, shell_pieces
from kubectl_argo_pods.completion.scripts import ASK_KUBECTL, COMPLETER, PROGRAM
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
    answer = _answer(["kubectl", "version", "--client", "-o", "json"], environ)
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
    first = plugin_folder(environ) / PROGRAM
    mine = Path(sys.argv[0])
    if mine.name == PROGRAM and first.resolve() != mine.resolve():
        yield Finding(f"kubectl runs {first}, not {mine}", f"remove one of them, or put {mine.parent} first on PATH")
    else:
        yield Finding(f"kubectl runs {first}")
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
    beside = plugin_folder(environ) / COMPLETER
    if not found:
        what = f"{beside} leads to nothing" if beside.is_symlink() else f"kubectl finds no {COMPLETER} on PATH"
        return Finding(what, INSTALL)
    expected = _answer([str(plugin_folder(environ) / PROGRAM), ASK_KUBECTL, *PROBE], environ)
    if _answer([found, *PROBE], environ) != expected:
        return Finding(f"{found} answers as another version does, or another plugin", f"remove it, and {INSTALL}")
    return Finding(f"kubectl asks {found}")


def _shell(shell: str, environ: Mapping[str, str]) -> Iterator[Finding]:
    install = INSTALL.replace("install`", f"install {shell}`")
    for piece in shell_pieces(shell, environ):
        if piece.is_there():
            yield Finding(f"{shell} reads {piece}")
        else:
            state = "is that of another version" if piece.is_ours() else "is not there"
            yield Finding(f"{piece} {state}, so {shell} does not complete {PROGRAM}", install)


def _whole(environ: Mapping[str, str]) -> Finding:
    """kubectl itself, from end to end."""
    answer = _answer(["kubectl", "__complete", "argo-pods", *PROBE], environ)
    if not answer.startswith("version\t"):
        return Finding("kubectl completes nothing behind `kubectl argo-pods`", "mend what is wrong above")
    return Finding("kubectl completes what is behind `kubectl argo-pods`")


def _answer(command: list[str], environ: Mapping[str, str]) -> str:
    try:
        done = subprocess.run(
            command,
            env=dict(environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            timeout=20,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout
