"""Users with exactly the rights that each command needs, on a real cluster and its Argo Server."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import threading
import time
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import randrange
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import yaml

from kubectl_argo_pods.permissions import NEEDS, Need, roles
from tests.conftest import PROGRAM, Result
from tests.e2e.submission import LOADED, kubectl, namespace

PROXY = Need("get", "services/proxy", names=("http:argo-server:2746",))
SERVICE = ("-s", "service/argo/argo-server", "--secure=false")


class Ground(NamedTuple):
    """A namespace of a real cluster with a workflow that is done and one that is at work."""

    namespace: str
    done: str
    busy: str
    folder: Path

    def run(self, token: str, *args: str, **environ: str) -> Result:
        done = subprocess.run(
            [*PROGRAM, *args],
            env=self.environment(token) | environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        return Result(done.returncode, done.stdout, done.stderr)

    def environment(self, token: str, server: str = "") -> dict[str, str]:
        config = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
        config["users"][0]["user"] = {"token": token}
        config["contexts"][0]["context"]["namespace"] = self.namespace
        cluster = config["clusters"][0]["cluster"]
        if server:
            name = urlsplit(cluster["server"]).hostname
            config["clusters"][0]["cluster"] = cluster | {"server": server, "tls-server-name": name}
        path = self.folder / "config"
        path.write_text(yaml.safe_dump(config))
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "KUBECONFIG": str(path)}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    suffix = f"{randrange(10**5)}"
    made = Ground(namespace(), f"permitted-{suffix}", f"permitted-busy-{suffix}", tmp_path_factory.mktemp("ground"))
    workflows = [_workflow(made.done, ["true"]), _workflow(made.busy, ["sh", "-c", "echo at work; sleep 600"])]
    kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": workflows}))
    try:
        kubectl("wait", "workflow", made.done, "--for=condition=Completed", "--timeout=120s")
        kubectl("wait", "pod", made.busy, "--for=condition=Ready", "--timeout=120s")
        yield made
    finally:
        kubectl("delete", "workflow", made.done, made.busy, "--wait=false")


def _workflow(name: str, command: list[str]) -> dict[str, Any]:
    template = {"name": "main", "container": {"image": os.environ.get("E2E_IMAGE", LOADED), "command": command}}
    spec = {"entrypoint": "main", "templates": [template]}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}, "spec": spec}


@contextmanager
def user(ground: Ground, *needs: Need) -> Iterator[str]:
    """The token of a service account with the role that is printed for these needs, and no other right."""
    name = f"argo-pods-e2e-{randrange(10**6)}"
    kubectl("create", "serviceaccount", name)
    try:
        if needs:
            role = roles(needs, ground.namespace).replace("name: argo-pods,", f"name: {name},")
            kubectl("apply", "-f", "-", stdin=role)
            account = f"{ground.namespace}:{name}"
            kubectl("create", "rolebinding", name, "--role", name, "--serviceaccount", account)
            _wait_for(f"system:serviceaccount:{account}", needs[-1])
        yield kubectl("create", "token", name).strip()
    finally:
        kubectl("delete", "serviceaccount,role,rolebinding", name, "--ignore-not-found")


def _wait_for(account: str, need: Need) -> None:
    """Rules are not known to the API server at once."""
    what = f"{need.qualified}/{need.names[0]}" if need.names else need.qualified
    if "/" in need.resource:
        resource, subresource = need.resource.split("/")
        what = f"{resource}/{need.names[0]}" if need.names else resource
        may = ["auth", "can-i", need.verb, what, f"--subresource={subresource}", "--as", account]
    else:
        may = ["auth", "can-i", need.verb, what, "--as", account]
    for _ in range(100):
        if subprocess.run(["kubectl", *may], capture_output=True).returncode == 0:
            return
        time.sleep(0.1)
    raise AssertionError(f"{account} may still not {need.verb} {need.qualified}")


USES = {
    "list": ("DONE", "@latest", "permitted-*", "DONE -w", ""),
    "logs": ("logs DONE", "logs permitted-* --tail 1", "logs DONE -f", "logs pod/DONE"),
    "exec": ("exec BUSY -- true",),
    "run": ("run DONE -- get pod {pod}",),
    "shell": ("shell BUSY -- ",),
}


@pytest.mark.parametrize("command", NEEDS)
def test_the_least_role_is_enough_for_all_that_a_command_does(ground: Ground, command: str) -> None:
    with user(ground, *NEEDS[command]) as token:
        assert ground.run(token, "auth", "check", command).status == 0
        for use in USES[command]:
            result = ground.run(token, *use.replace("DONE", ground.done).replace("BUSY", ground.busy).split())
            assert (result.status, result.stderr) == (0, ""), use


@pytest.mark.parametrize(("command", "left_out"), [(name, need) for name in NEEDS for need in NEEDS[name]])
def test_a_role_that_lacks_one_rule_is_told_which(ground: Ground, command: str, left_out: Need) -> None:
    with user(ground, *(need for need in NEEDS[command] if need != left_out)) as token:
        result = ground.run(token, "auth", "check", command)
    assert (result.status, result.stdout.partition("as a role:\n\n")[2]) == (1, roles([left_out], ground.namespace))


def test_a_refusal_names_the_rule_to_add(ground: Ground) -> None:
    with user(ground) as token:
        result = ground.run(token, ground.done)
    (sentence,) = result.stderr.splitlines()
    assert sentence.startswith(
        f'error: workflows.argoproj.io "{ground.done}" is forbidden: User "system:serviceaccount:'
    )
    assert sentence.endswith(
        f'in the namespace "{ground.namespace}": a Role in namespace "{ground.namespace}" has to grant '
        "{apiGroups: [argoproj.io], resources: [workflows], verbs: [get]}"
    )


def test_who_one_is_comes_from_the_server(ground: Ground) -> None:
    with user(ground) as token:
        result = ground.run(token, "auth", "whoami")
    assert f"Username      system:serviceaccount:{ground.namespace}:argo-pods-e2e-" in result.stdout
    assert "Credentials   bearer token\n" in result.stdout
    assert token not in result.stdout


def test_the_service_proxy_passes_on_who_asks(ground: Ground) -> None:
    with user(ground, *NEEDS["list"], PROXY) as token:
        through = ground.run(token, ground.done, *SERVICE)
        assert through == ground.run(token, ground.done)
        assert (through.status, through.stderr) == (0, "")
        assert ground.run(token, ground.done, *SERVICE, "-w").status == 0
        assert ground.run(token, "auth", "check", "list", *SERVICE).status == 0


def test_a_forwarded_port_is_the_way_for_those_who_may_not_use_the_proxy(ground: Ground) -> None:
    forward = (Need("get", "services"), Need("get", "pods/portforward"), Need("create", "pods/portforward"))
    with user(ground, *NEEDS["list"], *forward) as token:
        assert ground.run(token, "auth", "check", "list", *SERVICE).status == 1
        forwarded = ground.run(token, ground.done, *SERVICE)
        assert forwarded == ground.run(token, ground.done)
        assert (forwarded.status, forwarded.stderr) == (0, "")
        assert ground.run(token, ground.done, *SERVICE, "-w").status == 0


def test_the_argo_server_decides_by_the_rights_of_who_asks_or_by_its_own(ground: Ground) -> None:
    with user(ground, PROXY) as token:
        # In client mode these are the caller's, in server mode, without a token, those of the server.
        refused = ground.run(token, ground.done, *SERVICE, "-o", "name", "--gone")
        allowed = ground.run(token, ground.done, *SERVICE, "-o", "name", "--gone", ARGO_TOKEN="")
    assert (refused.status, "cannot get resource" in refused.stderr) == (1, True)
    assert "a Role in namespace" in refused.stderr
    assert (allowed.status, allowed.stdout) == (0, f"pod/{ground.done}\n")
    assert allowed.stderr.startswith(f'cannot list pods in namespace "{ground.namespace}"')


@pytest.mark.parametrize("mode", ["client", "server"])
def test_an_argo_server_is_asked_directly(ground: Ground, mode: str) -> None:
    server = ("-s", os.environ["E2E_ARGO_SERVER"], "--secure=false")
    environ = {} if mode == "client" else {"ARGO_TOKEN": ""}
    with user(ground, *NEEDS["list"]) as token:
        assert ground.run(token, ground.done, *server, **environ) == ground.run(token, ground.done)
        assert ground.run(token, "auth", "whoami", *server, **environ).status == 0


def test_an_argo_server_that_does_not_know_the_token_says_so(ground: Ground) -> None:
    server = ("-s", os.environ["E2E_ARGO_SERVER"], "--secure=false")
    with user(ground, *NEEDS["list"]) as token:
        result = ground.run(token, ground.done, *server, ARGO_TOKEN="Bearer nonsense")
    assert result == Result(
        1,
        "",
        f"error: the Argo Server at http://{os.environ['E2E_ARGO_SERVER']} does not accept the credentials "
        '(Unauthorized); set ARGO_TOKEN to "Bearer TOKEN" (`argo auth token` prints one), or check the user of the '
        "kubeconfig\n",
    )


class Relay:
    """Connections to a server, which can all be cut."""

    def __init__(self, host: str, port: int) -> None:
        self._to = host, port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        for each in list(self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def close(self) -> None:
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._to)
                self._open += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=_pump, args=pair, daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while chunk := source.recv(65536):
            target.sendall(chunk)
        target.shutdown(socket.SHUT_RDWR)


@contextmanager
def relayed() -> Iterator[Relay]:
    server = urlsplit(kubectl("config", "view", "--minify", "-o", "jsonpath={.clusters[0].cluster.server}"))
    relay = Relay(server.hostname or "", server.port or 443)
    try:
        yield relay
    finally:
        relay.close()


@contextmanager
def started(environment: dict[str, str], *args: str) -> Iterator[subprocess.Popen[str]]:
    """The program at work, until the end of the block at the latest."""
    pipe = subprocess.PIPE
    with subprocess.Popen([*PROGRAM, *args], env=environment, stdout=pipe, stderr=pipe, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.parametrize(("command", "first"), [("list", "STEP"), ("logs", "at work")])
def test_what_is_followed_ends_with_a_word_when_its_user_is_deleted(ground: Ground, command: str, first: str) -> None:
    words = [ground.busy, "-w"] if command == "list" else ["logs", ground.busy, "-f", "--prefix=never"]
    with (
        relayed() as relay,
        user(ground, *NEEDS[command]) as token,
        started(ground.environment(token, relay.url), *words) as following,
    ):
        assert following.stdout
        assert following.stdout.readline().startswith(first)
        kubectl("delete", "serviceaccount", _account(token))
        # The API server believes a token for some seconds after its account is gone.
        while following.poll() is None:
            relay.cut()
            time.sleep(0.5)
        _, stderr = following.communicate(timeout=60)
    assert (following.returncode, stderr.splitlines()[-1]) == (
        1,
        f'error: the Kubernetes API at {relay.url} (context "{_context()}") does not accept the credentials '
        "(Unauthorized); log in again, or check the user",
    )


LINES = [f"line {number}" for number in range(1, 31)]


@pytest.mark.parametrize("command", ["list", "logs"])
def test_what_is_followed_goes_on_where_all_its_connections_are_cut(ground: Ground, command: str) -> None:
    name = f"permitted-cut-{randrange(10**5)}"
    says = "for i in $(seq 30); do echo line $i; sleep 0.3; done"
    kubectl("apply", "-f", "-", stdin=json.dumps(_workflow(name, ["sh", "-c", says])))
    try:
        kubectl("wait", "workflow", name, "--for=jsonpath={.status.phase}=Running", "--timeout=60s")
        words = [name, "-w"] if command == "list" else ["logs", name, "-f", "--prefix=never", "-v1"]
        with (
            relayed() as relay,
            user(ground, *NEEDS[command]) as token,
            started(ground.environment(token, relay.url), *words) as following,
        ):
            assert following.stdout
            shown = [following.stdout.readline()]
            for _ in range(3):
                if command == "logs":
                    shown += [following.stdout.readline() for _ in range(5)]
                else:
                    time.sleep(1.5)
                relay.cut()
            rest, stderr = following.communicate(timeout=60)
    finally:
        kubectl("delete", "workflow", name, "--wait=false")
    lines = [line.rstrip() for line in [*shown, *rest.splitlines()]]
    assert following.returncode == 0, stderr
    if command == "logs":
        assert (lines, "1 resumed after the connection was lost" in stderr) == (LINES, True)
    else:
        assert (lines[0][:4], lines[-1].split()[4], stderr) == ("STEP", "Completed", "")


def _account(token: str) -> str:
    payload = token.split(".")[1]
    claims = json.loads(urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return str(claims["kubernetes.io"]["serviceaccount"]["name"])


def _context() -> str:
    return kubectl("config", "current-context").strip()
