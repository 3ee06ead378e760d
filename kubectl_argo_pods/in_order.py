"""An end by a signal that leaves nothing behind."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

# Windows knows no hang-up. An interrupt is Python's own to raise.
DEADLY = tuple(number for number in signal.Signals if number.name in ("SIGTERM", "SIGHUP"))


class _Signalled(BaseException):
    def __init__(self, number: int) -> None:
        self.number = number


@contextmanager
def ends_in_order() -> Iterator[None]:
    """Die of a signal only when everything inside has been left. To be used in the main thread."""
    # `nohup`, for one, has signals ignored, and they stay so.
    heard = [number for number in DEADLY if signal.getsignal(number) is not signal.SIG_IGN]

    def leave(number: int, _: FrameType | None) -> NoReturn:
        # Another one would keep what is put in order from coming to its end.
        for each in heard:
            signal.signal(each, signal.SIG_IGN)
        raise _Signalled(number)

    before = {number: signal.signal(number, leave) for number in heard}
    try:
        yield
    except _Signalled as signalled:
        # As if nobody had heard it, so that whoever waits for the process sees the truth.
        signal.signal(signalled.number, signal.SIG_DFL)
        os.kill(os.getpid(), signalled.number)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
