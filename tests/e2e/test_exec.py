"""Commands in the containers of a real cluster, beside the real kubectl's."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from threading import Event
from typing import Any, NamedTuple

import pytest
import yaml

from kubectl_argo_pods.permissions import NEEDS, roles
from tests.conftest import PROGRAM, Result
from tests.e2e import submission
from tests.e2e.conftest import Restart
from tests.terminals import COLUMNS, ROWS, Terminal, ends_with, shows

Manifest = dict[str, Any]
STEPS = ("train", "loop(0:a)", "loop(1:b)", "loop(2:c)")
GIB = 1 << 30
BLOCK = b"0123456789abcdef" * 65536
MEMORY = 96 * 1024  # KiB that a process may need at most, whatever passes through it
# Tells on stderr how many KiB a command needed. A process is charged with what the one that forked it had: a small one.
MEASURED = [sys.executable, "-I", "-S", "-c"]
MEASURED.append("""
import os, sys
_, status, usage = os.wait4(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ), 0)
print(usage.ru_maxrss, file=sys.stderr)
sys.exit(os.waitstatus_to_exitcode(status))
""")


class Entered(NamedTuple):
    """A workflow at work: the pods by their steps."""

    name: str
    namespace: str
    pods: dict[str, str]


def manifest(name: str) -> Manifest:
    """A step that is soon done, one that runs, and a loop of three that run."""
    image = os.environ.get("E2E_IMAGE", submission.LOADED)

    def container(script: str) -> Manifest:
        return {"image": image, "command": ["sh", "-c", script]}

    tasks = [
        {"name": "done", "template": "quick"},
        {"name": "train", "template": "long"},
        {"name": "loop", "template": "long", "withItems": ["a", "b", "c"]},
    ]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": name, "labels": {submission.OWNED: name}},
        "spec": {
            "entrypoint": "main",
            "activeDeadlineSeconds": 1800,
            # The default of a cluster may be to delete what is done.
            "podGC": {"strategy": "OnWorkflowCompletion"},
            "templates": [
                {"name": "main", "dag": {"tasks": tasks}},
                {"name": "quick", "container": container("echo done")},
                {"name": "long", "container": container("sleep 1800")},
            ],
        },
    }


def pods(name: str) -> dict[str, Manifest]:
    """The pods of a workflow by the last part of their node's name."""
    selector = f"workflows.argoproj.io/workflow={name}"
    listed = json.loads(submission.kubectl("get", "pods", "-l", selector, "-o", "json"))["items"]
    key = "workflows.argoproj.io/node-name"
    return {each["metadata"]["annotations"][key].rpartition(".")[2]: each for each in listed}


def submit(name: str) -> None:
    submission.kubectl("apply", "-f", "-", stdin=json.dumps(manifest(name)))


@pytest.fixture(scope="module")
def entered() -> Iterator[Entered]:
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    name = f"exec-{random.randrange(10**4, 10**5)}"
    submit(name)
    try:
        while {step: each["status"]["phase"] for step, each in pods(name).items()} != dict.fromkeys(
            STEPS, "Running"
        ) | {"done": "Succeeded"}:
            Event().wait(0.5)
        names = {step: each["metadata"]["name"] for step, each in pods(name).items()}
        yield Entered(name, submission.namespace(), names)
    finally:
        submission.kubectl("delete", "workflow", name)


def run(*command: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Result:
    environment = {**os.environ, **(env or {})}
    done = subprocess.run(command, input=stdin, env=environment, capture_output=True, text=True, timeout=100)
    return Result(done.returncode, done.stdout, done.stderr)


def argo_pods(*arguments: str, stdin: str = "", env: Mapping[str, str] | None = None) -> Result:
    return run(*PROGRAM, *arguments, stdin=stdin, env=env)


# Flags, and the command; in the container `main` of the step `train` unless a flag says otherwise.
SAME: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "streams apart": ((), ("sh", "-c", "echo out; echo err >&2")),
    "a status": ((), ("sh", "-c", "exit 42")),
    "a signal": ((), ("sh", "-c", "kill -9 $$")),
    "no such program": ((), ("no-such-program",)),
    "no input": ((), ("cat",)),
    "input": (("-i",), ("cat",)),
    "a terminal where none is": (("-it",), ("tty",)),
    "a container without that program": (("-c", "wait"), ("ls",)),
    "no such container": (("-c", "nope"), ("ls",)),
    "blanks and quotes": ((), ("printf", "<%s>", "a b", "", "it's", "$HOME")),
}


@pytest.mark.parametrize("case", SAME)
def test_it_is_kubectls(entered: Entered, case: str) -> None:
    flags, command = SAME[case]
    ours = argo_pods("exec", *flags, entered.name, "train", "--", *command, stdin="some input")
    theirs = run("kubectl", "exec", *flags, entered.pods["train"], "--", *command, stdin="some input")
    assert without_ids(ours) == without_ids(theirs)


def without_ids(result: Result) -> Result:
    """The runtime gives each process a new id, which it tells in its errors."""
    return result._replace(stderr=re.sub(r"[0-9a-f]{64}", "ID", result.stderr))


def test_a_completed_pod_is_explained(entered: Entered) -> None:
    ours = argo_pods("exec", entered.name, "done", "--", "ls")
    theirs = run("kubectl", "exec", entered.pods["done"], "--", "ls")
    assert (ours.status, ours.stdout) == (1, "")
    assert ours.stderr.startswith(theirs.stderr.rstrip("\n"))


def test_what_the_explanation_proposes_works(entered: Entered) -> None:
    pod = entered.pods["done"]
    try:
        run("kubectl", "debug", pod, f"--copy-to={pod}-debug", "--container=main", "--", "sleep", "600")
        submission.kubectl("wait", f"pod/{pod}-debug", "--for=jsonpath={.status.phase}=Running", "--timeout=60s")
        assert run("kubectl", "exec", f"{pod}-debug", "-c", "main", "--", "echo", "out").stdout == "out\n"
    finally:
        submission.kubectl("delete", "pod", f"{pod}-debug", "--ignore-not-found", "--now")


def test_a_gibibyte_passes_into_a_container(entered: Entered) -> None:
    expected = hashlib.sha256()
    command = [*MEASURED, *PROGRAM, "exec", "-i", entered.name, "train", "--", "sha256sum"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin and process.stdout
    for _ in range(GIB // len(BLOCK)):
        expected.update(BLOCK)
        process.stdin.write(BLOCK)
    process.stdin.close()
    assert process.stdout.read().decode() == f"{expected.hexdigest()}  -\n"
    assert ended(process) == 0


def test_a_gibibyte_passes_out_of_a_container(entered: Entered) -> None:
    script = f"yes 0123456789abcde | head -c {GIB}"
    command = [*MEASURED, *PROGRAM, "exec", entered.name, "train", "--", "sh", "-c", script]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout
    found, expected, size = hashlib.sha256(), hashlib.sha256(), 0
    while part := process.stdout.read(1 << 20):
        found.update(part)
        size += len(part)
    for _ in range(GIB // len(BLOCK)):
        expected.update(b"0123456789abcde\n" * 65536)
    # All at once: where bytes are missing, it matters whether that was said.
    status, said = told(process)
    assert (size, found.hexdigest(), status) == (GIB, expected.hexdigest(), 0), said
    assert int(said) < MEMORY


def test_bytes_pass_both_ways_at_once(entered: Entered) -> None:
    sent = os.urandom(64 << 20)
    command = [*PROGRAM, "exec", "-i", entered.name, "train", "--", "cat"]
    done = subprocess.run(command, input=sent, capture_output=True, timeout=100)
    assert hashlib.sha256(done.stdout).digest() == hashlib.sha256(sent).digest()
    assert (done.returncode, done.stderr) == (0, b"")


def ended(process: subprocess.Popen[bytes]) -> int:
    """The status of a measured process that said nothing and needed no more memory than it may."""
    status, said = told(process)
    assert int(said) < MEMORY
    return status


def told(process: subprocess.Popen[bytes]) -> tuple[int, str]:
    """The status of a measured process, and what it said, which ends with its memory."""
    assert process.stderr
    said = process.stderr.read().decode()
    return process.wait(), said


@pytest.fixture
def session(entered: Entered) -> Iterator[Terminal]:
    """A shell in a container, at its prompt."""
    environment = {**os.environ, "TERM": "xterm-256color"}
    terminal = Terminal([*PROGRAM, "shell", entered.name, "train"], environment)
    terminal.wait_for(ends_with("/ #"))
    yield terminal
    terminal.child.close(force=True)


def test_a_session_shows_what_the_remote_terminal_shows(session: Terminal) -> None:
    session.type("echo $((20 + 22)) $TERM\r")
    session.wait_for(shows("42 xterm-256color"))
    session.type("exit 7\r")
    assert session.end() == 7
    # Above that, the shell introduces itself.
    assert session.lines()[-4:] == [
        "/ # echo $((20 + 22)) $TERM",
        "42 xterm-256color",
        "/ # exit 7",
        "command terminated with exit code 7",
    ]
    assert session.modes() == session.before


def test_a_session_has_the_terminals_size_and_its_changes(session: Terminal) -> None:
    session.type("stty size\r")
    session.wait_for(shows(f"{ROWS} {COLUMNS}"))
    session.child.setwinsize(20, 61)
    session.type("while [ \"$(stty size)\" != '20 61' ]; do :; done; echo chan''ged\r")
    session.wait_for(shows("changed"))


def test_ctrl_c_ends_the_program_there_and_not_the_session(session: Terminal) -> None:
    # Only while it runs a program, the shell leaves Ctrl-C to the terminal.
    session.type("echo be''gun; sleep 1000\r")
    session.wait_for(shows("begun"))
    session.type("\x03")
    session.wait_for(ends_with("/ #"))
    session.type("echo still $((1 + 1))\r")
    session.wait_for(shows("still 2"))


def test_a_full_screen_program_is_drawn_and_gone(session: Terminal) -> None:
    session.type("vi /tmp/new\r")
    session.wait_for(shows("- /tmp/new 1/1 100%"))
    session.type("isome text\x1b")
    session.wait_for(lambda lines: lines[0] == "some text")
    session.type(":q!\r")
    session.wait_for(ends_with("/ #"))


def test_a_server_that_restarts_ends_it_as_lost(entered: Entered, restart: Restart) -> None:
    command = [*PROGRAM, "exec", entered.name, "train", "--", "sh", "-c", "echo begun; sleep 600"]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout and process.stderr
        assert process.stdout.readline() == "begun\n"
        restart("kube-apiserver")
        where = f'container "main" of pod "{entered.pods["train"]}"'
        lost = f"error: the connection to {where} was lost before the command ended, which may still run there: "
        assert process.stderr.read().startswith(lost)
        assert process.wait() == 1


def test_a_server_that_restarts_gives_the_terminal_back(session: Terminal, restart: Restart) -> None:
    restart("kube-apiserver")
    assert session.end() == 1
    assert session.modes() == session.before


@pytest.fixture
def user(entered: Entered) -> Iterator[Callable[[str], tuple[str, ...]]]:
    """Makes a service account that may do what a command needs and no more; the flags that speak for it."""
    made: list[str] = []

    def make(command: str) -> tuple[str, ...]:
        name = f"{entered.name}-{command}"
        made.append(name)
        manifest = yaml.safe_load(roles(NEEDS[command], entered.namespace))
        manifest["metadata"]["name"] = name
        submission.kubectl("apply", "-f", "-", stdin=json.dumps(manifest))
        submission.kubectl("create", "serviceaccount", name)
        account = f"--serviceaccount={entered.namespace}:{name}"
        submission.kubectl("create", "rolebinding", name, f"--role={name}", account)
        return "--token", submission.kubectl("create", "token", name).strip()

    yield make
    for name in made:
        submission.kubectl("delete", f"serviceaccount/{name}", f"role/{name}", f"rolebinding/{name}")


@pytest.fixture
def nobodys_config(entered: Entered, tmp_path: Path) -> dict[str, str]:
    """A kubeconfig of the cluster without a user: who asks is said by flags."""
    config = yaml.safe_load(submission.kubectl("config", "view", "--raw", "--minify", "--flatten"))
    config["users"] = []
    config["contexts"][0]["context"].pop("user")
    path = tmp_path / "kubeconfig"
    path.write_text(json.dumps(config))
    return {"KUBECONFIG": str(path)}


@pytest.mark.parametrize("command", ["exec", "shell", "run"])
def test_the_least_role_is_enough(
    entered: Entered, user: Callable[[str], tuple[str, ...]], nobodys_config: dict[str, str], command: str
) -> None:
    flags = user(command)
    tails = {"exec": ("--", "echo", "out"), "shell": (), "run": ("--", "get", "pod", "{pod}", "-o", "name")}
    printed = {"exec": "out\n", "shell": "out\n", "run": f"pod/{entered.pods['train']}\n"}
    result = argo_pods(command, entered.name, "train", *flags, *tails[command], stdin="echo out", env=nobodys_config)
    assert result == Result(0, printed[command], "")


def test_someone_who_may_only_create_is_let_in_by_way_of_kubectl(
    entered: Entered, user: Callable[[str], tuple[str, ...]], nobodys_config: dict[str, str]
) -> None:
    flags = user("run")
    name = f"{entered.name}-run"
    rule = {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create"]}
    patch = json.dumps([{"op": "add", "path": "/rules/-", "value": rule}])
    submission.kubectl("patch", "role", name, "--type=json", "-p", patch)
    result = argo_pods("exec", "-i", entered.name, "train", *flags, "--", "cat", stdin="input", env=nobodys_config)
    assert result == Result(0, "input", "")
    words = ("exec", "-i", entered.name, "--all", "--fold", *flags, "--", "sh", "-c", "cat; echo; hostname; exit 3")
    every = argo_pods(*words, stdin="input", env=nobodys_config)
    pods = [(step, entered.pods[step]) for step in sorted(STEPS)]
    assert sorted(every.stdout.split("--- ")[1:]) == [f"{step}\ninput\n{pod}\n" for step, pod in pods]
    summary = "".join(f"  {step}: exit code 3\n" for step, _ in pods)
    assert (every.status, every.stderr) == (1, f"4 of 4 failed:\n{summary}")


def test_someone_who_may_not_is_told_what_a_role_lacks(
    entered: Entered, user: Callable[[str], tuple[str, ...]], nobodys_config: dict[str, str]
) -> None:
    flags = user("run")
    result = argo_pods("exec", entered.name, "train", *flags, "--", "ls", env=nobodys_config)
    assert (result.status, result.stdout) == (1, "")
    lacking = f'a Role in namespace "{entered.namespace}" has to grant {{apiGroups: [""], resources: [pods/exec]'
    assert lacking in result.stderr


def test_one_command_runs_in_all_pods(entered: Entered) -> None:
    result = argo_pods("exec", entered.name, "--all", "--", "hostname")
    expected = {f"[{step}] {entered.pods[step]}" for step in STEPS}
    assert (result.status, set(result.stdout.splitlines()), result.stderr) == (0, expected, "")
    folded = argo_pods("exec", entered.name, "--all", "--fold", "--", "sh", "-c", "echo same")
    assert folded == Result(0, "--- loop(0:a), loop(1:b), loop(2:c), train (4)\nsame\n", "")


def test_a_container_without_a_shell_is_explained(entered: Entered) -> None:
    result = argo_pods("shell", entered.name, "train", "-c", "wait")
    pod = entered.pods["train"]
    assert result == Result(
        1,
        "",
        f'error: container "wait" of pod "{pod}" has no shell: neither bash nor ash nor sh is in its image; '
        f"`kubectl debug {pod} -it --image=busybox --target=wait -- sh` starts one beside it\n",
    )


def test_a_dry_run_can_be_pasted(entered: Entered) -> None:
    printed = argo_pods("run", entered.name, "loop*", "--dry-run", "--", "get", "pod", "{pod}", "-o", "name").stdout
    pasted = run("sh", "-c", printed)
    assert pasted == Result(0, "".join(f"pod/{entered.pods[step]}\n" for step in STEPS[1:]), "")


def test_it_waits_for_a_pod_that_is_still_starting(entered: Entered) -> None:
    name = f"{entered.name}-new"
    submit(name)
    try:
        while "train" not in pods(name):
            Event().wait(0.1)
        result = argo_pods("exec", "-q", name, "train", "--", "echo", "out")
        assert result == Result(0, "out\n", "")
    finally:
        submission.kubectl("delete", "workflow", name)
