"""TAB in real shells, directly and through the real kubectl."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests import builders
from tests.cluster import SimulatedCluster
from tests.completion.conftest import AGE
from tests.completion.shells import COMPLETIONS, KUBECTL, SOURCES, STARTS, Shell, need

# What is typed, and what TAB makes of it.
COMPLETED = {
    "ver": "version ",
    "list etl": "list etl-7k2lp ",
    "wf/etl": "wf/etl-7k2lp ",
    "@la": "@latest ",
    "etl-7k2lp ext": "etl-7k2lp extract ",
    "list etl-7k2lp extract che": "list etl-7k2lp extract check",
    "etl-7k2lp list ex": "etl-7k2lp list extract ",
    "etl-7k2lp template:fe": "etl-7k2lp template:fetch ",
    "etl-7k2lp @first": "etl-7k2lp @first-failed ",
    "etl-7k2lp pod/etl-7k2lp-f": "etl-7k2lp pod/etl-7k2lp-fetch-3661961890 ",
    # What all have in common, so without the parenthesis that a shell would not take.
    "etl-7k2lp tr": "etl-7k2lp transform",
    "-n la": "-n lab ",
    "-nla": "-nlab ",
    "--namespace=la": "--namespace=lab ",
    "-n lab bi": "-n lab big ",
    "bi -n la": "bi -n lab ",
    "--context sim": "--context simulated ",
    "--color al": "--color always ",
    "-o wi": "-o wide ",
    "-o jsonp": "-o jsonpath",
    "etl-7k2lp --template cl": "etl-7k2lp --template clean ",
    "--kubeconfig ./kubec": "--kubeconfig ./kubeconfig ",
    "--kubeconfig=./kubec": "--kubeconfig=./kubeconfig ",
    "--all-na": "--all-namespaces ",
    "version --": "version --help ",
    "nothing-like-it": "nothing-like-it",
}
# Parentheses and colons, quoted in either way; and lists. tcsh asks nobody about a word with a parenthesis.
QUOTED = {
    r"etl-7k2lp transform\(1": r"etl-7k2lp transform\(1:customers\) ",
    r"etl-7k2lp transform\(1:cu": r"etl-7k2lp transform\(1:customers\) ",
    r"etl-7k2lp check\(1": r"etl-7k2lp check\(1\) ",
}
# kubectl's scripts have nothing for a word with an open quote (but for fish), and quote commas in bash.
OURS = {
    "etl-7k2lp 'transform(1": "etl-7k2lp 'transform(1:customers)' ",
    'etl-7k2lp "transform(1:c': 'etl-7k2lp "transform(1:customers)" ',
}
LISTS = {
    "etl-7k2lp --phase Failed,E": "etl-7k2lp --phase Failed,Error ",
    "-o custom-columns=POD:.metadata.name,HO": "-o custom-columns=POD:.metadata.name,HOST:.status.host ",
    "--output=custom-columns=POD:.metadata.name,HO": "--output=custom-columns=POD:.metadata.name,HOST:.status.host ",
}


@pytest.fixture
def environment(clean_environment: dict[str, str], cluster: SimulatedCluster, tmp_path: Path) -> dict[str, str]:
    """As a user has it who has installed the plugin; the kubeconfig is in the folder that the shell is in."""
    return clean_environment


def completed(shell: Shell, command: str, cases: dict[str, str]) -> dict[str, str]:
    return {typed: shell.tab(f"{command} {typed}").line.removeprefix(f"{command} ") for typed in cases}


@pytest.mark.parametrize("name", STARTS)
def test_a_shell_completes_the_plugin(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    need(name)
    cases = COMPLETED | LISTS | (QUOTED | OURS if name != "tcsh" else {})
    with Shell(name, environment, tmp_path) as shell:
        assert shell.run(SOURCES[name]) == []
        assert completed(shell, "kubectl-argo_pods", cases) == cases


@pytest.mark.parametrize("name", KUBECTL)
def test_a_shell_completes_the_plugin_behind_kubectl(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    need(name)
    cases = COMPLETED | QUOTED | (OURS if name == "fish" else {})
    # kubectl would make something else of it.
    cases |= {typed: typed for typed in LISTS if "=" in typed}
    with Shell(name, environment, tmp_path) as shell:
        assert shell.run(KUBECTL[name]) == []
        assert completed(shell, "kubectl argo-pods", cases) == cases


@pytest.mark.parametrize("name", KUBECTL)
def test_a_parameter_is_completed_as_far_as_the_shells_allow(
    name: str, environment: dict[str, str], cluster: SimulatedCluster, tmp_path: Path
) -> None:
    need(name)
    nodes = [
        builders.node("sized", f".{size}", inputs={"parameters": [{"name": "size", "value": size}]})
        for size in ("large", "small")
    ]
    cluster.load([builders.workflow("sized", *nodes)])
    cases = {"sized param:s": "sized param:size=", "sized param:size=l": "sized param:size=l"}
    with Shell(name, environment, tmp_path) as shell:
        assert shell.run(KUBECTL[name]) == []
        assert completed(shell, "kubectl argo-pods", cases) == cases


LISTED = {
    "bash": ["check     (Running AGE)  check(0)  (Failed AGE)   check(1)  (Running AGE)"],
    "zsh": ["check     -- Running AGE", "check(0)  -- Failed AGE", "check(1)  -- Running AGE"],
    "tcsh": ["check    check(0) check(1)"],
}


@pytest.mark.parametrize("name", LISTED)
def test_a_shell_lists_what_there_is_to_choose_from(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    need(name)
    with Shell(name, environment, tmp_path) as shell:
        shell.run(SOURCES[name])
        assert [AGE.sub("AGE", line) for line in shell.tab("kubectl-argo_pods etl-7k2lp ch").listed] == LISTED[name]


FISH = {
    "etl-7k2lp ch": ["check\tRunning AGE", "check(0)\tFailed AGE", "check(1)\tRunning AGE"],
    # Without a note: not that of the option.
    "etl-7k2lp -o js": ["json", "jsonpath=", "jsonpath-as-json=", "jsonpath-file="],
    "etl-7k2lp --color a": ["auto", "always"],
}


@pytest.mark.parametrize("line", FISH)
def test_fish_tells_what_there_is_to_choose_from(line: str, environment: dict[str, str]) -> None:
    need("fish")
    script = f"{SOURCES['fish']}; complete -C 'kubectl-argo_pods {line}'"
    done = subprocess.run(["fish", "--no-config", "-c", script], env=environment, capture_output=True, text=True)
    assert (AGE.sub("AGE", done.stdout).splitlines(), done.stderr) == (FISH[line], "")


def test_bash_lists_the_newest_first(environment: dict[str, str], tmp_path: Path) -> None:
    need("bash")
    with Shell("bash", environment, tmp_path) as shell:
        shell.run(SOURCES["bash"])
        (listed,) = shell.tab("kubectl-argo_pods list nightly").listed
    assert listed.split()[::3] == ["nightly-1", "nightly-3", "nightly-2"]


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_what_is_completed_is_what_is_meant(name: str, environment: dict[str, str], tmp_path: Path) -> None:
    need(name)
    with Shell(name, environment, tmp_path) as shell:
        shell.run(SOURCES[name])
        line = shell.tab(r"kubectl-argo_pods etl-7k2lp transform\(1").line
        assert shell.run(f"{line} -o name") == ["pod/etl-7k2lp-clean-1240257870"]


# The kubeconfig is the one of this folder, which is HOME, and the environment has no other.
EXPANDED = {
    "--kubeconfig ~/kubeconfig list etl": "--kubeconfig ~/kubeconfig list etl-7k2lp ",
    "--kubeconfig $HOME/kubeconfig list etl": "--kubeconfig $HOME/kubeconfig list etl-7k2lp ",
    "--kubeconfig=$HOME/kubeconfig list etl": "--kubeconfig=$HOME/kubeconfig list etl-7k2lp ",
    '--kubeconfig "$HOME/kubeconfig" list etl': '--kubeconfig "$HOME/kubeconfig" list etl-7k2lp ',
    "--kubeconfig ~/kubeconfig -n $LAB list b": "--kubeconfig ~/kubeconfig -n $LAB list big ",
    "--kubeconfig ~/kubeconfig $WF extr": "--kubeconfig ~/kubeconfig $WF extract ",
    "--kubeconfig ~/kubec": "--kubeconfig ~/kubeconfig ",
    "--filename ~/kubec": "--filename ~/kubeconfig ",
}
# What is no such word stays what it is, and nothing is run.
QUOTED_DOLLARS = {
    "--kubeconfig '$HOME/kubeconfig' list etl": "--kubeconfig '$HOME/kubeconfig' list etl",
    r"--kubeconfig \$HOME/kubeconfig list etl": r"--kubeconfig \$HOME/kubeconfig list etl",
    "--kubeconfig $(touch PWNED) list etl": "--kubeconfig $(touch PWNED) list etl",
}
BRACES = {"--kubeconfig ${HOME}/kubeconfig list etl": "--kubeconfig ${HOME}/kubeconfig list etl-7k2lp "}


@pytest.mark.parametrize("name", STARTS)
def test_words_before_the_cursor_mean_what_they_mean_to_the_shell(
    name: str, environment: dict[str, str], tmp_path: Path
) -> None:
    need(name)
    cases = EXPANDED | (BRACES if name != "fish" else {}) | (QUOTED_DOLLARS if name != "tcsh" else {})
    environment = {each: value for each, value in environment.items() if each != "KUBECONFIG"}
    environment |= {"HOME": str(tmp_path), "LAB": "lab", "WF": "etl-7k2lp"}
    with Shell(name, environment, tmp_path) as shell:
        shell.run(SOURCES[name])
        assert completed(shell, "kubectl-argo_pods", cases) == cases
    assert not (tmp_path / "PWNED").exists()


# Names in which shells see something else, by how they begin; PWNED is a file that no line may make.
ODD = {
    "a": "a$HOME",
    "b": "b`touch PWNED`",
    "c": "c$(touch PWNED)",
    "d": "d;touch${IFS}PWNED",
    "e": "e'f",
    "g": 'g"h',
    "n": "n''",
    "q": 'q""',
    "i": "i'$(touch PWNED)'j",
    "k": 'k"$(touch PWNED)"l',
    "m": "m\\n\\\\o",
    "p": "p!q!!",
    "r": "r&touch PWNED|s>PWNED",
    "v": "v u",
    "w": "w*[x]?",
    "y": "y{z,1}^#~",
    "A": "A (touch PWNED)",
    "B": "B'!$(touch PWNED)",
    "D": "D\\$(touch PWNED)",
    "E": "E:os:x=y:$(touch PWNED)",
}


@pytest.fixture
def odd(environment: dict[str, str], cluster: SimulatedCluster) -> dict[str, str]:
    """The environment, with nodes of such names, each with the pod that is named like its beginning."""
    nodes = [builders.node("odd", f".{name}", displayName=name) for name in ODD.values()]
    workflow = builders.workflow("odd", *nodes)
    pods = [builders.pod(workflow, node, f"odd-{typed}") for node, typed in zip(nodes, ODD, strict=True)]
    cluster.load([workflow, *pods])
    return environment


@pytest.mark.parametrize("quote", ["", "'", '"'], ids=["unquoted", "single", "double"])
@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_name_means_itself_however_it_is_quoted(
    name: str, quote: str, odd: dict[str, str], cluster: SimulatedCluster, tmp_path: Path
) -> None:
    need(name)
    with Shell(name, odd, tmp_path) as shell:
        shell.run(SOURCES[name])
        lines = {typed: shell.tab(f"kubectl-argo_pods list odd {quote}{typed}").line for typed in ODD}
        ran = {typed: shell.run(f"{line} -o name") for typed, line in lines.items()}
    assert ran == {typed: [f"pod/odd-{typed}"] for typed in ODD}
    assert not (tmp_path / "PWNED").exists()


def test_tcsh_makes_no_other_name_of_one(odd: dict[str, str], tmp_path: Path) -> None:
    need("tcsh")
    cases = {"list odd d": "list odd d", "list odd e": r"list odd e\'f ", "list odd y": "list odd y"}
    with Shell("tcsh", odd, tmp_path) as shell:
        shell.run(SOURCES["tcsh"])
        assert completed(shell, "kubectl-argo_pods", cases) == cases


@pytest.mark.parametrize("name", KUBECTL)
def test_nothing_in_a_name_is_run_behind_kubectl(
    name: str, odd: dict[str, str], cluster: SimulatedCluster, tmp_path: Path
) -> None:
    need(name)
    names = ["z$(touch PWNED)1", "z$(touch PWNED)2", "x(0:(touch PWNED))"]
    cluster.load([builders.workflow("twins", *(builders.node("twins", f".{each}") for each in names))])
    with Shell(name, odd, tmp_path) as shell:
        shell.run(KUBECTL[name])
        lines = [shell.tab(f"kubectl argo-pods list odd {typed}").line for typed in ODD]
        lines += [shell.tab(f"kubectl argo-pods list twins {typed}").line for typed in ("z", "x", "'z", '"z')]
        for line in lines:
            shell.tab(f"{line} ")
        whole = [line.strip() for line in lines if line.endswith(" ")]
        ran = [shell.run(f"{line} -o name") for line in whole]
    assert ran == [[f"pod/odd-{typed}"] for typed in "egnqvwy"]
    assert not (tmp_path / "PWNED").exists()


# By what is typed: what TAB makes of it, and what another TAB does behind what is typed then.
COMMON = {
    "z": (r"z\$\(touch\ PWNED\)\'", "1", r"z\$\(touch\ PWNED\)\'1 "),
    "'z": (r"'z$(touch PWNED)'\''", "1", r"'z$(touch PWNED)'\''1' "),
    '"z': ("\"z\\$(touch PWNED)'", "1", '"z\\$(touch PWNED)\'1" '),
    "Z": ("Z", r"\ ", r"Z\ \$\(touch\ PWNED\) "),
}


def test_what_several_names_begin_with_is_quoted_by_bash(
    odd: dict[str, str], cluster: SimulatedCluster, tmp_path: Path
) -> None:
    need("bash")
    names = ["z$(touch PWNED)'1", "z$(touch PWNED)'2", "Z", "Z $(touch PWNED)"]
    cluster.load([builders.workflow("twins", *(builders.node("twins", f".{each}") for each in names))])
    with Shell("bash", odd, tmp_path) as shell:
        shell.run(SOURCES["bash"])
        for typed, (common, more, whole) in COMMON.items():
            line = shell.tab(f"kubectl-argo_pods list twins {typed}").line
            assert line == f"kubectl-argo_pods list twins {common}"
            assert shell.tab(line + more).line == f"kubectl-argo_pods list twins {whole}"
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize("name", ["bash", "zsh"])
def test_without_an_answer_verbs_flags_and_files_are_left(
    name: str, environment: dict[str, str], tmp_path: Path
) -> None:
    need(name)
    plugin = tmp_path / "bin" / "kubectl-argo_pods"
    plugin.parent.mkdir()
    plugin.write_text("#!/bin/sh\nexit 1\n")
    plugin.chmod(0o755)
    cases = {"ver": "version ", "--all-na": "--all-namespaces ", "--kubeconfig ./kubec": "--kubeconfig ./kubeconfig "}
    cases |= {"--color al": "--color always "}
    with Shell(name, environment | {"PATH": f"{plugin.parent}:{environment['PATH']}"}, tmp_path) as shell:
        assert shell.run(SOURCES[name]) == []
        assert completed(shell, "kubectl-argo_pods", cases) == cases


def test_zsh_finds_the_script_in_a_folder_of_functions(environment: dict[str, str], tmp_path: Path) -> None:
    need("zsh")
    folder = tmp_path / "functions"
    folder.mkdir()
    shutil.copy(COMPLETIONS / "_kubectl-argo_pods", folder)
    with Shell("zsh", environment, tmp_path) as shell:
        assert shell.run("fpath=($PWD/functions $fpath); compinit -D") == []
        for _ in range(2):
            assert shell.tab("kubectl-argo_pods ver").line == "kubectl-argo_pods version "


def test_every_script_is_what_is_generated(tmp_path: Path) -> None:
    from kubectl_argo_pods.completion.scripts import bundle

    assert {path.name: path.read_text() for path in COMPLETIONS.iterdir()} == bundle()
