"""Whatever a kubeconfig, a workflow or a server says, an answer or a sentence comes of it, never a traceback."""

from __future__ import annotations

import copy
import io
import json
import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kubectl_argo_pods import grammar
from kubectl_argo_pods.calls import perform
from kubectl_argo_pods.cluster import endpoint, exec_plugin, server_url
from kubectl_argo_pods.cluster.http import Http, open_http
from kubectl_argo_pods.cluster.identity import facts
from kubectl_argo_pods.cluster.kubeconfig import Overrides, resolve
from kubectl_argo_pods.cluster.request import Terms
from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.sources import ArgoServerFlags, PodQuery, Sources, open_source
from kubectl_argo_pods.sources.argo_server import ArgoServer
from kubectl_argo_pods.sources.finding import Wanted, find
from kubectl_argo_pods.sources.kube import KubeSource
from kubectl_argo_pods.sources.kube_pods import KubePods
from tests import builders
from tests.broken import Broken, serving
from tests.cluster import SimulatedCluster
from tests.recordings import load_recorded, recordings

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "60"))
FUZZED = settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | st.just(builders.STARTED)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@st.composite
def mutated(draw: st.DrawFn, value: Any, most: int = 3) -> Any:
    """The value with some of its parts replaced by anything, or left out."""
    changed = {"": copy.deepcopy(value)}
    for _ in range(draw(st.integers(1, most))):
        parent: Any = changed
        key: Any = ""
        while isinstance(parent[key], (dict, list)) and parent[key] and draw(st.integers(0, 5)):
            parent = parent[key]
            key = draw(st.sampled_from(sorted(parent, key=str) if isinstance(parent, dict) else range(len(parent))))
        if parent is not changed and draw(st.integers(0, 3)) == 0:
            del parent[key]
        else:
            parent[key] = draw(VALUES)
    return changed[""]


KUBECONFIG = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "dev",
    "clusters": [
        {
            "name": "c",
            "cluster": {
                "server": "https://[::1]:6443/prefix",
                "certificate-authority-data": "YQ==",
                "tls-server-name": "x",
                "proxy-url": "socks5://u:p@proxy:1080",
                "insecure-skip-tls-verify": False,
                "extensions": [{"name": "client.authentication.k8s.io/exec", "extension": {"a": 1}}],
            },
        }
    ],
    "users": [
        {
            "name": "u",
            "user": {
                "token": "t",
                "username": "n",
                "password": "p",
                "client-certificate-data": "YQ==",
                "client-key-data": "YQ==",
                "as": "jane",
                "as-groups": ["a"],
                "as-user-extra": {"k": ["v"]},
                "auth-provider": {"name": "oidc", "config": {"id-token": "a.b.c"}},
            },
        }
    ],
    "contexts": [{"name": "dev", "context": {"cluster": "c", "user": "u", "namespace": "argo"}}],
    "preferences": {},
}


@FUZZED
@given(config=mutated(KUBECONFIG), form=st.sampled_from([json.dumps, yaml.safe_dump]))
def test_any_kubeconfig(config: Any, form: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed-kubeconfig"
    with suppress(ValueError):
        path.write_text(form(config), encoding="utf-8", errors="surrogatepass")
    connect(path)


@FUZZED
@given(text=st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_for_a_kubeconfig(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed-text"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    connect(path)


def connect(path: Path) -> None:
    """As far as one comes without a server."""
    with suppress(ArgoPodsError):
        cluster = resolve(Overrides(kubeconfig=str(path)), {})
        facts(cluster)
        http = open_http(cluster, {})
        http._pool.context()
        http.headers()


HOSTS = (
    st.text(max_size=12) | st.text("aü.-[]:@%/?# \\\0", max_size=12) | st.integers(1, 300).map(lambda size: "a" * size)
)
URLS = st.builds(
    "{}{}:{}{}".format, st.sampled_from(["https://", "http://", "socks5://", ""]), HOSTS, st.integers(), HOSTS
)


@settings(FUZZED, max_examples=EXAMPLES * 5)
@given(server=URLS | HOSTS, proxy=URLS | HOSTS, name=HOSTS)
def test_any_address(server: str, proxy: str, name: str) -> None:
    """What is taken for an address can be asked for, whether or not anything is there."""
    with suppress(ArgoPodsError):
        url = server_url.from_text(server).url
        found = endpoint.from_url(url, "it", {}, proxy=proxy, tls_server_name=name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.wrap_bio(ssl.MemoryBIO(), ssl.MemoryBIO(), server_hostname=found.server_name.encode())
        sent = f"GET {found.prefix} HTTP/1.1\r\nHost: {found.authority}\r\n".encode("ascii")
        assert sent.count(b"\n") == 2
        assert sent.splitlines()[0].count(b" ") == 2


CREDENTIAL = {
    "kind": "ExecCredential",
    "apiVersion": exec_plugin.VERSIONS[0],
    "status": {
        "token": "t",
        "expirationTimestamp": "2026-01-01T00:00:00Z",
        "clientCertificateData": "c",
        "clientKeyData": "k",
    },
}


@pytest.fixture(scope="module")
def manifest() -> dict[str, Any]:
    """A workflow with nodes of many kinds."""
    return recordings()["retries"].workflow


OUTPUTS = ("table", "wide", "json", "yaml", "csv", "name", "custom-columns=A:.node.name,B:.status.status")


@pytest.mark.parametrize("output", OUTPUTS)
@given(data=st.data())
@settings(FUZZED, max_examples=max(EXAMPLES // 5, 10))
def test_any_workflow(
    data: st.DataObject, output: str, manifest: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed-workflow.json"
    path.write_text(json.dumps(data.draw(mutated(manifest))), encoding="utf-8", errors="surrogatepass")
    call = grammar.parse(["-f", str(path), "--kubeconfig", os.devnull, "-o", output, "--server", "http://127.0.0.1:1"])
    assert call is not None
    with suppress(ArgoPodsError), redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()):
        perform(call, {})


class Answering(Http):
    """A server that gives the same answers again, but for one that is fuzzed."""

    def __init__(self, real: Http, fuzzed: Mapping[str, Any]) -> None:
        super().__init__(real.endpoint, real._caller, Terms({}))
        self._fuzzed = fuzzed

    def get_json(self, path: str, query: Mapping[str, str] | None = None, accept: str = "") -> Any:
        return self._fuzzed[kind_of(path)]


def kind_of(path: str) -> str:
    if "/pods" in path:
        return "pods"
    return "workflows" if path.rpartition("/")[2] in ("workflows", "archived-workflows", "argo") else "workflow"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sources, dict[str, Any], dict[str, Any]]]:
    """The sources, and what a Kubernetes API and an Argo Server answer."""
    with SimulatedCluster() as cluster:
        load_recorded(cluster)
        name = recordings()["retries"].name
        environ = {"KUBECONFIG": str(cluster.kubeconfig(tmp_path_factory.mktemp("answers")))}
        sources = open_source(Overrides(), ArgoServerFlags(), (), environ)
        assert isinstance(sources.workflows, KubeSource)
        assert sources.pods
        http, tables = sources.pods.http, "application/json;as=Table;v=v1;g=meta.k8s.io"
        argo_url = cluster.argo_server_url.removeprefix("http://")
        argo = open_source(Overrides(), ArgoServerFlags(argo_url, secure=False), (), environ | {"ARGO_TOKEN": ""})
        assert isinstance(argo.workflows, ArgoServer)
        workflows = "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows"
        selector = {"labelSelector": f"workflows.argoproj.io/workflow={name}", "includeObject": "Metadata"}
        kube = {
            "workflow": http.get_json(f"{workflows}/{name}"),
            "workflows": http.get_json(workflows, {"includeObject": "Metadata"}, tables),
            "pods": http.get_json("/api/v1/namespaces/argo/pods", selector, tables),
        }
        server = {
            "workflow": argo.workflows.http.get_json(f"/api/v1/workflows/argo/{name}"),
            "workflows": argo.workflows.http.get_json("/api/v1/workflows/argo"),
            "pods": kube["pods"],
        }
        yield sources, kube, server


@pytest.mark.parametrize("word", [recordings()["retries"].name, "@latest", "*"], ids=["one", "the newest", "all"])
@pytest.mark.parametrize("way", ["kube", "argo server"])
@given(data=st.data())
@settings(FUZZED, max_examples=max(EXAMPLES // 5, 10))
def test_any_answer(data: st.DataObject, way: str, word: str, answers: Any) -> None:
    sources, kube, server = answers
    good = kube if way == "kube" else server
    which = data.draw(st.sampled_from(["workflow", "workflows", "pods"]))
    fuzzed = data.draw(mutated(good[which]))
    http = Answering(sources.pods.http, good | {which: fuzzed if isinstance(fuzzed, dict) else {}})
    workflows = KubeSource(http) if way == "kube" else ArgoServer(http)
    asked = Sources(workflows, KubePods(http), "argo", way != "kube")
    with suppress(ArgoPodsError):
        find(asked, Wanted(word, "", "argo"), PodQuery(), 1.8e9)


@pytest.mark.parametrize("way", ["kube", "argo server"])
@given(answer=st.binary(max_size=200) | st.binary(max_size=200).map(lambda body: b"HTTP/1.1 200 OK\r\n" + body))
@settings(FUZZED, max_examples=max(EXAMPLES // 5, 10))
def test_any_bytes(answer: bytes, way: str) -> None:
    with serving(Broken(answer, tls=None)) as host, suppress(ArgoPodsError):
        environ = {"KUBECONFIG": os.devnull}
        overrides = Overrides(server=f"http://{host}" if way == "kube" else None, request_timeout="1")
        argo = ArgoServerFlags(host if way != "kube" else None, secure=False)
        open_source(overrides, argo, (), environ).workflows.workflow("argo", builders.STARTED)
