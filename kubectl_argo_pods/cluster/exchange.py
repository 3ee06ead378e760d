"""A request and its answer over a connection: HTTP/1.1 (RFC 9112), as far as these servers and proxies speak it.

http.client would do, but it reads heads with the email package, whose import takes a sixth of the time of a list.
"""

from __future__ import annotations

from collections.abc import Sequence
from socket import socket

from kubectl_argo_pods.cluster.connection import Connection
from kubectl_argo_pods.cluster.framing import CutShortError, Framing, NotHttpError, Sized, UntilClosed, framing
from kubectl_argo_pods.errors import ConfigError

Headers = Sequence[tuple[str, str]]

CHUNK = 131072
# Go's servers send no longer heads (http.DefaultMaxHeaderBytes).
LONGEST_HEAD = 1 << 20
# Answers that have no body, whatever their headers say; after 101 comes another protocol.
BARE = frozenset({101, 204, 304})


class Response:
    """An answer whose head has been read; `early` is what of its body came with it."""

    def __init__(
        self, connection: Connection, status: int, reason: str, headers: Headers, body: Framing, early: bytes
    ) -> None:
        self.connection = connection
        self.status = status
        self.reason = reason
        self.body = body
        self.early = early
        self._headers = headers
        # What nobody has said the end of ends with its connection.
        self._closes = isinstance(body, UntilClosed) or "close" in (self.getheader("Connection") or "").lower()

    @property
    def will_close(self) -> bool:
        """Whether the connection is of no use after this answer."""
        return self._closes or bool(self.early)

    def getheader(self, name: str) -> str | None:
        """The values of the header, joined; None where it is missing."""
        wanted = name.lower()
        values = [value for header, value in self._headers if header.lower() == wanted]
        return ", ".join(values) if values else None

    def getheaders(self) -> Headers:
        return self._headers

    def read(self) -> bytes:
        """All that is left of the body; raises OSError or ProtocolError."""
        return b"".join(iter(self.receive, b""))

    def receive(self) -> bytes:
        """The next bytes of the body, b"" at its end; raises OSError, or ProtocolError where it is cut short."""
        while not self.body.ended:
            if self.early:
                data, self.early = self.early, b""
            else:
                data = self.connection.recv(CHUNK)
            if not data:
                self.body.close()
            elif chunk := self.body.feed(data):
                return chunk
        return b""


def send(sock: socket, method: str, target: str, headers: Headers, body: bytes | None) -> None:
    """Send a request, whose headers say how long its body is; raises OSError, ConfigError for what cannot be sent."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    for line in lines:
        # It would end the line and begin another: whoever gave the value could write what he likes.
        if "\r" in line or "\n" in line or "\0" in line:
            raise ConfigError(f"the header {line.partition(':')[0]} cannot be sent: its value holds a line break")
    sock.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode() + (body or b""))


def receive(connection: Connection, method: str, received: bytes = b"") -> Response:
    """The answer to a request, its head read, of which so much has been received already.

    Raises OSError, or ProtocolError for what is no HTTP.
    """
    while True:
        head, received = _head(connection, received)
        start, *lines = head.decode("latin-1").split("\r\n")
        status, reason = _status(start)
        # An interim answer, such as 100 or 103, is followed by the real one.
        if status >= 200 or status == 101:
            break
    headers = _headers(lines)
    if method == "HEAD" or status in BARE:
        return Response(connection, status, reason, headers, Sized(0), received)
    return Response(connection, status, reason, headers, framing(headers), received)


def _head(connection: Connection, received: bytes) -> tuple[bytes, bytes]:
    """The head of an answer, and what has come after it."""
    while True:
        head, end, rest = received.partition(b"\r\n\r\n")
        if end:
            return head, rest
        if received and not b"HTTP/".startswith(received[:5]):
            raise NotHttpError("the answer is not one of HTTP")
        if len(received) > LONGEST_HEAD:
            raise NotHttpError("the head of the answer has no end")
        data = connection.recv(CHUNK)
        if not data:
            raise (
                CutShortError("the answer ended in its head")
                if received
                else ConnectionResetError("it was closed without an answer")
            )
        received += data


def _status(line: str) -> tuple[int, str]:
    version, _, rest = line.partition(" ")
    code, _, reason = rest.partition(" ")
    if not version.startswith("HTTP/") or len(code) != 3 or not code.isdecimal():
        raise NotHttpError("the answer is not one of HTTP")
    return int(code), reason.strip()


def _headers(lines: list[str]) -> list[tuple[str, str]]:
    headers: list[tuple[str, str]] = []
    for line in lines:
        if line[:1] in " \t" and headers:
            # The obsolete way to go on in the next line.
            name, value = headers.pop()
            headers.append((name, f"{value} {line.strip()}"))
        else:
            name, _, value = line.partition(":")
            headers.append((name.strip(), value.strip()))
    return headers
