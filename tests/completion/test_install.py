"""Completion is installed in one line, taken away in one, and looked at in one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kubectl_argo_pods.completion.pieces import link_to
from kubectl_argo_pods.completion.scripts import SHELLS, script
from tests.completion.shells import BASH_COMPLETION, KUBECTL, Shell, need
from tests.conftest import Result

LAUNCHER = f"#!{sys.executable} -I\nfrom kubectl_argo_pods.__main__ import main\nmain()\n"
MARK = "  # completion of kubectl-argo_pods"
NEW = "A new {} knows of it.\n"
NO_LONGER = "A new {} no longer knows of it.\n"


class Machine:
    """A home, and a folder on PATH with nothing but the plugin, as krew leaves it, and the real kubectl."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.bin = folder / "bin"
        for each in (self.home, self.bin, self.bin / "store"):
            each.mkdir()
        program(self.bin / "store" / "kubectl-argo_pods", LAUNCHER)
        (self.bin / "kubectl-argo_pods").symlink_to("store/kubectl-argo_pods")
        (self.bin / "kubectl").symlink_to(shutil.which("kubectl") or "kubectl")
        self.link = self.bin / "kubectl_complete-argo_pods"
        path = f"{self.bin}:/usr/local/bin:/usr/bin:/bin"
        self.environment = {"HOME": str(self.home), "PATH": path, "LC_ALL": "C.UTF-8", "KUBECONFIG": "/dev/null"}

    def run(self, *args: str, **environment: str) -> Result:
        command = ["kubectl-argo_pods", "completion", *args]
        done = subprocess.run(
            ["/usr/bin/env", *command], env=self.environment | environment, capture_output=True, text=True, timeout=60
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def files(self) -> dict[str, str]:
        """All that is in the home and beside the plugin, without what shells and kubectl write of their own."""
        found = [*self.home.rglob("*"), *self.bin.iterdir()]
        kept = [path for path in found if not path.is_dir() and not own(path.relative_to(self.bin.parent))]
        return {str(path): path.read_text() for path in kept if path.name != "kubectl"}


def own(path: Path) -> bool:
    names = {".zcompdump", ".kube", ".cache", ".bash_history"}
    names |= {"config.fish", "fish_variables", "fish_history", "generated_completions"}
    return bool(names & set(path.parts))


def program(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def bash_by_name(machine: Machine) -> list[str]:
    (machine.home / ".bashrc").write_text(f"source {BASH_COMPLETION}\nset -o noclobber\n")
    folder = machine.home / ".local/share/bash-completion/completions"
    return [f"{folder}/kubectl-argo_pods", f"{folder}/kubectl"]


def bash_with_kubectls(machine: Machine) -> list[str]:
    (machine.home / ".bashrc").write_text(f"{KUBECTL['bash']}\n")
    (machine.home / ".profile").write_text('[ -n "$BASH" ] && . ~/.bashrc\n')
    return [str(machine.home / ".local/share/bash-completion/completions/kubectl-argo_pods")]


def bash_alone(machine: Machine) -> list[str]:
    folder = machine.home / ".local/share/bash-completion/completions"
    line = f'{machine.home}/.bashrc: source "/etc/profile.d/bash_completion.sh"'
    return [f"{folder}/kubectl-argo_pods", line, f"{folder}/kubectl"]


def zsh_with_a_folder(machine: Machine) -> list[str]:
    (machine.home / ".zshrc").write_text("fpath+=(~/functions)\nautoload -Uz compinit && compinit\n")
    return [str(machine.home / "functions" / name) for name in ("_kubectl-argo_pods", "_kubectl")]


def zsh_with_kubectls(machine: Machine) -> list[str]:
    completes = "fpath+=(~/functions)\nautoload -Uz compinit && compinit\n"
    (machine.home / ".zshrc").write_text(f"{completes}{KUBECTL['zsh']}\n")
    return [str(machine.home / "functions/_kubectl-argo_pods")]


def zsh_that_completes(machine: Machine) -> list[str]:
    (machine.home / "dotfiles").mkdir()
    (machine.home / "dotfiles/zshrc").write_text("autoload -Uz compinit && compinit # no newline")
    (machine.home / ".zshrc").symlink_to("dotfiles/zshrc")
    folder = machine.home / ".local/share/zsh/site-functions"
    return [f"{folder}/_kubectl-argo_pods", f'{machine.home}/.zshrc: fpath=("{folder}" $fpath)', f"{folder}/_kubectl"]


def zsh_alone(machine: Machine) -> list[str]:
    folder = machine.home / ".local/share/zsh/site-functions"
    line = f'fpath=("{folder}" $fpath); autoload -Uz compinit && compinit'
    return [f"{folder}/_kubectl-argo_pods", f"{machine.home}/.zshrc: {line}", f"{folder}/_kubectl"]


def fish(machine: Machine) -> list[str]:
    return [str(machine.home / ".config/fish/completions/kubectl-argo_pods.fish")]


def fish_without_kubectls(machine: Machine) -> list[str]:
    """As before fish brought one of its own."""
    settings = machine.home / ".config/fish/config.fish"
    settings.parent.mkdir(parents=True)
    settings.write_text("set fish_complete_path ~/.config/fish/completions\n")
    return [*fish(machine), str(machine.home / ".config/fish/completions/kubectl.fish")]


def tcsh(machine: Machine) -> list[str]:
    (machine.home / ".cshrc").write_text("set autologout=0\n")
    path = machine.home / ".local/share/kubectl-argo_pods/kubectl-argo_pods.tcsh"
    return [str(path), f'{machine.home}/.cshrc: source "{path}"']


HOMES: dict[str, tuple[str, Callable[[Machine], list[str]]]] = {
    "bash with bash-completion": ("bash", bash_by_name),
    "bash with kubectl's": ("bash", bash_with_kubectls),
    "bash": ("bash", bash_alone),
    "zsh with a folder for functions": ("zsh", zsh_with_a_folder),
    "zsh with kubectl's": ("zsh", zsh_with_kubectls),
    "zsh with completion": ("zsh", zsh_that_completes),
    "zsh": ("zsh", zsh_alone),
    "fish": ("fish", fish),
    "fish without kubectl's": ("fish", fish_without_kubectls),
    "tcsh": ("tcsh", tcsh),
}


@pytest.mark.parametrize(("shell", "settings"), HOMES.values(), ids=HOMES)
def test_one_line_installs_and_one_takes_away(
    machine: Machine, shell: str, settings: Callable[[Machine], list[str]]
) -> None:
    need(shell)
    whats = [str(machine.link), *settings(machine)]
    before = machine.files()

    def said(verb: str, notice: str = NEW.format(shell)) -> Result:
        return Result(0, "".join(f"{verb:14} {what}\n" for what in whats), notice)

    assert machine.run("install", shell, "--print") == said("would make", "")
    assert machine.files() == before
    assert machine.run("install", SHELL=f"/bin/{shell}") == said("made")
    after = machine.files()
    assert machine.run("install", shell) == said("there already")
    assert machine.files() == after
    assert set(before) < set(after)
    with Shell(shell, machine.environment, machine.home, settings=True) as running:
        for command in ["kubectl-argo_pods", *(["kubectl argo-pods"] if shell in KUBECTL else [])]:
            assert running.tab(f"{command} ver").line == f"{command} version "
    kubectl = ["kubectl", "__complete", "argo-pods", "ver"]
    answer = subprocess.run(kubectl, env=machine.environment, capture_output=True, text=True)
    assert answer.stdout == "version\tPrint the version of this plugin\n:36\n"
    found = machine.run("check", shell)
    assert (found.status, "WRONG" in found.stdout) == (0, False)
    assert machine.run("install", shell, "--uninstall", "--print") == said("would remove", "")
    assert machine.files() == after
    assert machine.run("install", shell, "--uninstall") == said("removed", NO_LONGER.format(shell))
    assert {path: text for path, text in machine.files().items() if text} == {
        path: text for path, text in before.items() if text
    }


def test_what_was_done_is_said_before_what_that_means(machine: Machine) -> None:
    command = "kubectl-argo_pods completion install fish --uninstall 2>&1"
    done = subprocess.run(["/bin/sh", "-c", command], env=machine.environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == NO_LONGER.format("fish").rstrip()


def test_nothing_is_taken_away_where_nothing_is(machine: Machine) -> None:
    said = "".join(f"not there      {what}\n" for what in (machine.link, *fish(machine)))
    assert machine.run("install", "fish", "--uninstall", "--print") == Result(0, said, "")
    assert machine.run("install", "fish", "--uninstall") == Result(0, said, NO_LONGER.format("fish"))


def someone_elses(machine: Machine, what: str) -> Path:
    """A file that stands where a piece of ours would, and is not of our making."""
    path = machine.link if what == "link" else Path(*fish(machine))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine\n")
    return path


@pytest.mark.parametrize("what", ["link", "script"])
def test_a_file_of_someone_elses_is_left_alone(machine: Machine, what: str) -> None:
    path = someone_elses(machine, what)
    before = machine.files()
    sentence = f"error: {path} is in the way, and not of this plugin: move it away, and install again\n"
    assert machine.run("install", "fish") == Result(1, "", sentence)
    assert f"in the way     {path}" in machine.run("install", "fish", "--print").stdout.splitlines()
    for more in ([], ["--print"]):
        assert f"not ours       {path}" in machine.run("install", "fish", "--uninstall", *more).stdout.splitlines()
    assert machine.files() == before


def test_a_link_goes_by_the_name_that_windows_gives_to_programs(tmp_path: Path) -> None:
    plugin = tmp_path / "kubectl-argo_pods.EXE"
    program(plugin, "a program")
    link = link_to(plugin)
    link.make()
    assert (link.is_there(), link.is_ours()) == (True, True)
    assert (tmp_path / "kubectl_complete-argo_pods.EXE").read_text() == "a program"
    link.remove()
    # As where symbolic links are for administrators.
    os.link(plugin, link.path)
    assert (link.is_there(), link.is_ours()) == (True, True)


def test_an_old_script_is_brought_up_to_date(machine: Machine) -> None:
    (path,) = fish(machine)
    machine.run("install", "fish")
    Path(path).write_bytes(script("fish").encode() + b"# of another age: \xff\n")
    assert machine.run("install", "fish").stdout.splitlines()[1] == f"made           {path}"
    assert Path(path).read_text() == script("fish")


def test_the_program_that_pip_installs_is_left_alone(machine: Machine) -> None:
    program(machine.link, LAUNCHER)
    assert machine.run("install", "fish").stdout.splitlines()[0] == f"there already  {machine.link}"
    assert machine.run("install", "fish", "--uninstall").stdout.splitlines()[0] == f"not ours       {machine.link}"
    assert machine.link.read_text() == LAUNCHER


def test_what_cannot_be_written_is_named(machine: Machine) -> None:
    (machine.home / ".config").write_text("")
    path = machine.home / ".config/fish/completions/kubectl-argo_pods.fish"
    failed = machine.run("install", "fish")
    assert (failed.status, failed.stdout) == (1, f"made           {machine.link}\n")
    assert failed.stderr == f"error: {path} cannot be changed: Not a directory\n"


def test_a_plugin_that_kubectl_does_not_find_is_not_installed(machine: Machine) -> None:
    done = subprocess.run(
        [machine.bin / "kubectl-argo_pods", "completion", "install", "fish"],
        env=machine.environment | {"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    sentence = "kubectl-argo_pods is not on PATH, so kubectl does not find it either: add its folder to PATH"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"error: {sentence}\n")


NAMES = "bash, zsh, fish, tcsh, powershell"
WRONG = {
    "install": f'your shell is "ksh": name the shell that is meant, one of {NAMES}',
    "install ksh": f"completion is followed by one of {NAMES}, or by install or check with one of them",
    "bash zsh": f"completion is followed by one of {NAMES}, or by install or check with one of them",
    "": f"completion is followed by one of {NAMES}, or by install or check with one of them",
    "bash --print": "--print and --uninstall go with completion install",
    "check fish --uninstall": "--print and --uninstall go with completion install",
}


@pytest.mark.parametrize("line", WRONG)
def test_what_makes_no_sense_is_refused(machine: Machine, line: str) -> None:
    assert machine.run(*line.split(), SHELL="/bin/ksh") == Result(2, "", f"error: {WRONG[line]}\n")


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_is_printed(machine: Machine, shell: str) -> None:
    assert machine.run(shell) == Result(0, script(shell), "")


INSTALL = "run `kubectl argo-pods completion install`"


def checked(machine: Machine) -> list[str]:
    """What check says of an installation for fish, with short names for the two folders."""
    found = machine.run("check", SHELL="/usr/bin/fish")
    assert found.stderr == ""
    assert found.status == (1 if "WRONG" in found.stdout else 0)
    return found.stdout.replace(str(machine.bin), "BIN").replace(str(machine.home), "HOME").splitlines()


@pytest.fixture
def installed(machine: Machine) -> Machine:
    machine.run("install", "fish")
    return machine


SCRIPT = "HOME/.config/fish/completions/kubectl-argo_pods.fish"
RIGHT = [
    "ok     kubectl runs BIN/kubectl-argo_pods",
    "ok     kubectl asks BIN/kubectl_complete-argo_pods",
    f"ok     fish reads {SCRIPT}",
    "ok     fish completes kubectl-argo_pods",
    "ok     fish completes kubectl",
    "ok     kubectl completes what is behind `kubectl argo-pods`",
]
NOTHING = "WRONG  kubectl completes nothing behind `kubectl argo-pods`: mend what is wrong above"


def test_a_good_installation_is_found_good(installed: Machine) -> None:
    version, *rest = checked(installed)
    assert version.startswith("ok     kubectl is v1.")
    assert rest == RIGHT


def test_a_kubectl_that_asks_no_plugin_is_found(installed: Machine) -> None:
    (installed.bin / "kubectl").unlink()
    version = """echo '{"clientVersion": {"gitVersion": "v1.25.9"}}'"""
    rest = f'test "$2" = argo-pods || exec {shutil.which("kubectl")} "$@"'
    program(installed.bin / "kubectl", f"#!/bin/sh\nif test $1 = version; then {version}; else {rest}; fi\n")
    old = "WRONG  kubectl is v1.25.9: take kubectl 1.26 or later: older ones do not ask plugins"
    assert checked(installed) == [old, *RIGHT[:5], NOTHING]


def test_a_kubectl_that_does_not_work_is_found(installed: Machine) -> None:
    (installed.bin / "kubectl").unlink()
    program(installed.bin / "kubectl", "#!/bin/sh\nexit 1\n")
    none = "WRONG  kubectl does not say its version: install kubectl, and put its folder on PATH"
    nor = f"{SCRIPT.replace('-argo_pods', '')} is not there, so fish does not complete kubectl"
    lacking = f"WRONG  {nor}: run `kubectl argo-pods completion install fish`"
    assert checked(installed) == [none, *RIGHT[:3], lacking, NOTHING]


def test_a_missing_link_is_found(installed: Machine) -> None:
    installed.link.unlink()
    wrong = f"WRONG  kubectl finds no kubectl_complete-argo_pods on PATH: {INSTALL}"
    assert checked(installed)[1:] == [RIGHT[0], wrong, *RIGHT[2:5], NOTHING]


def test_a_link_to_nothing_is_found_and_mended(installed: Machine) -> None:
    installed.link.unlink()
    installed.link.symlink_to("gone")
    wrong = f"WRONG  BIN/kubectl_complete-argo_pods leads to nothing: {INSTALL}"
    assert checked(installed)[1:] == [RIGHT[0], wrong, *RIGHT[2:5], NOTHING]
    installed.run("install", "fish")
    assert checked(installed)[1:] == RIGHT


def test_a_file_that_is_no_program_is_found(installed: Machine) -> None:
    installed.link.unlink()
    someone_elses(installed, "link")
    wrong = f"WRONG  BIN/kubectl_complete-argo_pods is not executable: remove it, and {INSTALL}"
    assert checked(installed)[1:] == [RIGHT[0], wrong, *RIGHT[2:5], NOTHING]


def test_a_link_to_something_else_is_found(installed: Machine) -> None:
    installed.link.unlink()
    program(installed.link, "#!/bin/sh\necho something else\n")
    what = "BIN/kubectl_complete-argo_pods answers as another version does, or another plugin"
    assert checked(installed)[1:] == [RIGHT[0], f"WRONG  {what}: remove it, and {INSTALL}", *RIGHT[2:5], NOTHING]


def test_a_plugin_that_kubectl_runs_instead_is_found(installed: Machine) -> None:
    program(installed.bin / "kubectl-argo_pods-auth-who_am_i", "#!/bin/sh\n")
    what = "kubectl runs BIN/kubectl-argo_pods-auth-who_am_i for `kubectl argo-pods auth who-am-i`"
    assert checked(installed)[1:] == [RIGHT[0], f"WRONG  {what}: remove or rename that plugin", *RIGHT[1:]]


def beside(machine: Machine, foreign: str, *args: str) -> tuple[Result, Path]:
    """What the plugin says where another program of its name comes first on PATH, in a folder of its own."""
    folder = machine.bin.parent / "foreign"
    folder.mkdir(exist_ok=True)
    program(folder / "kubectl-argo_pods", foreign)
    environment = machine.environment | {"PATH": f"{folder}:{machine.environment['PATH']}"}
    command = [str(machine.bin / "kubectl-argo_pods"), "completion", *args]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return Result(done.returncode, done.stdout, done.stderr), folder


FOREIGN = "#!/bin/sh\necho something else\n"


def test_another_plugin_of_the_same_name_is_found(installed: Machine) -> None:
    done, folder = beside(installed, FOREIGN, "check", "fish")
    wrong = f"kubectl runs {folder}/kubectl-argo_pods, not {installed.bin}/kubectl-argo_pods"
    way_out = f"remove one of them, or put {installed.bin} first on PATH"
    found = done.stdout.replace(str(installed.home), "HOME").splitlines()
    assert found[1:3] == [f"WRONG  {wrong}: {way_out}", f"ok     kubectl asks {installed.link}"]


def test_nothing_is_installed_for_another_plugin_of_the_same_name(machine: Machine) -> None:
    before = machine.files()
    done, folder = beside(machine, FOREIGN, "install", "fish")
    wrong = f"kubectl runs {folder}/kubectl-argo_pods, not {machine.bin}/kubectl-argo_pods"
    assert done == Result(1, "", f"error: {wrong}: remove one of them, or put {machine.bin} first on PATH\n")
    (folder / "kubectl-argo_pods").unlink()
    assert machine.files() == before


def test_a_script_that_runs_the_plugin_is_the_plugin(installed: Machine) -> None:
    shim = f'#!/bin/sh\nexec {installed.bin}/kubectl-argo_pods "$@"\n'
    done, folder = beside(installed, shim, "check", "fish")
    assert done.stdout.splitlines()[1] == f"ok     kubectl runs {folder}/kubectl-argo_pods"
    assert done.status == 0


def test_a_bash_that_cannot_complete_kubectl_is_found(machine: Machine) -> None:
    need("bash")
    # As if the package were not there: what loads it takes it for loaded.
    without = {"BASH_COMPLETION_VERSINFO": "2"}
    folder = machine.home / ".local/share/bash-completion/completions"
    install = "run `kubectl argo-pods completion install bash`"
    lacking = f"WRONG  bash does not complete kubectl: install the package bash-completion, and {install}\n"
    what = "WRONG  a login bash (by ssh, or in macOS' terminals) does not complete kubectl-argo_pods"
    login = f'{what}: put `[ -n "$BASH" ] && . ~/.bashrc` into {machine.home}/.bash_profile\n'
    made = [machine.link, folder / "kubectl-argo_pods", f'{machine.home}/.bashrc: source "{folder}/kubectl-argo_pods"']
    said = "".join(f"made           {each}\n" for each in made)
    assert machine.run("install", "bash", **without) == Result(0, said, lacking + login)
    found = machine.run("check", "bash", **without)
    assert (found.status, found.stderr) == (1, "")
    assert f"ok     bash completes kubectl-argo_pods\n{lacking}{login}" in found.stdout
    (machine.home / ".bash_profile").write_text('[ -n "$BASH" ] && . ~/.bashrc\n')
    assert "login" not in machine.run("check", "bash", **without).stdout


def test_a_zsh_that_was_told_not_to_complete_kubectl_is_found(machine: Machine) -> None:
    need("zsh")
    settings = machine.home / ".zshrc"
    settings.write_text("autoload -Uz compinit && compinit\nunset '_comps[kubectl]'\n")
    way_out = f"put `source <(kubectl completion zsh)` at the end of {settings}"
    wrong = f"WRONG  zsh does not complete kubectl: {way_out}\n"
    assert machine.run("install", "zsh").stderr == wrong
    found = machine.run("check", "zsh")
    assert (found.status, wrong in found.stdout) == (1, True)


def test_another_completion_of_kubectls_is_left_alone(machine: Machine) -> None:
    need("zsh")
    (machine.home / ".zshrc").write_text("fpath+=(~/functions)\nautoload -Uz compinit && compinit\n")
    (machine.home / "functions").mkdir()
    theirs = machine.home / "functions/_kubectl"
    theirs.write_text("# of another's, and it completes nothing\n")
    assert str(theirs) not in machine.run("install", "zsh").stdout.split()
    assert theirs.read_text() == "# of another's, and it completes nothing\n"


def test_a_script_of_another_version_is_found(installed: Machine) -> None:
    Path(SCRIPT.replace("HOME", str(installed.home))).write_text(f"{script('fish')}# old\n")
    what = f"{SCRIPT} is that of another version, so fish does not complete kubectl-argo_pods"
    way_out = "run `kubectl argo-pods completion install fish`"
    assert checked(installed)[1:] == [*RIGHT[:2], f"WRONG  {what}: {way_out}", RIGHT[5]]


def test_a_script_of_someone_elses_is_found(installed: Machine) -> None:
    someone_elses(installed, "script")
    what = f"{SCRIPT} is not of this plugin, so fish does not complete kubectl-argo_pods"
    way_out = "move it away, and run `kubectl argo-pods completion install fish`"
    assert checked(installed)[1:] == [*RIGHT[:2], f"WRONG  {what}: {way_out}", RIGHT[5]]
