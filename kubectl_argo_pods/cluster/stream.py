"""An answer that goes on: the lines of a watch or of a log."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from math import inf
from socket import SHUT_RDWR

from kubectl_argo_pods.cluster import faults
from kubectl_argo_pods.cluster.endpoint import Endpoint
from kubectl_argo_pods.cluster.exchange import Response
from kubectl_argo_pods.cluster.framing import ProtocolError
from kubectl_argo_pods.cluster.tls import WOULD_BLOCK


class Stream:
    """An answer that is still arriving: an iterator of chunks, and a context manager that is done with its connection.

    `close` may be called from another thread, and then ends the iteration.
    """

    timestamps = True

    def __init__(self, response: Response, endpoint: Endpoint, keep: Callable[[], None]) -> None:
        self._response = response
        self._endpoint = endpoint
        self._keep = keep
        self._closed = False
        self._sock = response.connection.sock
        self._timeout = self._sock.gettimeout()
        # A quiet log or watch is no fault: how long one is followed is the business of those who follow it.
        response.connection.ends = inf
        self._sock.settimeout(None)

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        if self._response.body.ended and not self._closed:
            self._sock.settimeout(self._timeout)
            self._keep()
            return
        self.close()
        self._sock.close()

    def __iter__(self) -> Iterator[bytes]:
        while chunk := self.receive():
            yield chunk

    def fileno(self) -> int:
        """What a selector waits for."""
        return self._sock.fileno()

    @property
    def is_ready(self) -> bool:
        """Whether `receive` has an answer that no selector knows of: the end has come with the last bytes."""
        return self._response.body.ended

    def unblock(self) -> None:
        """From now on `receive` does not wait."""
        self._sock.settimeout(0.0)

    def receive(self) -> bytes | None:
        """What has arrived; b"" at the end, None where nothing is there yet; raises UnreachableError."""
        try:
            return self._response.receive()
        except WOULD_BLOCK:
            return None
        except (OSError, ProtocolError, ValueError) as error:
            if self._closed:
                return b""
            raise faults.from_network(error, self._endpoint) from error

    def close(self) -> None:
        """End the stream, also for a thread that waits for its next chunk."""
        self._closed = True
        # Closing alone would leave the other thread waiting in recv.
        with suppress(OSError):
            self._sock.shutdown(SHUT_RDWR)
