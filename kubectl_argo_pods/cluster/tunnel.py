"""The way through a proxy: HTTP's CONNECT, or SOCKS 5 (RFC 1928, RFC 1929), over TLS where the proxy speaks it."""

from __future__ import annotations

import socket
import ssl
from base64 import b64encode
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE, DefaultSelector
from threading import Thread
from urllib.parse import SplitResult, unquote, urlsplit

from kubectl_argo_pods.cluster.endpoint import DEFAULT_PORTS, Endpoint, open_tcp
from kubectl_argo_pods.cluster.tls import WOULD_BLOCK, open_context

LONGEST_HEAD = 65536
CHUNK = 65536


class ProxyError(OSError):
    """The proxy cannot be reached, or does not let through; says its whole sentence."""


def open_tunnel(endpoint: Endpoint, tls: ssl.SSLContext | None, timeout: float) -> socket.socket:
    """A socket that leads to the endpoint, or to a proxy that wants to be asked for whole URLs; raises ProxyError."""
    proxy = urlsplit(endpoint.proxy)
    name = f"the proxy {proxy.scheme}://{proxy.hostname}:{proxy.port or DEFAULT_PORTS[proxy.scheme]}"
    try:
        sock = open_tcp(proxy.hostname or "", proxy.port or DEFAULT_PORTS[proxy.scheme], timeout)
        try:
            return _let_through(sock, endpoint, proxy, tls)
        except BaseException:
            sock.close()
            raise
    except ssl.SSLError as error:
        raise ProxyError(f"{name} cannot be trusted: {getattr(error, 'verify_message', '') or error.reason}") from error
    except OSError as error:
        raise ProxyError(f"{name} did not let through: {error.strerror or error}") from error


def _let_through(
    sock: socket.socket, endpoint: Endpoint, proxy: SplitResult, tls: ssl.SSLContext | None
) -> socket.socket:
    if proxy.scheme == "https":
        # Go trusts a proxy on the terms of the server behind it (net/http.Transport.TLSClientConfig).
        context = tls or open_context({})
        sock = context.wrap_socket(sock, server_hostname=endpoint.tls_server_name or proxy.hostname)
    if proxy.scheme.startswith("socks5"):
        _pass_socks(sock, endpoint, proxy)
    elif tls:
        _connect(sock, endpoint, proxy)
    return _relayed(sock) if tls and isinstance(sock, ssl.SSLSocket) else sock


def authorization(proxy: SplitResult) -> list[tuple[str, str]]:
    """The header by which a proxy of HTTP knows its user; empty for one that does not ask."""
    if not proxy.username:
        return []
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [("Proxy-Authorization", f"Basic {b64encode(pair.encode()).decode()}")]


def _connect(sock: socket.socket, endpoint: Endpoint, proxy: SplitResult) -> None:
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    target = f"{host}:{endpoint.port}"
    headers = [("Host", target), *authorization(proxy)]
    lines = [f"CONNECT {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "", ""]
    sock.sendall("\r\n".join(lines).encode("latin-1"))
    answer = b""
    # One byte at a time: what follows the empty line belongs to TLS.
    while not answer.endswith(b"\r\n\r\n") and len(answer) < LONGEST_HEAD:
        answer += _take(sock, 1)
    status = answer.split(b"\r\n", 1)[0].decode("latin-1")
    if status.split(" ")[1:2] != ["200"]:
        raise OSError(f"it answered {status[:80]}")


def _take(sock: socket.socket, count: int) -> bytes:
    taken = b""
    while len(taken) < count:
        chunk = sock.recv(count - len(taken))
        if not chunk:
            raise OSError("it closed the connection")
        taken += chunk
    return taken


SOCKS, PASSWORDS = 5, 1
NO_METHOD, OPEN, PASSWORD = 0xFF, 0, 2
DOMAIN, IPV4, IPV6 = 3, 1, 4
REFUSALS = {
    1: "it failed",
    2: "its rules forbid it",
    3: "the network cannot be reached",
    4: "the host cannot be reached",
    5: "the connection was refused",
    6: "it took too long",
}


def _pass_socks(sock: socket.socket, endpoint: Endpoint, proxy: SplitResult) -> None:
    methods = [OPEN, PASSWORD] if proxy.username else [OPEN]
    sock.sendall(bytes([SOCKS, len(methods), *methods]))
    version, method = _take(sock, 2)
    if version != SOCKS:
        raise OSError("it does not speak SOCKS 5")
    if method == PASSWORD:
        _give_password(sock, proxy)
    elif method != OPEN:
        raise OSError("it wants a user name and a password")
    sock.sendall(bytes([SOCKS, 1, 0]) + _socks_address(endpoint.host) + endpoint.port.to_bytes(2))
    _, refusal, _, kind = _take(sock, 4)
    if refusal:
        raise OSError(REFUSALS.get(refusal, f"it answered {refusal}"))
    # The address that the proxy connects from, which nobody needs.
    _take(sock, {IPV4: 4, IPV6: 16}.get(kind) or _take(sock, 1)[0])
    _take(sock, 2)


def _give_password(sock: socket.socket, proxy: SplitResult) -> None:
    user, password = (_counted(unquote(text or "").encode()) for text in (proxy.username, proxy.password))
    sock.sendall(bytes([PASSWORDS]) + user + password)
    if _take(sock, 2)[1]:
        raise OSError("it does not accept the user name and the password")


def _socks_address(host: str) -> bytes:
    """Names are left to the proxy to look up, with socks5 as with socks5h, as Go does."""
    for family, kind in ((socket.AF_INET, IPV4), (socket.AF_INET6, IPV6)):
        with suppress(OSError):
            return bytes([kind]) + socket.inet_pton(family, host)
    return bytes([DOMAIN]) + _counted(host.encode())


def _counted(text: bytes) -> bytes:
    """With its length before it, for which there is one byte."""
    if len(text) > 255:
        raise OSError("it takes no user name and no password of more than 255 bytes")
    return bytes([len(text)]) + text


def _relayed(outer: ssl.SSLSocket) -> socket.socket:
    """A plain socket to the far end of TLS: Python's ssl wraps no TLS in TLS."""
    near, far = socket.socketpair()
    # One thread for both ways: OpenSSL does not let two use one connection.
    Thread(target=_relay, args=(outer, far), daemon=True).start()
    return near


def _relay(outer: ssl.SSLSocket, far: socket.socket) -> None:
    """Bytes both ways; the end of one is the end of both."""
    ways = (_Way(outer, far), _Way(far, outer))
    with outer, far, suppress(OSError, EOFError):
        for sock in (outer, far):
            sock.setblocking(False)
        while True:
            # Neither waits for the other, or both would stand still where both ends write before they read.
            moved = [way.move() for way in ways]
            if not any(moved):
                _wait(ways)


class _Way:
    """One of the ways, and the bytes on it."""

    def __init__(self, source: socket.socket, target: socket.socket) -> None:
        self.source = source
        self.target = target
        self.held = memoryview(b"")

    def move(self) -> bool:
        """Whether anything could be taken or given without waiting; raises EOFError at the end, and OSError."""
        try:
            if self.held:
                self.held = self.held[self.target.send(self.held) :]
            else:
                self.held = memoryview(self.source.recv(CHUNK))
                if not self.held:
                    raise EOFError
        except WOULD_BLOCK:
            return False
        return True


def _wait(ways: tuple[_Way, _Way]) -> None:
    """Until either can move again."""
    events: dict[socket.socket, int] = {}
    for way in ways:
        sock, event = (way.target, EVENT_WRITE) if way.held else (way.source, EVENT_READ)
        events[sock] = events.get(sock, 0) | event
    with DefaultSelector() as selector:
        for sock, event in events.items():
            selector.register(sock, event)
        selector.select()
