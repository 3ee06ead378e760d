"""A few threads that wait for the network, so that the one that reads streams does not have to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any, Generic, TypeVar

from kubectl_argo_pods.record import NamedTuple

MOST = 16

T = TypeVar("T")


class Done(NamedTuple, Generic[T]):
    """What came of the work for somebody."""

    whom: T
    answer: Any
    error: Exception | None


class Workers(Generic[T]):
    """No more of them than there is work for; `wake` is called in their threads when some of it is done."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._work: SimpleQueue[tuple[T, Callable[[], Any]] | None] = SimpleQueue()
        self._done: SimpleQueue[Done[T]] = SimpleQueue()
        self._count = 0
        self._undone = 0

    def give(self, whom: T, work: Callable[[], Any]) -> None:
        """Lets one of them do something for somebody."""
        self._undone += 1
        if self._count < min(MOST, self._undone):
            self._count += 1
            # A daemon: it may wait for the network when everything is over.
            Thread(target=self._run, daemon=True).start()
        self._work.put((whom, work))

    def done(self) -> Iterator[Done[T]]:
        """What has been done by now."""
        while not self._done.empty():
            self._undone -= 1
            yield self._done.get()

    def dismiss(self) -> None:
        """They end when they have done what they are at."""
        for _ in range(self._count):
            self._work.put(None)

    def _run(self) -> None:
        while given := self._work.get():
            whom, work = given
            try:
                done = Done(whom, work(), None)
            except Exception as error:
                # Whoever it is for knows what to do with it; a bug ends everything.
                done = Done(whom, None, error)
            self._done.put(done)
            self._wake()
