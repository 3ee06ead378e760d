"""kubectl commands with the pods of steps filled in."""

from __future__ import annotations

import base64
import json
import os
import shlex
import signal
import subprocess
from pathlib import Path

import pytest

from tests.cluster import Rule, SimulatedCluster
from tests.commands import running
from tests.conftest import PROGRAM, Result, Run
from tests.executables import executable

pytestmark = pytest.mark.usefixtures("deep")

NAMES = {
    step: running.of(running.manifests(), step)["metadata"]["name"]
    for step in ("fetch", "loop(0:a)", "loop(1:b)", "train")
}
# A kubectl that says how it was called, and what the kubeconfig that it got is like.
FAKE = """#!/bin/sh
printf '%s|' "$@"; echo
echo "$KUBECONFIG" > "$0.kubeconfig"
case "$KUBECONFIG" in /*kubectl-argo_pods-*) stat -c %a "$KUBECONFIG"; cat "$KUBECONFIG"; echo;; esac
case " $* " in *FAIL*) exit 3;; *WAIT*) exec sleep 60;; esac
"""


@pytest.fixture
def fake(tmp_path: Path) -> dict[str, str]:
    """An environment that names such a kubectl."""
    return {"KUBECTL_PATH": str(executable(tmp_path / "fake", FAKE))}


def test_the_real_kubectl_gets_what_was_filled_in(argo_pods: Run) -> None:
    result = argo_pods("run", "deep", "train", "--", "get", "pod", "{pod}", "-o", "jsonpath={.metadata.name}")
    assert result == Result(0, NAMES["train"], "")


def test_it_runs_once_for_each_pod(argo_pods: Run) -> None:
    result = argo_pods("deep", "run", "loop*", "--", "get", "pod", "{pod}", "-o", "name")
    assert result == Result(0, f"pod/{NAMES['loop(0:a)']}\npod/{NAMES['loop(1:b)']}\n", "")


def test_everything_can_be_filled_in(argo_pods: Run, fake: dict[str, str]) -> None:
    words = ("x", "{pod}", "{namespace}/{container}", "{node}@{host}", "{.other}", "{{.pod}}", "two words")
    result = argo_pods("run", "deep", "train", "--", *words, env=fake)
    filled = ("x", "--namespace=argo", NAMES["train"], "argo/main", "train@host-1", "{.other}", "{{.pod}}", "two words")
    assert result == Result(0, "".join(f"{word}|" for word in filled) + "\n", "")


def test_braces_of_templates_and_of_the_containers_program_stay(argo_pods: Run, fake: dict[str, str]) -> None:
    words = ("exec", "{pod}", "-o", "jsonpath={range .items[*]}{.x}{end}", "{{end}}", "--", "awk", "{print}", "{node}")
    result = argo_pods("run", "deep", "train", "--", *words, env=fake)
    filled = ("exec", "--namespace=argo", NAMES["train"], *words[2:8], "train")
    assert result == Result(0, "".join(f"{word}|" for word in filled) + "\n", "")


def test_the_first_failure_is_the_status_and_the_others_run(argo_pods: Run, fake: dict[str, str]) -> None:
    result = argo_pods("run", "deep", "loop*", "--", "x", "{pod}", "FAIL", env=fake)
    assert (result.status, len(result.stdout.splitlines())) == (3, 2)


def test_a_dry_run_prints_what_one_can_paste(argo_pods: Run, deep: SimulatedCluster, fake: dict[str, str]) -> None:
    deep.access.add_user("me", Rule(("*",), "*"))
    flags = ("--context", "simulated", "--as", "me", "--as-group", "a b", "--request-timeout", "5s", "-v5")
    words = ("annotate", "pod", "{pod}", "note=it's {node}", "--", "x")
    result = argo_pods("run", "deep", "train", "--dry-run", *flags, "--", *words, env=fake)
    expected = ["kubectl", "annotate", "--namespace=argo", "--context=simulated", "--as=me", "--as-group=a b"]
    expected += ["--request-timeout=5s", "--v=5", "pod", NAMES["train"], "note=it's train", "--", "x"]
    assert (result.status, shlex.split(result.stdout), result.stderr) == (0, expected, "")
    assert len(result.stdout.splitlines()) == 1


def test_a_dry_run_tells_no_secret(argo_pods: Run, deep: SimulatedCluster) -> None:
    token = deep.access.add_user("me", Rule(("*",), "*"), token="s3cret")
    result = argo_pods("run", "deep", "train", "--dry-run", "--token", token, "--", "get", "pod", "{pod}")
    assert result == Result(0, f"kubectl get --namespace=argo --token=REDACTED pod {NAMES['train']}\n", "")


def test_a_secret_reaches_kubectl_by_a_file_of_its_owner_alone_that_is_gone_afterwards(
    argo_pods: Run, deep: SimulatedCluster, fake: dict[str, str]
) -> None:
    token = deep.access.add_user("me", Rule(("*",), "*"), token="s3cret")
    flags = ("--token", token, "--request-timeout", "9s")
    result = argo_pods("run", "deep", "train", *flags, "--", "x", "{pod}", env=fake)
    words, mode, config = result.stdout.splitlines()
    assert (result.status, words, mode) == (0, f"x|--namespace=argo|--request-timeout=9s|{NAMES['train']}|", "600")
    assert json.loads(config)["users"][0]["user"] == {"token": "s3cret"}
    assert json.loads(config)["contexts"][0]["context"]["namespace"] == "argo"
    assert not os.path.exists(Path(f"{fake['KUBECTL_PATH']}.kubeconfig").read_text().strip())


def test_a_password_in_the_url_of_the_server_goes_the_same_way(
    argo_pods: Run, deep: SimulatedCluster, fake: dict[str, str]
) -> None:
    deep.access.add_user("me", Rule(("*",), "*"), token=base64.b64encode(b"me:s3cret").decode())
    server = deep.url.replace("https://", "https://me:s3cret@")
    words = ("run", "deep", "train", "--server", server, "--", "x", "{pod}")
    dry = argo_pods(*words[:3], "--dry-run", *words[3:])
    told = deep.url.replace("https://", "https://***@")
    assert dry == Result(0, f"kubectl x --namespace=argo '--server={told}' {NAMES['train']}\n", "")
    given, _, config = argo_pods(*words, env=fake).stdout.splitlines()
    assert given == f"x|--namespace=argo|{NAMES['train']}|"
    assert json.loads(config)["users"][0]["user"] == {"username": "me", "password": "s3cret"}
    assert json.loads(config)["clusters"][0]["cluster"]["server"] == deep.url


def test_the_real_kubectl_accepts_that_file(argo_pods: Run, deep: SimulatedCluster) -> None:
    token = deep.access.add_user("me", Rule(("*",), "*"), token="s3cret")
    result = argo_pods("run", "deep", "train", "--token", token, "--", "get", "pod", "{pod}", "-o", "name")
    assert result == Result(0, f"pod/{NAMES['train']}\n", "")
    assert "s3cret" in {request.headers.get("authorization", "").removeprefix("Bearer ") for request in deep.journal}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT], ids=lambda each: each.name)
def test_the_file_is_gone_after_a_signal_too(
    clean_environment: dict[str, str], deep: SimulatedCluster, fake: dict[str, str], number: signal.Signals
) -> None:
    token = deep.access.add_user("me", Rule(("*",), "*"), token="s3cret")
    command = [*PROGRAM, "run", "deep", "train", "--token", token, "--", "x", "{pod}", "WAIT"]
    with subprocess.Popen(
        command, env=clean_environment | fake, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout
        assert len([process.stdout.readline() for _ in range(3)]) == 3
        # As a terminal does it: to all of the job.
        os.killpg(process.pid, number)
        status = process.wait(20)
    assert status in (-number, 128 + number)
    assert not os.path.exists(Path(f"{fake['KUBECTL_PATH']}.kubeconfig").read_text().strip())


def test_kubectl_ignores_the_interrupts_that_we_have_to_ignore(
    clean_environment: dict[str, str], tmp_path: Path
) -> None:
    # A shell traps no signal that was ignored when it began.
    path = executable(tmp_path / "interrupted", "#!/bin/sh\ntrap 'echo heard' INT\nkill -INT $$\necho ended\n")
    command = ["sh", "-c", 'trap "" INT; exec "$@"', "sh", *PROGRAM, "run", "deep", "train", "--", "x", "{pod}"]
    environment = clean_environment | {"KUBECTL_PATH": str(path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert Result(done.returncode, done.stdout, done.stderr) == Result(0, "ended\n", "")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP], ids=lambda each: each.name)
def test_who_ends_us_alone_ends_kubectl_too(
    clean_environment: dict[str, str], fake: dict[str, str], number: signal.Signals
) -> None:
    command = [*PROGRAM, "run", "deep", "train", "--", "x", "{pod}", "WAIT"]
    with subprocess.Popen(command, env=clean_environment | fake, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        process.stdout.readline()
        process.send_signal(number)
        # Its end comes when nobody holds the other end any more.
        assert process.stdout.read() == ""
        assert process.wait() == -number


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        pytest.param(
            ("run", "deep", "train"),
            2,
            "a kubectl command is needed behind --, with {pod}, {namespace}, {container}, {node} or {host} in it",
            id="nothing to run",
        ),
        pytest.param(
            ("run", "deep", "train", "--", "annotate", "pod", "{pod}", "step={nod}"),
            2,
            '"{nod}" stands for nothing; there are {pod}, {namespace}, {container}, {node} or {host}; '
            'did you mean "node"?',
            id="a placeholder mistyped",
        ),
        pytest.param(
            ("run", "deep", "train", "--dry-run", "--", "get", "pods", "-n", "{ns}"),
            2,
            '"{ns}" stands for nothing; there are {pod}, {namespace}, {container}, {node} or {host}',
            id="a placeholder that there is not",
        ),
        pytest.param(
            ("run", "-l", "a=b", "--", "x", "{pod}"),
            2,
            "a WORKFLOW is needed, and the NODEs whose pods are meant; or --workflow-selector",
            id="no workflow",
        ),
        pytest.param(
            ("run", "deep", "late", "--", "x", "{pod}"),
            1,
            'no pod that is meant exists in namespace "argo"',
            id="no pod",
        ),
    ],
)
def test_what_cannot_be_done_is_said(argo_pods: Run, words: tuple[str, ...], status: int, sentence: str) -> None:
    assert argo_pods(*words) == Result(status, "", f"error: {sentence}\n")


def test_without_kubectl_it_says_so(argo_pods: Run, tmp_path: Path) -> None:
    result = argo_pods("run", "deep", "train", "--", "x", "{pod}", env={"PATH": str(tmp_path)})
    assert result == Result(1, "", "error: kubectl is not on PATH; install it, or name it with KUBECTL_PATH\n")


def test_a_kubectl_that_cannot_be_run_is_told(argo_pods: Run, tmp_path: Path) -> None:
    result = argo_pods("run", "deep", "train", "--", "x", "{pod}", env={"KUBECTL_PATH": str(tmp_path / "no")})
    sentence = f"error: {tmp_path}/no cannot be run: No such file or directory; name another with KUBECTL_PATH\n"
    assert result == Result(1, "", sentence)


def test_no_terminal_obeys_what_a_server_says(argo_pods: Run, deep: SimulatedCluster) -> None:
    deep.faults.answer(403, "/pods", message="pods \x1b[2J are not yours")
    result = argo_pods("run", "deep", "train", "--dry-run", "--", "describe", "pod", "{pod}")
    assert "are not yours" in result.stderr and "\x1b" not in result.stderr
