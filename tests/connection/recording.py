"""A small HTTPS server that records what it is asked and answers from a script."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple

import trustme


class Answer(NamedTuple):
    status: int = 200
    body: bytes = b"{}"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    hang_up: bool = False  # close the connection after it, without saying so


class Asked(NamedTuple):
    path: str
    headers: list[tuple[str, str]]
    connection: int  # 1 for the first connection
    certificate: str  # the client's common name
    body: bytes
    is_resumed: bool  # whether its TLS went on from an earlier connection's

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class _Server6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


class Recording:
    """What was asked; `answers` is called for each request in turn."""

    def __init__(self, ca: trustme.CA, answers: Callable[[Asked], Answer]) -> None:
        self.ca = ca
        self.answers = answers
        self.asked: list[Asked] = []
        self.url = ""

    @property
    def ca_pem(self) -> bytes:
        return self.ca.cert_pem.bytes()


@contextmanager
def recording(
    answers: Callable[[Asked], Answer] = lambda _: Answer(), *, tls: bool = True, host: str = "127.0.0.1"
) -> Iterator[Recording]:
    ca = trustme.CA()
    record = Recording(ca, answers)
    server = (_Server6 if ":" in host else ThreadingHTTPServer)((host, 0), _handler(record))
    server.daemon_threads = True
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ca.issue_cert(host, "api.example").configure_cert(context)
        ca.configure_trust(context)
        context.verify_mode = ssl.CERT_OPTIONAL
        server.socket = context.wrap_socket(server.socket, server_side=True)
    authority = f"[{host}]" if ":" in host else host
    record.url = f"{'https' if tls else 'http'}://{authority}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield record
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(record: Recording) -> type[BaseHTTPRequestHandler]:
    lock = threading.Lock()
    connections: list[object] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with lock:
                if self not in connections:
                    connections.append(self)
                secured = self.connection if isinstance(self.connection, ssl.SSLSocket) else None
                certificate = secured.getpeercert() if secured else None
                is_resumed = bool(secured and secured.session_reused)
                names = [pair[0][1] for pair in (certificate or {}).get("subject", ())]
                number = connections.index(self) + 1
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                name = names[-1] if names else ""
                asked = Asked(self.path, list(self.headers.items()), number, name, body, is_resumed)
                record.asked.append(asked)
                answer = record.answers(asked)
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)
            self.close_connection = answer.hang_up

        do_POST = do_GET

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on stderr."""

    return Handler
