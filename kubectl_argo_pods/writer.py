"""Writing to one of our own streams without waiting for whoever reads it."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, Thread
from typing import IO, Any

from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.waiting import wait

# How much may wait to be written before no more should be given: memory stays flat whatever is slow.
LIMIT = 1024 * 1024


class Writer:
    """A thread that writes; `has_room` is called, in that thread, when it may be given more again, or has failed."""

    def __init__(self, stream: IO[Any], has_room: Callable[[], None]) -> None:
        self._descriptor = stream.fileno()
        self._has_room = has_room
        self._changed = Condition()
        self._queue: deque[memoryview] = deque()
        self._waiting = 0  # bytes
        self._ended = False
        self._error: OSError | None = None
        # A daemon: where the process ends for another reason, nobody waits for a reader that does not read.
        self._thread = Thread(target=self._run, daemon=True)

    @property
    def is_full(self) -> bool:
        return self._waiting > LIMIT

    def check(self) -> None:
        """Raise the OSError that the thread has met, if any."""
        if self._error:
            raise self._error

    def write(self, written: memoryview) -> None:
        if not self._thread.ident:
            self._thread.start()
        with self._changed:
            self._queue.append(written)
            self._waiting += len(written)
            self._changed.notify()

    def end(self) -> None:
        """Wait until everything is written; raises OSError."""
        if self._thread.ident:
            with self._changed:
                self._ended = True
                self._changed.notify()
            self._thread.join()
        self.check()

    def _run(self) -> None:
        try:
            while (part := self._next()) is not None:
                self._write(part)
        except OSError as error:
            self._error = error
            self._has_room()

    def _next(self) -> memoryview | None:
        with self._changed:
            while not self._queue and not self._ended:
                self._changed.wait()
            return self._queue.popleft() if self._queue else None

    def _write(self, part: memoryview) -> None:
        rest = part
        while rest:
            try:
                rest = rest[os.write(self._descriptor, rest) :]
            except BlockingIOError:
                # Another program that shares the stream has made it so.
                wait((), (self._descriptor,), None)
        with self._changed:
            was_full = self.is_full
            self._waiting -= len(part)
        if was_full and not self.is_full:
            self._has_room()


@contextmanager
def open_writer(stream: IO[Any], has_room: Callable[[], None]) -> Iterator[Writer]:
    """A writer that has written everything at the end, also where that is a failure that has a sentence."""
    writer = Writer(stream, has_room)
    try:
        yield writer
    except ArgoPodsError:
        writer.end()
        raise
    writer.end()
