"""Who may execute commands, and who has to ask another way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kubectl_argo_pods.permissions import NEEDS
from tests.cluster import Rule, SimulatedCluster
from tests.cluster.server import write_kubeconfig
from tests.commands import running
from tests.conftest import Result, Run
from tests.executables import executable

pytestmark = pytest.mark.usefixtures("deep")

POD = running.of(running.manifests(), "train")["metadata"]["name"]
FIND = (Rule(("get",), "workflows"), Rule(("get", "list"), "pods"))


@pytest.fixture
def fake(tmp_path: Path) -> dict[str, str]:
    """A kubectl that says how it was called, reads its input, and ends with 7."""
    return {"KUBECTL_PATH": str(executable(tmp_path / "fake", "#!/bin/sh\nprintf '%s|' \"$@\"; echo; cat; exit 7\n"))}


@pytest.mark.parametrize("command", ["exec", "shell"])
def test_the_least_role_is_enough(argo_pods: Run, deep: SimulatedCluster, command: str) -> None:
    rules = [Rule((need.verb,), need.resource, "argo") for need in NEEDS[command]]
    token = deep.access.add_user("dev", *rules)
    tail = ("--", "echo", "out") if command == "exec" else ()
    result = argo_pods(command, "deep", "train", "--token", token, *tail, stdin="echo out")
    assert result == Result(0, "out\n", "")


def test_someone_who_may_neither_get_nor_create_is_told_what_a_role_lacks(
    argo_pods: Run, deep: SimulatedCluster, fake: dict[str, str]
) -> None:
    token = deep.access.add_user("dev", *FIND)
    result = argo_pods("exec", "deep", "train", "--token", token, "--", "ls", env=fake)
    assert result == Result(
        1,
        "",
        f'error: pods "{POD}" is forbidden: User "dev" cannot get resource "pods/exec" in API group "" in the '
        'namespace "argo": a Role in namespace "argo" has to grant {apiGroups: [""], resources: [pods/exec], '
        "verbs: [get, create]}\n",
    )


def test_someone_who_may_only_create_is_handed_over_to_kubectl(
    argo_pods: Run, deep: SimulatedCluster, fake: dict[str, str]
) -> None:
    token = deep.access.add_user("dev", *FIND, Rule(("create",), "pods/exec"))
    words = ("exec", "-i", "deep", "train", "--token", token, "--", "sh", "-c", "a b")
    handed = f"exec|--namespace=argo|{POD}|--container=main|--stdin|--|sh|-c|a b|\n"
    assert argo_pods(*words, env=fake, stdin="input") == Result(7, f"{handed}input", "")


def test_a_server_without_websockets_is_left_to_kubectl(
    argo_pods: Run, deep: SimulatedCluster, fake: dict[str, str]
) -> None:
    deep.exec.protocols = ()
    handed = f"exec|--namespace=argo|--context=simulated|{POD}|--container=main|--|ls|\n"
    result = argo_pods("exec", "deep", "train", "--context", "simulated", "--", "ls", env=fake)
    assert result == Result(7, handed, "")


def test_the_time_limit_holds_for_kubectl_too(argo_pods: Run, deep: SimulatedCluster, tmp_path: Path) -> None:
    deep.exec.protocols = ()
    path = executable(tmp_path / "slow", "#!/bin/sh\nexec sleep 60\n")
    result = argo_pods("exec", "deep", "train", "--timeout", "1s", "--", "ls", env={"KUBECTL_PATH": str(path)})
    sentence = "error: the command did not end in time; it may still be running in the container\n"
    assert result == Result(124, "", sentence)


def test_a_proxy_that_knows_no_websockets_is_left_to_kubectl(
    argo_pods: Run, deep: SimulatedCluster, fake: dict[str, str]
) -> None:
    deep.faults.answer_with(b"<html>", "text/html", f"{POD}/exec", code=400)
    assert argo_pods("exec", "deep", "train", "--", "ls", env=fake).status == 7


@pytest.mark.parametrize("code", [404, 500, 503])
def test_what_the_server_says_of_the_pod_is_not_asked_again(
    argo_pods: Run, deep: SimulatedCluster, fake: dict[str, str], code: int
) -> None:
    deep.faults.answer(code, f"{POD}/exec", message="so it is")
    result = argo_pods("exec", "deep", "train", "--", "ls", env=fake)
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr.endswith("so it is\n")


def test_a_token_that_has_expired_is_renewed_once(argo_pods: Run, deep: SimulatedCluster, tmp_path: Path) -> None:
    """The plugin gives a token that is good for all but the websocket, and a good one when asked again."""
    deep.access.add_user("dev", Rule(("*",), "*"), token="first")
    deep.access.add_user("dev", Rule(("*",), "*"), token="second")
    credential = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential"}
    plugin = tmp_path / "plugin"
    first, second = (json.dumps(credential | {"status": {"token": each}}) for each in ("first", "second"))
    plugin.write_text(
        f"#!/bin/sh\nif mkdir {tmp_path}/asked 2>/dev/null; then echo '{first}'; else echo '{second}'; fi\n"
    )
    plugin.chmod(0o755)
    user = {"exec": {"apiVersion": credential["apiVersion"], "command": str(plugin), "interactiveMode": "Never"}}
    cluster = {"server": deep.url, "certificate-authority": str(deep.ca_file(tmp_path))}
    config = write_kubeconfig(tmp_path / "plugged", cluster, user, "argo")
    deep.faults.answer(401, f"{POD}/exec", message="expired")
    result = argo_pods("exec", "deep", "train", "--", "echo", "out", env={"KUBECONFIG": str(config)})
    assert result == Result(0, "out\n", "")
    tokens = [each.headers["authorization"] for each in deep.journal if each.path.endswith("/exec")]
    assert tokens == ["Bearer first", "Bearer second"]
