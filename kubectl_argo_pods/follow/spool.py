"""Lines that wait for their turn on disk, in files that nobody else sees."""

from __future__ import annotations

import marshal
from collections import deque
from contextlib import suppress
from typing import IO

from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.record import NamedTuple

# So many bytes may lie on disk of all logs together, where there is a choice.
MOST = 512 * 1024 * 1024
# So many bytes of text go to disk at a time.
BLOCK = 65536


class Disk:
    """What the spools of all logs share: how many bytes more may go there, and why it takes none any more.

    `is_needed`: the lines have to wait there, however many they are.
    """

    def __init__(self) -> None:
        self.left = MOST
        self.is_needed = False
        self.error: ArgoPodsError | None = None

    @property
    def has_room(self) -> bool:
        return (self.is_needed or self.left > 0) and self.error is None

    def fail(self, error: OSError) -> ArgoPodsError:
        from tempfile import tempdir

        where = f'in "{tempdir}"' if tempdir else "on disk"
        self.error = ArgoPodsError(
            f"cannot keep the lines that wait for their turn {where}: {error.strerror}; "
            "let TMPDIR name another folder, or --max-log-requests allow more logs at once"
        )
        return self.error


class Block(NamedTuple):
    """Lines that came one after the other, and their times; `size` is in bytes of text."""

    times: list[bytes]
    lines: list[bytes]
    size: int


class Spool:
    """The lines of one log: in at the end, out at the beginning. What the disk does not take stays in memory."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._file: IO[bytes] | None = None
        self._begin = self._end = 0  # of what waits in the file
        self._written: deque[tuple[int, int]] = deque()  # of each block there its bytes, and its size
        self._last = Block([], [], 0)  # what is not there yet

    def __bool__(self) -> bool:
        return bool(self._written or self._last.lines)

    def put(self, times: list[bytes], lines: list[bytes], size: int) -> None:
        self._last.times.extend(times)
        self._last.lines.extend(lines)
        self._last = self._last._replace(size=self._last.size + size)
        if self._last.size >= BLOCK and self._disk.error is None:
            try:
                self._write(marshal.dumps((self._last.times, self._last.lines)))
            except OSError as error:
                self._disk.fail(error)

    def take(self) -> Block:
        """The first block, which there must be; raises ArgoPodsError."""
        if not self._written:
            block, self._last = self._last, Block([], [], 0)
            return block
        length, size = self._written.popleft()
        try:
            times, lines = marshal.loads(self._read(length))
        except OSError as error:
            raise self._disk.fail(error) from error
        return Block(times, lines, size)

    def close(self) -> None:
        if self._file:
            with suppress(OSError):
                self._file.close()

    def _write(self, data: bytes) -> None:
        self._file = self._file or _new_file()
        self._file.seek(self._end)
        rest = memoryview(data)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._written.append((len(data), self._last.size))
        self._end += len(data)
        self._disk.left -= len(data)
        self._last = Block([], [], 0)

    def _read(self, length: int) -> bytes:
        assert self._file
        self._file.seek(self._begin)
        data = self._file.read(length)
        self._begin += length
        if self._begin == self._end:
            # Only now is there room on the disk again.
            self._file.truncate(0)
            self._disk.left += self._end
            self._begin = self._end = 0
        return data


def _new_file() -> IO[bytes]:
    # It takes as long to import as all of the rest, and few need it.
    from tempfile import TemporaryFile

    return TemporaryFile(prefix="kubectl-argo_pods-", buffering=0)
