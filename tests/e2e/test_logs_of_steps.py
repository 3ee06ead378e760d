"""`kubectl argo-pods logs` on a real cluster, beside `kubectl logs`, from the first line to the archive."""

from __future__ import annotations

import json
import os
import random
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import PROGRAM, Result
from tests.e2e import submission
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


@pytest.fixture(scope="module")
def name() -> Iterator[str]:
    """The name of a workflow with a sidecar, a retry and a containerSet, which does not exist yet."""
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    name = f"logs-of-steps-{random.randrange(10**5)}"
    yield name
    kubectl("delete", "workflow", name, "--ignore-not-found", "--wait=false")


def workflow(name: str) -> Manifest:
    image = os.environ.get("E2E_IMAGE", submission.LOADED)

    def container(script: str, **fields: Any) -> Manifest:
        return {"image": image, "command": ["sh", "-c", script], **fields}

    tasks = [{"name": each, "template": each} for each in ("hello", "flaky", "set")]
    members = [container(f"echo i am {each}", name=each) for each in ("one", "two")]
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
    assert (followed.status, followed.stderr, sorted(lines)) == (0, "", ALL)


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
