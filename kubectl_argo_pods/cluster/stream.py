"""An answer that goes on: the lines of a watch or of a log."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import SHUT_RDWR

from kubectl_argo_pods.cluster import faults
from kubectl_argo_pods.cluster.endpoint import Endpoint

CHUNK = 65536


class Stream:
    """An answer that is still arriving: an iterator of chunks, and a context manager that closes its connection.

    `close` may be called from another thread, and then ends the iteration.
    """

    def __init__(self, connection: HTTPConnection, response: HTTPResponse, endpoint: Endpoint) -> None:
        self._connection = connection
        self._response = response
        self._endpoint = endpoint
        self._sock = connection.sock
        self._closed = False
        if self._sock:
            # A quiet log or watch is no fault: --request-timeout is about requests that have an end.
            self._sock.settimeout(None)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
        self._response.close()
        self._connection.close()

    def __iter__(self) -> Iterator[bytes]:
        try:
            while chunk := self._response.read1(CHUNK):
                yield chunk
        except (OSError, HTTPException, ValueError) as error:
            if not self._closed:
                raise faults.from_network(error, self._endpoint) from error

    def close(self) -> None:
        """End the stream, also for a thread that waits for its next chunk."""
        self._closed = True
        if self._sock:
            # Closing alone would leave the other thread waiting in recv.
            with suppress(OSError):
                self._sock.shutdown(SHUT_RDWR)
