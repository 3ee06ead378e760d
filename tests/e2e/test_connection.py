"""Every way to say who one is, on a real cluster, by us and by kubectl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import randrange
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
import yaml
from kubernetes import client

import kubectl_argo_pods
from kubectl_argo_pods.cluster.client import api_client
from kubectl_argo_pods.cluster.http import Http, open_http
from kubectl_argo_pods.cluster.kubeconfig import Overrides, resolve
from kubectl_argo_pods.errors import ForbiddenError, UnauthorizedError
from tests.conftest import PROGRAM, Result
from tests.connection.test_in_cluster import MOUNT
from tests.e2e.submission import LOADED, kubectl

Entry = dict[str, Any]
V1 = "client.authentication.k8s.io/v1"


class Ground(NamedTuple):
    """A namespace of a real cluster where only the service account `lister` may list workflows."""

    namespace: str
    cluster: Entry  # as in a kubeconfig
    admin: Entry
    folder: Path

    def kubeconfig(self, user: Entry) -> Path:
        path = self.folder / "config"
        config = {
            "current-context": "real",
            "contexts": [{"name": "real", "context": {"cluster": "real", "user": "me", "namespace": self.namespace}}],
            "clusters": [{"name": "real", "cluster": self.cluster}],
            "users": [{"name": "me", "user": user}],
        }
        path.write_text(yaml.safe_dump(config))
        return path

    def file(self, name: str, content: str | bytes) -> str:
        path = self.folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        path.chmod(0o700)
        return str(path)

    def token(self, *args: str) -> str:
        return kubectl("create", "token", "lister", "-n", self.namespace, *args).strip()

    def plugin(self, status: str) -> Entry:
        """The user of a credential plugin that prints what a shell makes of the status."""
        script = f'#!/bin/sh\nprintf \'{{"kind":"ExecCredential","apiVersion":"{V1}","status":%s}}\' "{status}"\n'
        command = self.file("plugin", script)
        return {"exec": {"apiVersion": V1, "command": command, "interactiveMode": "Never"}}


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    if os.environ.get("E2E") != "1":
        pytest.skip("needs a real cluster: make e2e")
    namespace = f"argo-pods-e2e-{randrange(10**5)}"
    config = json.loads(kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json"))
    kubectl("apply", "-f", "-", stdin=json.dumps({"apiVersion": "v1", "kind": "List", "items": _objects(namespace)}))
    try:
        folder = tmp_path_factory.mktemp("ground")
        yield Ground(namespace, config["clusters"][0]["cluster"], config["users"][0]["user"], folder)
    finally:
        kubectl("delete", "namespace", namespace, "--wait=false")


def _objects(namespace: str) -> list[Entry]:
    rbac = "rbac.authorization.k8s.io"
    mine = {"namespace": namespace, "name": "lister"}
    rules = [{"apiGroups": ["argoproj.io"], "resources": ["workflows"], "verbs": ["list"]}]
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}},
        {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": mine},
        {"apiVersion": f"{rbac}/v1", "kind": "Role", "metadata": mine, "rules": rules},
        {
            "apiVersion": f"{rbac}/v1",
            "kind": "RoleBinding",
            "metadata": mine,
            "roleRef": {"apiGroup": rbac, "kind": "Role", "name": "lister"},
            "subjects": [{"kind": "ServiceAccount", **mine}],
        },
    ]


def both(ground: Ground, user: Entry, *args: str) -> list[tuple[int, str]]:
    """The status and the last line of stderr, ours and kubectl's."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(ground.folder), "KUBECONFIG": str(ground.kubeconfig(user))}
    ended = []
    for command in (PROGRAM, ["kubectl", "get", "workflows"]):
        done = subprocess.run([*command, *args], env=environment, capture_output=True, text=True, timeout=60)
        ended.append((done.returncode, done.stderr.splitlines()[-1]))
    return ended


def who(ground: Ground, kind: str) -> tuple[Entry, tuple[str, ...]]:
    """A user of a kubeconfig, and the flags that belong to it."""
    certificate, key = (ground.admin.get(f"client-{part}-data", "") for part in ("certificate", "key"))
    account = f"system:serviceaccount:{ground.namespace}:lister"
    match kind:
        case "client certificate as data":
            return {"client-certificate-data": certificate, "client-key-data": key}, ()
        case "client certificate as files":
            crt, pem = ground.file("crt", b64decode(certificate)), ground.file("key", b64decode(key))
            return {"client-certificate": crt, "client-key": pem}, ()
        case "token of a service account":
            return {"token": ground.token()}, ()
        case "tokenFile":
            return {"tokenFile": ground.file("token", f"{ground.token()}\n")}, ()
        case "--token":
            return {}, ("--token", ground.token())
        case "plugin with a token":
            ground.file("token", ground.token())
            return ground.plugin(f'{{\\"token\\":\\"$(cat {ground.folder}/token)\\"}}'), ()
        case "plugin with a certificate":
            status = {"clientCertificateData": certificate, "clientKeyData": key}
            decoded = {name: b64decode(data).decode() for name, data in status.items()}
            ground.file("status", json.dumps(decoded))
            return ground.plugin(f"$(cat {ground.folder}/status)"), ()
        case "impersonation by flags":
            return ground.admin, ("--as", account)
        case "impersonation in the kubeconfig":
            return {**ground.admin, "as": account, "as-groups": ["system:authenticated"]}, ()
    raise AssertionError(kind)


KINDS = (
    *("client certificate as data", "client certificate as files", "token of a service account", "tokenFile"),
    *("--token", "plugin with a token", "plugin with a certificate"),
    *("impersonation by flags", "impersonation in the kubeconfig"),
)


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_let_in_by_kubectl_is_let_in_by_us(ground: Ground, kind: str) -> None:
    if "certificate" in kind and not ground.admin.get("client-certificate-data"):
        pytest.skip("the kubeconfig has no client certificate")
    user, flags = who(ground, kind)
    assert both(ground, user, *flags) == [(0, f"No resources found in {ground.namespace} namespace.")] * 2


def packages_client(ground: Ground, user: Entry, *flags: str) -> client.ApiClient:
    """The kubernetes package's client over our connection."""
    given = dict(zip(flags[::2], flags[1::2], strict=True))
    path = str(ground.kubeconfig(user))
    overrides = Overrides(kubeconfig=path, token=given.get("--token"), as_=given.get("--as"))
    return api_client(open_http(resolve(overrides, os.environ), os.environ))


@pytest.mark.parametrize("kind", KINDS)
def test_who_is_let_in_by_kubectl_is_let_in_by_the_packages_client(ground: Ground, kind: str) -> None:
    if "certificate" in kind and not ground.admin.get("client-certificate-data"):
        pytest.skip("the kubeconfig has no client certificate")
    user, flags = who(ground, kind)
    with packages_client(ground, user, *flags) as api:
        custom: Any = client.CustomObjectsApi(api)
        listed = custom.list_namespaced_custom_object("argoproj.io", "v1alpha1", ground.namespace, "workflows")
    assert listed["kind"] == "WorkflowList"


def test_who_is_refused_is_refused_to_the_packages_client(ground: Ground) -> None:
    stranger = packages_client(ground, ground.admin, "--as", "system:serviceaccount:default:nobody")
    for api, error in ((stranger, ForbiddenError), (packages_client(ground, {"token": "wrong"}), UnauthorizedError)):
        with api, pytest.raises(error):
            client.CoreV1Api(api).list_namespaced_pod(ground.namespace)


@pytest.mark.parametrize("kind", ["stranger", "liar"])
def test_who_is_refused_by_kubectl_is_refused_by_us(ground: Ground, kind: str) -> None:
    flags = ("--as", "system:serviceaccount:default:nobody") if kind == "stranger" else ("--token", "wrong")
    user = ground.admin if kind == "stranger" else {}
    assert [status for status, _ in both(ground, user, *flags)] == [1, 1]


def until_refused(ground: Ground, token: str) -> None:
    """The API server believes a token for some seconds more than it is good for."""
    ends = time.monotonic() + 60
    http = open_http(resolve(Overrides(kubeconfig=str(ground.kubeconfig({"token": token}))), {}), {})
    while time.monotonic() < ends:
        try:
            listed(http, ground)
        except UnauthorizedError:
            return
    raise AssertionError("the token is good for ever")


def listed(http: Http, ground: Ground) -> str:
    return str(http.get_json(f"/apis/argoproj.io/v1alpha1/namespaces/{ground.namespace}/workflows")["kind"])


@contextmanager
def passing_token(ground: Ground) -> Iterator[str]:
    """A token that is good until the end of the block."""
    kubectl("create", "secret", "generic", "passing", "-n", ground.namespace)
    try:
        yield ground.token("--bound-object-kind", "Secret", "--bound-object-name", "passing")
    finally:
        kubectl("delete", "secret", "passing", "-n", ground.namespace)


@pytest.mark.parametrize("kind", ["tokenFile", "plugin with a token"])
def test_a_token_that_rotates_is_followed(ground: Ground, kind: str) -> None:
    user, _ = who(ground, kind)
    with passing_token(ground) as passing:
        ground.file("token", passing)
        http = open_http(resolve(Overrides(kubeconfig=str(ground.kubeconfig(user))), os.environ), os.environ)
        assert listed(http, ground) == "WorkflowList"
    until_refused(ground, passing)
    ground.file("token", ground.token())
    # Who reads a file has read it anew; who runs a plugin learns by a 401 that it is time to.
    assert listed(http, ground) == "WorkflowList"


def test_a_pod_is_let_in_by_its_service_account(ground: Ground) -> None:
    """The pod runs our own Python, from the files of this machine."""
    if os.environ.get("E2E_HOST_FILES") != "1":
        pytest.skip("needs a cluster whose nodes have this machine's files: set E2E_HOST_FILES=1")
    folders = ["/lib", "/lib64", sys.base_prefix, sys.prefix, str(Path(kubectl_argo_pods.__file__).parents[1])]
    mounts = {f"host-{number}": path for number, path in enumerate(folders) if os.path.isdir(path)}
    container = {
        "name": "main",
        "image": os.environ.get("E2E_IMAGE", LOADED),
        "command": PROGRAM,
        "volumeMounts": [{"name": name, "mountPath": path, "readOnly": True} for name, path in mounts.items()],
    }
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "in-cluster", "namespace": ground.namespace},
        "spec": {
            "serviceAccountName": "lister",
            "restartPolicy": "Never",
            "containers": [container],
            "volumes": [{"name": name, "hostPath": {"path": path}} for name, path in mounts.items()],
        },
    }
    kubectl("apply", "-f", "-", stdin=json.dumps(pod))
    within = ("-n", ground.namespace, "--timeout=60s")
    kubectl("wait", "pod/in-cluster", "--for=jsonpath={.status.containerStatuses[0].state.terminated}", *within)
    said = kubectl("logs", "in-cluster", "-n", ground.namespace)
    assert said == f"No resources found in {ground.namespace} namespace.\n"


def asks_argo_server(ground: Ground, user: Entry, *args: str, **environ: str) -> Result:
    """The names of the workflows, from an Argo Server, with the credentials of the kubeconfig's user."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(ground.folder), "KUBECONFIG": str(ground.kubeconfig(user))}
    command = [*PROGRAM, "--secure=false", "-o", "name", *args]
    done = subprocess.run(command, env=environment | environ, capture_output=True, text=True, timeout=60)
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.fixture(scope="module")
def workflow(ground: Ground) -> str:
    """The name of a workflow that only waits."""
    made = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "waits", "namespace": ground.namespace},
        "spec": {"entrypoint": "main", "templates": [{"name": "main", "suspend": {}}]},
    }
    kubectl("apply", "-f", "-", stdin=json.dumps(made))
    return "waits"


@pytest.mark.parametrize("kind", ["token of a service account", "tokenFile", "plugin with a token"])
def test_an_argo_server_takes_what_the_kubeconfigs_user_has(ground: Ground, workflow: str, kind: str) -> None:
    user, _ = who(ground, kind)
    asked = asks_argo_server(ground, user, "-s", os.environ["E2E_ARGO_SERVER"])
    assert asked == Result(0, f"workflow.argoproj.io/{workflow}\n", "")


def test_a_pods_token_that_rotates_is_followed(ground: Ground) -> None:
    """The folder of a pod's service account, with tokens of the real cluster, in a mount namespace of this machine."""
    account = ground.folder / "account"
    account.mkdir(exist_ok=True)
    with passing_token(ground) as passing:
        asked = _as_pod(ground, account, passing)
        assert asked.status == 0
    until_refused(ground, passing)
    assert _as_pod(ground, account, passing).status == 1
    assert _as_pod(ground, account, ground.token()).status == 0


def _as_pod(ground: Ground, account: Path, token: str) -> Result:
    if os.geteuid() or not shutil.which("unshare"):
        pytest.skip("needs mount namespaces, and root")
    address = urlsplit(ground.cluster["server"])
    (account / "ca.crt").write_bytes(b64decode(ground.cluster["certificate-authority-data"]))
    (account / "namespace").write_text(ground.namespace)
    (account / "token").write_text(token)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(account),
        "KUBERNETES_SERVICE_HOST": str(address.hostname),
        "KUBERNETES_SERVICE_PORT": str(address.port or 443),
    }
    command = ["unshare", "--mount", "sh", "-c", MOUNT, str(account), *PROGRAM, "-o", "name"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return Result(done.returncode, done.stdout, done.stderr)
