"""Work that may take longer than somebody who pressed TAB waits: it goes on without us, and leaves what it found."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NoReturn

# An errand that is still out by then will not come back.
LONGEST = 30


def run(errand: Callable[[], bytes], deadline: float) -> bytes:
    """What the errand brings, b"" if it fails or is not back at the deadline (time.monotonic) and goes on alone."""
    if not hasattr(os, "fork"):
        return _in_thread(errand, deadline)
    reader, writer = os.pipe()
    if os.fork() == 0:
        _leave(errand, writer)
    os.close(writer)
    return _received(reader, deadline)


def _leave(errand: Callable[[], bytes], writer: int) -> NoReturn:
    """In a session of its own: whatever it runs, a credential plugin for one, finds no terminal to ask anything on."""
    import signal

    try:
        os.setsid()
        signal.alarm(LONGEST)
        _let_go(writer)
        brought = errand()
        while brought:
            brought = brought[os.write(writer, brought) :]
    finally:
        os._exit(0)


def _let_go(writer: int) -> None:
    """Keep no file of the shell's open: it waits until all of them are closed."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nothing, descriptor)
    os.closerange(3, writer)
    os.closerange(writer + 1, 256)


def _received(reader: int, deadline: float) -> bytes:
    from kubectl_argo_pods.waiting import wait

    chunks: list[bytes] = []
    while (left := deadline - time.monotonic()) > 0 and wait([reader], [], left)[0]:
        chunk = os.read(reader, 1 << 16)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
    return b""


def _in_thread(errand: Callable[[], bytes], deadline: float) -> bytes:
    """Where there is no fork, on Windows, the errand ends with us."""
    from threading import Thread

    brought: list[bytes] = []

    def work() -> None:
        with suppress(Exception):
            brought.append(errand())

    thread = Thread(target=work, daemon=True)
    thread.start()
    thread.join(max(0.0, deadline - time.monotonic()))
    return b"".join(brought)
