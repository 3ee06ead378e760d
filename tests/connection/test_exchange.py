"""Requests and answers on a bare socket, as servers and proxies write them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from socket import SO_LINGER, SOL_SOCKET, socket, socketpair
from struct import pack
from threading import Thread

import pytest

from kubectl_argo_pods.cluster.connection import Connection
from kubectl_argo_pods.cluster.exchange import LONGEST_HEAD, Response, receive, send
from kubectl_argo_pods.cluster.framing import ProtocolError
from kubectl_argo_pods.errors import ConfigError

Pair = tuple[socket, socket]
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello"


@pytest.fixture
def pair() -> Iterator[Pair]:
    ours, theirs = socketpair()
    ours.settimeout(30)
    with ours, theirs:
        yield ours, theirs


def answered(pair: Pair, *parts: bytes, method: str = "GET") -> Response:
    """What is understood of an answer that arrives in parts, before the connection ends."""
    ours, theirs = pair

    def answer() -> None:
        # Who has seen enough may be gone.
        with suppress(OSError):
            for part in parts:
                theirs.sendall(part)
            theirs.close()

    Thread(target=answer, daemon=True).start()
    return receive(Connection(ours), method)


def test_an_answer_has_its_status_headers_and_body(pair: Pair) -> None:
    response = answered(pair, OK)
    assert (response.status, response.reason, response.will_close) == (200, "OK", True)
    assert response.getheaders() == [("Content-Type", "text/plain"), ("Content-Length", "5")]
    assert (response.getheader("content-TYPE"), response.getheader("Age")) == ("text/plain", None)
    assert response.read() == b"hello"
    assert not response.will_close


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_it_does_not_matter_how_the_network_cuts_an_answer(pair: Pair, size: int) -> None:
    response = answered(pair, *(OK[start : start + size] for start in range(0, len(OK), size)))
    assert (response.status, response.read()) == (200, b"hello")


@pytest.mark.parametrize(
    ("answer", "status", "body"),
    [
        pytest.param(b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + OK, 200, b"hello", id="an interim answer first"),
        pytest.param(b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", id="no content"),
        pytest.param(b"HTTP/1.1 101 Switching Protocols\r\n\r\n", 101, b"", id="another protocol"),
        pytest.param(b"HTTP/1.1 404\r\nContent-Length: 2\r\n\r\nno", 404, b"no", id="no reason"),
        pytest.param(b"HTTP/1.0 200 OK\r\n\r\nhello", 200, b"hello", id="a body that ends with the connection"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
            200,
            b"hello",
            id="chunks",
        ),
    ],
)
def test_answers_of_every_kind(pair: Pair, answer: bytes, status: int, body: bytes) -> None:
    response = answered(pair, answer)
    assert (response.status, response.read()) == (status, body)


def test_the_answer_to_head_has_no_body(pair: Pair) -> None:
    assert answered(pair, OK.removesuffix(b"hello"), method="HEAD").read() == b""


def test_headers_may_come_twice_or_go_on_in_the_next_line(pair: Pair) -> None:
    head = b"HTTP/1.1 200 OK\r\nVia: a\r\nVia: b\r\nWarning: long\r\n  story\r\nContent-Length: 0\r\n\r\n"
    response = answered(pair, head)
    assert (response.getheader("via"), response.getheader("warning")) == ("a, b", "long story")


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), id="close"),
        pytest.param(b"HTTP/1.1 200 OK\r\n\r\nhello", id="no size"),
    ],
)
def test_a_connection_that_cannot_be_used_again(pair: Pair, answer: bytes) -> None:
    response = answered(pair, answer)
    assert (response.read(), response.will_close) == (b"hello", True)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", "the answer is not one of HTTP", id="another protocol"),
        pytest.param(b"HTTP/1.1 OK\r\n\r\n", "the answer is not one of HTTP", id="no status"),
        pytest.param(OK.replace(b": 5", b": five"), "no number", id="a length that is no number"),
        pytest.param(OK.replace(b": 5", b": " + b"9" * 5000), "no number", id="a length that is none"),
        pytest.param(OK[:30], "the answer ended in its head", id="half a head"),
        pytest.param(b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * (LONGEST_HEAD // 5), "has no end", id="an endless head"),
    ],
)
def test_what_is_no_answer_is_an_error(pair: Pair, answer: bytes, sentence: str) -> None:
    with pytest.raises(ProtocolError, match=sentence):
        answered(pair, answer)


def test_a_connection_that_was_closed_already_is_told_from_half_an_answer(pair: Pair) -> None:
    with pytest.raises(ConnectionError):
        answered(pair)


def test_a_body_that_is_cut_short_is_an_error_after_all_that_came(pair: Pair) -> None:
    response = answered(pair, OK[:-2])
    assert response.receive() == b"hel"
    with pytest.raises(ProtocolError, match="2 bytes too early"):
        response.receive()


def test_a_request_is_sent_in_one_piece(pair: Pair) -> None:
    ours, theirs = pair
    send(ours, "POST", "/x?y=1", [("Host", "h"), ("X-Name", "größe")], b"body")
    assert theirs.recv(1000) == "POST /x?y=1 HTTP/1.1\r\nHost: h\r\nX-Name: größe\r\n\r\nbody".encode()


@pytest.mark.parametrize("value", ["secret\r\nX-Other: 1", "secret\nX", "secret\0"])
def test_a_header_cannot_smuggle_another_one_in(pair: Pair, value: str) -> None:
    with pytest.raises(ConfigError) as raised:
        send(pair[0], "GET", "/", [("Authorization", value)], None)
    assert str(raised.value) == "the header Authorization cannot be sent: its value holds a line break"


def test_what_came_before_a_reset_is_handed_on_before_it_is_told() -> None:
    """Without a length only the reset says that the answer was cut."""
    come = b"x" * 20_000
    with socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket() as ours:
            ours.connect(listener.getsockname())
            theirs, _ = listener.accept()
            theirs.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + come)
            # To close it without lingering resets the connection.
            theirs.setsockopt(SOL_SOCKET, SO_LINGER, pack("ii", 1, 0))
            theirs.close()
            ours.setblocking(False)
            response = receive(Connection(ours), "GET")
            assert response.receive() == come
            with pytest.raises(ConnectionResetError):
                response.receive()
