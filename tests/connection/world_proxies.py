"""Proxies that lead to the world's servers, whatever host is asked for: HTTP's CONNECT, plain HTTP, SOCKS 5."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
from base64 import b64decode
from collections.abc import Callable
from socketserver import StreamRequestHandler
from typing import NamedTuple


class Passed(NamedTuple):
    """What a proxy was asked for."""

    proxy: str  # "http", "https" or "socks5"
    target: str
    credentials: str  # USER:PASSWORD


def handler(record: Callable[[Passed], None], tls: ssl.SSLContext | None) -> type[StreamRequestHandler]:
    """What serves the clients of a proxy, which speaks TLS itself where it is given any."""

    class Handler(StreamRequestHandler):
        rbufsize = 0

        def setup(self) -> None:
            if tls:
                self.request = tls.wrap_socket(self.request, server_side=True)
            super().setup()

        def handle(self) -> None:
            first = self.rfile.read(1)
            kind = "socks5" if first == b"\x05" else "https" if tls else "http"
            pass_on = _socks5 if kind == "socks5" else _http_proxy
            pass_on(self, first, lambda target, credentials: _to_world(record, Passed(kind, target, credentials)))

    return Handler


def _to_world(record: Callable[[Passed], None], passed: Passed) -> socket.socket:
    """Every host is this world's: a proxy resolves names that nobody else knows."""
    record(passed)
    return socket.create_connection(("127.0.0.1", int(passed.target.rpartition(":")[2])))


Connect = Callable[[str, str], socket.socket]


def _http_proxy(handler: StreamRequestHandler, first: bytes, connect: Connect) -> None:
    lines = [first + handler.rfile.readline()]
    while lines[-1].strip():
        lines.append(handler.rfile.readline())
    method, target, _ = lines[0].split()
    given = [line.split(b" ")[-1] for line in lines if line.lower().startswith(b"proxy-authorization:")]
    credentials = b64decode(given[0]).decode() if given else ""
    if method == b"CONNECT":
        upstream = connect(target.decode(), credentials)
        handler.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
    else:
        host, _, path = target.removeprefix(b"http://").partition(b"/")
        upstream = connect(host.decode(), credentials)
        kept = [line for line in lines[1:] if not line.lower().startswith(b"proxy-")]
        upstream.sendall(b"".join([method, b" /", path, b" HTTP/1.1\r\n", *kept]))
    _pump(handler.connection, upstream)


def _socks5(handler: StreamRequestHandler, _: bytes, connect: Connect) -> None:
    """RFC 1928, and RFC 1929 for those who offer a user name."""
    take = handler.rfile.read
    methods = take(take(1)[0])
    credentials = ""
    if b"\x02" in methods:
        handler.wfile.write(b"\x05\x02")
        take(1)
        user = take(take(1)[0])
        credentials = f"{user.decode()}:{take(take(1)[0]).decode()}"
        handler.wfile.write(b"\x01\x00")
    else:
        handler.wfile.write(b"\x05\x00")
    kind = take(4)[3]
    if kind == 3:
        host = take(take(1)[0]).decode()
    else:
        family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
        host = socket.inet_ntop(family, take(size))
    upstream = connect(f"{host}:{int.from_bytes(take(2), 'big')}", credentials)
    handler.wfile.write(b"\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00")
    _pump(handler.connection, upstream)


def _pump(one: socket.socket, other: socket.socket) -> None:
    """Bytes both ways until a side closes; TLS may hold some that select does not see."""
    with contextlib.suppress(OSError), other:
        while True:
            pending = isinstance(one, ssl.SSLSocket) and one.pending() > 0
            ready = [one] if pending else select.select([one, other], [], [])[0]
            for source in ready:
                chunk = source.recv(65536)
                if not chunk:
                    return
                (other if source is one else one).sendall(chunk)
