"""Workflows and pods as they are discovered, by a thread of its own."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable
from threading import Event, Thread

from kubectl_argo_pods.sources.snapshot import Snapshot


class Discovery:
    """Begins at once, and is left to itself at the end. What was found first is taken before anything else is asked
    for: the server is to answer for the logs before it has other things to do.
    """

    def __init__(self, found: Iterable[list[Snapshot]]) -> None:
        self.is_over = False  # nothing more will be discovered
        self.error: Exception | None = None  # what has ended it
        self.begun = time.monotonic()
        self._latest: deque[list[Snapshot]] = deque(maxlen=1)
        self._was_taken = Event()
        self._tell: Callable[[], None] | None = None
        Thread(target=self._run, args=(found,), daemon=True).start()

    @property
    def has_news(self) -> bool:
        return bool(self._latest)

    def tell(self, wake: Callable[[], None]) -> None:
        """Calls this whenever there is something new, as there may be already."""
        self._tell = wake
        wake()

    def take(self) -> list[Snapshot] | None:
        """The latest that was discovered, if it has not been taken."""
        return self._latest.pop() if self._latest else None

    def go_on(self) -> None:
        """What was taken has been dealt with."""
        self._was_taken.set()

    def _run(self, found: Iterable[list[Snapshot]]) -> None:
        try:
            for snapshots in found:
                # Whoever discovers may go on with his own list.
                self._latest.append([*snapshots])
                self._wake()
                self._was_taken.wait()
        except Exception as error:
            self.error = error
        self.is_over = True
        self._wake()

    def _wake(self) -> None:
        if self._tell:
            self._tell()
