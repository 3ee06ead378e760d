"""A call in a thread of its own."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Task(Generic[T]):
    """Begins at once."""

    def __init__(self, call: Callable[[], T]) -> None:
        self.begun = time.monotonic()
        self._call = call
        self._error: BaseException | None = None
        # A daemon: where something else has failed meanwhile, or ends the program, nobody waits for it.
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._result = self._call()
        except BaseException as error:
            self._error = error

    def result(self) -> T:
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._result
