"""The output of many commands as one: each line with its prefix, or what is the same once."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable
from threading import Lock
from typing import IO

from kubectl_argo_pods.record import NamedTuple

# A line that is longer goes out in parts: somebody prints a file without line ends.
LONGEST = 1024 * 1024
# Of an output that is kept until all are there; what is longer is kept on the disk.
IN_MEMORY = 1024 * 1024


class Prefixed:
    """Bytes in pieces to whole lines with a prefix; several may write to one stream, from threads, under one lock."""

    def __init__(self, stream: IO[bytes], lock: Lock, prefix: str) -> None:
        self._stream = stream
        self._lock = lock
        self._prefix = prefix.encode()
        self._rest = b""

    def write(self, written: bytes | memoryview) -> None:
        *lines, self._rest = (self._rest + bytes(written)).split(b"\n")
        self._put(lines)
        if len(self._rest) > LONGEST:
            self.end()

    def end(self) -> None:
        """Print what was not ended by a newline."""
        if self._rest:
            self._put([self._rest])
            self._rest = b""

    def _put(self, lines: list[bytes]) -> None:
        if lines:
            with self._lock:
                self._stream.write(b"".join(b"%s%s\n" % (self._prefix, line) for line in lines))
                self._stream.flush()


class Kept:
    """An output that is kept whole, to be compared with others."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._hash = hashlib.sha256()

    def write(self, written: bytes | memoryview) -> None:
        self._hash.update(written)
        self._file.write(written)

    def digest(self) -> bytes:
        return self._hash.digest()

    def copy_to(self, stream: IO[bytes]) -> None:
        """Write it, with a newline at its end."""
        self._file.seek(0)
        last = b"\n"
        while part := self._file.read(65536):
            stream.write(part)
            last = part[-1:]
        if last != b"\n":
            stream.write(b"\n")


class Folded(NamedTuple):
    """An output, and the names of all that it is of."""

    names: list[str]
    output: Kept


def fold(outputs: Iterable[tuple[str, Kept]]) -> list[Folded]:
    """Outputs that are the same, together, in the order in which they first appear."""
    found: dict[bytes, Folded] = {}
    for name, output in outputs:
        found.setdefault(output.digest(), Folded([], output)).names.append(name)
    return list(found.values())


def print_folded(stream: IO[bytes], folded: Folded) -> None:
    """The output below a line that says whose it is."""
    count = f" ({len(folded.names)})" if len(folded.names) > 1 else ""
    stream.write(f"--- {', '.join(folded.names)}{count}\n".encode())
    folded.output.copy_to(stream)
