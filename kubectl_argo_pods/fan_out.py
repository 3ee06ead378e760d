"""One task in many places at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Generic, TypeVar

from kubectl_argo_pods.errors import ArgoPodsError
from kubectl_argo_pods.record import NamedTuple

P = TypeVar("P")
R = TypeVar("R")


class Done(NamedTuple, Generic[P, R]):
    """What became of the task in one place: its result, or the error that kept it from having one."""

    place: P
    result: R | None
    error: ArgoPodsError | None


def fan_out(task: Callable[[P], R], places: Sequence[P], parallel: int) -> Iterator[Done[P, R]]:
    """The outcomes as they come; the task is called in threads, so many at a time. Any other error is raised here."""
    waiting = list(places)
    lock = Lock()
    outcomes: SimpleQueue[Done[P, R] | BaseException] = SimpleQueue()

    def work() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                place = waiting.pop(0)
            try:
                outcomes.put(Done(place, task(place), None))
            except ArgoPodsError as error:
                outcomes.put(Done(place, None, error))
            except BaseException as error:
                outcomes.put(error)
                return

    for _ in range(min(parallel, len(places))):
        # Daemons: who interrupts the command does not wait for them.
        Thread(target=work, daemon=True).start()
    for _ in places:
        outcome = outcomes.get()
        if isinstance(outcome, BaseException):
            raise outcome
        yield outcome
