"""Other Argo Servers than the cluster's own, started by the tests: below a path, with TLS, in one mode only."""

from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from random import randrange
from threading import Event
from typing import Any, NamedTuple

import pytest
import yaml

from tests.conftest import PROGRAM, Result
from tests.e2e.prefix_proxy import PrefixProxy, below
from tests.e2e.submission import LOADED, kubectl, namespace

PREFIX = "/argo/here"


class Ground(NamedTuple):
    """A workflow that is done, and a place for kubeconfigs."""

    workflow: str
    folder: Path

    def environment(self, user: Mapping[str, str] | None, **more: str) -> dict[str, str]:
        """That of a user of the real cluster; None: the one that there is."""
        config = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
        if user is not None:
            config["users"][0]["user"] = dict(user)
        path = self.folder / "config"
        path.write_text(yaml.safe_dump(config))
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder), "KUBECONFIG": str(path), **more}

    def run(self, *args: str, user: Mapping[str, str] | None = None, **environ: str) -> Result:
        return ran([*PROGRAM, *args], self.environment(user, **environ))


def ran(command: list[str], environment: dict[str, str]) -> Result:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    if not shutil.which("argo"):
        pytest.skip("needs argo, whose server is started")
    name = f"argo-pods-e2e-server-{randrange(10**5)}"
    container = {"image": os.environ.get("E2E_IMAGE", LOADED), "command": ["echo", "said by the step"]}
    spec = {"entrypoint": "main", "templates": [{"name": "main", "container": container}]}
    made = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": name}, "spec": spec}
    kubectl("apply", "-f", "-", stdin=json.dumps(made))
    try:
        kubectl("wait", "workflow", name, "--for=condition=Completed", "--timeout=120s")
        yield Ground(name, tmp_path_factory.mktemp("ground"))
    finally:
        kubectl("delete", "workflow", name, "--wait=false")


@contextmanager
def serving(folder: Path, *flags: str, scheme: str = "http") -> Iterator[str]:
    """The HOST:PORT of an Argo Server of its own."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"127.0.0.1:{free.getsockname()[1]}"
    command = ["argo", "server", "--port", address.partition(":")[2], "--namespace", namespace(), *flags]
    with (folder / "argo-server.log").open("w") as log, subprocess.Popen(command, stdout=log, stderr=log) as server:
        try:
            _wait_for(f"{scheme}://{address}/api/v1/version", server)
            yield address
        finally:
            server.terminate()


def _wait_for(url: str, server: subprocess.Popen[Any]) -> None:
    trusting = ssl.create_default_context()
    trusting.check_hostname = False
    trusting.verify_mode = ssl.CERT_NONE
    for _ in range(300):
        assert server.poll() is None, "argo server ended"
        try:
            with urllib.request.urlopen(url, timeout=5, context=trusting):
                return
        except OSError:
            Event().wait(0.1)
    raise AssertionError("argo server does not answer")


@pytest.fixture(scope="module")
def proxied(ground: Ground) -> Iterator[PrefixProxy]:
    """An Argo Server in server mode, which knows that it is below a path, behind a proxy that takes the path away."""
    flags = ("--secure=false", "--auth-mode=server", f"--base-href={PREFIX}/")
    with serving(ground.folder, *flags) as server, below(PREFIX, server) as proxy:
        yield proxy


USES = {
    "one": ("WORKFLOW",),
    "all of a pattern": ("WORKFLOW*", "-o", "name"),
    "to its end": ("WORKFLOW", "-w"),
    "its logs": ("logs", "WORKFLOW"),
    "its logs to their end": ("logs", "WORKFLOW", "-f"),
    "its archived logs": ("logs", "WORKFLOW", "--logs-from=archive"),
}


@pytest.mark.parametrize("use", USES)
def test_a_server_below_a_path_answers_as_the_clusters_own(ground: Ground, proxied: PrefixProxy, use: str) -> None:
    words = [word.replace("WORKFLOW", ground.workflow) for word in USES[use]]
    there = ground.run("-s", proxied.address, "--secure=false", "--argo-base-href", PREFIX, *words, ARGO_TOKEN="")
    also_there = ground.run(
        *words, ARGO_SERVER=proxied.address, ARGO_SECURE="false", ARGO_BASE_HREF=PREFIX, ARGO_TOKEN=""
    )
    own = ground.run("-s", os.environ["E2E_ARGO_SERVER"], "--secure=false", *words, ARGO_TOKEN="")
    assert own.status == 0, own.stderr
    assert (there, also_there) == (own, own)


def test_a_server_below_a_path_is_found_as_argo_finds_it(ground: Ground, proxied: PrefixProxy) -> None:
    variables = {"ARGO_SERVER": proxied.address, "ARGO_HTTP1": "true", "ARGO_SECURE": "false", "ARGO_BASE_HREF": PREFIX}
    variables |= {"ARGO_TOKEN": ""}
    theirs = ran(["argo", "get", ground.workflow, "-o", "name"], ground.environment(None, **variables))
    ours = ran([*PROGRAM, "-o", "name"], ground.environment(None, **variables))
    assert (theirs.status, ours.status) == (0, 0), (theirs, ours)
    assert theirs.stdout.strip() in [line.partition("/")[2] for line in ours.stdout.splitlines()]


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ((), 'answered 404: "not here"'),
        (("--argo-base-href", "/elsewhere"), 'answered 404: "not here"'),
        (("--argo-base-href", f"{PREFIX}/deeper"), "answered with a web page instead of JSON"),
    ],
    ids=["none", "another", "a longer one"],
)
def test_a_wrong_path_is_explained(ground: Ground, proxied: PrefixProxy, base: tuple[str, ...], said: str) -> None:
    result = ground.run("-s", proxied.address, "--secure=false", *base, ground.workflow, ARGO_TOKEN="")
    assert (result.status, result.stdout) == (1, "")
    assert result.stderr == (
        f"error: the Argo Server at http://{proxied.address}{base[-1] if base else ''} {said}; check the address "
        "(HOST:PORT), --argo-base-href, and whether --secure should be true (https) or false (http)\n"
    )


PASSWORD = {"username": "jane", "password": "s3cr3t"}


def test_a_user_name_and_a_password_are_sent_as_argo_sends_them(ground: Ground, proxied: PrefixProxy) -> None:
    variables = {"ARGO_HTTP1": "true", "ARGO_BASE_HREF": PREFIX}
    # Not by ARGO_SERVER, which argo takes for --server, too, and then for a Kubernetes API without TLS.
    server = ("-s", proxied.address, "--secure=false", "-o", "name")
    seen = []
    for command in (["argo", "list"], PROGRAM):
        proxied.authorizations.clear()
        assert ran([*command, *server], ground.environment(PASSWORD, **variables)).status == 0
        seen.append(set(proxied.authorizations))
    assert seen == [{"Basic amFuZTpzM2NyM3Q="}] * 2


def test_a_password_that_the_cluster_does_not_know_is_refused_as_argo_is(ground: Ground) -> None:
    """In client mode the Argo Server asks Kubernetes with it, for which it is nobody's."""
    server = ("-s", os.environ["E2E_ARGO_SERVER"], "--secure=false")
    theirs, ours = (
        ran([*command, *server], ground.environment(PASSWORD, ARGO_HTTP1="true"))
        for command in (["argo", "list"], PROGRAM)
    )
    assert [(each.status, each.stdout) for each in (theirs, ours)] == [(1, "")] * 2
    assert all('User "system:anonymous" cannot create' in each.stderr for each in (theirs, ours))
    assert 'who asks is not known; set ARGO_TOKEN to "Bearer TOKEN"' in ours.stderr
    assert "s3cr3t" not in ours.stderr


def test_a_server_with_tls_has_to_be_trusted(ground: Ground) -> None:
    with serving(ground.folder, "--auth-mode=server", scheme="https") as server:
        label = f"https://{server}"
        trusting = ground.run("-s", server, "-k", "-o", "name", ground.workflow, ARGO_TOKEN="")
        wary = ground.run("-s", server, ground.workflow, ARGO_TOKEN="")
        plain = ground.run("-s", server, "--secure=false", ground.workflow, ARGO_TOKEN="")
    assert trusting == Result(0, f"pod/{ground.workflow}\n", "")
    assert (wary.status, plain.status) == (1, 1)
    assert wary.stderr.startswith(f"error: the certificate of the Argo Server at {label} cannot be trusted: ")
    assert wary.stderr.endswith(
        "; name its authority with --certificate-authority, or do without verification with -k\n"
    )
    assert plain.stderr.endswith("whether --secure should be true (https) or false (http)\n")


def test_a_server_without_tls_says_so_to_who_speaks_it(ground: Ground) -> None:
    server = os.environ["E2E_ARGO_SERVER"]
    result = ground.run("-s", server, ground.workflow, ARGO_TOKEN="")
    assert result == Result(
        1,
        "",
        f"error: the Argo Server at https://{server} does not speak TLS; is it one for http? check the address "
        "(HOST:PORT), --argo-base-href, and whether --secure should be true (https) or false (http)\n",
    )
