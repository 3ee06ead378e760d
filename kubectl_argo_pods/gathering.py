"""A command in a container whose output goes to a function: for many at once, each in a thread of its own."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import IO

from kubectl_argo_pods.cluster.channels import Channels, Exit
from kubectl_argo_pods.errors import TimedOutError
from kubectl_argo_pods.waiting import wait

CHUNK = 65536
LIMIT = 1024 * 1024
OUT_OF_TIME = "timed out; the command may still be running in the container"

# What takes the output: the channel, and what was written.
Take = Callable[[int, memoryview], None]


def gather(channels: Channels, take: Take, stdin: IO[bytes] | None, deadline: float | None) -> Exit:
    """Run the command to its end; stdin is a file that others read, too. Raises LostError and TimedOutError.

    The deadline is of time.monotonic().
    """
    offset = 0
    while True:
        got = channels.receive()
        if isinstance(got, Exit):
            return got
        if got:
            take(got.channel, got.written)
            continue
        if stdin and channels.websocket.unsent < LIMIT:
            read = os.pread(stdin.fileno(), CHUNK, offset)
            offset += len(read)
            if read:
                channels.write(read)
            else:
                channels.end_stdin()
                stdin = None
        _wait(channels, deadline, busy=stdin is not None and channels.websocket.unsent < LIMIT)


def _wait(channels: Channels, deadline: float | None, *, busy: bool) -> None:
    websocket = channels.websocket
    pause = websocket.keep_alive()
    left = pause if deadline is None else deadline - time.monotonic()
    if left < 0:
        raise TimedOutError(OUT_OF_TIME)
    waiting_to_send = [websocket] if websocket.unsent else []
    _, writable = wait([websocket], waiting_to_send, 0 if busy else min(pause, left))
    if writable:
        websocket.flush()
