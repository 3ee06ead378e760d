"""A way to the API server that can be shut."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from urllib.parse import urlsplit


class Gate:
    """Passes bytes on, except while it is shut: then connections are cut, and no new one gets through."""

    def __init__(self, server: str) -> None:
        address = urlsplit(server)
        self._server = (address.hostname or "", address.port or 443)
        self._listener = socket.create_server((self._server[0], 0))
        self._socks: set[socket.socket] = set()
        self._is_open = True
        self.url = f"https://{self._server[0]}:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def open(self) -> None:
        self._is_open = True

    def shut(self) -> None:
        self._is_open = False
        for each in list(self._socks):
            _end(each)

    def close(self) -> None:
        self.shut()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                if not self._is_open:
                    near.close()
                    continue
                far = socket.create_connection(self._server)
                self._socks |= {near, far}
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._pass, args=(one, other), daemon=True).start()

    def _pass(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65536):
                other.sendall(data)
        for each in (one, other):
            self._socks.discard(each)
            _end(each)


def _end(sock: socket.socket) -> None:
    with suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


@contextmanager
def gate_to(server: str) -> Iterator[Gate]:
    gate = Gate(server)
    try:
        yield gate
    finally:
        gate.close()
