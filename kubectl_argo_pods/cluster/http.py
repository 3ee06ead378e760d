"""HTTP to one server over kept-alive connections, on the standard library alone, since start-up time counts."""

from __future__ import annotations

import json
import ssl
import time
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from kubectl_argo_pods import __version__
from kubectl_argo_pods.cluster import endpoint as endpoints
from kubectl_argo_pods.cluster import exchange, faults, retries
from kubectl_argo_pods.cluster.connection import Connection, end_of
from kubectl_argo_pods.cluster.credentials import Credentials, Headers
from kubectl_argo_pods.cluster.endpoint import Endpoint, open_socket
from kubectl_argo_pods.cluster.exchange import Response
from kubectl_argo_pods.cluster.framing import ProtocolError
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.cluster.opening import Opening
from kubectl_argo_pods.cluster.pool import Dial, Pool
from kubectl_argo_pods.cluster.request import Caller, Request, Terms
from kubectl_argo_pods.cluster.stream import Stream
from kubectl_argo_pods.errors import ArgoPodsError

JSON = "application/json"
TRACED = 6  # the level of kubectl's -v at which it begins to show requests


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
        self._caller = caller
        self._terms = terms
        self._pool = Pool(endpoint, caller.certificate, terms, dial)

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
        return self._streamed(self.ask(_for_stream(path, query, accept)))

    def watch(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> Stream:
        """As `stream`, for an answer that has no end."""
        return self._streamed(self.ask(_for_stream(path, query, accept)._replace(lasts=True)))

    def begin(self, path: str, query: Mapping[str, str] | None = None, accept: str = JSON) -> Opening[Stream]:
        """As `stream`, without waiting for the answer; raises UnreachableError."""
        return self._opening(_for_stream(path, query, accept), retries.RETRIES)

    def ask(self, request: Request) -> Response:
        """The head of an answer that grants the request, after as many tries as are sensible.

        Raises UnreachableError or ApiError. Who has read all of it may `keep` its connection.
        """
        for tries_left in range(retries.RETRIES if request.is_idempotent else 0, -1, -1):
            try:
                response = self._let_in(request)
            except (OSError, ProtocolError) as error:
                if not tries_left or not retries.is_passing(error):
                    raise faults.from_network(error, self.endpoint) from error
                time.sleep(retries.pause(tries_left))
                continue
            if request.is_granted(response.status):
                return response
            failure = self._failure(response)
            wait = retries.wait(response.status, response.getheader("Retry-After") or "", tries_left)
            if wait is None or not tries_left:
                raise failure
            time.sleep(wait)
        raise AssertionError("the last try returns or raises")

    def keep(self, response: Response) -> None:
        """Use the connection of an answer again, all of which has been read."""
        if response.will_close:
            response.connection.close()
        else:
            self._pool.keep(response.connection)

    def close(self) -> None:
        """Close the connections that nobody uses; the others are closed by their users."""
        self._pool.close()

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
        response = self.ask(request)
        try:
            body = self._body(response)
        except (OSError, ProtocolError, zlib.error) as error:
            response.connection.close()
            raise faults.from_network(error, self.endpoint) from error
        self.keep(response)
        content_type = response.getheader("Content-Type") or ""
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise faults.from_foreign_body(content_type, body, self.endpoint) from error
        if not isinstance(answer, dict):
            raise faults.from_foreign_body(content_type, body, self.endpoint)
        return answer

    def _let_in(self, request: Request) -> Response:
        """The answer to one try; who is refused as unknown tries once more with new credentials, if there are any."""
        headers = self.headers()
        response = self._send(request, headers)
        # A request that was not let in has done nothing: even what is not idempotent may be asked again.
        if response.status != 401 or not self._caller.renew(dict(headers).get("Authorization", "")):
            return response
        response.connection.close()
        self._pool.renew()
        return self._send(request, self.headers())

    def _opening(self, request: Request, tries_left: int) -> Opening[Stream]:
        headers = self.headers()
        try:
            connection = self._pool.kept() or self._connect()
            self._write(connection, request, headers)
        except OSError as error:
            raise faults.from_network(error, self.endpoint) from error
        return Opening(connection, lambda early: self._begun(request, headers, connection, tries_left, early))

    def _begun(
        self, request: Request, headers: Headers, connection: Connection, tries_left: int, early: bytes
    ) -> Stream | Opening[Stream]:
        """The stream that an answer with this beginning is; where it makes sense to ask again, the next opening.

        That is not waited for either: a silent container answers as late as before.
        """
        connection.ends = end_of(self._terms.timeout)
        connection.sock.settimeout(self._terms.timeout)
        try:
            response = self._read(connection, request, early)
        except (OSError, ProtocolError) as error:
            if not tries_left or not retries.is_passing(error):
                raise faults.from_network(error, self.endpoint) from error
            time.sleep(retries.pause(tries_left))
            return self._opening(request, tries_left - 1)
        if request.is_granted(response.status):
            return self._streamed(response)
        failure = self._failure(response)
        if tries_left and response.status == 401 and self._caller.renew(dict(headers).get("Authorization", "")):
            self._pool.renew()
            # Whoever is refused with new credentials, too, is so for good.
            return self._opening(request, 0)
        wait = retries.wait(response.status, response.getheader("Retry-After") or "", tries_left)
        if wait is None or not tries_left:
            raise failure
        time.sleep(wait)
        return self._opening(request, tries_left - 1)

    def _streamed(self, response: Response) -> Stream:
        return Stream(response, self.endpoint, lambda: self.keep(response))

    def _send(self, request: Request, headers: Headers) -> Response:
        # A kept connection may turn out to be closed, when nobody knows how far the request came.
        if request.is_idempotent and not request.lasts and (kept := self._pool.kept()):
            try:
                return self._exchange(kept, request, headers)
            except (ConnectionError, ssl.SSLError):
                # The server had closed it in the meantime: that says nothing about the request.
                pass
        return self._exchange(self._connect(), request, headers)

    def _exchange(self, connection: Connection, request: Request, headers: Headers) -> Response:
        self._write(connection, request, headers)
        return self._read(connection, request)

    def _connect(self) -> Connection:
        return self._pool.open()

    def _write(self, connection: Connection, request: Request, headers: Headers) -> None:
        try:
            sent = [*headers, *request.headers, *self._to_proxy()]
            exchange.send(connection.sock, request.method, self._target(request.path), sent, request.body)
        except BaseException:
            connection.close()
            raise

    def _read(self, connection: Connection, request: Request, early: bytes = b"") -> Response:
        """The head of the answer, of which so much has been read already."""
        try:
            return exchange.receive(connection, request.method, early)
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

    def _body(self, response: Response) -> bytes:
        """The whole of an answer, unpacked; raises OSError, ProtocolError or zlib.error."""
        body = response.read()
        return zlib.decompress(body, wbits=31) if response.getheader("Content-Encoding") == "gzip" else body

    def _failure(self, response: Response) -> ArgoPodsError:
        try:
            body = self._body(response)
        except (OSError, ProtocolError, zlib.error) as error:
            response.connection.close()
            return faults.from_network(error, self.endpoint)
        self.keep(response)
        return faults.from_answer(response.status, response.getheader("Content-Type") or "", body, self.endpoint)


def _for_stream(path: str, query: Mapping[str, str] | None, accept: str) -> Request:
    return Request("GET", _with_query(path, query), [("Accept", accept), ("Accept-Encoding", "identity")])


def _with_query(path: str, query: Mapping[str, str] | None) -> str:
    return f"{path}?{urlencode(query)}" if query else path
