from __future__ import annotations

import gzip
import json
import socket
import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from kubectl_argo_pods.cluster.http import Http, open_http
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.errors import (
    ApiError,
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


def test_a_connection_after_the_first_takes_up_its_session() -> None:
    with recording() as server:
        http = connect(server)
        for path in ("/1", "/2", "/3"):
            http.get_json(path)
            # Not by the server: OpenSSL 3.5 forgets the session of a connection that ends without a word.
            http.close()
    assert [(asked.connection, asked.is_resumed) for asked in server.asked] == [(1, False), (2, True), (3, True)]


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


def test_a_server_that_is_long_away_is_not_waited_for() -> None:
    away = status(503, "ServiceUnavailable", "back in an hour")._replace(headers=(("Retry-After", "3600"),))
    with recording(lambda _: away) as server, pytest.raises(ApiError, match="back in an hour"):
        connect(server).get_json("/")
    assert len(server.asked) == 1


def test_a_connection_that_is_lost_before_the_answer_is_tried_again() -> None:
    answers = [b"", b"", b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}']
    with served(lambda sock: sock.sendall(answers.pop(0))) as url:
        assert plain(url).get_json("/") == {"a": 1}


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n"


@pytest.mark.parametrize(
    ("beginning", "piece"),
    [
        pytest.param(HEAD + b"\r\n{", b"", id="nothing more"),
        pytest.param(HEAD + b"\r\n{", b" ", id="a little more, again and again"),
        pytest.param(HEAD, b"X: y\r\n", id="one header more, again and again"),
    ],
)
def test_an_answer_that_does_not_end_in_time_is_an_error(beginning: bytes, piece: bytes) -> None:
    ended = threading.Event()

    def begin(sock: socket.socket) -> None:
        sock.sendall(beginning)
        while not ended.wait(0.05):
            sock.sendall(piece)

    with served(begin) as url:
        with pytest.raises(UnreachableError, match="did not answer in time"):
            plain(url, timeout=0.3).get_json("/")
        ended.set()


@contextmanager
def served(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """The URL of a server that answers each request so, and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            while True:
                with suppress(OSError):
                    sock, _ = listening.accept()
                    with sock:
                        sock.recv(65536)
                        answer(sock)
                if listening.fileno() < 0:
                    return

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)


def plain(url: str, timeout: float | None = None) -> Http:
    return open_http(Cluster(url, "", "default", {}, {}, timeout), ENVIRON)


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
        pytest.param(
            status(410, "Expired", "too old"),
            GoneError,
            'the Kubernetes API at URL (context "dev") answered 410: too old',
            id="gone",
        ),
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
            ApiError,
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


def message_of(cluster: Cluster) -> str:
    with pytest.raises(UnreachableError) as caught:
        open_http(cluster, ENVIRON).get_json("/")
    return str(caught.value)


def test_an_answer_that_does_not_come_in_time_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        said = message_of(Cluster(url, "", "default", {}, {}, 0.05))
    assert said == f"the Kubernetes API at {url} did not answer in time; check the network, or raise --request-timeout"


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
