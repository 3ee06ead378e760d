"""Help, and the sentences for command lines that are wrong: those of kubectl, where it has one."""

from __future__ import annotations

import re
import shlex
import subprocess

import pytest

from kubectl_argo_pods import cli, grammar
from kubectl_argo_pods.grammar import named_command
from kubectl_argo_pods.options.sections import SECTIONS
from tests.cluster import SimulatedCluster
from tests.conftest import Result, Run
from tests.recordings import recordings

SEE = "See 'kubectl argo-pods --help' for usage.\n"
SEE_VERSION = "See 'kubectl argo-pods version --help' for usage.\n"
WRONG = {
    "--foo": f"error: unknown flag: --foo\n{SEE}",
    "--foo=bar": f"error: unknown flag: --foo\n{SEE}",
    "wf --colr": f"error: unknown flag: --colr (did you mean --color?)\n{SEE}",
    "--outpt json": f"error: unknown flag: --outpt (did you mean --output?)\n{SEE}",
    "--namespaces=a": f"error: unknown flag: --namespaces (did you mean --namespace?)\n{SEE}",
    "--sort name": f"error: unknown flag: --sort\n{SEE}",
    "-x": f"error: unknown shorthand flag: 'x' in -x\n{SEE}",
    "-AX": f"error: unknown shorthand flag: 'X' in -X\n{SEE}",
    "-n": f"error: flag needs an argument: 'n' in -n\n{SEE}",
    "wf --output": f"error: flag needs an argument: --output\n{SEE}",
    "--watch=maybe": f'error: invalid argument "maybe" for "-w, --watch" flag: it is either true or false\n{SEE}',
    "-Aw=2": f'error: invalid argument "2" for "-w, --watch" flag: it is either true or false\n{SEE}',
    "--gone=": f'error: invalid argument "" for "--gone" flag: it is either true or false\n{SEE}',
    "--color purple": 'error: unknown --color "purple": choose one of auto, always, never\n',
    "options extra": 'error: options takes no arguments, but got "extra"\n',
    "version extra": 'error: version takes no arguments, but got "extra"\n',
    "version --watch": f"error: unknown flag: --watch\n{SEE_VERSION}",
    "version -n foo": f"error: unknown shorthand flag: 'n' in -n\n{SEE_VERSION}",
    "-n list --foo": f"error: unknown flag: --foo\n{SEE}",
}


@pytest.mark.parametrize("line", WRONG)
def test_a_wrong_line_gets_one_sentence_and_status_2(argo_pods: Run, line: str) -> None:
    assert argo_pods(*line.split()) == Result(2, "", WRONG[line])


@pytest.mark.parametrize("line", ["--foo", "-x", "-n", "--namespace"])
def test_the_sentence_is_kubectls_own(line: str, argo_pods: Run) -> None:
    theirs = subprocess.run(["kubectl", "get", line], capture_output=True, text=True)
    assert argo_pods(line).stderr == theirs.stderr.replace("kubectl get", "kubectl argo-pods")


@pytest.mark.parametrize("command", cli.FUNCTIONS)
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_help_fits_a_terminal_and_says_something_of_every_option(argo_pods: Run, command: str, flag: str) -> None:
    shown = argo_pods(command, flag, env={"COLUMNS": "200"})
    assert (shown.status, shown.stderr) == (0, "")
    assert [line for line in shown.stdout.splitlines() if len(line) > 80] == []
    of_connection = argo_pods("options").stdout if 'Use "kubectl argo-pods options"' in shown.stdout else ""
    explained = explained_options(shown.stdout) | explained_options(of_connection)
    assert list(explained) == [field.option.names[-1] for field in by_section(command)]
    assert all(len(text) > 10 for text in explained.values())


def explained_options(text: str) -> dict[str, str]:
    """The options that a text has lines for, with the beginning of what it says of them."""
    return dict(re.findall(r"^  (?:-\w, |    )(--[\w-]+)[^\n]*?(?:  +|\n {10,})(\S[^\n]*)$", text, re.M))


def by_section(command: str) -> list[cli.Field]:
    order = list(SECTIONS.values())
    return sorted(cli.fields(command), key=lambda field: order.index(field.section))


def test_help_begins_with_what_to_type_and_ends_with_where_to_read_on(argo_pods: Run) -> None:
    first, *_, last = argo_pods("--help").stdout.split("\n\n")
    assert (first, last) == (
        "Usage: kubectl argo-pods [WORKFLOW [NODE...]] [flags]",
        'Use "kubectl argo-pods COMMAND --help" for more about a command.\n'
        'Use "kubectl argo-pods options" for the options of the connection, such as -n\n'
        "and --context.\n",
    )


def test_help_names_every_command_with_what_it_does(argo_pods: Run) -> None:
    commands = argo_pods("--help").stdout.partition("Commands:\n")[2].partition("\n\n")[0]
    assert re.findall(r"^  (\w+)  +\S", commands, re.M) == [name for name in cli.FUNCTIONS if name != "list"]


def test_help_of_a_command_is_about_that_command(argo_pods: Run) -> None:
    assert argo_pods("version", "-h") == Result(
        0,
        "Usage: kubectl argo-pods version [flags]\n\n"
        "  Print the version of this plugin.\n\n"
        "Examples:\n"
        "  # The version of this plugin\n"
        "  kubectl argo-pods version\n",
        "",
    )


def test_the_options_of_the_connection_are_kubectls_but_for_what_only_go_programs_have(argo_pods: Run) -> None:
    theirs = subprocess.run(["kubectl", "options"], capture_output=True, text=True).stdout
    of_go = {"--log-flush-frequency", "--profile", "--profile-output", "--vmodule"}
    # Of what kubectl keeps for itself, and of Kubernetes' versions, the plugin knows nothing.
    of_kubectl = {"--kuberc", "--match-server-version", "--warnings-as-errors"}
    ours = set(explained_options(argo_pods("options").stdout))
    assert set(re.findall(r"^    (?:-\w, )?(--[\w-]+)=", theirs, re.M)) - ours == of_go | of_kubectl


# What acts on containers has its own tests, with containers that run.
ACTING = ("logs", "exec", "shell", "run")
EXAMPLES = [(name, each) for name, shown in cli.EXAMPLES.items() for each in shown.values()]


@pytest.mark.parametrize("example", [each for _, each in EXAMPLES])
def test_the_examples_of_help_are_read(example: str) -> None:
    assert grammar.parse(shlex.split(example.partition(" < ")[0])) is not None


@pytest.mark.parametrize("example", [each for name, each in EXAMPLES if name not in ACTING])
def test_the_examples_of_help_work(argo_pods: Run, cluster: SimulatedCluster, example: str) -> None:
    workflow = recordings()["failing"].name
    result = argo_pods(*shlex.split(example.replace("my-wf", workflow)), env={"SHELL": "/bin/bash"})
    # A check says by its status that something is missing, here the script for bash.
    status = 1 if example == "completion check" else 0
    assert (result.status, "error" in result.stderr, result.stdout != "") == (status, False, True)
    assert f"  kubectl argo-pods {example}".rstrip() in argo_pods(named_command(shlex.split(example))[0], "-h").stdout
