"""A small world to connect in: a server with TLS and one without, proxies before them, and all of it recorded."""

from __future__ import annotations

import json
import os
import socket
import ssl
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, NamedTuple

import trustme

from tests.connection import world_proxies
from tests.connection.world_answers import TOKENS, Answer, Asked, Headers, answer, refusal
from tests.connection.world_proxies import Passed


class Seen(NamedTuple):
    """A request, in what it says of its sender."""

    server: str  # "https" or "http"
    path: str
    headers: Headers
    certificate: str  # the common name of the client's
    sni: str

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class World:
    """Where everything is, and what was seen there since `forget`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA(organization_name="the servers' authority")
        self.clients = trustme.CA(organization_name="the clients' authority")
        self.ports: dict[str, int] = {}
        self.refusals: list[int] = []  # the statuses of the next answers
        self.seen: list[Seen] = []
        self.passed: list[Passed] = []

    def forget(self) -> None:
        for records in (self.seen, self.passed, self.refusals):
            records.clear()

    def answer(self, asked: Asked) -> Answer:
        return refusal(self.refusals.pop(0)) if self.refusals else answer(asked)

    def names(self) -> dict[str, str]:
        """What a case may write as $NAME."""
        found = {f"{name}_port".upper(): str(port) for name, port in self.ports.items()}
        found |= {"FOLDER": str(self.folder), "CA_DATA": _base64(self.ca.cert_pem.bytes())}
        found["COMMENTED_CA_DATA"] = _base64("# Größe: klein\n".encode() + self.ca.cert_pem.bytes())
        for name in ("admin", "other"):
            pem = self.folder / f"{name}.crt", self.folder / f"{name}.key"
            found[f"{name.upper()}_CRT"], found[f"{name.upper()}_KEY"] = (_base64(path.read_bytes()) for path in pem)
        for kind in ("crt", "key"):
            # As it stands inside a text of JSON.
            found[f"PEM_{kind.upper()}"] = json.dumps((self.folder / f"admin.{kind}").read_text())[1:-1]
        found |= TOKENS
        found["PATH"] = os.environ["PATH"]
        return found


def _base64(content: bytes) -> str:
    return b64encode(content).decode()


@contextmanager
def open_world(folder: Path) -> Iterator[World]:
    world = World(folder)
    _write_files(world)
    servers: dict[str, tuple[type[ThreadingTCPServer], str, type[StreamRequestHandler]]] = {
        "https": (_Server, "127.0.0.1", _handler(world, "https", _server_tls(world))),
        "https6": (_Server6, "::1", _handler(world, "https6", _server_tls(world))),
        "http": (_Server, "127.0.0.1", _handler(world, "http", None)),
        "proxy": (_Server, "127.0.0.1", world_proxies.handler(world.passed.append, None)),
        "tls_proxy": (_Server, "127.0.0.1", world_proxies.handler(world.passed.append, _server_tls(world))),
    }
    with ExitStack() as running:
        for name, (kind, host, handler) in servers.items():
            world.ports[name] = running.enter_context(_serving(kind((host, 0), handler)))
        with socket.create_server(("127.0.0.1", 0)) as free:
            world.ports["closed"] = free.getsockname()[1]
        yield world


class _Server(ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, or does not trust the server, is no fault of the server's."""


class _Server6(_Server):
    address_family = socket.AF_INET6


@contextmanager
def _serving(server: ThreadingTCPServer) -> Iterator[int]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _write_files(world: World) -> None:
    (world.folder / "ca.crt").write_bytes(world.ca.cert_pem.bytes())
    (world.folder / "clients.crt").write_bytes(world.clients.cert_pem.bytes())
    for name in ("admin", "other"):
        issued = world.clients.issue_cert(f"{name}@example.org", common_name=name)
        chain = b"".join(blob.bytes() for blob in issued.cert_chain_pems)
        (world.folder / f"{name}.crt").write_bytes(chain)
        (world.folder / f"{name}.key").write_bytes(issued.private_key_pem.bytes())


def _server_tls(world: World) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    world.ca.issue_cert("127.0.0.1", "::1", "localhost", "api.example").configure_cert(context)
    world.clients.configure_trust(context)
    context.verify_mode = ssl.CERT_OPTIONAL

    def remember(sock: Any, name: str | None, _: ssl.SSLContext) -> None:
        sock.asked_for = name or ""

    context.sni_callback = remember
    return context


HELLO = b"\x16"  # the first byte of TLS
PLAIN = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"


def _secured(sock: socket.socket, tls: ssl.SSLContext | None) -> socket.socket:
    """The socket as the server is to use it; a client that speaks the wrong protocol is told so, as Go's servers do."""
    if (sock.recv(1, socket.MSG_PEEK) == HELLO) == bool(tls):
        return tls.wrap_socket(sock, server_side=True) if tls else sock
    sock.sendall(PLAIN)
    raise OSError("the wrong protocol")


def _handler(world: World, name: str, tls: ssl.SSLContext | None) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self) -> None:
            self.request = _secured(self.request, tls)
            super().setup()

        def do_GET(self) -> None:
            certificate = self.connection.getpeercert() if isinstance(self.connection, ssl.SSLSocket) else None
            names = [pair[0][1] for pair in (certificate or {}).get("subject", ())]
            sni = getattr(self.connection, "asked_for", "")
            headers = tuple(self.headers.items())
            world.seen.append(Seen(name, self.path, headers, names[-1] if names else "", sni))
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            self._give(world.answer(Asked(f"{name}://{self.headers['Host']}", self.path, headers, body)))

        do_POST = do_GET

        def _give(self, answer: Answer) -> None:
            self.send_response(answer.status)
            for header in answer.headers:
                self.send_header(*header)
            if answer.status == 101:
                self.close_connection = True
            else:
                self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on stderr."""

    return Handler
