from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from kubectl_argo_pods.cluster.kubeconfig import Overrides
from kubectl_argo_pods.cluster.opening import Opening
from kubectl_argo_pods.cluster.stream import Stream
from kubectl_argo_pods.errors import (
    ApiError,
    ArgoPodsError,
    ConfigError,
    ForbiddenError,
    NotFoundError,
    UnauthorizedError,
    UnreachableError,
    UnreachedError,
    UsageError,
)
from kubectl_argo_pods.sources import ArgoServerFlags, PodQuery, Sources, open_source
from kubectl_argo_pods.sources.argo_server import ArgoServer
from kubectl_argo_pods.sources.snapshot import snapshot
from kubectl_argo_pods.waiting import wait
from kubectl_argo_pods.workflow import parse_time
from tests import builders
from tests.cluster import Rule, SimulatedCluster

NOW = parse_time("2026-05-04T11:00:00Z") or 0.0


def plain(cluster: SimulatedCluster, **environ: str) -> Sources:
    """The sources of someone who has an Argo Server without TLS, and no kubeconfig."""
    server = cluster.argo_server_url.removeprefix("http://")
    settings = {"KUBECONFIG": "/dev/null", "ARGO_SERVER": server, "ARGO_SECURE": "false"}
    return open_source(Overrides(), ArgoServerFlags(), (), settings | environ)


def asked_with(cluster: SimulatedCluster, name: str) -> list[str]:
    return [request.headers[name] for request in cluster.journal if name in request.headers]


def test_a_live_workflow_is_read_without_its_bulk(empty_cluster: SimulatedCluster) -> None:
    empty_cluster.load([builders.workflow("wf", builders.node("wf", ".a"))])
    found = plain(empty_cluster).workflows.workflow("argo", "wf")
    assert (found.name, [node.name for node in found.nodes.values()]) == ("wf", ["wf.a"])
    (asked,) = empty_cluster.journal
    assert asked.query["fields"].startswith("-metadata.managedFields,spec,")


@pytest.mark.parametrize("version", ["v3.7.14", "v3.4.17"])
def test_an_archived_workflow_is_found_by_its_name(empty_cluster: SimulatedCluster, version: str) -> None:
    empty_cluster.argo_server.version = version
    empty_cluster.archive.put(builders.workflow("wf", builders.node("wf", ".a")))
    empty_cluster.archive.put(builders.workflow("wf-2", builders.node("wf-2", ".b")))
    found = plain(empty_cluster).workflows.workflow("argo", "wf")
    assert (found.name, [node.name for node in found.nodes.values()]) == ("wf", ["wf.a"])


@pytest.mark.parametrize("version", ["v3.7.14", "v3.4.17"])
def test_a_workflow_that_is_nowhere_is_not_found(empty_cluster: SimulatedCluster, version: str) -> None:
    empty_cluster.argo_server.version = version
    with pytest.raises(NotFoundError) as caught:
        plain(empty_cluster).workflows.workflow("argo", "nope")
    assert str(caught.value) == (
        f'workflow "nope" not found in namespace "argo" of the Argo Server at {empty_cluster.argo_server_url}'
    )


def test_workflows_come_newest_first(empty_cluster: SimulatedCluster) -> None:
    for name, created in (("old", "2026-05-04T08:00:00Z"), ("new", "2026-05-04T10:30:00Z")):
        workflow = builders.workflow(name, phase="Running")
        workflow["metadata"]["creationTimestamp"] = created
        empty_cluster.load([workflow])
    found = plain(empty_cluster).workflows.workflows(None, "workflows.argoproj.io/phase=Running")
    assert [(each.namespace, each.name, each.status) for each in found] == [
        ("argo", "new", "Running"),
        ("argo", "old", "Running"),
    ]


@pytest.mark.parametrize(
    ("environ", "flags", "sent"),
    [
        pytest.param({"ARGO_TOKEN": "Bearer v2:abc"}, {}, "Bearer v2:abc", id="the token as it stands"),
        pytest.param({"ARGO_TOKEN": ""}, {}, "", id="an empty token for none"),
        pytest.param({}, {"token": "abc"}, "Bearer abc", id="the token of the kubeconfig's user"),
    ],
)
def test_the_token_for_the_server(
    empty_cluster: SimulatedCluster, tmp_path: Path, environ: dict[str, str], flags: dict[str, Any], sent: str
) -> None:
    path = str(empty_cluster.kubeconfig(tmp_path))
    sources = open_source(
        Overrides(kubeconfig=path, **flags),
        ArgoServerFlags(empty_cluster.argo_server_url.removeprefix("http://"), secure=False, header=("X-A: b: c",)),
        (),
        environ,
    )
    # The server knows none of these tokens.
    with suppress(ApiError):
        sources.workflows.workflows("argo")
    assert (asked_with(empty_cluster, "authorization"), asked_with(empty_cluster, "x-a")) == (
        [sent] if sent else [],
        ["b: c"],
    )


@pytest.mark.parametrize(
    ("header", "sent"),
    [
        pytest.param(("X-A: b", "X-B: c"), ("b", "c"), id="one each"),
        pytest.param(("X-A: b,X-B: c",), ("b", "c"), id="several between commas"),
        pytest.param(("X-A: b, c",), ("b, c", ""), id="a comma within one"),
    ],
)
def test_headers_for_the_server(
    empty_cluster: SimulatedCluster, header: tuple[str, ...], sent: tuple[str, str]
) -> None:
    server = empty_cluster.argo_server_url.removeprefix("http://")
    flags = ArgoServerFlags(server, secure=False, header=header)
    open_source(Overrides(), flags, (), {"KUBECONFIG": "/dev/null"}).workflows.workflows("argo")
    (asked,) = empty_cluster.journal
    assert (asked.headers.get("x-a", ""), asked.headers.get("x-b", "")) == sent


def test_tls_is_the_default_and_can_go_unverified(empty_cluster: SimulatedCluster) -> None:
    empty_cluster.load([builders.workflow("wf")])
    server = empty_cluster.argo_server_tls_url.removeprefix("https://")
    environ = {"KUBECONFIG": "/dev/null"}
    trusting = ArgoServerFlags(server, insecure_skip_verify=True)
    assert open_source(Overrides(), trusting, (), environ).workflows.workflow("argo", "wf").name == "wf"
    with pytest.raises(UnreachableError, match="cannot be trusted"):
        open_source(Overrides(), ArgoServerFlags(server), (), environ).workflows.workflow("argo", "wf")


HINT = "check the address (HOST:PORT), --argo-base-href, and whether --secure should be true (https) or false (http)"


def test_https_to_a_server_without_tls_names_secure(empty_cluster: SimulatedCluster) -> None:
    server = empty_cluster.argo_server_url.removeprefix("http://")
    with pytest.raises(ArgoPodsError) as caught:
        open_source(Overrides(), ArgoServerFlags(server), (), {"KUBECONFIG": "/dev/null"}).workflows.workflows("argo")
    assert str(caught.value) == f"the Argo Server at https://{server} does not speak TLS; is it one for http? {HINT}"


def test_a_web_page_names_the_address(empty_cluster: SimulatedCluster) -> None:
    empty_cluster.faults.answer_with(b"<!doctype html>", "text/html")
    with pytest.raises(ApiError) as caught:
        plain(empty_cluster, ARGO_BASE_HREF="/argo/").workflows.workflows("argo")
    url = f"{empty_cluster.argo_server_url}/argo"
    assert str(caught.value) == f"the Argo Server at {url} answered with a web page instead of JSON; {HINT}"


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        pytest.param(
            ArgoServerFlags("https://argo:2746"),
            'the Argo Server is named HOST:PORT without http:// or https://, so "argo:2746"; see --secure',
            id="a URL",
        ),
        pytest.param(
            ArgoServerFlags("https://jane:s3cr3t@argo:2746"),
            'the Argo Server is named HOST:PORT, with nothing before an "@": who asks is said by ARGO_TOKEN, or by the '
            "user of the kubeconfig",
            id="a user",
        ),
        pytest.param(
            ArgoServerFlags("10.0.0.1:6443"),
            '"10.0.0.1:6443" looks like a Kubernetes API: -s names an Argo Server, --server the Kubernetes API',
            id="a Kubernetes API",
        ),
        pytest.param(
            ArgoServerFlags("service/argo"),
            '"service/argo" does not name a service of the cluster: write service/NAMESPACE/NAME[:PORT]',
            id="a service without a name",
        ),
        pytest.param(
            ArgoServerFlags("argo:2746", instanceid="x"),
            "an instance id (--instanceid, ARGO_INSTANCEID) cannot be used with an Argo Server",
            id="an instance id",
        ),
        pytest.param(
            ArgoServerFlags("argo:2746", header=("secret",)), '-H/--header is written "NAME: VALUE"', id="a bad header"
        ),
    ],
)
def test_flags_that_cannot_be_meant(flags: ArgoServerFlags, sentence: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_source(Overrides(), flags, (), {"KUBECONFIG": "/dev/null"})
    assert str(caught.value) == sentence


def test_pods_of_the_configured_cluster_count_if_they_are_this_workflows(
    empty_cluster: SimulatedCluster, tmp_path: Path
) -> None:
    node = builders.node("wf", ".a")
    workflow = builders.workflow("wf", node)
    former = builders.workflow("wf", node)
    former["metadata"]["uid"] = "another"
    empty_cluster.load([workflow, builders.pod(workflow, node, "ours"), builders.pod(former, node, "theirs")])
    sources = plain(empty_cluster, KUBECONFIG=str(empty_cluster.kubeconfig(tmp_path)))
    found = snapshot(sources, "argo", "wf", PodQuery(), NOW)
    assert ([pod.name for pod in found.pods or []], found.notices) == (["ours"], [])


def test_a_cluster_that_cannot_be_asked_for_pods_is_a_notice(empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    empty_cluster.load([builders.workflow("wf")])
    path = empty_cluster.kubeconfig(tmp_path, token="nobody's")
    sources = plain(empty_cluster, KUBECONFIG=str(path), ARGO_TOKEN="")
    found = snapshot(sources, "argo", "wf", PodQuery(), NOW)
    assert found.pods is None
    (notice,) = found.notices
    assert notice.startswith('cannot list pods in namespace "argo", so the names of the pods are computed: ')


def test_a_watch_is_a_stream_of_events(empty_cluster: SimulatedCluster) -> None:
    empty_cluster.load([builders.workflow("wf", phase="Running")])
    source = plain(empty_cluster).workflows
    assert isinstance(source, ArgoServer)
    version = source.workflow("argo", "wf").resource_version
    # The server sends not even the head of its answer before there is an event.
    empty_cluster.load([builders.workflow("wf", phase="Failed")])
    with source.watch("argo", "wf", version) as watch:
        phases = (event.workflow.phase for event in watch if event.workflow)
        assert next(phase for phase in phases if phase != "Running") == "Failed"


def through_service(cluster: SimulatedCluster, folder: Path, token: str = "", **environ: str) -> Sources:
    """The sources of someone who reaches the Argo Server through the Kubernetes API."""
    settings = {"KUBECONFIG": str(cluster.kubeconfig(folder, token=token)), "ARGO_SERVER": "service/argo/argo-server"}
    return open_source(Overrides(), ArgoServerFlags(), (), settings | environ)


@pytest.mark.parametrize(
    "environ",
    [
        pytest.param({}, id="with TLS"),
        pytest.param({"ARGO_SERVER": "service/argo/argo-server:2746"}, id="with its port"),
        pytest.param({"ARGO_SERVER": "service/argo/plain", "ARGO_SECURE": "false"}, id="without TLS"),
    ],
)
def test_a_service_is_asked_through_the_kubernetes_api(
    empty_cluster: SimulatedCluster, tmp_path: Path, environ: dict[str, str]
) -> None:
    empty_cluster.archive.put(builders.workflow("wf"))
    assert through_service(empty_cluster, tmp_path, **environ).workflows.workflow("argo", "wf").name == "wf"
    proxied, passed_on = empty_cluster.journal
    assert proxied.headers["authorization"] == f"Bearer {empty_cluster.admin_token}"
    assert "authorization" not in passed_on.headers


def test_a_service_is_told_by_a_cookie_who_asks(empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    empty_cluster.load([builders.workflow("wf")])
    read = Rule(("get",), "workflows", "argo")
    proxy = Rule(("get",), "services/proxy", "argo", ("https:argo-server:2746",))
    token = empty_cluster.access.add_user("jane", read, proxy)
    empty_cluster.argo_server.auth_modes = {"client"}
    assert through_service(empty_cluster, tmp_path, token).workflows.workflow("argo", "wf").name == "wf"
    with pytest.raises(ForbiddenError, match='User "jane" cannot get resource "workflows"'):
        through_service(empty_cluster, tmp_path, token).workflows.workflow("other", "wf")
    stranger = through_service(empty_cluster, tmp_path, token, ARGO_TOKEN="Bearer x")
    with pytest.raises(UnauthorizedError, match="set ARGO_TOKEN to"):
        stranger.workflows.workflow("argo", "wf")


def test_a_watch_goes_through_the_kubernetes_api_too(empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    empty_cluster.load([builders.workflow("wf", phase="Running")])
    source = through_service(empty_cluster, tmp_path).workflows
    assert isinstance(source, ArgoServer)
    with source.watch("argo", "wf", "") as watch:
        assert next(iter(watch)).type == "ADDED"


ON_THE_WAY = 'the Argo Server at service/argo/{} of the Kubernetes API at {} (context "simulated")'
SERVICE_HINT = "check the service's name and port, --argo-base-href, and whether --secure should be true or false"


@pytest.mark.parametrize(
    ("service", "message"),
    [
        pytest.param("nope:2746", 'services "nope" not found', id="no such service"),
        pytest.param("argo-server:80", 'no service port 80 found for service "argo-server"', id="no such port"),
        pytest.param(
            "plain:2746",
            "error trying to reach service: tls: first record does not look like a TLS handshake",
            id="no TLS there",
        ),
    ],
)
def test_a_service_that_cannot_be_reached_says_why(
    empty_cluster: SimulatedCluster, tmp_path: Path, service: str, message: str
) -> None:
    with pytest.raises(ApiError) as caught:
        through_service(empty_cluster, tmp_path, ARGO_SERVER=f"service/argo/{service}").workflows.workflow("argo", "wf")
    label = ON_THE_WAY.format(service, empty_cluster.url)
    assert str(caught.value) == f"{label} cannot be reached: {message}; {SERVICE_HINT}"


def test_who_may_not_use_the_proxy_is_told_what_to_grant(empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    token = empty_cluster.access.add_user("jane")
    with pytest.raises(UnreachedError) as caught:
        through_service(empty_cluster, tmp_path, token).workflows.workflow("argo", "wf")
    assert str(caught.value) == (
        'services "https:argo-server:2746" is forbidden: User "jane" cannot get resource "services/proxy" in API group '
        '"" in the namespace "argo": a Role in namespace "argo" has to grant {apiGroups: [""], resources: '
        '[services/proxy], resourceNames: ["https:argo-server:2746"], verbs: [get]}'
    )


def test_a_token_for_a_service_does_not_travel_in_the_clear(empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    environ = {"ARGO_SERVER": "service/argo/argo-server", "ARGO_TOKEN": "Bearer x", "KUBECONFIG": "/dev/null"}
    with pytest.raises(ConfigError) as caught:
        open_source(Overrides(server="http://127.0.0.1:1"), ArgoServerFlags(), (), environ)
    assert str(caught.value) == (
        "the token for service/argo/argo-server:2746 would travel in the clear to the Kubernetes API at "
        "http://127.0.0.1:1: say --secure=false if it may"
    )


def test_a_token_of_the_command_line_needs_no_kubeconfig(empty_cluster: SimulatedCluster) -> None:
    empty_cluster.load([builders.workflow("wf")])
    server = ArgoServerFlags(empty_cluster.argo_server_url.removeprefix("http://"), secure=False)
    overrides = Overrides(token=empty_cluster.admin_token)
    open_source(overrides, server, (), {"KUBECONFIG": "/dev/null"}).workflows.workflow("argo", "wf")
    assert asked_with(empty_cluster, "authorization") == [f"Bearer {empty_cluster.admin_token}"]


@pytest.mark.parametrize(("code", "body"), [(501, "Not Implemented"), (404, "Not Found")])
def test_a_server_that_is_too_old_for_a_call_is_named(empty_cluster: SimulatedCluster, code: int, body: str) -> None:
    answer = json.dumps({"code": 12, "message": body}).encode()
    empty_cluster.faults.answer_with(answer, "application/json", code=code)
    with pytest.raises(ApiError) as caught:
        plain(empty_cluster).workflows.workflow("argo", "wf")
    assert str(caught.value) == (
        f"the Argo Server at {empty_cluster.argo_server_url} does not know this call ({code} {body}): "
        f"it is too old for it, or else {HINT}"
    )


def behind_a_service(cluster: SimulatedCluster, **service: Any) -> str:
    """The token of someone who may forward ports of pods, but not use the proxy of services."""
    spec = {"selector": {"app": "argo-server"}, "ports": [{"name": "web", "port": 80, "targetPort": "web"}]} | service
    meta = {"name": "argo-server", "namespace": "argo"}
    pods = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "argo", "labels": {"app": "argo-server"}},
            "spec": {"containers": [{"name": "a", "ports": [{"name": "web", "containerPort": 2746}]}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": ready}]},
        }
        for name, ready in (("starting", "False"), ("ready", "True"))
    ]
    cluster.load([{"apiVersion": "v1", "kind": "Service", "metadata": meta, "spec": spec}, *pods])
    find = (Rule(("get",), "services"), Rule(("list",), "pods"))
    return cluster.access.add_user(
        "jane", *find, Rule(("get", "create"), "pods/portforward"), Rule(("get", "list", "watch"), "workflows")
    )


def test_a_port_is_forwarded_where_the_proxy_is_refused(empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    token = behind_a_service(empty_cluster)
    empty_cluster.argo_server.auth_modes = {"client"}
    empty_cluster.load([builders.workflow("wf")])
    sources = through_service(empty_cluster, tmp_path, token, ARGO_SERVER="service/argo/argo-server:80")
    with pytest.raises(NotFoundError):
        sources.workflows.workflow("argo", "nope")
    assert sources.workflows.workflow("argo", "wf").name == "wf"
    assert isinstance(sources.workflows, ArgoServer)
    with sources.workflows.watch("argo", "wf", "") as watch:
        assert next(iter(watch)).type == "ADDED"
    forwarded = [path for path in empty_cluster.journal.paths if path.endswith("/portforward")]
    # One to see whether it works, one for what is asked; a watch keeps its own.
    assert forwarded == ["/api/v1/namespaces/argo/pods/ready/portforward"] * empty_cluster.port_forward.opened
    assert len([path for path in empty_cluster.journal.paths if "/proxy/" in path]) == 1


def answer(opening: Opening[Stream] | Stream) -> bytes:
    """What comes by an opening, however often that is to ask again."""
    while isinstance(opening, Opening):
        while not opening.has_answer():
            wait([opening.fileno()], [], None)
        opening = opening.stream()
    with opening as stream:
        return b"".join(stream)


@pytest.mark.parametrize("may_proxy", [True, False])
def test_a_stream_that_is_not_waited_for_finds_the_way_as_well(
    empty_cluster: SimulatedCluster, tmp_path: Path, may_proxy: bool
) -> None:
    token = empty_cluster.admin_token if may_proxy else behind_a_service(empty_cluster)
    port = 2746 if may_proxy else 80
    empty_cluster.load([builders.workflow("wf")])
    sources = through_service(empty_cluster, tmp_path, token, ARGO_SERVER=f"service/argo/argo-server:{port}")
    assert isinstance(sources.workflows, ArgoServer)
    http = sources.workflows.http
    openings = [http.begin("/api/v1/workflows/argo/wf") for _ in range(2)]
    assert [json.loads(answer(opening))["metadata"]["name"] for opening in openings] == ["wf", "wf"]
    assert sources.workflows.workflow("argo", "wf").name == "wf"
    # Both set out by the proxy; the workflow is asked for by the way that was found.
    assert len([path for path in empty_cluster.journal.paths if "/proxy/" in path]) == (3 if may_proxy else 2)


@pytest.mark.parametrize(
    "service",
    [
        pytest.param({"selector": {"app": "nothing"}}, id="no pod"),
        pytest.param({"selector": None}, id="no selector"),
        pytest.param({"ports": [{"port": 80, "targetPort": "nope"}]}, id="no such port of the pod"),
        pytest.param({"ports": [{"port": 81, "targetPort": 2746}]}, id="no such port of the service"),
    ],
)
def test_where_no_port_can_be_forwarded_the_proxy_has_the_last_word(
    empty_cluster: SimulatedCluster, tmp_path: Path, service: dict[str, Any]
) -> None:
    token = behind_a_service(empty_cluster, **service)
    sources = through_service(empty_cluster, tmp_path, token, ARGO_SERVER="service/argo/argo-server:80")
    with pytest.raises(UnreachedError, match="cannot get resource .services/proxy.*has to grant"):
        sources.workflows.workflow("argo", "wf")


def test_a_port_that_the_pod_does_not_listen_at_is_an_error(empty_cluster: SimulatedCluster, tmp_path: Path) -> None:
    token = behind_a_service(empty_cluster, ports=[{"port": 80, "targetPort": 1}])
    sources = through_service(empty_cluster, tmp_path, token, ARGO_SERVER="service/argo/argo-server:80")
    with pytest.raises(ArgoPodsError) as caught:
        sources.workflows.workflow("argo", "wf")
    assert "service/argo/argo-server:80" in str(caught.value)
