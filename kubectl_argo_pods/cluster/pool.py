"""The connections to one server: those that are kept for the next request, and new ones."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from socket import socket
from threading import Lock

from kubectl_argo_pods.cluster import tls
from kubectl_argo_pods.cluster.connection import Connection, end_of
from kubectl_argo_pods.cluster.endpoint import Endpoint
from kubectl_argo_pods.cluster.request import Terms

# What opens a connection to an endpoint, with TLS where a context is given, in so many seconds.
Dial = Callable[[Endpoint, tls.Context | None, float | None], socket]


class Pool:
    """Several threads may ask for connections at once; each has its own until it is kept."""

    def __init__(
        self, endpoint: Endpoint, certificate: Callable[[], tls.Certificate | None], terms: Terms, dial: Dial
    ) -> None:
        self._endpoint = endpoint
        self._certificate = certificate
        self._terms = terms
        self._dial = dial
        self._lock = Lock()
        self._idle: list[Connection] = []
        self._context: tls.Context | None = None

    def open(self) -> Connection:
        """A new connection, whose time runs from now; raises OSError and ConfigError."""
        ends = end_of(self._terms.timeout)
        return Connection(self._dial(self._endpoint, self.context(), self._terms.timeout), ends)

    def kept(self) -> Connection | None:
        """One that is open already, unless the server has closed it in the meantime; None where there is none."""
        with self._lock:
            if not self._idle:
                return None
            connection = self._idle.pop()
        connection.ends = end_of(self._terms.timeout)
        connection.sock.settimeout(self._terms.timeout)
        return connection

    def keep(self, connection: Connection) -> None:
        with self._lock:
            self._idle.append(connection)
            sock = connection.sock
            # The ticket has come with the answer at the latest. After a renewal it would be the former user's.
            if self._context and isinstance(sock, ssl.SSLSocket) and sock.context is self._context:
                self._context.session = sock.session

    def context(self) -> tls.Context | None:
        """What TLS goes by, with the client's certificate; None for plain http. Raises ConfigError."""
        if self._endpoint.scheme != "https":
            return None
        with self._lock:
            if self._context is None:
                context = tls.open_context(self._terms.trust)
                if certificate := self._certificate():
                    tls.load_certificate(context, certificate)
                self._context = context
            return self._context

    def renew(self) -> None:
        """There may be another certificate: no connection made with the old one is used again."""
        with self._lock:
            self._context = None
        self.close()

    def close(self) -> None:
        """Close the connections that nobody uses; the others are closed by their users."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()
