"""A command in a container with the streams of this process as its own: what comes in goes there, and back.

One loop, in the main thread, waits for the connection and for stdin. Writing is done in threads, so that a program that
both writes to us and reads from us cannot bring all three to a halt.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from typing import IO, Any

from kubectl_argo_pods.bell import Bell
from kubectl_argo_pods.cluster.channels import STDOUT, Channels, Exit, Output
from kubectl_argo_pods.errors import ArgoPodsError, TimedOutError
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.terminal import resizes_ring
from kubectl_argo_pods.waiting import wait
from kubectl_argo_pods.writer import Writer, open_writer

CHUNK = 65536
# How much of stdin may wait to be sent before no more is read.
LIMIT = 1024 * 1024
# How many messages are received before stdin has its turn.
TURN = 64
# What the shell calls the end of a program whose reader has gone: kubectl dies of it.
READER_GONE = Exit(128 + 13, is_told=True)
OUT_OF_TIME = "the command did not end in time; it may still be running in the container"


class Streams(NamedTuple):
    """Of this process; `stdin` is None for a command that gets none.

    `size` tells columns and rows of the terminal; None where nobody wants to know.
    """

    stdin: IO[Any] | None
    stdout: IO[Any]
    stderr: IO[Any]
    size: Callable[[], tuple[int, int] | None]


def run(channels: Channels, streams: Streams, deadline: float | None = None) -> Exit:
    """Pass everything on until the command ends; the deadline is of time.monotonic().

    Raises LostError and TimedOutError, after everything that had come is written.
    """
    try:
        with ExitStack() as stack:
            bell = stack.enter_context(closing(Bell()))
            out, err = (stack.enter_context(open_writer(each, bell.ring)) for each in (streams.stdout, streams.stderr))
            with resizes_ring(bell.writer):
                return _Loop(channels, streams, out, err, bell).run(deadline)
    except BrokenPipeError:
        return READER_GONE
    except OSError as error:
        raise ArgoPodsError(f"cannot write the output: {error.strerror or error}") from error


class _Loop:
    def __init__(self, channels: Channels, streams: Streams, out: Writer, err: Writer, bell: Bell) -> None:
        self._channels = channels
        self._websocket = channels.websocket
        self._stdin = streams.stdin.fileno() if streams.stdin else None
        self._size_of = streams.size
        self._size: tuple[int, int] | None = None
        self._out, self._err, self._bell = out, err, bell

    def run(self, deadline: float | None) -> Exit:
        self._resize()
        while True:
            got = self._receive()
            if isinstance(got, Exit):
                return got
            pause = self._pause(deadline)
            # After an Output there may be more, of which waiting does not tell where TLS has it already.
            self._wait(0 if got else pause)
            self._out.check()
            self._err.check()

    def _receive(self) -> Output | Exit | None:
        """Take over what has come, for a turn; the last of it, None where there is no more or no room for it."""
        got: Output | Exit | None = None
        for _ in range(TURN):
            got = None if self._is_full() else self._channels.receive()
            if not isinstance(got, Output):
                break
            (self._out if got.channel == STDOUT else self._err).write(got.written)
        return got

    def _is_full(self) -> bool:
        return self._out.is_full or self._err.is_full

    def _pause(self, deadline: float | None) -> float:
        """For how long there is nothing to do, in seconds, unless something happens."""
        pause = self._websocket.keep_alive()
        left = pause if deadline is None else deadline - time.monotonic()
        if left < 0:
            raise TimedOutError(OUT_OF_TIME)
        return min(pause, left)

    def _wait(self, pause: float) -> None:
        """Wait until something happens, and do what it calls for, but for what is received."""
        readable, writable = wait(self._readers(), self._writers(), pause)
        if self._bell in readable:
            self._bell.silence()
            self._resize()
        if self._websocket in writable:
            self._websocket.flush()
        if self._stdin in readable:
            self._read_stdin()

    def _readers(self) -> list[Any]:
        readers: list[Any] = [self._bell]
        if not self._is_full():
            readers.append(self._websocket)
        if self._stdin is not None and self._websocket.unsent < LIMIT:
            readers.append(self._stdin)
        return readers

    def _writers(self) -> list[Any]:
        return [self._websocket] if self._websocket.unsent else []

    def _read_stdin(self) -> None:
        assert self._stdin is not None
        read = _read(self._stdin)
        if read:
            self._channels.write(read)
        elif read is not None:
            self._channels.end_stdin()
            self._stdin = None

    def _resize(self) -> None:
        size = self._size_of()
        if size and size != self._size:
            self._size = size
            self._channels.resize(*size)


def _read(descriptor: int) -> bytes | None:
    """What there is to read, b"" at the end, None for nothing yet."""
    try:
        return os.read(descriptor, CHUNK)
    except BlockingIOError:
        return None
    except OSError:
        # A terminal that was hung up has no more to say.
        return b""
