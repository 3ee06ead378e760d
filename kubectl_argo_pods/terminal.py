"""The terminal: whether there is one, how large it is, and raw mode with the way back from it.

The only module that knows termios. Windows has none, and can neither make its console raw by these means nor wait for
stdin: there, a command that reads it is left to kubectl, and `raw` refuses.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import IO, Any

from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.record import NamedTuple

if sys.platform != "win32":
    import termios
    import tty

# There, a select knows sockets only: it can wait neither for keys nor for a pipe.
CAN_WAIT_FOR_STDIN = sys.platform != "win32"
# The signals that end a process unless it does something about them.
DEADLY = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT") if hasattr(signal, name))


class Size(NamedTuple):
    columns: int
    rows: int


def is_terminal(stream: IO[Any]) -> bool:
    try:
        return os.isatty(stream.fileno())
    except (OSError, ValueError):
        return False


def size_of(stream: IO[Any]) -> Size | None:
    """The size of the terminal that a stream writes to; None where it is none, or does not know its size."""
    try:
        columns, rows = os.get_terminal_size(stream.fileno())
    except (OSError, ValueError):
        return None
    return Size(columns, rows) if columns and rows else None


@contextmanager
def raw(stream: IO[Any]) -> Iterator[None]:
    """Every key of the terminal comes through, until the end, which restores it however the end comes.

    A signal that ends the process restores it first; one that stops the process does, too, and going on makes it raw
    again. To be used in the main thread.
    """
    if sys.platform == "win32":
        raise ArgoPodsError("on Windows, a terminal cannot be passed on from here; kubectl exec can do it")
    mode = _Raw(stream.fileno())
    handlers: dict[int, Callable[[int, FrameType | None], None]] = dict.fromkeys(DEADLY, mode.die)
    handlers |= {signal.SIGTSTP: mode.stop, signal.SIGCONT: mode.go_on}
    before = {each: signal.signal(each, handler) for each, handler in handlers.items()}
    try:
        mode.enter()
        yield
    finally:
        mode.leave()
        for each, handler in before.items():
            signal.signal(each, handler)


@contextmanager
def resizes_ring(bell: socket.socket) -> Iterator[None]:
    """Write a byte to the bell whenever the terminal changes its size. To be used in the main thread."""
    if sys.platform == "win32":
        yield
        return
    before = signal.set_wakeup_fd(bell.fileno(), warn_on_full_buffer=False)
    # Python rings for those signals only that have a handler.
    handler = signal.signal(signal.SIGWINCH, lambda *_: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGWINCH, handler)
        signal.set_wakeup_fd(before)


class _Raw:
    """The mode of a terminal, as handlers of signals change it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._before = termios.tcgetattr(descriptor)
        self._wanted = False

    def enter(self) -> None:
        self._wanted = True
        # At once and keeping what has been typed ahead, unlike the default of `setraw`.
        tty.setraw(self._descriptor, termios.TCSANOW)

    def leave(self) -> None:
        self._wanted = False
        self._restore()

    def die(self, number: int, _: FrameType | None) -> None:
        """Die of the signal as if there were no handler, so that whoever waits for the process sees the truth."""
        self._restore()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def stop(self, number: int, _: FrameType | None) -> None:
        self._restore()
        signal.signal(number, signal.SIG_DFL)
        # As if nobody had heard it: a typed Ctrl-Z goes to the other side, so this one was meant for us.
        os.kill(os.getpid(), number)
        # On again: `go_on` has been called, or will be.
        signal.signal(number, self.stop)

    def go_on(self, *_: object) -> None:
        """Raw again, if in the foreground: who continues in the background must not touch the terminal."""
        if self._wanted and os.tcgetpgrp(self._descriptor) == os.getpgrp():
            self.enter()

    def _restore(self) -> None:
        try:
            termios.tcsetattr(self._descriptor, termios.TCSANOW, self._before)
        except termios.error:
            # The terminal is gone, and with it whatever there was to restore.
            return
