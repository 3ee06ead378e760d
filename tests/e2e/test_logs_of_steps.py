"""`kubectl argo-pods logs` on a real cluster, beside `kubectl logs`, from the first line to the archive."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

import pytest

from tests.conftest import PROGRAM, Result
from tests.e2e import submission
from tests.e2e.conftest import Restart
from tests.e2e.gate import Gate, gate_to
from tests.e2e.submission import kubectl

pytestmark = pytest.mark.timeout(300)
Manifest = dict[str, Any]
ALL = [
    "[flaky(0)] attempt 0",
    "[flaky(1)] attempt 1",
    "[hello] hello",
    "[hello] no newline",
    "[one] i am one",
    "[two] i am two",
]


def unborn(prefix: str) -> Iterator[str]:
    """The name of a workflow that does not exist yet, nor any more in the end."""
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    name = f"{prefix}-{random.randrange(10**5)}"
    yield name
    kubectl("delete", "workflow", name, "--ignore-not-found", "--wait=false")


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    """The name of a workflow with a sidecar, a retry and a containerSet, which does not exist yet."""
    yield from unborn("logs-of-steps")


def workflow(name: str) -> Manifest:
    image = os.environ.get("E2E_IMAGE", submission.LOADED)

    def container(script: str, **fields: Any) -> Manifest:
        return {"image": image, "command": ["sh", "-c", script], **fields}

    tasks = [{"name": each, "template": each} for each in ("hello", "flaky", "set")]
    members = [container("echo i am one", name="one"), container("echo i am two", name="two", dependencies=["one"])]
    templates = [
        {"name": "main", "dag": {"tasks": tasks}},
        {
            "name": "hello",
            "container": container("echo hello; sleep 1; printf 'no newline'"),
            "sidecars": [container("echo side; sleep 60", name="side")],
        },
        {
            "name": "flaky",
            "retryStrategy": {"limit": 2},
            "container": container("echo attempt {{retries}}; exit $((1 - {{retries}}))"),
        },
        {"name": "set", "containerSet": {"containers": members}},
    ]
    kind = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}}
    return kind | {"spec": {"entrypoint": "main", "templates": templates}}


def logs(*arguments: str, **environment: str) -> Result:
    command = [*PROGRAM, "logs", *arguments]
    done = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, timeout=200)
    return Result(done.returncode, done.stdout, done.stderr)


def server() -> list[str]:
    return ["--secure=false", "-s", os.environ["E2E_ARGO_SERVER"]]


@pytest.fixture(scope="module")
def followed(name: str) -> Result:
    """What following the whole workflow printed, from before it existed to its end."""
    command = [*PROGRAM, "logs", name, "-f", "--wait", "--exit-status"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stderr
    waiting = process.stderr.readline()
    assert "(waiting for it)" in waiting
    kubectl("create", "-f", "-", stdin=json.dumps(workflow(name)))
    stdout, stderr = process.communicate(timeout=200)
    return Result(process.returncode, stdout, stderr)


def test_a_workflow_is_followed_from_before_it_exists_to_its_end(followed: Result) -> None:
    lines = [line for line in followed.stdout.splitlines() if "Error: exit status" not in line]
    # A busy controller takes a moment to begin.
    notices = [line for line in followed.stderr.splitlines() if not line.endswith("(waiting for them)")]
    assert (followed.status, notices, sorted(lines)) == (0, [], ALL)


@pytest.mark.usefixtures("followed")
@pytest.mark.parametrize(
    ("step", "container"),
    [("hello", "main"), ("hello", "side"), ("hello", "wait"), ("flaky(0)", "main"), ("two", "two"), ("set", "init")],
)
def test_a_log_is_byte_for_byte_that_of_kubectl(name: str, step: str, container: str) -> None:
    pods = json.loads(subprocess.run([*PROGRAM, name, step, "-o", "json"], capture_output=True, check=True).stdout)
    pod = pods["items"][0]["metadata"]["name"]
    for options in (["--tail=2"], ["--timestamps"], ["--limit-bytes=20"], ["--since=1h"], []):
        theirs = kubectl("logs", pod, "-c", container, *options)
        assert logs(name, step, "-c", container, "--show-argo-lines", *options) == Result(0, theirs, "")


@pytest.mark.usefixtures("followed")
def test_the_argo_server_alone_shows_the_same(name: str) -> None:
    flags = [*server(), "-n", submission.namespace()]
    ours = logs(name, "hello", "-t").stdout
    alone = logs(name, "hello", "-t", "--logs-from", "pod", *flags, KUBECONFIG="/dev/null")
    assert (alone.status, alone.stdout.rstrip("\n")) == (0, ours)


@pytest.mark.usefixtures("followed")
def test_when_pods_and_workflow_are_gone_the_archive_has_the_logs(name: str) -> None:
    submission_done = f"workflows.argoproj.io/workflow={name}"
    kubectl("delete", "pods", "-l", submission_done, "--wait=true")
    without = logs(name)
    assert (without.status, without.stdout) == (1, "")
    assert "its log is archived: name the Argo Server with -s to read it" in without.stderr
    for gone in (False, True):
        if gone:
            kubectl("delete", "workflow", name, "--wait=true")
        found = logs(name, *server())
        assert (found.status, sorted(found.stdout.splitlines())) == (0, ALL)
        assert found.stderr.startswith("archived logs, without times: ")


def counting(name: str, to: int) -> Manifest:
    """A workflow whose only step counts, some 100 lines a second."""
    script = f"i=0; while [ $i -lt {to} ]; do echo $i; i=$((i + 1)); usleep 8000; done"
    made = workflow(name)
    image = os.environ.get("E2E_IMAGE", submission.LOADED)
    count = {"name": "count", "container": {"image": image, "command": ["sh", "-c", script]}}
    dag = {"name": "main", "dag": {"tasks": [{"name": "count", "template": "count"}]}}
    return made | {"spec": {"entrypoint": "main", "templates": [dag, count]}}


@pytest.fixture
def counts() -> Iterator[str]:
    yield from unborn("logs-count")


@pytest.fixture
def gate() -> Iterator[Gate]:
    server = kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}")
    with gate_to(server) as gate:
        yield gate


def follow(name: str, *options: str) -> subprocess.Popen[str]:
    command = [*PROGRAM, "logs", name, "count", "-f", "--wait", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_command_prints_every_line_once_though_the_api_server_is_restarted(counts: str, restart: Restart) -> None:
    kubectl("create", "-f", "-", stdin=json.dumps(counting(counts, 3000)))
    process = follow(counts, "--exit-status")
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(100)]
    restarting = Thread(target=restart, args=("kube-apiserver",))
    restarting.start()
    stdout, stderr = process.communicate(timeout=200)
    restarting.join()
    assert "".join(lines) + stdout == "".join(f"{number}\n" for number in range(3000))
    assert (process.returncode, "1 of 1 log is complete, 1 resumed" in stderr) == (0, True)


def phases(name: str) -> dict[str, str]:
    """The phases of the nodes of a workflow, by their types."""
    nodes = json.loads(kubectl("get", "workflow", name, "-o", "json"))["status"]["nodes"]
    return {node["type"]: node["phase"] for node in nodes.values()}


def delete_while_it_is_read(process: subprocess.Popen[str], name: str, gate: Gate) -> list[str]:
    """Deletes the pod while the connection is cut, waits until Argo has taken notice, and lets it go on."""
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(200)]
    # A pod that is deleted before Argo has seen it run is made anew.
    while phases(name).get("Pod") != "Running":
        Event().wait(0.5)
    gate.shut()
    kubectl("delete", "pod", "-l", f"workflows.argoproj.io/workflow={name}", "--wait=true")
    is_done = "jsonpath={.status.phase}"
    number = 0
    # Argo looks at a pod that is missing only when its workflow changes.
    while kubectl("get", "workflow", name, "-o", is_done) == "Running":
        number += 1
        kubectl("annotate", "--overwrite", "workflow", name, f"argo-pods-e2e={number}")
        Event().wait(2)
    gate.open()
    return lines


def test_a_pod_that_is_deleted_ends_the_follow_of_its_step_though_argo_has_not_noticed(counts: str) -> None:
    kubectl("create", "-f", "-", stdin=json.dumps(counting(counts, 100000)))
    process = follow(counts)
    assert process.stdout
    lines = [process.stdout.readline() for _ in range(200)]
    while phases(counts).get("Pod") != "Running":
        Event().wait(0.5)
    kubectl("delete", "pod", "-l", f"workflows.argoproj.io/workflow={counts}", "--wait=true")
    stdout, stderr = process.communicate(timeout=60)
    numbers = [int(line) for line in ("".join(lines) + stdout).splitlines() if line.strip().isdecimal()]
    assert numbers == list(range(len(numbers)))
    assert (process.returncode, "was deleted" in stderr) == (0, True)


def test_a_pod_that_is_deleted_while_its_stream_is_broken_leaves_the_rest_to_the_archive(
    counts: str, gate: Gate
) -> None:
    kubectl("create", "-f", "-", stdin=json.dumps(counting(counts, 100000)))
    process = follow(counts, *server(), "--server", gate.url)
    lines = delete_while_it_is_read(process, counts, gate)
    stdout, stderr = process.communicate(timeout=100)
    numbers = [int(line) for line in ("".join(lines) + stdout).splitlines()]
    whole = logs(counts, "count", "--logs-from", "archive", *server()).stdout
    assert numbers == list(range(len(numbers))) and len(numbers) > 200
    assert whole.splitlines()[: len(numbers)] == [str(number) for number in numbers]
    assert len(numbers) == len(whole.splitlines())
    assert (process.returncode, "the rest of the log of pod" in stderr, "was deleted" in stderr) == (0, True, True)


def test_a_pod_that_is_deleted_while_its_stream_is_broken_is_incomplete_without_an_archive(
    counts: str, gate: Gate
) -> None:
    kubectl("create", "-f", "-", stdin=json.dumps(counting(counts, 100000)))
    process = follow(counts, "--server", gate.url)
    lines = delete_while_it_is_read(process, counts, gate)
    stdout, stderr = process.communicate(timeout=100)
    numbers = [int(line) for line in ("".join(lines) + stdout).splitlines()]
    assert numbers == list(range(len(numbers)))
    assert (process.returncode, "0 of 1 log is complete, 1 with gaps" in stderr) == (3, True)
