"""Where shells look for completions; some have to be asked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from shutil import which

from kubectl_argo_pods.completion.programs import said
from kubectl_argo_pods.completion.scripts import PROGRAM
from kubectl_argo_pods.errors import ConfigError

KUBECTL = "kubectl"
# How a shell takes the completion of a command, all of which print it alike.
TAKEN = {
    "bash": "source <({} completion bash)",
    "zsh": "source <({} completion zsh)",
    "fish": "{} completion fish | source",
    "powershell": "{} completion powershell | Out-String | Invoke-Expression",
}
# What loads the bash-completion package if it is there, bash is new enough, and nothing else has loaded it.
BASH_COMPLETIONS = " ".join(f"{root}/etc/profile.d/bash_completion.sh" for root in ("", "/opt/homebrew", "/usr/local"))


class Home:
    """A user's folders, by the variables that move them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ
        self.path = Path(environ.get("HOME") or os.path.expanduser("~"))
        self.share = self._of("XDG_DATA_HOME", ".local/share")
        bash = self._of("BASH_COMPLETION_USER_DIR", self.share / "bash-completion")
        self.bash_completions = bash / "completions"
        self.zsh_functions = self.share / "zsh" / "site-functions"

    def settings(self, shell: str) -> Path:
        """The file that a shell reads when it starts; raises ConfigError."""
        if shell == "powershell":
            return _powershell_profile(self)
        if shell == "tcsh":
            # It reads .cshrc only where there is no .tcshrc.
            return self._first(".tcshrc", ".cshrc")
        if shell == "fish":
            return self._of("XDG_CONFIG_HOME", ".config") / "fish" / "config.fish"
        return self._of("ZDOTDIR", "") / ".zshrc" if shell == "zsh" else self.path / ".bashrc"

    @property
    def bash_login_settings(self) -> Path:
        """The one file that a login bash reads."""
        return self._first(".bash_profile", ".bash_login", ".profile")

    def _first(self, *names: str) -> Path:
        files = [self.path / name for name in names]
        return next((each for each in files if each.exists()), files[0])

    def _of(self, variable: str, default: str | Path) -> Path:
        return Path(self.environ.get(variable) or self.path / default)


def completed(shell: str, home: Home, *, login: bool = False) -> set[str]:
    """Which of kubectl and our program an interactive shell with the user's settings completes."""
    starts = {
        "bash": ["bash", "-lic" if login else "-ic", _BASH_COMPLETES],
        "zsh": ["zsh", "-ic", "print -rl -- ${(k)_comps}"],
        "fish": ["fish", "-ic", _FISH_COMPLETES],
        "powershell": [_powershell(home), "-NonInteractive", "-Command", _POWERSHELL_COMPLETES],
    }
    return set(_asked(starts[shell], home)) & {KUBECTL, PROGRAM}


# kubectl's own needs a function of the bash-completion package.
_BASH_COMPLETES = f"""
for name in {KUBECTL} {PROGRAM}; do
    for load in _comp_load __load_completion; do declare -F $load && $load $name && break; done
    complete -p $name && {{ [[ $name != {KUBECTL} ]] || declare -F _get_comp_words_by_ref; }} && echo $name >&3
done 3>&1 >/dev/null 2>&1
"""
_FISH_COMPLETES = f"""
for name in {KUBECTL} {PROGRAM}
    complete -C "$name versio" | string match -q 'version*' && echo $name
end
"""
_POWERSHELL_COMPLETES = f"""
foreach ($name in '{KUBECTL}', '{PROGRAM}') {{
    $line = "$name versio"
    if ((TabExpansion2 $line $line.Length).CompletionMatches.CompletionText -match '^version') {{ $name }}
}}
"""


def bash_completion(home: Home) -> tuple[bool, str]:
    """Whether an interactive bash has the bash-completion package, and a file that loads it, if there is one."""
    answer = _asked(["bash", "-ic", _BASH_COMPLETION], home)
    return "loaded" in answer, next((line.removeprefix("file=") for line in answer if line.startswith("file=")), "")


_BASH_COMPLETION = f"""
loads_by_name() {{ [[ $(declare -F _comp_load __load_completion _completion_loader) ]]; }}
loads_by_name && echo loaded
for file in {BASH_COMPLETIONS}; do
    [[ -r $file ]] && source "$file" && loads_by_name && echo "file=$file" && break
done
"""


def zsh_functions(home: Home) -> tuple[bool, Path | None]:
    """Whether an interactive zsh completes by functions, and a folder of the user's own in which it looks for them."""
    answer = _asked(["zsh", "-ic", "print -rl -- completes=$+functions[compdef] folder=$^fpath"], home)
    folders = (Path(line.removeprefix("folder=")) for line in answer if line.startswith("folder="))
    completes = "completes=1" in answer
    return completes, next((each for each in folders if completes and each.is_relative_to(home.path)), None)


def _powershell(home: Home) -> str:
    return "pwsh" if which("pwsh", path=home.environ.get("PATH")) else "powershell"


def _powershell_profile(home: Home) -> Path:
    command = [_powershell(home), "-NoProfile", "-NonInteractive", "-Command", "$PROFILE.CurrentUserAllHosts"]
    if answer := _asked(command, home):
        return Path(answer[-1])
    raise ConfigError("PowerShell is not on PATH: neither pwsh nor powershell says where its profile is")


def _asked(command: list[str], home: Home) -> list[str]:
    return said(command, home.environ).splitlines()
