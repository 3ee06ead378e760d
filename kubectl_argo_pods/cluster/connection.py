"""A connected socket, and the time by which what is asked over it has to be answered."""

from __future__ import annotations

import time
from math import inf
from socket import socket

from kubectl_argo_pods.cluster.tls import WOULD_BLOCK

# TLS gives no more at a time, and hides what is left of it from those who wait for the socket (RFC 8446, section 5.1).
RECORD = 16384
# A larger buffer for a single call would be made anew for each.
BUFFER = 65536
# Where less came at a time nothing else is waiting, as a rule.
MUCH = 1024


class Connection:
    """`ends` is that time, on the monotonic clock; once it has come, to receive raises TimeoutError.

    `asked` is when the latest request was sent over it, where that is told.
    """

    def __init__(self, sock: socket, ends: float = inf) -> None:
        self.sock = sock
        self.asked = 0.0
        self.ends = ends
        self._failure: OSError | None = None  # that has not been told yet, since something came before it

    def recv(self, size: int) -> bytes:
        """What has come, at most so many bytes; all of it where the socket does not wait. Raises OSError."""
        if self._failure:
            raise self._failure
        if self.ends < inf:
            left = self.ends - time.monotonic()
            if left <= 0:
                raise TimeoutError("the rest of the answer")
            self.sock.settimeout(left)
        first = self.sock.recv(min(size, BUFFER))
        if len(first) < MUCH or self.sock.gettimeout() != 0.0:
            return first
        return self._with_more(first, size)

    def close(self) -> None:
        self.sock.close()

    def _with_more(self, first: bytes, size: int) -> bytes:
        """What has come with what came first: each time it is handed on costs more than to read it."""
        parts, room = [first], size - len(first)
        while room >= RECORD and parts[-1]:
            try:
                parts.append(self.sock.recv(RECORD))
            except WOULD_BLOCK:
                break
            except OSError as error:
                self._failure = error
                break
            room -= len(parts[-1])
        return b"".join(parts)


def end_of(timeout: float | None) -> float:
    """When something ends that begins now and may take so many seconds; None: as long as it takes."""
    return inf if timeout is None else time.monotonic() + timeout
