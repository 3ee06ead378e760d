"""A small world to connect in: a server with TLS and one without, proxies before them, and all of it recorded.

It speaks just enough of Kubernetes for `kubectl get workflows` to be content.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import socket
import ssl
import threading
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from hashlib import sha1
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any, NamedTuple

import trustme

Headers = tuple[tuple[str, str], ...]


class Seen(NamedTuple):
    """A request, in what it says of its sender."""

    server: str  # "https" or "http"
    path: str
    headers: Headers
    certificate: str  # the common name of the client's
    sni: str

    def values(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key.lower() == name.lower()]


class Passed(NamedTuple):
    """What a proxy was asked for."""

    proxy: str  # "http", "https" or "socks5"
    target: str
    credentials: str  # USER:PASSWORD


class World:
    """Where everything is, and what was seen there since `forget`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = trustme.CA(organization_name="the servers' authority")
        self.clients = trustme.CA(organization_name="the clients' authority")
        self.ports: dict[str, int] = {}
        self.refusals: list[int] = []  # the statuses of the next answers
        self.forget()

    def forget(self) -> None:
        self.seen: list[Seen] = []
        self.passed: list[Passed] = []
        self.refusals.clear()

    def names(self) -> dict[str, str]:
        """What a case may write as $NAME."""
        found = {f"{name}_port".upper(): str(port) for name, port in self.ports.items()}
        found |= {"FOLDER": str(self.folder), "CA_DATA": _base64(self.ca.cert_pem.bytes())}
        for name in ("admin", "other"):
            pem = self.folder / f"{name}.crt", self.folder / f"{name}.key"
            found[f"{name.upper()}_CRT"], found[f"{name.upper()}_KEY"] = (_base64(path.read_bytes()) for path in pem)
        for kind in ("crt", "key"):
            # As it stands inside a text of JSON.
            found[f"PEM_{kind.upper()}"] = json.dumps((self.folder / f"admin.{kind}").read_text())[1:-1]
        found |= TOKENS
        found["PATH"] = os.environ["PATH"]
        return found


def _id_token(expires: int) -> str:
    """A JSON Web Token that nobody has signed."""
    parts = ({"alg": "none"}, {"exp": expires})
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2VjcmV0"


TOKENS = {"EXPIRED_TOKEN": _id_token(1), "GOOD_TOKEN": _id_token(4102444800), "NEW_TOKEN": _id_token(4102444801)}


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
        "proxy": (_Server, "127.0.0.1", _proxy_handler(world, None)),
        "tls_proxy": (_Server, "127.0.0.1", _proxy_handler(world, _server_tls(world))),
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


GROUP = {"name": "argoproj.io", "versions": [{"groupVersion": "argoproj.io/v1alpha1", "version": "v1alpha1"}]}
RESOURCE = {
    "name": "workflows",
    "singularName": "workflow",
    "kind": "Workflow",
    "namespaced": True,
    "verbs": ["get", "list"],
}
TABLE = {
    "kind": "Table",
    "apiVersion": "meta.k8s.io/v1",
    "metadata": {},
    "columnDefinitions": [{"name": "Name", "type": "string"}],
    "rows": [],
}
DISCOVERY: dict[str, Any] = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [GROUP | {"preferredVersion": GROUP["versions"][0]}],
    },
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": []},
    "/apis/argoproj.io/v1alpha1": {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": "argoproj.io/v1alpha1",
        "resources": [RESOURCE],
    },
}


def _identity(server: str, path: str, headers: Headers, body: str) -> tuple[int, Any]:
    """The identity provider /idp knows its clients by a header, /form-idp by the form."""
    base = path.split("/")[1]
    if path.endswith("/.well-known/openid-configuration"):
        return 200, {"token_endpoint": f"{server}/{base}/token?p=1"}
    in_header = any(name.lower() == "authorization" for name, _ in headers)
    if (base == "idp") != in_header or "refresh_token=refresh-1" not in body:
        return 400, {"error": "invalid_grant"}
    issued = {"access_token": "a", "token_type": "Bearer", "id_token": TOKENS["NEW_TOKEN"]}
    return 200, issued | {"refresh_token": "refresh-2"}


def _answer(path: str) -> Any:
    found = [body for suffix, body in DISCOVERY.items() if path.partition("?")[0].endswith(suffix)]
    return found[0] if found else TABLE


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
            if self.path.startswith("/moved/"):
                self.send_response(302)
                self.send_header("Location", self.path.removeprefix("/moved"))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            if self.headers.get("Upgrade") == "websocket":
                self._switch()
                return
            status = world.refusals.pop(0) if world.refusals else 200
            refusal = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "message": "no"}
            repeated = {"repeated": dict(self.headers)} if self.path.startswith("/echo/") else {}
            body = json.dumps(_answer(self.path) | repeated if status == 200 else refusal).encode()
            if "idp/" in self.path:
                sent = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
                status, answer = _identity(f"{name}://{self.headers['Host']}", self.path, headers, sent)
                body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def _switch(self) -> None:
            """To a websocket (RFC 6455) that nothing is said on."""
            key = self.headers["Sec-WebSocket-Key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
            self.send_response(101)
            self.send_header("Upgrade", "websocket")
            self.send_header("Connection", "Upgrade")
            self.send_header("Sec-WebSocket-Accept", _base64(sha1(key.encode()).digest()))
            self.send_header("Sec-WebSocket-Protocol", self.headers["Sec-WebSocket-Protocol"])
            self.end_headers()
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing on stderr."""

    return Handler


def _proxy_handler(world: World, tls: ssl.SSLContext | None) -> type[StreamRequestHandler]:
    class Handler(StreamRequestHandler):
        rbufsize = 0

        def setup(self) -> None:
            if tls:
                self.request = _secured(self.request, tls)
            super().setup()

        def handle(self) -> None:
            first = self.rfile.read(1)
            kind = "socks5" if first == b"\x05" else "https" if tls else "http"
            pass_on = _socks5 if kind == "socks5" else _http_proxy
            pass_on(self, first, lambda target, credentials: _to_world(world, Passed(kind, target, credentials)))

    return Handler


def _to_world(world: World, passed: Passed) -> socket.socket:
    """Every host is this world's: a proxy resolves names that nobody else knows."""
    world.passed.append(passed)
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
