"""The kubernetes package's client over our connection, and our connection over such a client."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from kubernetes import client, config

from kubectl_argo_pods.cluster.client import api_client, open_http
from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.errors import ArgoPodsError, ConfigError, ForbiddenError, NotFoundError, UnreachableError
from tests import builders
from tests.cluster import SimulatedCluster
from tests.connection.recording import Answer, recording
from tests.connection.test_credentials import plugin
from tests.connection.test_http import connect, in_turn, status

REVIEW = json.dumps({"kind": "SelfSubjectAccessReview", "spec": {}, "status": {"allowed": True}}).encode()


def ask(http: Http) -> bool:
    """Ask the server, through the package's client, whether one may get pods."""
    attributes = client.V1ResourceAttributes(verb="get", resource="pods")
    spec = client.V1SelfSubjectAccessReviewSpec(resource_attributes=attributes)
    review = client.V1SelfSubjectAccessReview(spec=spec)
    answer = client.AuthorizationV1Api(api_client(http)).create_self_subject_access_review(review)
    return bool(answer.status and answer.status.allowed)


def reviewed() -> Any:
    return recording(lambda _: Answer(201, REVIEW))


def test_the_client_asks_as_we_do() -> None:
    user = {"token": "secret", "as": "jane", "as-groups": ["a", "b"]}
    with reviewed() as server:
        assert ask(connect(server, user))
    (asked,) = server.asked
    assert (asked.path, json.loads(asked.body)) == (
        "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        {"spec": {"resourceAttributes": {"resource": "pods", "verb": "get"}}},
    )
    assert dict(asked.headers) == {
        "Host": server.url.removeprefix("https://"),
        "User-Agent": "kubectl-argo_pods/0.1.0",
        "Authorization": "Bearer secret",
        "Impersonate-User": "jane",
        "Impersonate-Group": "b",
        "Accept": "application/json",
        "Accept-Encoding": "gzip",
        "Content-Type": "application/json",
        "Content-Length": str(len(asked.body)),
    }
    assert asked.values("Impersonate-Group") == ["a", "b"]


def test_the_client_shows_a_certificate_that_is_on_no_disk() -> None:
    with reviewed() as server:
        issued = server.ca.issue_cert("admin@example.org", common_name="admin")
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        key = issued.private_key_pem.bytes()
        encoded = {"client-certificate-data": b64encode(chain).decode(), "client-key-data": b64encode(key).decode()}
        assert ask(connect(server, encoded))
    assert [asked.certificate for asked in server.asked] == ["admin"]


def test_the_client_has_a_refused_token_renewed_once(tmp_path: Path) -> None:
    answers = in_turn(status(401, "Unauthorized", "no"), Answer(201, REVIEW))
    with recording(answers) as server:
        assert ask(connect(server, plugin(tmp_path, [{"token": "one"}, {"token": "two"}])))
    assert [asked.values("Authorization") for asked in server.asked] == [["Bearer one"], ["Bearer two"]]


def test_the_client_never_asks_as_nobody(tmp_path: Path) -> None:
    with reviewed() as server, pytest.raises(ConfigError, match="failed with status 1"):
        ask(connect(server, plugin(tmp_path, [])))
    assert server.asked == []


def test_the_client_raises_our_errors() -> None:
    refusal = 'pods is forbidden: User "u" cannot get resource "pods" in API group "" in the namespace "argo"'
    with recording(lambda _: status(403, "Forbidden", refusal)) as server, pytest.raises(ForbiddenError) as caught:
        ask(connect(server))
    assert str(caught.value).startswith(f"{refusal}: a Role in namespace")


def test_the_client_streams_what_it_is_asked_to(tmp_path: Path) -> None:
    with recording(lambda _: Answer(body=b"one\ntwo\n")) as server:
        api: Any = client.CoreV1Api(api_client(connect(server)))
        log = api.read_namespaced_pod_log("pod", "argo", follow=True, _preload_content=False)
        assert b"".join(log.stream()) == b"one\ntwo\n"


@contextmanager
def through(kubeconfig: Path) -> Iterator[Http]:
    """Our connection over a client that the package has made by its own means."""
    from_config: Any = config.new_client_from_config
    with from_config(str(kubeconfig)) as api:
        yield open_http(api)


def test_a_clients_own_connection_is_asked(empty_cluster: SimulatedCluster, kubeconfig: Path) -> None:
    with through(kubeconfig) as http:
        found = http.get_json("/api/v1/namespaces/argo/pods", {"labelSelector": "a in (b,c)"}, "application/json")
    assert found["kind"] == "PodList"
    (asked,) = empty_cluster.journal
    assert (asked.path, asked.query) == ("/api/v1/namespaces/argo/pods", {"labelSelector": "a in (b,c)"})
    assert asked.headers["authorization"] == f"Bearer {empty_cluster.admin_token}"


def test_a_client_keeps_its_connections(tmp_path: Path) -> None:
    with recording() as server:
        configuration = client.Configuration(host=server.url)
        configuration.ssl_ca_cert = str(tmp_path / "ca.crt")
        (tmp_path / "ca.crt").write_bytes(server.ca_pem)
        http = open_http(client.ApiClient(configuration))
        assert [http.get_json("/1"), http.get_json("/2")] == [{}, {}]
    assert [(asked.path, asked.connection) for asked in server.asked] == [("/1", 1), ("/2", 1)]


def test_a_watch_goes_through_a_clients_connection_too(empty_cluster: SimulatedCluster, kubeconfig: Path) -> None:
    query = {"watch": "1", "timeoutSeconds": "1", "resourceVersion": "0"}
    empty_cluster.load([builders.workflow("wf")])
    path = "/apis/argoproj.io/v1alpha1/namespaces/argo/workflows"
    with through(kubeconfig) as http, http.stream(path, query) as stream:
        (event,) = b"".join(stream).splitlines()
    assert json.loads(event)["type"] == "ADDED"


def test_errors_of_a_clients_connection_are_ours(empty_cluster: SimulatedCluster, kubeconfig: Path) -> None:
    with through(kubeconfig) as http, pytest.raises(NotFoundError, match='pods "nope" not found'):
        http.get_json("/api/v1/namespaces/argo/pods/nope")


def unreachable(api: client.ApiClient) -> str:
    with pytest.raises(UnreachableError) as caught:
        open_http(api).get_json("/")
    return str(caught.value)


def test_a_client_that_is_refused_says_so() -> None:
    configuration = client.Configuration(host="http://127.0.0.1:1")
    configuration.retries = False
    assert unreachable(client.ApiClient(configuration)) == (
        "the connection to the Kubernetes API at http://127.0.0.1:1 was refused; is it running? "
        "If so, check the configuration of the ApiClient"
    )


def test_a_client_that_does_not_trust_the_server_says_so() -> None:
    with recording() as server:
        configuration = client.Configuration(host=server.url)
        configuration.retries = False
        said = unreachable(client.ApiClient(configuration))
    assert said.startswith(f"the certificate of the Kubernetes API at {server.url} cannot be trusted: ")


def test_a_clients_cut_answer_is_an_error(empty_cluster: SimulatedCluster, kubeconfig: Path) -> None:
    empty_cluster.faults.truncate("/pods", after=5)
    with through(kubeconfig) as http, pytest.raises(ArgoPodsError, match="was lost"):
        http.get_json("/api/v1/namespaces/argo/pods")


def test_a_client_over_our_connection_is_a_client_like_any_other() -> None:
    with recording() as server:
        api: Any = api_client(connect(server, {"token": "secret"}))
        api.set_default_header("Impersonate-User", "jane")
        with open_http(api).stream("/log") as log:
            assert b"".join(log) == b"{}"
        assert [open_http(api).get_json("/1"), open_http(api).get_json("/2")] == [{}, {}]
    assert [each.values("Authorization") for each in server.asked] == [["Bearer secret"]] * 3
    assert [each.values("Impersonate-User") for each in server.asked] == [["jane"]] * 3
    assert [each.values("Accept-Encoding") for each in server.asked] == [["identity"], ["gzip"], ["gzip"]]
