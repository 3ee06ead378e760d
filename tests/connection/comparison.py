"""A kubeconfig and a command line, run by different clients in one world, and what came of it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from string import Template
from typing import Any, NamedTuple

import yaml
from kubernetes import client

from kubectl_argo_pods import cli
from kubectl_argo_pods.cluster.client import api_client
from kubectl_argo_pods.cluster.http import Http, open_http
from kubectl_argo_pods.cluster.kubeconfig import resolve
from kubectl_argo_pods.cluster.websocket import open_websocket
from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.options.connection import Connection
from tests.connection.world import Seen, World
from tests.connection.world_proxies import Passed

WORKFLOWS = "/apis/argoproj.io/v1alpha1"


class Case(NamedTuple):
    """A way to connect. Texts may hold $FOLDER and the other names of the world."""

    name: str
    kubeconfig: Mapping[str, Any] | str | None  # as a map, as text, or none at all
    args: tuple[str, ...] = ()
    environ: Mapping[str, str] = {}
    files: Mapping[str, Mapping[str, Any] | str] = {}  # what else is in the folder
    refusals: tuple[int, ...] = ()  # the first answers of the server
    error: str = ""  # what we say, if it fails
    differs: str = ""  # why kubectl does otherwise, if it does


class Who(NamedTuple):
    """Who asked, and on which way."""

    server: str
    authorization: tuple[str, ...]
    impersonation: tuple[tuple[str, str], ...]
    certificate: str
    sni: str
    host: str
    gzip: bool


class Outcome(NamedTuple):
    """What the world saw of a run."""

    works: bool
    paths: tuple[str, ...]  # of the workflows, without queries
    who: tuple[Who, ...]  # as many as there were
    passed: tuple[Passed, ...]
    plugin: tuple[Any, ...]  # what each run of the credential plugin was given
    written: Any  # what the kubeconfig's auth-providers hold afterwards


class Ran(NamedTuple):
    """How a run ended."""

    works: bool
    message: str


# Asks for the workflows; the world records what comes.
Runner = Callable[[Case, World], Ran]

PLUGIN_LOG = "plugin.log"
# It tells what it was given, and answers with what PLUGIN_STATUS holds.
PLUGIN = f"""#!{sys.executable}
import json, os, sys
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
given = {{"info": info, "args": sys.argv[1:], "stdin": sys.stdin.read(), "env": os.environ.get("FROM_KUBECONFIG")}}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "{PLUGIN_LOG}"), "a") as log:
    log.write(json.dumps(given) + "\\n")
print("the plugin speaks", file=sys.stderr)
status = json.loads(os.environ["PLUGIN_STATUS"])
version = os.environ.get("PLUGIN_VERSION") or info["apiVersion"]
print(json.dumps({{"kind": "ExecCredential", "apiVersion": version, "status": status}}))
sys.exit(int(os.environ.get("PLUGIN_EXIT", "0")))
"""


def run(case: Case, world: World, runner: Runner) -> tuple[Outcome, str]:
    """What a client does of a case, and what it says."""
    world.forget()
    world.refusals.extend(case.refusals)
    _write_files(case, world)
    ran = runner(case, world)
    log = world.folder / PLUGIN_LOG
    # How often it is run depends on how many requests a command takes.
    runs = dict.fromkeys(log.read_text().splitlines() if log.exists() else [])
    paths = dict.fromkeys(path for path in map(_path, world.seen) if path.endswith("/workflows"))
    who = sorted(set(map(_who, world.seen)))
    passed = sorted(set(world.passed))
    return Outcome(
        ran.works, tuple(paths), tuple(who), tuple(passed), tuple(map(json.loads, runs)), _written(world)
    ), ran.message


def _written(world: World) -> Any:
    try:
        users = (yaml.safe_load((world.folder / "config").read_text()) or {}).get("users") or []
    except (OSError, AttributeError, yaml.YAMLError):
        return None
    return [item["user"]["auth-provider"] for item in users if "auth-provider" in (item["user"] or {})]


def _path(seen: Seen) -> str:
    """Without the query, nor what a proxy for http is told before it."""
    path = seen.path.partition("?")[0]
    return "/" + path.split("/", 3)[3] if path.startswith("http://") else path


def _who(seen: Seen) -> Who:
    impersonation = tuple(
        # Names of headers are the same in either case.
        sorted((name.lower(), value) for name, value in seen.headers if name.lower().startswith("impersonate-"))
    )
    gzip = "gzip" in "".join(seen.values("Accept-Encoding"))
    host = "".join(seen.values("Host"))
    authorization = tuple(seen.values("Authorization"))
    return Who(seen.server, authorization, impersonation, seen.certificate, seen.sni, host, gzip)


def filled(text: str, world: World) -> str:
    return Template(text).substitute(world.names())


def _write_files(case: Case, world: World) -> None:
    folder = world.folder
    (folder / PLUGIN_LOG).unlink(missing_ok=True)
    (folder / "config").unlink(missing_ok=True)
    shutil.rmtree(folder / "home", ignore_errors=True)
    files = {**case.files} if case.kubeconfig is None else {**case.files, "config": case.kubeconfig}
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(filled(content if isinstance(content, str) else yaml.safe_dump(dict(content)), world))
    (folder / "plugin").write_text(PLUGIN)
    for path in (folder / "plugin", *folder.glob("bin/*")):
        path.chmod(0o700)


def environment(case: Case, world: World) -> dict[str, str]:
    home = world.folder / "home"
    home.mkdir(exist_ok=True)
    base = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "KUBECONFIG": str(world.folder / "config"),
        "LC_ALL": "C.UTF-8",
    }
    return base | {name: filled(text, world) for name, text in case.environ.items()}


def arguments(case: Case, world: World) -> list[str]:
    return [filled(word, world) for word in case.args]


def with_kubectl(case: Case, world: World) -> Ran:
    cache = world.folder / "cache"
    command = ["kubectl", "get", "workflows", "--cache-dir", str(cache), *arguments(case, world)]
    return ended(command, case, world)


def with_argo_pods(case: Case, world: World) -> Ran:
    return ended([sys.executable, "-I", "-m", "kubectl_argo_pods", *arguments(case, world)], case, world)


def with_kubernetes_package(case: Case, world: World) -> Ran:
    """The package's client over our connection, in this process."""

    def ask(http: Http, namespace: str) -> None:
        with api_client(http) as api:
            client.CustomObjectsApi(api).list_namespaced_custom_object(
                "argoproj.io", "v1alpha1", namespace, "workflows"
            )

    return _in_process(ask, case, world)


def with_websocket(case: Case, world: World) -> Ran:
    """A websocket of ours, in this process."""

    def ask(http: Http, namespace: str) -> None:
        path = f"{WORKFLOWS}/namespaces/{namespace}/workflows"
        open_websocket(http, path, [("limit", "1")], ["v5.channel.k8s.io"]).close()

    return _in_process(ask, case, world)


def _in_process(ask: Callable[[Http, str], None], case: Case, world: World) -> Ran:
    environ = environment(case, world)
    with contextlib.chdir(world.folder):
        try:
            call = cli.read(arguments(case, world))
            assert call is not None
            cluster = resolve(Connection(**call.values.get("connection", {})).overrides(), environ)
            ask(open_http(cluster, environ), cluster.namespace)
        except ArgoPodsError as error:
            return Ran(False, f"error: {error}\n")
    return Ran(True, "")


def ended(command: list[str], case: Case, world: World) -> Ran:
    """How a program ends that is run in the world's folder."""
    try:
        done = subprocess.run(
            command,
            input="stdin of the user",
            env=environment(case, world),
            cwd=world.folder,
            capture_output=True,
            text=True,
            timeout=15,
        )
    except subprocess.TimeoutExpired:
        return Ran(False, "never ended")
    return Ran(done.returncode == 0, done.stderr)
