"""A connected socket, and the time by which what is asked over it has to be answered."""

from __future__ import annotations

import time
from math import inf
from socket import socket


class Connection:
    """`ends` is that time, on the monotonic clock; once it has come, to receive raises TimeoutError.

    `asked` is when the latest request was sent over it, where that is told.
    """

    def __init__(self, sock: socket, ends: float = inf) -> None:
        self.sock = sock
        self.asked = 0.0
        self.ends = ends

    def recv(self, size: int) -> bytes:
        if self.ends < inf:
            left = self.ends - time.monotonic()
            if left <= 0:
                raise TimeoutError("the rest of the answer")
            self.sock.settimeout(left)
        return self.sock.recv(size)

    def close(self) -> None:
        self.sock.close()


def end_of(timeout: float | None) -> float:
    """When something ends that begins now and may take so many seconds; None: as long as it takes."""
    return inf if timeout is None else time.monotonic() + timeout
