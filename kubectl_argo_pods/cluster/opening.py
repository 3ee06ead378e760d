"""A request that has been sent, the answer to which may be long in coming.

The log of a container that is silent does not even have a head: the kubelet sends it with the first line (kubelet,
server.getContainerLogs), and the API server waits for it (apiserver, generic/rest, LocationStreamer).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from kubectl_argo_pods.cluster.connection import Connection
from kubectl_argo_pods.cluster.exchange import CHUNK
from kubectl_argo_pods.cluster.tls import WOULD_BLOCK
from kubectl_argo_pods.errors import UnreachedError

T = TypeVar("T")
U = TypeVar("U")


class Opening(Generic[T]):
    """`begun` makes the stream of a connection whose answer has begun with these bytes, or asks again."""

    def __init__(self, connection: Connection, begun: Callable[[bytes], T | Opening[T]]) -> None:
        self._connection = connection
        self._begun = begun
        self._early = b""

    def then(self, make: Callable[[T], U]) -> Opening[U]:
        """The opening of what can be made of the stream."""

        def begun(early: bytes) -> U | Opening[U]:
            stream = self._begun(early)
            return stream.then(make) if isinstance(stream, Opening) else make(stream)

        return Opening(self._connection, begun)

    def or_else(self, elsewhere: Callable[[UnreachedError], Opening[T]]) -> Opening[T]:
        """The opening that goes on elsewhere where the answer is that the request was not passed on."""

        def begun(early: bytes) -> T | Opening[T]:
            try:
                stream = self._begun(early)
            except UnreachedError as refused:
                return elsewhere(refused)
            return stream.or_else(elsewhere) if isinstance(stream, Opening) else stream

        return Opening(self._connection, begun)

    def fileno(self) -> int:
        """What a selector waits for."""
        return self._connection.sock.fileno()

    def has_answer(self) -> bool:
        """Whether the answer has begun, without waiting for it; what went wrong counts as one, which `stream` tells."""
        sock = self._connection.sock
        sock.settimeout(0.0)
        try:
            self._early = sock.recv(CHUNK)
        except WOULD_BLOCK:
            # With TLS more comes than answers.
            return False
        except OSError:
            self._early = b""
        return True

    def stream(self) -> T | Opening[T]:
        """The stream, once there is an answer, or where that was to ask again, the opening that is waited for next.

        Raises UnreachableError or ApiError.
        """
        return self._begun(self._early)

    def close(self) -> None:
        """Gives up waiting."""
        self._connection.close()
