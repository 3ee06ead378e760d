"""Where the body of an answer ends (RFC 9112, section 6): what is taken off the bytes that a connection gives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

# No server sends such long sizes of chunks, or trailers.
LONGEST_LINE = 65536
# Digits: of what fits into 64 bits, as in Go.
LONGEST_NUMBER = 19


class ProtocolError(Exception):
    """What came is not HTTP, or not all of it."""


class NotHttpError(ProtocolError):
    """The other side speaks something else."""


class CutShortError(ProtocolError):
    """The connection ended in the middle of an answer."""


class Framing(Protocol):
    """`ended`: the whole body has come. `close` says what it means that the connection ends; it may raise."""

    ended: bool

    def feed(self, data: bytes) -> bytes:
        """The bytes of the body among those received."""
        ...

    def close(self) -> None:
        """Nothing more will come; raises CutShortError where something should have."""
        ...


def framing(headers: Iterable[tuple[str, str]]) -> Framing:
    """That of an answer with these headers."""
    stated = {name.lower(): value for name, value in headers}
    if "chunked" in stated.get("transfer-encoding", "").lower():
        return Chunked()
    length = stated.get("content-length")
    if length is None:
        return UntilClosed()
    if not length.isdecimal() or len(length) > LONGEST_NUMBER:
        raise NotHttpError("the length of the answer is no number")
    return Sized(int(length))


class Chunked:
    """Chunks, each after a line with its size; one of no size is the last, and an empty line ends it all."""

    def __init__(self) -> None:
        self.ended = False
        self._left = 0  # bytes of the chunk that are still to come
        self._line = b""  # the beginning of a line whose end has not come yet
        self._last = False

    def feed(self, data: bytes) -> bytes:
        if self._left > len(data):
            self._left -= len(data)
            return data
        parts: list[bytes] = []
        position = 0
        while position < len(data) and not self.ended:
            if self._left:
                part = data[position : position + self._left]
                parts.append(part)
                self._left -= len(part)
                position += len(part)
            else:
                position = self._read_line(data, position)
        return b"".join(parts) if len(parts) != 1 else parts[0]

    def close(self) -> None:
        if not self.ended:
            raise CutShortError("the answer ended in the middle")

    def _read_line(self, data: bytes, position: int) -> int:
        """Takes in one line about the chunks; returns the position after it."""
        end = data.find(b"\n", position) + 1
        line = self._line + data[position : end or len(data)]
        if not end:
            if len(line) > LONGEST_LINE:
                raise NotHttpError("the size of a chunk is too long")
            self._line = line
            return len(data)
        self._line = b""
        self._understand(line.strip())
        return end

    def _understand(self, line: bytes) -> None:
        if self._last:
            # Trailers come before the empty line.
            self.ended = not line
        elif line:
            # After each chunk its own line ends, so that an empty one precedes the size of the next.
            self._left = _size(line)
            self._last = not self._left


def _size(line: bytes) -> int:
    digits = line.partition(b";")[0].strip()
    try:
        size = int(digits, 16)
    except ValueError:
        size = -1
    if size < 0:
        raise NotHttpError(f"{digits[:20]!r} is not the size of a chunk")
    return size


class Sized:
    """As many bytes as the head said."""

    def __init__(self, size: int) -> None:
        self._left = size
        self.ended = not size

    def feed(self, data: bytes) -> bytes:
        part = data[: self._left]
        self._left -= len(part)
        self.ended = not self._left
        return part

    def close(self) -> None:
        if not self.ended:
            raise CutShortError(f"the answer ended {self._left} bytes too early")


class UntilClosed:
    """All that comes until the connection ends; whether it was cut, nobody can tell."""

    def __init__(self) -> None:
        self.ended = False

    def feed(self, data: bytes) -> bytes:
        return data

    def close(self) -> None:
        self.ended = True
