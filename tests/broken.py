"""A server that goes wrong in a way that a test orders: below HTTP, in it, or in what it answers."""

from __future__ import annotations

import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import trustme

CA, STRANGE_CA = trustme.CA(), trustme.CA()
NOW = datetime.now(UTC)


class Broken(NamedTuple):
    """How a server misbehaves; `answer` are the bytes that it sends to every request, after which it hangs up."""

    answer: bytes = b""
    tls: Callable[[], trustme.LeafCert] | None = lambda: CA.issue_cert("127.0.0.1")
    wants_certificate: bool = False
    stalls: bool = False  # keeps the connection open after the answer, and sends nothing more


def expired() -> trustme.LeafCert:
    return CA.issue_cert("127.0.0.1", not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1))


def not_yet_valid() -> trustme.LeafCert:
    return CA.issue_cert("127.0.0.1", not_before=NOW + timedelta(days=1), not_after=NOW + timedelta(days=9))


def of_unknown_authority() -> trustme.LeafCert:
    return STRANGE_CA.issue_cert("127.0.0.1")


def of_another_name() -> trustme.LeafCert:
    return CA.issue_cert("api.example")


def http(code: int, body: bytes, content_type: str = "application/json", **headers: str) -> bytes:
    """A whole answer, or the beginning of one if the body is shorter than its length says."""
    lines = {"Content-Type": content_type, "Content-Length": str(len(body)), "Connection": "close"}
    lines |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {code} Whatever\r\n{head}\r\n".encode() + body


def status(code: int, reason: str, message: str, **headers: str) -> bytes:
    """As Kubernetes refuses."""
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": code}
    return http(code, json.dumps(body | {"reason": reason, "message": message}).encode(), **headers)


def grpc(code: int, grpc_code: int, message: str, **headers: str) -> bytes:
    """As the Argo Server refuses."""
    return http(code, json.dumps({"code": grpc_code, "message": message}).encode(), **headers)


def ok(value: Any) -> bytes:
    return http(200, json.dumps(value).encode())


@contextmanager
def serving(broken: Broken) -> Iterator[str]:
    """The HOST:PORT of such a server."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        threading.Thread(target=_accept, args=(listening, broken, ended), daemon=True).start()
        try:
            yield f"127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ended.set()


def _accept(listening: socket.socket, broken: Broken, ended: threading.Event) -> None:
    context = _context(broken) if broken.tls else None
    while True:
        try:
            client, _ = listening.accept()
        except OSError:
            return
        threading.Thread(target=_serve, args=(client, broken, context, ended), daemon=True).start()


def _context(broken: Broken) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    assert broken.tls
    broken.tls().configure_cert(context)
    if broken.wants_certificate:
        context.verify_mode = ssl.CERT_REQUIRED
        CA.configure_trust(context)
    return context


def _serve(client: socket.socket, broken: Broken, context: ssl.SSLContext | None, ended: threading.Event) -> None:
    # Whoever hangs up at once takes back the alert that tells the client why.
    with client.dup() as kept, suppress(OSError):
        with client, suppress(OSError):
            connection = context.wrap_socket(client, server_side=True) if context else client
            with connection:
                connection.recv(65536)
                connection.sendall(broken.answer)
                if broken.stalls:
                    ended.wait(60)
                return
        while kept.recv(4096):
            pass
