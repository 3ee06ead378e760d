from __future__ import annotations

import gzip
import json
import socket
import sys
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kubectl_argo_pods.cluster.http import Http, open_http
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.errors import (
    ApiError,
    ConfigError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    UnauthorizedError,
    UnreachableError,
)
from tests.connection.recording import Answer, Asked, Recording, recording

ENVIRON: dict[str, str] = {}
TOKEN = {"token": "secret"}


def connect(server: Recording, user: dict[str, Any] | None = None, entry: Mapping[str, Any] = ENVIRON) -> Http:
    trust = {"certificate-authority-data": b64encode(server.ca_pem).decode()}
    cluster = Cluster(server.url, "dev", "default", trust | dict(entry), user or TOKEN, None)
    return open_http(cluster, ENVIRON)


def in_turn(*answers: Answer) -> Callable[[Asked], Answer]:
    left = list(answers)
    return lambda _: left.pop(0)


def status(code: int, reason: str, message: str) -> Answer:
    body = {"kind": "Status", "code": code, "reason": reason, "message": message}
    return Answer(code, json.dumps(body).encode())


def test_a_request_says_who_asks_and_what_for() -> None:
    with recording(lambda _: Answer(body=b'{"a": 1}')) as server:
        answer = connect(server, {"token": "secret\n"}).get_json(
            "/api/v1/pods", {"labelSelector": "a in (b,c)"}, "text/x"
        )
    assert answer == {"a": 1}
    (asked,) = server.asked
    assert asked.path == "/api/v1/pods?labelSelector=a+in+%28b%2Cc%29"
    assert dict(asked.headers) == {
        "Host": server.url.removeprefix("https://"),
        "User-Agent": "kubectl-argo_pods/0.1.0",
        "Authorization": "Bearer secret",
        "Accept": "text/x",
        "Accept-Encoding": "gzip",
    }


def test_the_path_of_the_server_goes_before_every_path() -> None:
    with recording() as server:
        url = f"{server.url}/k8s/clusters/c-1"
        trust = {"certificate-authority-data": b64encode(server.ca_pem).decode()}
        open_http(Cluster(url, "", "default", trust, TOKEN, None), ENVIRON).get_json("/api")
    assert [asked.path for asked in server.asked] == ["/k8s/clusters/c-1/api"]


def test_requests_share_a_connection() -> None:
    with recording() as server:
        http = connect(server)
        http.get_json("/1")
        http.get_json("/2")
    assert [asked.connection for asked in server.asked] == [1, 1]


def test_a_connection_that_the_server_closed_meanwhile_is_replaced() -> None:
    with recording(in_turn(Answer(hang_up=True), Answer())) as server:
        http = connect(server)
        http.get_json("/1")
        http.get_json("/2")
    assert [(asked.path, asked.connection) for asked in server.asked] == [("/1", 1), ("/2", 2)]


def test_several_threads_may_ask_at_once() -> None:
    together = threading.Barrier(3)
    with recording() as server:
        http = connect(server)
        found: list[Any] = []

        def ask(path: str) -> None:
            together.wait()
            found.append(http.get_json(path))

        threads = [threading.Thread(target=ask, args=(f"/{number}",)) for number in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (found, sorted(asked.path for asked in server.asked)) == ([{}, {}, {}], ["/0", "/1", "/2"])


def test_compressed_answers_are_unpacked() -> None:
    packed = gzip.compress(json.dumps({"a": "b" * 1000}).encode())
    headers = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"))
    with recording(lambda _: Answer(200, packed, headers)) as server:
        assert connect(server).get_json("/") == {"a": "b" * 1000}


def test_compression_can_be_disabled() -> None:
    with recording() as server:
        connect(server, entry={"disable-compression": True}).get_json("/")
    assert server.asked[0].values("Accept-Encoding") == ["identity"]


@pytest.mark.parametrize(
    "refusal",
    [
        pytest.param(Answer(429, b"", (("Retry-After", "0"),)), id="too many requests"),
        pytest.param(Answer(500, b"", (("Retry-After", "0"),)), id="an error with a time to come back"),
        pytest.param(Answer(503, b""), id="unavailable"),
    ],
)
def test_a_server_that_is_busy_is_asked_again(refusal: Answer) -> None:
    with recording(in_turn(refusal, Answer(body=b'{"a": 1}'))) as server:
        assert connect(server).get_json("/") == {"a": 1}


def test_a_server_that_stays_busy_is_not_asked_for_ever() -> None:
    busy = Answer(429, b"", (("Retry-After", "0"),))
    with recording(lambda _: busy) as server, pytest.raises(ApiError) as caught:
        connect(server).get_json("/")
    assert (caught.value.code, len(server.asked)) == (429, 4)


def test_a_post_carries_json() -> None:
    with recording(lambda _: Answer(201, b'{"a": 1}')) as server:
        assert connect(server).post_json("/reviews", {"spec": "größe"}) == {"a": 1}
    (asked,) = server.asked
    assert (asked.path, json.loads(asked.body), asked.values("Content-Type")) == (
        "/reviews",
        {"spec": "größe"},
        ["application/json"],
    )


def test_a_post_is_never_repeated() -> None:
    with recording(in_turn(Answer(hang_up=True), Answer(503, b""))) as server:
        http = connect(server)
        http.get_json("/1")
        with pytest.raises(ApiError):
            http.post_json("/2", {})
    assert [(asked.path, asked.connection) for asked in server.asked] == [("/1", 1), ("/2", 2)]


@pytest.mark.parametrize(
    ("answer", "kind", "sentence"),
    [
        pytest.param(
            status(404, "NotFound", 'pods "x" not found'), NotFoundError, 'pods "x" not found', id="not found"
        ),
        pytest.param(
            status(403, "Forbidden", 'pods is forbidden: User "u" cannot list resource "pods"'),
            ForbiddenError,
            'pods is forbidden: User "u" cannot list resource "pods"',
            id="forbidden",
        ),
        pytest.param(status(410, "Expired", "too old"), GoneError, "too old", id="gone"),
        pytest.param(
            status(401, "Unauthorized", "Unauthorized"),
            UnauthorizedError,
            'the Kubernetes API at URL (context "dev") does not accept the credentials (Unauthorized); '
            "log in again, or check the user",
            id="unauthorized",
        ),
        pytest.param(
            Answer(400, b'{"code": 3, "message": "bad selector"}'),
            ApiError,
            'the Kubernetes API at URL (context "dev") answered 400: bad selector',
            id="a gRPC gateway's error",
        ),
        pytest.param(
            Answer(200, b"<!doctype html><html>", (("Content-Type", "text/html"),)),
            ApiError,
            'the Kubernetes API at URL (context "dev") answered with a web page instead of JSON; '
            "check the server of its kubeconfig entry",
            id="a web page",
        ),
        pytest.param(
            Answer(404, b"<html>", (("Content-Type", "text/html"),)),
            NotFoundError,
            'the Kubernetes API at URL (context "dev") answered 404 with a web page; '
            "check the server of its kubeconfig entry",
            id="a web page that says that nothing is here",
        ),
    ],
)
def test_a_refusal_is_an_error_of_ours(answer: Answer, kind: type[ApiError], sentence: str) -> None:
    with recording(lambda _: answer) as server:
        with pytest.raises(ApiError) as caught:
            connect(server).get_json("/")
        said = str(caught.value).replace(server.url, "URL")
    assert (type(caught.value), caught.value.code, said) == (kind, answer.status, sentence)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
    return port


def message_of(cluster: Cluster) -> str:
    with pytest.raises(UnreachableError) as caught:
        open_http(cluster, ENVIRON).get_json("/")
    return str(caught.value)


def test_a_refused_connection_names_server_and_context() -> None:
    url = f"https://127.0.0.1:{free_port()}"
    assert message_of(Cluster(url, "dev", "default", {}, TOKEN, None)) == (
        f'the connection to the Kubernetes API at {url} (context "dev") was refused; is it running? '
        "If so, check the server of its kubeconfig entry"
    )


def test_a_certificate_of_an_unknown_authority_is_not_trusted() -> None:
    with recording() as server, recording() as other:
        trust = {"certificate-authority-data": b64encode(other.ca_pem).decode()}
        said = message_of(Cluster(server.url, "dev", "default", trust, {"token": "secret"}, None))
    assert server.asked == []
    assert said.startswith(f'the certificate of the Kubernetes API at {server.url} (context "dev") cannot be trusted: ')


def test_a_server_without_tls_is_told_apart() -> None:
    with recording(tls=False) as server:
        url = server.url.replace("http:", "https:")
        said = message_of(Cluster(url, "", "default", {}, TOKEN, None))
    assert said == (
        f"the Kubernetes API at {url} does not speak TLS; is it one for http? check the server of its kubeconfig entry"
    )


def test_the_certificate_may_be_for_another_name() -> None:
    with recording() as server:
        assert connect(server, entry={"tls-server-name": "api.example"}).get_json("/") == {}
        with pytest.raises(UnreachableError, match="cannot be trusted"):
            connect(server, entry={"tls-server-name": "other.example"}).get_json("/")


def test_verification_can_be_skipped() -> None:
    with recording() as server:
        cluster = Cluster(server.url, "", "default", {"insecure-skip-tls-verify": True}, TOKEN, None)
        assert open_http(cluster, ENVIRON).get_json("/") == {}


def test_an_answer_that_does_not_come_in_time_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        said = message_of(Cluster(url, "", "default", {}, {}, 0.05))
    assert said == f"the Kubernetes API at {url} did not answer in time; check the network, or raise --request-timeout"


def test_credentials_are_never_sent_in_the_clear() -> None:
    with recording(tls=False) as server:
        connect(server, {"token": "secret", "username": "u", "password": "p"}).get_json("/")
    assert server.asked[0].values("Authorization") == []


def test_a_stream_gives_what_arrives_and_ends_with_it() -> None:
    log = Answer(body=b"one\ntwo\n")
    with recording(lambda _: log) as server, connect(server).stream("/log", {"follow": "true"}) as stream:
        assert b"".join(stream) == b"one\ntwo\n"


def test_a_stream_that_is_cut_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"

        def serve() -> None:
            connection, _ = listening.accept()
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\none\n\r\n8\r\ntw")
            connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        seen: list[bytes] = []
        http = open_http(Cluster(url, "", "default", {}, TOKEN, None), ENVIRON)
        with http.stream("/log") as stream, pytest.raises(UnreachableError, match="was lost"):
            seen.extend(stream)
        thread.join()
    assert b"".join(seen).startswith(b"one\n")


def test_a_proxy_is_asked_to_connect_to_the_server() -> None:
    asked: list[bytes] = []
    with recording() as server, socket.create_server(("127.0.0.1", 0)) as proxy:

        def serve() -> None:
            client, _ = proxy.accept()
            asked.append(client.recv(65536))
            host, _, port = server.url.removeprefix("https://").partition(":")
            upstream = socket.create_connection((host, int(port)))
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(upstream, client), daemon=True)
            back.start()
            pump(client, upstream)

        threading.Thread(target=serve, daemon=True).start()
        url = f"http://us%40er:pass@127.0.0.1:{proxy.getsockname()[1]}"
        assert connect(server, entry={"proxy-url": url}).get_json("/x") == {}
    target = server.url.removeprefix("https://")
    credentials = b64encode(b"us@er:pass").decode()
    assert asked[0].decode() == (
        f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\nProxy-Authorization: Basic {credentials}\r\n\r\n"
    )


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while chunk := source.recv(65536):
            target.sendall(chunk)
    except OSError:
        return


def plugin(tmp_path: Path, script: str, **fields: Any) -> dict[str, Any]:
    path = tmp_path / "plugin.py"
    path.write_text(script)
    version = "client.authentication.k8s.io/v1"
    return {
        "exec": {"apiVersion": version, "command": sys.executable, "args": [str(path)], "interactiveMode": "Never"}
        | fields
    }


COUNTING = """
import json, os, pathlib
count = pathlib.Path(__file__).with_suffix(".count")
count.write_text(count.read_text() + "x" if count.exists() else "x")
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
token = f"{os.environ['WHO']}-{len(count.read_text())}"
print(json.dumps({"kind": "ExecCredential", "apiVersion": info["apiVersion"], "status": {"token": token}}))
"""


def test_a_credential_plugin_gives_the_token_and_is_asked_once(tmp_path: Path) -> None:
    with recording() as server:
        http = connect(server, plugin(tmp_path, COUNTING, env=[{"name": "WHO", "value": "me"}]))
        http.get_json("/1")
        http.get_json("/2")
    assert [asked.values("Authorization") for asked in server.asked] == [["Bearer me-1"], ["Bearer me-1"]]


def test_a_credential_plugin_is_asked_again_when_its_token_is_refused(tmp_path: Path) -> None:
    with recording(in_turn(status(401, "Unauthorized", "no"), Answer(body=b'{"a": 1}'))) as server:
        http = connect(server, plugin(tmp_path, COUNTING, env=[{"name": "WHO", "value": "me"}]))
        assert http.get_json("/") == {"a": 1}
    assert [asked.values("Authorization") for asked in server.asked] == [["Bearer me-1"], ["Bearer me-2"]]


@pytest.mark.parametrize(
    ("script", "fields", "sentence"),
    [
        pytest.param(
            "raise SystemExit(3)",
            {"installHint": "Install it from here."},
            'the credential plugin "PYTHON" failed with status 3\nInstall it from here.',
            id="fails",
        ),
        pytest.param("print('{')", {}, 'the credential plugin "PYTHON" did not print JSON', id="prints no JSON"),
        pytest.param(
            "",
            {"command": "no-such-plugin", "installHint": "Get it."},
            'the credential plugin "no-such-plugin" cannot be run: No such file or directory\nGet it.',
            id="is not there",
        ),
        pytest.param(
            "",
            {"apiVersion": "client.authentication.k8s.io/v1alpha1"},
            'the credential plugin "PYTHON" has apiVersion "client.authentication.k8s.io/v1alpha1"; known are '
            "client.authentication.k8s.io/v1, client.authentication.k8s.io/v1beta1",
            id="is of an old version",
        ),
    ],
)
def test_a_credential_plugin_that_fails_ends_the_request(
    tmp_path: Path, script: str, fields: dict[str, Any], sentence: str
) -> None:
    with recording() as server, pytest.raises(ConfigError) as caught:
        connect(server, plugin(tmp_path, script, **fields)).get_json("/")
    assert (str(caught.value).replace(sys.executable, "PYTHON"), server.asked) == (sentence, [])


CLUSTER_INFO = """
import json, os
info = json.loads(os.environ["KUBERNETES_EXEC_INFO"])
print(json.dumps({"kind": "ExecCredential", "apiVersion": info["apiVersion"], "status": {"token": json.dumps(info)}}))
"""


def test_a_credential_plugin_is_told_of_the_cluster_if_it_wants_to(tmp_path: Path) -> None:
    extension = {"name": "client.authentication.k8s.io/exec", "extension": {"audience": "me"}}
    with recording() as server:
        connect(server, plugin(tmp_path, CLUSTER_INFO, provideClusterInfo=True), {"extensions": [extension]}).get_json(
            "/"
        )
    (token,) = server.asked[0].values("Authorization")
    assert json.loads(token.removeprefix("Bearer ")) == {
        "apiVersion": "client.authentication.k8s.io/v1",
        "kind": "ExecCredential",
        "spec": {
            "interactive": False,
            "cluster": {
                "server": server.url,
                "certificate-authority-data": b64encode(server.ca_pem).decode(),
                "config": {"audience": "me"},
            },
        },
    }


def test_a_client_certificate_is_shown_from_files_and_from_data(tmp_path: Path) -> None:
    with recording() as server:
        issued = server.ca.issue_cert("admin@example.org", common_name="admin")
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        key = issued.private_key_pem.bytes()
        (tmp_path / "chain.pem").write_bytes(chain)
        (tmp_path / "key.pem").write_bytes(key)
        files = {"client-certificate": str(tmp_path / "chain.pem"), "client-key": str(tmp_path / "key.pem")}
        encoded = {
            "client-certificate-data": b64encode(chain).decode(),
            "client-key-data": b64encode(key).decode(),
        }
        connect(server, files).get_json("/files")
        connect(server, encoded).get_json("/data")
    assert [(asked.path, asked.certificate) for asked in server.asked] == [("/files", "admin"), ("/data", "admin")]


def test_impersonation_travels_in_headers_one_for_each_value() -> None:
    user: dict[str, Any] = TOKEN | {
        "as": "jane",
        "as-uid": "7",
        "as-groups": ["a", "b"],
        "as-user-extra": {"Scopes/x": ["1", "2"]},
    }
    with recording() as server:
        connect(server, user).get_json("/")
    found = [(name, value) for name, value in server.asked[0].headers if name.startswith("Impersonate")]
    assert found == [
        ("Impersonate-User", "jane"),
        ("Impersonate-Uid", "7"),
        ("Impersonate-Group", "a"),
        ("Impersonate-Group", "b"),
        ("Impersonate-Extra-scopes%2Fx", "1"),
        ("Impersonate-Extra-scopes%2Fx", "2"),
    ]


def test_a_token_file_goes_before_a_token_and_is_read_each_time(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("one\n")
    with recording() as server:
        http = connect(server, {"token": "static", "tokenFile": str(path)})
        http.get_json("/")
        path.write_text("two\n")
        http.get_json("/")
    assert [asked.values("Authorization") for asked in server.asked] == [["Bearer one"], ["Bearer two"]]


def test_a_stream_that_was_read_to_its_end_leaves_its_connection_to_the_next_request() -> None:
    with recording() as server:
        http = connect(server)
        with http.stream("/log") as stream:
            assert b"".join(stream) == b"{}"
        http.get_json("/after")
    assert [each.connection for each in server.asked] == [1, 1]


def test_a_stream_that_was_not_read_to_its_end_closes_its_connection() -> None:
    with recording() as server:
        http = connect(server)
        with http.stream("/log"):
            pass
        http.get_json("/after")
    assert [each.connection for each in server.asked] == [1, 2]
