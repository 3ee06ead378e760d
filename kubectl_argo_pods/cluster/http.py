"""HTTP to one server over kept-alive connections, on the standard library alone, since start-up time counts."""

from __future__ import annotations

import json
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from math import inf
from socket import socket
from threading import Lock
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlencode, urlsplit

from kubectl_argo_pods import __version__
from kubectl_argo_pods.cluster import endpoint as endpoints
from kubectl_argo_pods.cluster import exchange, faults, retries, tls
from kubectl_argo_pods.cluster.credentials import Credentials, Headers
from kubectl_argo_pods.cluster.endpoint import Endpoint, open_socket
from kubectl_argo_pods.cluster.exchange import Response
from kubectl_argo_pods.cluster.framing import ProtocolError
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.cluster.stream import Stream
from kubectl_argo_pods.errors import ArgoPodsError

JSON = "application/json"
TRACED = 6  # the level of kubectl's -v at which it begins to show requests


class Connection:
    """A connection; `ends` is when its answer has to be there, on the monotonic clock."""

    def __init__(self, sock: socket) -> None:
        self.sock = sock
        self.ends = inf

    def close(self) -> None:
        self.sock.close()


Answer = tuple[Connection, Response]


# What opens a connection to an endpoint, with TLS where a context is given, in so many seconds.
Dial = Callable[[Endpoint, tls.Context | None, float | None], socket]


class Caller(Protocol):
    """Who asks; `Credentials` is the one that a kubeconfig describes."""

    def headers(self) -> Headers: ...

    def certificate(self) -> tls.Certificate | None: ...

    def renew(self, refused: str) -> bool: ...


class Terms(NamedTuple):
    """How to talk: the trust in the words of a kubeconfig's cluster entry, and seconds for a whole request."""

    trust: Entry
    timeout: float | None = None
    compression: bool = True
    verbosity: int = 0  # kubectl's -v


class Request(NamedTuple):
    """What is asked for; `headers` are those of this request alone, `path` is below the server's own.

    With `switches` it asks for another protocol: then 101 is the only answer that grants it.
    """

    method: str
    path: str
    headers: Headers
    body: bytes | None = None
    switches: bool = False

    @property
    def is_idempotent(self) -> bool:
        return self.method in ("GET", "HEAD") and not self.switches

    def is_granted(self, status: int) -> bool:
        return status == 101 if self.switches else 200 <= status < 300


def open_http(cluster: Cluster, environ: Mapping[str, str]) -> Http:
    """The connection to a cluster's API; nothing is sent yet. Raises ConfigError."""
    if cluster.verbosity >= TRACED:
        from kubectl_argo_pods.cluster.trace import tell_origin

        tell_origin(cluster)
    return connect(endpoint_of(cluster, environ), Credentials(cluster, environ), terms_of(cluster))


def connect(endpoint: Endpoint, caller: Caller, terms: Terms, dial: Dial = open_socket) -> Http:
    """The connection to any server; nothing is sent yet."""
    if terms.verbosity < TRACED:
        return Http(endpoint, caller, terms, dial)
    from kubectl_argo_pods.cluster.trace import TracedHttp

    return TracedHttp(endpoint, caller, terms, dial)


def endpoint_of(cluster: Cluster, environ: Mapping[str, str]) -> Endpoint:
    """Where a cluster's API is; raises ConfigError."""
    entry = cluster.entry
    place = f' (context "{cluster.context}")' if cluster.context else ""
    return endpoints.from_url(
        cluster.server,
        f"the Kubernetes API at {cluster.server}{place}",
        environ,
        proxy=str(entry.get("proxy-url") or ""),
        tls_server_name=str(entry.get("tls-server-name") or ""),
    )


def terms_of(cluster: Cluster) -> Terms:
    """How a cluster's API is talked to."""
    return Terms(cluster.entry, cluster.timeout, not cluster.entry.get("disable-compression"), cluster.verbosity)


class Http:
    """One server. Several threads may ask at once: each request has a connection to itself while it lasts."""

    def __init__(self, endpoint: Endpoint, caller: Caller, terms: Terms, dial: Dial = open_socket) -> None:
        self.endpoint = endpoint
        self._dial = dial
        self._caller = caller
        self._terms = terms
        self._lock = Lock()
        self._idle: list[Connection] = []
        self._context: tls.Context | None = None

    def get_json(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> Any:
        """The decoded answer to a GET; raises UnreachableError or ApiError."""
        return self._json(Request("GET", _with_query(path, query), self._accept(accept)))

    def post_json(self, path: str, value: Any) -> Any:
        """The decoded answer to a POST, which is sent once only; raises UnreachableError or ApiError."""
        return self.post(path, json.dumps(value).encode(), JSON)

    def post(self, path: str, body: bytes, content_type: str) -> Any:
        """The decoded answer to a POST of anything, which is sent once only; raises UnreachableError or ApiError."""
        headers = [*self._accept(JSON), ("Content-Type", content_type), ("Content-Length", str(len(body)))]
        return self._json(Request("POST", path, headers, body))

    def stream(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> Stream:
        """A long answer to a GET, chunk by chunk as it arrives; raises UnreachableError or ApiError."""
        headers = [("Accept", accept), ("Accept-Encoding", "identity")]
        connection, response = self.ask(Request("GET", _with_query(path, query), headers))
        return Stream(response, self.endpoint, lambda: self.keep(connection, response))

    def ask(self, request: Request) -> Answer:
        """The head of an answer that grants the request, after as many tries as are sensible.

        Raises UnreachableError or ApiError. Who has read all of it may `keep` the connection.
        """
        for tries_left in range(retries.RETRIES if request.is_idempotent else 0, -1, -1):
            try:
                connection, response = self._let_in(request)
            except (OSError, ProtocolError) as error:
                if not tries_left or not retries.is_passing(error):
                    raise faults.from_network(error, self.endpoint) from error
                time.sleep(retries.pause(tries_left))
                continue
            if request.is_granted(response.status):
                return connection, response
            failure = self._failure(connection, response)
            wait = retries.wait(response.status, response.getheader("Retry-After") or "", tries_left)
            if wait is None or not tries_left:
                raise failure
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def keep(self, connection: Connection, response: Response) -> None:
        """Use the connection again, whose answer has been read."""
        if response.will_close:
            connection.close()
            return
        with self._lock:
            self._idle.append(connection)
            sock = connection.sock
            # The ticket has come with the answer at the latest. After a renewal it would be the former user's.
            if self._context and isinstance(sock, ssl.SSLSocket) and sock.context is self._context:
                self._context.session = sock.session

    def close(self) -> None:
        """Close the connections that nobody uses; the others are closed by their users."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def context(self) -> tls.Context | None:
        """What TLS goes by, with the client's certificate; None for plain http. Raises ConfigError."""
        if self.endpoint.scheme != "https":
            return None
        with self._lock:
            if self._context is None:
                context = tls.open_context(self._terms.trust)
                if certificate := self._caller.certificate():
                    tls.load_certificate(context, certificate)
                self._context = context
            return self._context

    def headers(self) -> Headers:
        """The headers that any request to this server carries, its credentials among them; raises ConfigError."""
        agent = f"kubectl-argo_pods/{__version__}"
        return [("Host", self.endpoint.authority), ("User-Agent", agent), *self._caller.headers()]

    @property
    def encoding(self) -> str:
        """How answers that have an end may be encoded."""
        return "gzip" if self._terms.compression else "identity"

    def _accept(self, accept: str) -> Headers:
        return [("Accept", accept), ("Accept-Encoding", self.encoding)]

    def _json(self, request: Request) -> Any:
        connection, response = self.ask(request)
        try:
            body = self._body(connection, response)
        except (OSError, ProtocolError, zlib.error) as error:
            connection.close()
            raise faults.from_network(error, self.endpoint) from error
        self.keep(connection, response)
        content_type = response.getheader("Content-Type") or ""
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise faults.from_foreign_body(content_type, body, self.endpoint) from error
        if not isinstance(answer, dict):
            raise faults.from_foreign_body(content_type, body, self.endpoint)
        return answer

    def _let_in(self, request: Request) -> Answer:
        """The answer to one try; who is refused as unknown tries once more with new credentials, if there are any."""
        headers = self.headers()
        connection, response = self._send(request, headers)
        # A request that was not let in has done nothing: even what is not idempotent may be asked again.
        if response.status != 401 or not self._renew(dict(headers).get("Authorization", "")):
            return connection, response
        connection.close()
        return self._send(request, self.headers())

    def _renew(self, refused: str) -> bool:
        renewed = self._caller.renew(refused)
        if renewed:
            # There may be another certificate: no connection made with the old one may be used again.
            with self._lock:
                self._context = None
            self.close()
        return renewed

    def _send(self, request: Request, headers: Headers) -> Answer:
        with self._lock:
            # A kept connection may turn out to be closed, when nobody knows how far the request came.
            connection = self._idle.pop() if self._idle and request.is_idempotent else None
        if connection is not None:
            try:
                return connection, self._write(connection, request, headers)
            except (ConnectionError, ssl.SSLError):
                # The server had closed it in the meantime: that says nothing about the request.
                connection.close()
        connection = self._connect()
        return connection, self._write(connection, request, headers)

    def _connect(self) -> Connection:
        sock = self._dial(self.endpoint, self.context(), self._terms.timeout)
        return Connection(sock)

    def _write(self, connection: Connection, request: Request, headers: Headers) -> Response:
        try:
            if self._terms.timeout is not None:
                connection.ends = time.monotonic() + self._terms.timeout
                connection.sock.settimeout(self._terms.timeout)
            sent = [*headers, *request.headers, *self._to_proxy()]
            exchange.send(connection.sock, request.method, self._target(request.path), sent, request.body)
            return exchange.receive(connection.sock, request.method)
        except BaseException:
            connection.close()
            raise

    def _target(self, path: str) -> str:
        """The path with the server's prefix; for a proxy that is asked for plain http, the whole URL."""
        full = self.endpoint.prefix + path
        return f"http://{self.endpoint.authority}{full}" if self.endpoint.has_http_proxy else full

    def _to_proxy(self) -> Headers:
        if not self.endpoint.has_http_proxy:
            return []
        from kubectl_argo_pods.cluster.tunnel import authorization

        return authorization(urlsplit(self.endpoint.proxy))

    def _body(self, connection: Connection, response: Response) -> bytes:
        """The whole of an answer, unpacked; raises OSError, ProtocolError or zlib.error."""
        body = response.read() if self._terms.timeout is None else _read_until(connection, response)
        return zlib.decompress(body, wbits=31) if response.getheader("Content-Encoding") == "gzip" else body

    def _failure(self, connection: Connection, response: Response) -> ArgoPodsError:
        try:
            body = self._body(connection, response)
        except (OSError, ProtocolError, zlib.error) as error:
            connection.close()
            return faults.from_network(error, self.endpoint)
        self.keep(connection, response)
        return faults.from_answer(response.status, response.getheader("Content-Type") or "", body, self.endpoint)


def _with_query(path: str, query: Mapping[str, str] | None) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _read_until(connection: Connection, response: Response) -> bytes:
    chunks = []
    while chunk := response.receive():
        chunks.append(chunk)
        left = connection.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the rest of the answer")
        connection.sock.settimeout(left)
    return b"".join(chunks)
