"""An answer that goes on: the lines of a watch or of a log."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import SHUT_RDWR, socket
from typing import Any

from kubectl_argo_pods.cluster import faults
from kubectl_argo_pods.cluster.endpoint import Endpoint
from kubectl_argo_pods.cluster.framing import framing

CHUNK = 65536


class Stream:
    """An answer that is still arriving: an iterator of chunks, and a context manager that is done with its connection.

    `close` may be called from another thread, and then ends the iteration. The head of the answer has been read by
    http.client; its body is taken from the socket directly, which for small chunks takes half the time.
    """

    timestamps = True

    def __init__(
        self, connection: HTTPConnection, response: HTTPResponse, endpoint: Endpoint, keep: Callable[[], None]
    ) -> None:
        self._connection = connection
        self._response = response
        self._endpoint = endpoint
        self._keep = keep
        self._closed = False
        self._sock = socket_of(response)
        self._timeout = self._sock.gettimeout()
        self._body = framing(response)
        self._early = early_bytes(response, self._sock)
        # A quiet log or watch is no fault: --request-timeout is about requests that have an end.
        self._sock.settimeout(None)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        if self._body.ended and not self._closed and not self._early:
            self._sock.settimeout(self._timeout)
            self._response.close()
            self._keep()
            return
        self.close()
        self._response.close()
        self._connection.close()

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.receive():
            yield chunk

    def fileno(self) -> int:
        """What a selector waits for."""
        return self._sock.fileno()

    def unblock(self) -> None:
        """From now on `receive` does not wait."""
        self._sock.settimeout(0.0)

    def receive(self) -> bytes | None:
        """What has arrived; b"" at the end, None where nothing is there yet; raises UnreachableError."""
        try:
            return self._receive()
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except (OSError, HTTPException, ValueError) as error:
            if self._closed:
                return b""
            raise faults.from_network(error, self._endpoint) from error

    def close(self) -> None:
        """End the stream, also for a thread that waits for its next chunk."""
        self._closed = True
        # Closing alone would leave the other thread waiting in recv.
        with suppress(OSError):
            self._sock.shutdown(SHUT_RDWR)

    def _receive(self) -> bytes:
        body = self._body
        while not body.ended:
            if self._early:
                data, self._early = self._early, b""
            else:
                data = self._sock.recv(CHUNK)
            if not data:
                body.close()
            elif chunk := body.feed(data):
                return chunk
        return b""


def socket_of(response: HTTPResponse) -> socket:
    """The connection itself; where the server will close it, http.client has forgotten it already."""
    reader: Any = response.fp
    sock: socket = reader.raw._sock
    return sock


def early_bytes(response: HTTPResponse, sock: socket) -> bytes:
    """What has come with the head of the answer and been read with it."""
    reader: Any = response.fp
    sock.settimeout(0.0)
    try:
        early: bytes = reader.peek()
    except OSError:
        # Nothing came with it, and nothing is there now.
        early = b""
    return early
