"""An address that speaks HTTP, and a connected socket to it: through a proxy and TLS where it wants them."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from posixpath import normpath
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urlsplit

from kubectl_argo_pods.cluster.proxy import from_environment
from kubectl_argo_pods.cluster.tls import Context
from kubectl_argo_pods.errors import ConfigError
from kubectl_argo_pods.record import NamedTuple

# client-go's: how long to wait for a connection, which --request-timeout can only shorten.
CONNECT_TIMEOUT = 30.0
DEFAULT_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
# Those of a kubeconfig (parseProxyURL in k8s.io/client-go/tools/clientcmd/helpers.go).
PROXIES = ("http", "https", "socks5")
LONGEST_NAME = 253  # of a host (RFC 1035, section 2.3.4, written with dots)
# What Go leaves as it is in a path, besides letters, digits and "-_.~" (shouldEscape in net/url).
PLAIN = "/$&+,:;=@"


class Endpoint(NamedTuple):
    """Where the server is; `label` is how sentences for the user call it."""

    scheme: str
    host: str  # in ASCII
    port: int
    prefix: str  # of every path, as it is sent, without a slash at its end
    proxy: str  # "SCHEME://[USER:PASSWORD@]HOST:PORT" or ""
    tls_server_name: str  # "" where it is the host's
    label: str
    hint: str = "check the server of its kubeconfig entry"  # what to look at where the answer is none of an API's
    login: str = "log in again, or check the user"  # what to do about credentials that are refused
    # What to do about a certificate of an unknown authority.
    trust: str = "check the certificate-authority of its kubeconfig entry, or name one with --certificate-authority"
    via: Endpoint | None = None  # the Kubernetes API that passes requests on to it

    @property
    def authority(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def server_name(self) -> str:
        """The name that its certificate has to hold; a dot at the end, which ends a name for DNS, is in none."""
        return self.tls_server_name or self.host.removesuffix(".")

    @property
    def has_http_proxy(self) -> bool:
        """Whether a proxy is to be asked for the whole URL, as such are for plain http."""
        return self.scheme == "http" and self.proxy.startswith("http")


def from_url(
    url: str, label: str, environ: Mapping[str, str], *, proxy: str = "", tls_server_name: str = ""
) -> Endpoint:
    """The endpoint of a URL; a proxy of the environment is used where none is given; raises ConfigError."""
    parts = _split(url, "server")
    if parts.scheme not in ("http", "https"):
        raise _no_address(url, "server")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    host = host_name(parts.hostname or "")
    if proxy:
        _check_proxy(proxy, PROXIES)
    elif proxy := from_environment(parts.scheme, host, port, environ):
        _check_proxy(proxy, (*PROXIES, "socks5h"))
    name = _server_name(tls_server_name) if tls_server_name else ""
    return Endpoint(parts.scheme, host, port, _prefix(parts.path), proxy, name, label)


def host_name(text: str) -> str:
    """The name of a host as DNS, TLS and HTTP know it, whatever its language; raises ValueError for what is none."""
    # To encode a text, Python loads tables of international names, which takes longer than asking.
    name = text if text.isascii() else text.encode("idna").decode()
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable() or name.startswith("."):
        raise ValueError(text)
    return name


def _server_name(text: str) -> str:
    try:
        return host_name(text).removesuffix(".")
    except ValueError:
        raise ConfigError(f'the tls-server-name "{text}" is not the name of a host') from None


def _prefix(path: str) -> str:
    """Cleaned and escaped anew, as Go writes a path that it has read."""
    return quote(normpath("/" + unquote(path).lstrip("/")), PLAIN).rstrip("/")


def _check_proxy(proxy: str, schemes: tuple[str, ...]) -> None:
    scheme = _split(proxy, "proxy").scheme
    if scheme not in schemes:
        shown = without_password(proxy)
        raise ConfigError(f'the proxy "{shown}" speaks "{scheme}"; known are {", ".join(schemes)}')


def _split(url: str, what: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        usable = bool(host_name(parts.hostname or "")) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise _no_address(url, what)
    return parts


def _no_address(url: str, what: str) -> ConfigError:
    return ConfigError(f'the {what} "{without_password(url)}" is not an address like https://HOST:PORT')


def without_password(url: str) -> str:
    """The URL without what is written before its host."""
    head, at, tail = url.rpartition("@")
    scheme, found, _ = head.partition("://")
    # Without a scheme, all of the head is the user.
    return f"{scheme}://***@{tail}" if found and scheme.isalnum() else f"***@{tail}" if at else url


def open_socket(endpoint: Endpoint, tls: Context | None, timeout: float | None) -> socket.socket:
    """A connected socket whose reads wait without end; raises OSError, of which ssl's errors are a kind."""
    limit = min(timeout or CONNECT_TIMEOUT, CONNECT_TIMEOUT)
    sock = _dial(endpoint, tls, limit)
    try:
        if tls:
            sock = tls.wrap_socket(sock, server_hostname=endpoint.server_name.encode(), session=tls.session)
        sock.settimeout(timeout)
    except BaseException:
        sock.close()
        raise
    return sock


def _dial(endpoint: Endpoint, tls: Context | None, timeout: float) -> socket.socket:
    if endpoint.proxy:
        from kubectl_argo_pods.cluster.tunnel import open_tunnel

        return open_tunnel(endpoint, tls, timeout)
    return open_tcp(endpoint.host, endpoint.port, timeout)


def open_tcp(host: str, port: int, timeout: float) -> socket.socket:
    """A connected socket that notices when the other side is gone; raises OSError."""
    # Bytes will do, which the standard library's annotations do not say.
    address: Any = (host_name(host).encode(), port)
    sock = socket.create_connection(address, timeout)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    _keep_alive(sock)
    return sock


def _keep_alive(sock: socket.socket) -> None:
    """Let a quiet watch or log notice within a minute that the other side is gone without a word."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    # macOS calls the first of them TCP_KEEPALIVE, and older ones lack the rest.
    for name, value in (("TCP_KEEPIDLE", 30), ("TCP_KEEPALIVE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 3)):
        if hasattr(socket, name):
            sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
