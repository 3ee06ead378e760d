"""Where shells look for completions; some have to be asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from kubectl_argo_pods.completion.programs import said
from kubectl_argo_pods.errors import ConfigError


class Home:
    """A user's folders, by the variables that move them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.path = Path(environ.get("HOME") or os.path.expanduser("~"))
        self.share = self._of("XDG_DATA_HOME", ".local/share")
        bash = self._of("BASH_COMPLETION_USER_DIR", self.share / "bash-completion")
        self.bash_completions = bash / "completions"
        self.zsh_functions = self.share / "zsh" / "site-functions"
        self.zsh_settings = self._of("ZDOTDIR", "") / ".zshrc"
        self.fish_completions = self._of("XDG_CONFIG_HOME", ".config") / "fish" / "completions"

    @property
    def tcsh_settings(self) -> Path:
        """tcsh reads .cshrc only where there is no .tcshrc."""
        files = [self.path / ".tcshrc", self.path / ".cshrc"]
        return next((each for each in files if each.exists()), files[0])

    def _of(self, variable: str, default: str | Path) -> Path:
        return Path(self.environ.get(variable) or self.path / default)


def bash_loads_by_name(home: Home) -> bool:
    """Whether an interactive bash has the bash-completion package, which loads a completion by the command's name."""
    loaders = "_comp_load __load_completion _completion_loader"
    return bool(set(_asked(["bash", "-ic", f"declare -F {loaders}; true"], home)) & set(loaders.split()))


def zsh_functions(home: Home) -> tuple[bool, Path | None]:
    """Whether an interactive zsh completes by functions, and a folder of the user's own in which it looks for them."""
    answer = _asked(["zsh", "-ic", "print -rl -- completes=$+functions[compdef] folder=$^fpath"], home)
    folders = (Path(line.removeprefix("folder=")) for line in answer if line.startswith("folder="))
    completes = "completes=1" in answer
    return completes, next((each for each in folders if completes and each.is_relative_to(home.path)), None)


def powershell_profile(home: Home) -> Path:
    """The file that PowerShell reads when it starts; raises ConfigError."""
    for name in ("pwsh", "powershell"):
        answer = _asked([name, "-NoProfile", "-NonInteractive", "-Command", "$PROFILE.CurrentUserAllHosts"], home)
        if answer:
            return Path(answer[-1])
    raise ConfigError("PowerShell is not on PATH: neither pwsh nor powershell says where its profile is")


def _asked(command: list[str], home: Home) -> list[str]:
    return said(command, home.environ).splitlines()
