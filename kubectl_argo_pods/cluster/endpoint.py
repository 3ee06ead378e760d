"""An address that speaks HTTP, and a connected socket to it: through a proxy and TLS where it wants them."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from kubectl_argo_pods.cluster.proxy import from_environment
from kubectl_argo_pods.errors import ConfigError

# client-go's: how long to wait for a connection, which --request-timeout can only shorten.
CONNECT_TIMEOUT = 30.0


class Endpoint(NamedTuple):
    """Where the server is; `label` is how sentences for the user call it."""

    scheme: str
    host: str
    port: int
    prefix: str  # of every path, without a slash at its end
    proxy: str  # "http://[USER:PASSWORD@]HOST:PORT" or ""
    tls_server_name: str  # "" where it is the host's
    label: str
    hint: str = "check the server of its kubeconfig entry"  # what to look at where the answer is none of an API's
    login: str = "log in again, or check the user"  # what to do about credentials that are refused
    via: Endpoint | None = None  # the Kubernetes API that passes requests on to it

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _default_port(self.scheme) else f"{host}:{self.port}"


def from_url(
    url: str, label: str, environ: Mapping[str, str], *, proxy: str = "", tls_server_name: str = ""
) -> Endpoint:
    """The endpoint of a URL; a proxy of the environment is used where none is given; raises ConfigError."""
    parts = _split(url, "server")
    if parts.scheme not in ("http", "https"):
        raise ConfigError(f'the server "{url}" is not an address like https://HOST:PORT')
    port = parts.port or _default_port(parts.scheme)
    host = parts.hostname or ""
    proxy = proxy or from_environment(parts.scheme, host, port, environ)
    if proxy and _split(proxy, "proxy").scheme != "http":
        scheme = proxy.partition("://")[0]
        raise ConfigError(f"{label} is configured behind a {scheme} proxy; only http:// proxies are supported")
    return Endpoint(parts.scheme, host, port, parts.path.rstrip("/"), proxy, tls_server_name, label)


def _split(url: str, what: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(f'the {what} "{_without_password(url)}" is not an address like https://HOST:PORT')
    return parts


def _without_password(url: str) -> str:
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://***@{tail}" if at else url


def _default_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def open_socket(endpoint: Endpoint, tls: ssl.SSLContext | None, timeout: float | None) -> socket.socket:
    """A connected socket whose reads wait without end; raises OSError, of which ssl's errors are a kind."""
    limit = min(timeout or CONNECT_TIMEOUT, CONNECT_TIMEOUT)
    target = urlsplit(endpoint.proxy) if endpoint.proxy else None
    address = (target.hostname or "", target.port or 80) if target else (endpoint.host, endpoint.port)
    sock = socket.create_connection(address, limit)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _keep_alive(sock)
        if target and tls:
            _connect_through(sock, endpoint, target)
        if tls:
            sock = tls.wrap_socket(sock, server_hostname=endpoint.tls_server_name or endpoint.host)
        sock.settimeout(timeout)
    except BaseException:
        sock.close()
        raise
    return sock


def _keep_alive(sock: socket.socket) -> None:
    """Let a quiet watch or log notice within a minute that the other side is gone without a word."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # macOS calls the first of them TCP_KEEPALIVE, and older ones lack the rest.
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPALIVE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def _connect_through(sock: socket.socket, endpoint: Endpoint, proxy: SplitResult) -> None:
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    target = f"{host}:{endpoint.port}"
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}", *proxy_headers(proxy)]
    sock.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode("latin-1"))
    answer = b""
    # One byte at a time: what follows the empty line belongs to TLS.
    while not answer.endswith(b"\r\n\r\n") and len(answer) < 65536:
        byte = sock.recv(1)
        if not byte:
            raise ConnectionResetError("the proxy closed the connection")
        answer += byte
    status = answer.split(b"\r\n", 1)[0].decode("latin-1")
    if status.split(" ")[1:2] != ["200"]:
        raise ConnectionError(f"the proxy {proxy.hostname}:{proxy.port or 80} answered {status}")


def proxy_headers(proxy: SplitResult) -> list[str]:
    if not proxy.username:
        return []
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [f"Proxy-Authorization: Basic {b64encode(pair.encode()).decode()}"]
