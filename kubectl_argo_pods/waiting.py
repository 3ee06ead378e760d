"""Waiting for whichever of several streams is ready first, however many files are open."""

from __future__ import annotations

import select
import sys
from collections.abc import Sequence
from math import ceil
from typing import Any

# Descriptors and what has them, as for select.select.
Streams = Sequence[Any]

# macOS: "poll() does not support devices" (poll(2), BUGS), and a terminal is one; Windows has no poll.
if sys.platform == "win32" or sys.platform == "darwin":

    def wait(readers: Streams, writers: Streams, pause: float | None) -> tuple[list[Any], list[Any]]:
        """What can be read and what can be written, after as many seconds at most; None for no limit."""
        readable, writable, _ = select.select(readers, writers, (), pause)
        return readable, writable

else:

    def wait(readers: Streams, writers: Streams, pause: float | None) -> tuple[list[Any], list[Any]]:
        """What can be read and what can be written, after as many seconds at most; None for no limit."""
        wanted: dict[int, int] = {}
        for streams, event in ((readers, select.POLLIN), (writers, select.POLLOUT)):
            for each in streams:
                wanted[_number(each)] = wanted.get(_number(each), 0) | event
        # Unlike select, it takes descriptors from 1024 on; unlike epoll, it takes files.
        poll = select.poll()
        for descriptor, events in wanted.items():
            poll.register(descriptor, events)
        ready = dict(poll.poll(None if pause is None else ceil(pause * 1000)))
        # An error or the other side's end is for reading or writing to find out.
        return (
            [each for each in readers if ready.get(_number(each), 0) & ~select.POLLOUT],
            [each for each in writers if ready.get(_number(each), 0) & ~select.POLLIN],
        )

    def _number(stream: Any) -> int:
        return stream if isinstance(stream, int) else int(stream.fileno())
