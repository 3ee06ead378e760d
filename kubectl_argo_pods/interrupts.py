"""Ctrl-C that is heard whenever it comes.

Python only notes a signal when it arrives, and acts on it before its next instruction. If it arrives in the instant
between the last look at the notes and a system call that waits, the call waits all the same, and the interrupt is heard
when the call returns: perhaps never. So a thread looks on, and disturbs the waiting until the interrupt has been heard.
"""

from __future__ import annotations

import os
from _thread import get_ident, start_new_thread

# mypy knows this name; importing `typing` would take longer than all of this.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal
    from typing import Any, NoReturn
else:
    # `signal` itself makes enumerations of all its constants.
    import _signal as signal

HEARD = 0
PATIENCE = 20  # milliseconds


def listen() -> None:
    """Let an interrupt raise KeyboardInterrupt in this thread, the main one, whatever it waits for."""
    # Windows has no such signals: there it stays with what Python does.
    if not hasattr(signal, "pthread_kill"):
        return
    # Whoever starts a command in the background may want it to ignore interrupts.
    if signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)

    def hear(*_: Any) -> NoReturn:
        os.write(writing, bytes([HEARD]))
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, hear)
    # It does nothing, but a system call that it breaks off is taken up again only after a look at the notes.
    signal.signal(signal.SIGURG, lambda *_: None)
    # Each signal that arrives is written there as a byte, at once and whatever Python does.
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    start_new_thread(_look_on, (reading, get_ident()))


def _look_on(reading: int, main_thread: int) -> None:
    from select import POLLIN, poll

    notes = poll()
    notes.register(reading, POLLIN)
    waiting = False
    while True:
        if notes.poll(PATIENCE if waiting else None):
            for number in os.read(reading, 64):
                waiting = number == signal.SIGINT or (waiting and number != HEARD)
        else:
            signal.pthread_kill(main_thread, signal.SIGURG)
