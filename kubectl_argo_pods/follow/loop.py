"""All that happens at once: one thread reads all streams, a few others open them and look after containers.

Opening a stream waits for the network and for credentials; reading hundreds of them in a thread each costs several
times the CPU that their bytes do.
"""

from __future__ import annotations

import selectors
import time
from collections import deque
from functools import partial
from math import ceil
from typing import Any

from kubectl_argo_pods.bell import Bell
from kubectl_argo_pods.cluster.opening import Opening
from kubectl_argo_pods.errors import ApiError, UnauthorizedError, UnreachableError
from kubectl_argo_pods.follow.reading import LINGER
from kubectl_argo_pods.follow.tail import Tail
from kubectl_argo_pods.follow.timers import Timed, Timers
from kubectl_argo_pods.follow.waits import Life, Look, Open, Receive, Sleep, Turn, Wait
from kubectl_argo_pods.follow.workers import Workers
from kubectl_argo_pods.sources.kube_logs import LogSource, LogStream
from kubectl_argo_pods.targets import Event, LogQuery


class _Task(Timed):
    """A tail at work: what it waits for, and the stream that is watched or being opened for it."""

    def __init__(self, tail: Tail) -> None:
        self.tail = tail
        self.life: Life[None] = tail.life()
        self.wait: Wait | None = None
        self.watched: int | None = None  # the descriptor that the selector knows
        self.opening: Opening[LogStream] | None = None
        self.has_turn = False


class Loop:
    """Runs tails; at most so many of them read at once, the others wait for their turn."""

    def __init__(self, source: LogSource, max_requests: int) -> None:
        self._source = source
        self._begun = time.monotonic()
        self._turns = max_requests
        self._selector = selectors.DefaultSelector()
        self._bell = Bell()
        self._selector.register(self._bell, selectors.EVENT_READ, None)
        self._workers = Workers[_Task](self.wake)
        self.received = 0  # bytes
        self.ended: list[Tail] = []  # those whose lives have come to their end; for the caller to clear
        self._tasks: dict[int, _Task] = {}
        self._queue: deque[_Task] = deque()  # those that wait for their turn
        self._paused: set[_Task] = set()  # those whose sinks are full
        self._fresh: list[_Task] = []  # what has come with the head of an answer, no selector knows
        self._timers = Timers[_Task]()

    @property
    def is_idle(self) -> bool:
        """Whether all lives have come to their end."""
        return not self._tasks

    @property
    def starving(self) -> int:
        """How many wait for a turn, while all that have one may keep it for ever."""
        if not self._queue or any(task.has_turn and not task.tail.lives_on for task in self._tasks.values()):
            return 0
        return len(self._queue)

    def start(self, tail: Tail) -> None:
        """Begins the life of a tail."""
        task = _Task(tail)
        self._tasks[id(tail)] = task
        self._go_on(task)

    def lives(self, tail: Tail) -> bool:
        return id(tail) in self._tasks

    def poke(self, tail: Tail) -> None:
        """The target of a tail has changed its state, or is final."""
        task = self._tasks.get(id(tail))
        if task is None:
            return
        if isinstance(task.wait, Sleep):
            self._go_on(task)
        elif task.watched is not None and not tail.lives_on:
            # Its stream should end soon by itself.
            self._set_deadline(task, LINGER)

    def wake(self) -> None:
        """Ends the present or the next `step`; may be called from any thread."""
        self._bell.ring()

    def step(self, seconds: float | None = None) -> None:
        """Waits until something has happened, but not longer than so many seconds, and deals with it."""
        for task in [each for each in self._paused if not each.tail.sink.is_full]:
            self._paused.discard(task)
            self._await(task, task.wait)
        fresh, self._fresh = self._fresh, []
        for key, _ in self._selector.select(0.0 if fresh else self._timeout(seconds)):
            if key.data is None:
                self._take_answers()
            else:
                self._receive(key.data)
        for task in fresh:
            self._receive(task)
        self._fire_timers()

    def close(self) -> None:
        """Ends all lives and closes their streams."""
        for task in list(self._tasks.values()):
            self._unwatch(task)
            self._give_up_opening(task)
            task.life.close()
        self._tasks.clear()
        self._workers.dismiss()
        self._selector.close()
        self._bell.close()

    # A task goes on

    def _go_on(self, task: _Task, answer: Any = None, error: Exception | None = None) -> None:
        try:
            wait = task.life.throw(error) if error else task.life.send(answer)
            while isinstance(wait, Turn) and self._takes_turn(task):
                wait = task.life.send(None)
        except StopIteration:
            self._finish(task)
        except UnauthorizedError:
            # As with a credential plugin that fails: it is not about this target.
            raise
        except (ApiError, UnreachableError) as failure:
            task.tail.sink.add(Event(task.tail.target, "failed", str(failure), lossy=True), 0)
            self._finish(task)
        else:
            self._await(task, wait)

    def _await(self, task: _Task, wait: Wait | None) -> None:
        task.wait = wait
        if isinstance(wait, Receive):
            if task.tail.sink.is_full:
                self._unwatch(task)
                self._paused.add(task)
                task.deadline = None
            else:
                self._watch(task, wait.stream.fileno())
                self._set_deadline(task, wait.seconds)
            return
        self._unwatch(task)
        task.deadline = None
        if isinstance(wait, Sleep):
            self._set_deadline(task, wait.seconds)
        elif isinstance(wait, Turn):
            self._queue.append(task)
        elif isinstance(wait, Open):
            self._workers.give(task, partial(self._source.begin, task.tail.target, self._since_begun(wait.query)))
        elif isinstance(wait, Look):
            self._workers.give(task, partial(self._source.look, task.tail.target))

    def _finish(self, task: _Task) -> None:
        self._unwatch(task)
        self._paused.discard(task)
        task.wait = task.deadline = None
        del self._tasks[id(task.tail)]
        self.ended.append(task.tail)
        if task.has_turn:
            self._turns += 1
            while self._queue and self._takes_turn(self._queue[0]):
                self._go_on(self._queue.popleft())

    def _takes_turn(self, task: _Task) -> bool:
        if self._turns <= 0:
            return False
        self._turns -= 1
        task.has_turn = True
        return True

    # Streams

    def _watch(self, task: _Task, descriptor: int) -> None:
        if task.watched != descriptor:
            self._unwatch(task)
            self._selector.register(descriptor, selectors.EVENT_READ, task)
            self._fresh.append(task)
            task.watched = descriptor

    def _unwatch(self, task: _Task) -> None:
        if task.watched is not None:
            # The stream may be closed by now; its number is forgotten all the same.
            self._selector.unregister(task.watched)
            task.watched = None

    def _receive(self, task: _Task) -> None:
        if task.opening is not None:
            self._take_up(task, task.opening)
            return
        # A stream that has to wait is not read on, even where its end has come already.
        if not isinstance(task.wait, Receive) or task in self._paused:
            return
        try:
            chunk = task.wait.stream.receive()
        except (ApiError, UnreachableError) as error:
            self._go_on(task, error=error)
            return
        if chunk is not None:
            self.received += len(chunk)
            self._go_on(task, chunk)
            if isinstance(task.wait, Receive) and task.wait.stream.is_ready:
                self._fresh.append(task)

    def _await_answer(self, task: _Task, opening: Opening[LogStream], seconds: float) -> None:
        """No worker waits for it: the log of a silent container is not answered for as long as that is silent."""
        task.opening = opening
        self._watch(task, opening.fileno())
        self._set_deadline(task, seconds)

    def _take_up(self, task: _Task, opening: Opening[LogStream]) -> None:
        """An opening has an answer, perhaps."""
        if opening.has_answer():
            self._unwatch(task)
            task.opening = task.deadline = None
            self._workers.give(task, opening.stream)

    def _since_begun(self, query: LogQuery) -> LogQuery:
        """Seconds are counted back from the beginning, however late a log is asked for, or asked for again."""
        gone_by = time.monotonic() - self._begun
        if query.since_seconds is None or gone_by < 1:
            return query
        return query._replace(since_seconds=query.since_seconds + ceil(gone_by))

    def _give_up_opening(self, task: _Task) -> None:
        if task.opening is not None:
            self._unwatch(task)
            task.opening.close()
            task.opening = None

    # What others wait for

    def _set_deadline(self, task: _Task, seconds: float) -> None:
        self._timers.set(task, time.monotonic() + seconds)

    def _timeout(self, seconds: float | None) -> float | None:
        left = self._timers.left(time.monotonic())
        return left if seconds is None or (left is not None and left < seconds) else seconds

    def _fire_timers(self) -> None:
        for task in self._timers.due(time.monotonic()):
            self._give_up_opening(task)
            self._go_on(task)

    def _take_answers(self) -> None:
        self._bell.silence()
        for task, answer, error in self._workers.done():
            if isinstance(answer, Opening) and isinstance(task.wait, Open):
                self._await_answer(task, answer, task.wait.seconds)
            else:
                self._go_on(task, answer, error)
