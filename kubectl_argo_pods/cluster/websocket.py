"""A websocket (RFC 6455) on a connection of our own: messages in and out without waiting, for a loop that selects.

Credentials, impersonation, proxies and TLS are those of every other request.
"""

from __future__ import annotations

import os
import socket
import time
from base64 import b64encode
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha1
from urllib.parse import urlencode

from kubectl_argo_pods.cluster import faults
from kubectl_argo_pods.cluster.endpoint import Endpoint
from kubectl_argo_pods.cluster.frames import BINARY, CLOSE, PING, PONG, Decoder, Frame, FrameError, encoded
from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.request import Request
from kubectl_argo_pods.cluster.tls import WOULD_BLOCK
from kubectl_argo_pods.errors import ApiError, LostError
from kubectl_argo_pods.record import NamedTuple

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CHUNK = 65536
# The codes of RFC 6455 for an end that is as it should be, and for one that came without a code.
NORMAL, NO_CODE = (1000).to_bytes(2, "big"), 1005


class Liveness(NamedTuple):
    """How often a quiet connection is asked for a sign of life, and how long it may be without one, in seconds.

    As kubectl does it (client-go, tools/remotecommand/websocket.go).
    """

    ping_every: float = 5.0
    silence: float = 61.0


KUBECTLS = Liveness()


class Closed(NamedTuple):
    """How the other side ended the connection: a code of RFC 6455, and its reason."""

    code: int
    reason: str


def open_websocket(http: Http, path: str, query: Sequence[tuple[str, str]], protocols: Sequence[str]) -> WebSocket:
    """A websocket that speaks one of the protocols; raises UnreachableError, or ApiError for a server that refuses."""
    key = b64encode(os.urandom(16))
    headers = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", key.decode()),
        # In one line: of several, the API server reads the first only (golang.org/x/net/websocket).
        ("Sec-WebSocket-Protocol", ", ".join(protocols)),
    ]
    response = http.ask(Request("GET", f"{path}?{urlencode(query)}", headers, switches=True))
    protocol = response.getheader("Sec-WebSocket-Protocol") or ""
    accept = b64encode(sha1(key + MAGIC, usedforsecurity=False).digest()).decode()
    if protocol not in protocols or response.getheader("Sec-WebSocket-Accept") != accept:
        response.connection.close()
        raise ApiError(f"{http.endpoint.label} turned to another protocol than was asked for", code=101)
    return WebSocket(response.connection.sock, response.early, protocol, http.endpoint)


class WebSocket:
    """One connection, for one thread. `receive` and `send` never wait; `fileno` is what to wait on."""

    def __init__(
        self, sock: socket.socket, early: bytes, protocol: str, endpoint: Endpoint, liveness: Liveness = KUBECTLS
    ) -> None:
        self.protocol = protocol
        self.closed: Closed | None = None
        self._sock = sock
        sock.setblocking(False)
        self._endpoint = endpoint
        self._liveness = liveness
        self._decoder = Decoder()
        # What came with the head of the answer.
        self._decoder.feed(early)
        self._outgoing: deque[memoryview] = deque()
        self.unsent = 0  # bytes
        self._pinged_at = time.monotonic()
        # Since when a sign of life is waited for. Time in which nobody receives, be it that this process is stopped or
        # that its output is not taken, says nothing about the connection.
        self._asked_at: float | None = None

    def fileno(self) -> int:
        return self._sock.fileno()

    def receive(self) -> bytes | None:
        """The next whole message, None where there is none yet or no more; raises LostError."""
        try:
            while self.closed is None:
                if frame := self._decoder.message():
                    if frame.opcode < CLOSE:
                        return frame.payload
                    self._obey(frame)
                else:
                    self._decoder.feed(self._received())
        except WOULD_BLOCK:
            self._check_liveness()
        except (OSError, FrameError) as error:
            raise LostError(self._why(error)) from error
        return None

    def send(self, message: bytes) -> None:
        """Send a message as soon as the connection takes it; `flush` does what is left."""
        self._put(BINARY, message)

    def flush(self) -> None:
        """Send of what is waiting as much as the connection takes; raises LostError."""
        try:
            while self._outgoing:
                sent = self._sock.send(self._outgoing[0])
                self.unsent -= sent
                if sent == len(self._outgoing[0]):
                    self._outgoing.popleft()
                else:
                    self._outgoing[0] = self._outgoing[0][sent:]
        except WOULD_BLOCK:
            return
        except OSError as error:
            raise LostError(self._why(error)) from error

    def keep_alive(self) -> float:
        """Ask for a sign of life where it is time; the seconds until the next call. Raises LostError."""
        now = time.monotonic()
        if now - self._pinged_at >= self._liveness.ping_every:
            self._pinged_at = now
            self._asked_at = self._asked_at or now
            self._put(PING, b"")
        return max(0.0, self._pinged_at + self._liveness.ping_every - now)

    def close(self) -> None:
        """End the connection, with a word if that can be said without waiting."""
        if self.closed is None and not self._outgoing:
            with suppress(OSError):
                self._sock.send(encoded(CLOSE, NORMAL))
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)
        self._sock.close()

    def _received(self) -> bytes:
        received = self._sock.recv(CHUNK)
        if not received:
            raise ConnectionResetError("the server closed it")
        self._asked_at = None
        return received

    def _check_liveness(self) -> None:
        if self._asked_at is not None and time.monotonic() - self._asked_at > self._liveness.silence:
            raise LostError(f"{self._endpoint.label} gave no sign of life for {self._liveness.silence:g} seconds")

    def _obey(self, frame: Frame) -> None:
        if frame.opcode == PING:
            self._put(PONG, frame.payload)
        elif frame.opcode == CLOSE:
            code = int.from_bytes(frame.payload[:2], "big") if len(frame.payload) > 1 else NO_CODE
            self.closed = Closed(code, frame.payload[2:].decode("utf-8", "replace"))

    def _put(self, opcode: int, payload: bytes) -> None:
        frame = memoryview(encoded(opcode, payload))
        self._outgoing.append(frame)
        self.unsent += len(frame)
        self.flush()

    def _why(self, error: Exception) -> str:
        if isinstance(error, FrameError):
            return f"{self._endpoint.label} sent what is no websocket frame: {error}"
        return str(faults.from_network(error, self._endpoint))
