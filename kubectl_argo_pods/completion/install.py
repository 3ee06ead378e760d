"""Set up the completion for a shell and for kubectl, or take it away again. Nothing but the pieces is touched."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from kubectl_argo_pods.completion import shells
from kubectl_argo_pods.completion.pieces import Line, Link, Piece, Script
from kubectl_argo_pods.completion.scripts import COMPLETER, PROGRAM, SHELLS, script
from kubectl_argo_pods.errors import ConfigError


def pieces(shell: str, environ: Mapping[str, str]) -> list[Piece]:
    """All that kubectl and a shell need; raises ConfigError."""
    return [Link(plugin_folder(environ) / COMPLETER), *shell_pieces(shell, environ)]


def plugin_folder(environ: Mapping[str, str]) -> Path:
    """The folder in which kubectl finds the plugin; raises ConfigError."""
    found = shutil.which(PROGRAM, path=environ.get("PATH", os.defpath))
    if not found:
        raise ConfigError(f"{PROGRAM} is not on PATH, so kubectl does not find it either: add its folder to PATH")
    return Path(found).parent


def shell_pieces(shell: str, environ: Mapping[str, str]) -> list[Piece]:
    """What a shell needs; raises ConfigError."""
    return _FOR_SHELL[shell](shells.Home(environ), script(shell))


def _bash(home: shells.Home, text: str) -> list[Piece]:
    path = home.bash_completions / PROGRAM
    line = Line(home.path / ".bashrc", f'source "{path}"')
    # The bash-completion package finds the file by its name; without it, bash has to be told.
    needs_line = line.is_ours() or not shells.bash_loads_by_name(home)
    return [Script(path, text), line] if needs_line else [Script(path, text)]


def _zsh(home: shells.Home, text: str) -> list[Piece]:
    name = SHELLS["zsh"][1]
    line = Line(home.zsh_settings, f'fpath=("{home.zsh_functions}" $fpath)')
    completes, folder = shells.zsh_functions(home)
    if folder and not line.is_ours():
        return [Script(folder / name, text)]
    if not completes or any("compinit" in each for each in line.ours()):
        line = line._replace(text=f"{line.text}; autoload -Uz compinit && compinit")
    return [Script(home.zsh_functions / name, text), line]


def _fish(home: shells.Home, text: str) -> list[Piece]:
    return [Script(home.fish_completions / SHELLS["fish"][1], text)]


def _tcsh(home: shells.Home, text: str) -> list[Piece]:
    path = home.share / PROGRAM / SHELLS["tcsh"][1]
    return [Script(path, text), Line(home.tcsh_settings, f'source "{path}"')]


def _powershell(home: shells.Home, text: str) -> list[Piece]:
    profile = shells.powershell_profile(home)
    path = profile.with_name(SHELLS["powershell"][1])
    return [Script(path, text), Line(profile, f'. "{path}"')]


_FOR_SHELL: dict[str, Callable[[shells.Home, str], list[Piece]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
    "tcsh": _tcsh,
    "powershell": _powershell,
}


def install(found: list[Piece]) -> Iterator[str]:
    """Make what is missing or old, and say of each what was done; raises ConfigError."""
    for piece in found:
        if piece.is_there():
            yield f"there already  {piece}"
        else:
            _try(piece, piece.make)
            yield f"made           {piece}"


def uninstall(found: list[Piece]) -> Iterator[str]:
    """Remove what is there by our doing, and say of each what was done; raises ConfigError."""
    for piece in found:
        if piece.is_ours():
            _try(piece, piece.remove)
            yield f"removed        {piece}"
        else:
            yield f"not ours       {piece}" if piece.is_there() else f"not there      {piece}"


def would_install(found: list[Piece]) -> Iterator[str]:
    """What `install` would do."""
    return (f"{'there already' if piece.is_there() else 'would make':14} {piece}" for piece in found)


def would_uninstall(found: list[Piece]) -> Iterator[str]:
    """What `uninstall` would do."""
    return (f"{'would remove' if piece.is_ours() else 'not ours':14} {piece}" for piece in found)


def _try(piece: Piece, act: Callable[[], None]) -> None:
    try:
        act()
    except OSError as error:
        way_out = (
            f"; do it with the rights of {piece.path.parent}'s owner" if isinstance(error, PermissionError) else ""
        )
        raise ConfigError(f"{piece.path} cannot be changed: {error.strerror or error}{way_out}") from error
