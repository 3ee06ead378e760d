"""A proxy that offers a server below a path of its own, as an Ingress does."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

NOT_HERE = (
    b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 8\r\nConnection: close\r\n\r\nnot here"
)


class PrefixProxy:
    """`authorizations` are the headers that came through."""

    def __init__(self, prefix: str, server: str) -> None:
        host, port = server.split(":")
        self._prefix = prefix.encode()
        self._server = host, int(port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self.authorizations: set[str] = set()
        Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                head += client.recv(65536)
            method, path, rest = head.split(b" ", 2)
            if not path.startswith(self._prefix + b"/"):
                client.sendall(NOT_HERE)
                return
            for line in head.decode().splitlines():
                if line.lower().startswith("authorization:"):
                    self.authorizations.add(line.partition(":")[2].strip())
            # One request for each connection: the next one's path would have to be changed, too.
            version, _, headers = rest.partition(b"\r\n")
            asked = (
                b" ".join([method, path.removeprefix(self._prefix), version]) + b"\r\nConnection: close\r\n" + headers
            )
            with socket.create_connection(self._server) as server:
                server.sendall(asked)
                while answer := server.recv(65536):
                    client.sendall(answer)


@contextmanager
def below(prefix: str, server: str) -> Iterator[PrefixProxy]:
    proxy = PrefixProxy(prefix, server)
    try:
        yield proxy
    finally:
        proxy.close()
