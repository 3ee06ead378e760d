"""Set up the completion for a shell and for kubectl, or take it away again. Nothing but the pieces is touched."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from kubectl_argo_pods import __version__
from kubectl_argo_pods.completion import shells
from kubectl_argo_pods.completion.pieces import Line, OfShell, Piece, Script, link_to
from kubectl_argo_pods.completion.programs import said
from kubectl_argo_pods.completion.scripts import PROGRAM, SHELLS, script
from kubectl_argo_pods.completion.shells import KUBECTL
from kubectl_argo_pods.errors import ConfigError


def pieces(shell: str, environ: Mapping[str, str]) -> list[Piece]:
    """All that kubectl and a shell need; raises ConfigError."""
    return [link_to(plugin(environ)), *shell_pieces(shell, environ)]


def plugin(environ: Mapping[str, str]) -> Path:
    """The plugin that kubectl finds; raises ConfigError."""
    found = shutil.which(PROGRAM, path=environ.get("PATH", os.defpath))
    if not found:
        raise ConfigError(f"{PROGRAM} is not on PATH, so kubectl does not find it either: add its folder to PATH")
    return Path(found)


def is_this(found: Path, environ: Mapping[str, str]) -> bool:
    """Whether a plugin is this program, in person or by a script that runs it, as pyenv has them."""
    mine = Path(sys.argv[0])
    return found.resolve() == mine.resolve() or said([str(found), "--version"], environ) == f"{PROGRAM} {__version__}\n"


def not_this(found: Path) -> tuple[str, str]:
    """What is wrong where kubectl finds another plugin than this, and the way out."""
    mine = Path(sys.argv[0])
    return f"kubectl runs {found}, not {mine}", f"remove one of them, or put {mine.parent} first on PATH"


def refuse_another(environ: Mapping[str, str]) -> None:
    """Raise ConfigError where kubectl finds another plugin than this: what is installed would be for that."""
    found = plugin(environ)
    if not is_this(found, environ):
        raise ConfigError(": ".join(not_this(found)))


def shell_pieces(shell: str, environ: Mapping[str, str]) -> list[OfShell]:
    """What a shell needs; raises ConfigError."""
    return _FOR_SHELL[shell](shells.Home(environ), script(shell))


def _kubectls(shell: str, home: shells.Home, path: Path) -> list[OfShell]:
    """A script that loads kubectl's own completion, where the shell has none; by it, kubectl asks for ours."""
    mark = f"# {KUBECTL}'s own completion, of which the completion of {PROGRAM} is a part"
    piece = Script(path, _KUBECTLS[shell].format(mark), KUBECTL, mark)
    missing = not piece.is_in_the_way() and KUBECTL not in shells.completed(shell, home)
    return [piece] if missing or piece.is_ours() else []


_KUBECTLS = {
    "bash": '{}\neval "$(kubectl completion bash)"\n',
    "zsh": '#compdef kubectl\n{}\neval "$(kubectl completion zsh)"\n_kubectl "$@"\n',
    "fish": "{}\nkubectl completion fish | source\n",
}


def _bash(home: shells.Home, text: str) -> list[OfShell]:
    path = home.bash_completions / PROGRAM
    loaded, package = shells.bash_completion(home)
    # The bash-completion package finds a file by its name; where there is none, bash has to be told.
    line = Line(home.settings("bash"), f'source "{package or path}"')
    lines: list[OfShell] = [line] if line.is_ours() or not loaded else []
    # kubectl's script is of no use without that package.
    kubectls = _kubectls("bash", home, home.bash_completions / KUBECTL) if loaded or package else []
    return [Script(path, text), *lines, *kubectls]


def _zsh(home: shells.Home, text: str) -> list[OfShell]:
    name = SHELLS["zsh"][1]
    line = Line(home.settings("zsh"), f'fpath=("{home.zsh_functions}" $fpath)')
    completes, folder = shells.zsh_functions(home)
    if folder and not line.is_ours():
        return [Script(folder / name, text), *_kubectls("zsh", home, folder / f"_{KUBECTL}")]
    if not completes or any("compinit" in each for each in line.ours()):
        line = line._replace(text=f"{line.text}; autoload -Uz compinit && compinit")
    kubectls = _kubectls("zsh", home, home.zsh_functions / f"_{KUBECTL}")
    return [Script(home.zsh_functions / name, text), line, *kubectls]


def _fish(home: shells.Home, text: str) -> list[OfShell]:
    folder = home.settings("fish").with_name("completions")
    return [Script(folder / SHELLS["fish"][1], text), *_kubectls("fish", home, folder / f"{KUBECTL}.fish")]


def _tcsh(home: shells.Home, text: str) -> list[OfShell]:
    path = home.share / PROGRAM / SHELLS["tcsh"][1]
    return [Script(path, text), Line(home.settings("tcsh"), f'source "{path}"')]


def _powershell(home: shells.Home, text: str) -> list[OfShell]:
    profile = home.settings("powershell")
    path = profile.with_name(SHELLS["powershell"][1])
    line = Line(profile, f'. "{path}"')
    kubectls = shells.TAKEN["powershell"].format(KUBECTL)
    if KUBECTL not in shells.completed("powershell", home) or any(kubectls in each for each in line.ours()):
        line = line._replace(text=f"{line.text}; {kubectls}")
    return [Script(path, text), line]


_FOR_SHELL: dict[str, Callable[[shells.Home, str], list[OfShell]]] = {
    "bash": _bash,
    "zsh": _zsh,
    "fish": _fish,
    "tcsh": _tcsh,
    "powershell": _powershell,
}


def install(found: list[Piece]) -> Iterator[str]:
    """Make what is missing or old, and say of each what was done; raises ConfigError."""
    for piece in found:
        if piece.is_in_the_way():
            raise ConfigError(f"{piece.path} is in the way, and not of this plugin: move it away, and install again")
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
            yield f"{_left(piece):14} {piece}"


def would_install(found: list[Piece]) -> Iterator[str]:
    """What `install` would do."""
    for piece in found:
        blocked = "in the way" if piece.is_in_the_way() else "would make"
        yield f"{'there already' if piece.is_there() else blocked:14} {piece}"


def would_uninstall(found: list[Piece]) -> Iterator[str]:
    """What `uninstall` would do."""
    return (f"{'would remove' if piece.is_ours() else _left(piece):14} {piece}" for piece in found)


def _left(piece: Piece) -> str:
    """Why it is not removed."""
    return "not ours" if piece.is_there() or piece.is_in_the_way() else "not there"


def _try(piece: Piece, act: Callable[[], None]) -> None:
    try:
        act()
    except OSError as error:
        way_out = (
            f"; do it with the rights of {piece.path.parent}'s owner" if isinstance(error, PermissionError) else ""
        )
        raise ConfigError(f"{piece.path} cannot be changed: {error.strerror or error}{way_out}") from error
