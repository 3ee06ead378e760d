"""What ends the waiting for streams early."""

from __future__ import annotations

import socket


class Bell:
    """Waited for like a stream; rung from any thread. It is made of sockets, since Windows waits for nothing else."""

    def __init__(self) -> None:
        self._reader, self.writer = socket.socketpair()
        self._reader.setblocking(False)
        self.writer.setblocking(False)

    def fileno(self) -> int:
        return self._reader.fileno()

    def ring(self) -> None:
        try:
            self.writer.send(b"\0")
        except OSError:
            # It has been rung often enough, or nobody listens any more.
            return

    def silence(self) -> None:
        self._reader.recv(65536)

    def close(self) -> None:
        self._reader.close()
        self.writer.close()
