"""A websocket whose other side falls silent."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from kubectl_argo_pods.cluster import endpoint
from kubectl_argo_pods.cluster.frames import BINARY, PING, PONG
from kubectl_argo_pods.cluster.websocket import KUBECTLS, Liveness, WebSocket
from kubectl_argo_pods.errors import LostError
from tests.connection.test_frames import sent, unmasked

API = endpoint.from_url("https://api.example", "the API", {})
# No patience at all: whatever was asked for is overdue at once.
IMPATIENT = Liveness(ping_every=0, silence=-1)


@pytest.fixture
def sides() -> Iterator[tuple[WebSocket, socket.socket]]:
    ours, theirs = socket.socketpair()
    with theirs:
        websocket = WebSocket(ours, b"", "v5", API, IMPATIENT)
        yield websocket, theirs
        websocket.close()


def test_who_gives_no_sign_of_life_is_lost(sides: tuple[WebSocket, socket.socket]) -> None:
    websocket, theirs = sides
    websocket.keep_alive()
    assert unmasked(theirs.recv(100)) == sent(PING, b"")
    with pytest.raises(LostError, match="the API gave no sign of life for -1 seconds"):
        websocket.receive()


@pytest.mark.parametrize("sign", [(PONG, b""), (BINARY, b"x")], ids=["pong", "message"])
def test_any_answer_is_a_sign_of_life_however_late_it_is_read(
    sides: tuple[WebSocket, socket.socket], sign: tuple[int, bytes]
) -> None:
    websocket, theirs = sides
    websocket.keep_alive()
    websocket.keep_alive()
    theirs.sendall(sent(*sign))
    assert websocket.receive() == (b"x" if sign[0] == BINARY else None)
    assert websocket.receive() is None


def test_who_was_not_asked_is_not_lost(sides: tuple[WebSocket, socket.socket]) -> None:
    websocket, _ = sides
    assert websocket.receive() is None


def test_there_is_as_much_patience_as_kubectl_has() -> None:
    assert KUBECTLS == (5, 61)
