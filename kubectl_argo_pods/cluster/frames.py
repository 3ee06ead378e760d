"""The frames of a websocket (RFC 6455, section 5), as bytes and back.

websocket-client, which the kubernetes package brings, could do this; importing it takes a quarter of the time in which
a command begins.
"""

from __future__ import annotations

import os

from kubectl_argo_pods.record import NamedTuple

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
OPCODES = frozenset({CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG})
# No server of Kubernetes sends more at once than the 32 KiB that Go copies by; what is longer is no frame of theirs.
LONGEST = 32 * 1024 * 1024


class FrameError(Exception):
    """What came is no frame, or not one that may come now."""


class Frame(NamedTuple):
    opcode: int
    is_last: bool  # of its message
    payload: bytes


def encoded(opcode: int, payload: bytes) -> bytes:
    """A whole message as a client sends it: masked with a key that nobody can foresee."""
    size = len(payload)
    if size < 126:
        head = bytes([0x80 | opcode, 0x80 | size])
    elif size < 1 << 16:
        head = bytes([0x80 | opcode, 0x80 | 126]) + size.to_bytes(2, "big")
    else:
        head = bytes([0x80 | opcode, 0x80 | 127]) + size.to_bytes(8, "big")
    key = os.urandom(4)
    # As one large number: a loop over the bytes would take a hundred times as long.
    mask = int.from_bytes((key * (size // 4 + 1))[:size], "little")
    masked = (int.from_bytes(payload, "little") ^ mask).to_bytes(size, "little")
    return head + key + masked


class Decoder:
    """Bytes in pieces of any size to whole messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._fragments: list[bytes] = []

    def feed(self, received: bytes) -> None:
        self._buffer += received

    def message(self) -> Frame | None:
        """The next whole message, or control frame, None where not all of it has come; raises FrameError."""
        while frame := self._frame():
            if frame.opcode >= CLOSE:
                return frame
            if (frame.opcode == CONTINUATION) != bool(self._fragments):
                raise FrameError("a part of a message without the others")
            if frame.is_last and not self._fragments:
                return frame
            self._fragments.append(frame.payload)
            if frame.is_last:
                whole, self._fragments = b"".join(self._fragments), []
                return Frame(BINARY, True, whole)
        return None

    def _frame(self) -> Frame | None:
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        first, second = buffer[0], buffer[1]
        if first & 0x70 or first & 0x0F not in OPCODES or second & 0x80:
            raise FrameError(f"it begins with {buffer[:2].hex()}")
        size, begin = second, 2
        if size > 125:
            begin = 4 if size == 126 else 10
            size = int.from_bytes(buffer[2:begin], "big")
            if len(buffer) < begin:
                return None
        if size > LONGEST:
            raise FrameError(f"it would have {size} bytes")
        end = begin + size
        if len(buffer) < end:
            return None
        payload = bytes(memoryview(buffer)[begin:end])
        del buffer[:end]
        return Frame(first & 0x0F, bool(first & 0x80), payload)
