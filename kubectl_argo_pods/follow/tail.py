"""The life of one tail: the log of one container, read to its end however often it breaks off.

That a stream ends says nothing: the API server ends it as if it were complete where it has lost the kubelet (apiserver,
endpoints/handlers/responsewriters, StreamObject). So the end of a log is where the container's status says that it has
ended, and the end of what is there has been seen.
"""

from __future__ import annotations

import time
from math import inf

from kubectl_argo_pods.containers import Container
from kubectl_argo_pods.errors import ApiError, ArgoPodsError, NotFoundError, ReplacedError, UnreachableError
from kubectl_argo_pods.follow.patience import (
    ENDED,
    FIRST_PAUSE,
    LONGEST_PAUSE,
    SECOND_PAUSE,
    TRIES,
    is_refusal,
    longer,
    may_be_another,
    may_pass,
)
from kubectl_argo_pods.follow.reading import NOTHING, PATIENCE, End, Outlook, Reader
from kubectl_argo_pods.follow.waits import Life, Look, Open, Sink, Sleep, Turn
from kubectl_argo_pods.sources.kube_logs import LogStream
from kubectl_argo_pods.targets import Event, LogOptions, LogQuery, Target

# How long what the kubelet says of a container may differ from what the API says.
DISAGREEMENT = 5.0
# How often a log must have come again with nothing new, where its end cannot be told by its last line.
CONTENT = 5
# How often to look whether a container has been restarted.
LOOKS = 10
DELETED = "the pod was deleted before its log was read to the end"
UNREAD = End("the pod was deleted before its log could be read", 0, NOTHING)


class Tail:
    """One target. `target` is replaced when its state changes; `final`: what has not started now never will.

    `is_new`: it came while others were followed. `is_missed`: its pod is no longer listed. `is_overdue`: it has not
    started in the time that it had for that.
    """

    def __init__(self, target: Target, options: LogOptions, sink: Sink, *, is_new: bool = False) -> None:
        self.target = target
        self.final = False
        self.is_missed = False
        self.is_overdue = False
        self.run = ""  # the id of the run that is read, or was last
        self.sink = sink
        self._options = options
        self._query = options.query
        # What is asked for of it from the end, or since some time ago, is about what was there when the follow began.
        self._is_new = self.follows and (is_new or not self.has_started)
        self._patience = options.start_timeout
        self._outlook = Outlook(options.probe_after, lambda: self.lives_on, self._turns_out_another_run)
        self._pause = FIRST_PAUSE
        self._begun = time.monotonic()
        self._has_followed = False  # the stream that was read last, of a pod that was still there
        self._refused: float | None = None  # when it was for the first time that there is no log of this run
        self._reader = Reader(target, options, sink)

    @property
    def follows(self) -> bool:
        return self._query.follow

    @property
    def lives_on(self) -> bool:
        """Whether the container may write more to this run's log, as far as is known."""
        state = self.target.state
        return not self._reader.previous and (state is None or self._is_running(state))

    def life(self) -> Life[None]:
        """Reads the present run, and those that begin meanwhile; raises what it cannot get over."""
        self.is_overdue = False
        if not (yield from self._start()):
            return
        yield Turn()
        self._begin(self._query.previous)
        while (yield from self._read_run()) and self.follows:
            self._begin(False)

    def _begin(self, previous: bool) -> None:
        state = self.target.state
        self.run = "" if state is None else state.previous_id if previous else state.id
        query = self._query._replace(previous=previous)
        if self._is_new:
            query = query._replace(tail=None, since_seconds=None)
        self._is_new = self.follows
        self._refused = None
        self._reader = Reader(self.target, self._options._replace(query=query), self.sink)

    # Before there is a log

    def _start(self) -> Life[bool]:
        """Waits until there is a log to follow; False where there will be none."""
        while self.follows and not self.has_started:
            if self.is_missed and (yield from self._look()) is None:
                self._reader.tell("gone", "before it had started")
                return False
            left = self._left_to_start()
            if self.final or left <= 0:
                return (yield from self._starts_after_all())
            yield Sleep(min(left, LONGEST_PAUSE))
        return True

    @property
    def has_started(self) -> bool:
        state = self.target.state
        return state is None or bool(state.id) or state.state in ("running", "terminated")

    def _left_to_start(self) -> float:
        """Seconds that the container still has to start in."""
        if self._patience is None:
            return inf if self.follows else 0.0
        return self._begun + self._patience - time.monotonic()

    def _starts_after_all(self) -> Life[bool]:
        state = yield from self._look()
        if state is None:
            self._reader.tell("gone", "before it had started")
        elif not self.has_started:
            self._not_started(state.message or state.reason or "it has not started")
        return state is not None and self.has_started

    def _not_started(self, why: str) -> None:
        self.is_overdue = True
        self._reader.tell("waiting", why)

    # A run

    def _read_run(self) -> Life[bool]:
        """Reads one run to its end; True where another one has begun."""
        reader, end, tries, vain, again = self._reader, UNREAD, 0, 0, False
        while True:
            try:
                if reader.counts_from_end:
                    yield from reader.begin(self.follows, self.lives_on)
                query = reader.query(self.follows and self.lives_on)
                stream = yield from self._opened(query)
            except NotFoundError:
                return self._leave(end, vain)
            except (ApiError, UnreachableError) as error:
                tries += 1
                if not (yield from self._may_retry(error, tries)):
                    return False
                continue
            with stream:
                stream.unblock()
                try:
                    is_gone = (again or may_be_another(self._options.listed_at)) and (yield from self._is_gone())
                except ReplacedError:
                    return self._leave(end, vain)
                if again and self._is_of_another_run():
                    return (yield from self._read_what_is_left(end))
                self._has_followed = query.follow and not is_gone
                end = yield from reader.read(stream, query, self._outlook)
            vain = vain + 1 if again and reader.came_again(end) else 0
            if is_gone and reader.left != 0:
                return self._leave(end, vain)
            if end.new:
                tries, self._pause = 0, FIRST_PAUSE
            over = yield from self._is_over(end, vain, again)
            if over is not None:
                return over
            again = True
            reader.go_on(end)
            # That nothing new came is no failure: so often in a row, it is the end.
            tries += not vain
            if tries > TRIES and not self._may_go_on(self.target.state):
                reader.hand_on_rest(end.rest)
                raise UnreachableError(end.cause or ENDED)
            yield Sleep(self._next_pause())

    def _opened(self, query: LogQuery) -> Life[LogStream]:
        """The stream of a query, as soon as its answer has begun; raises what it cannot get over."""
        silence = self._outlook.silence
        while True:
            stream: LogStream | None = yield Open(query, self._reader.patience(query.follow, silence, self._outlook))
            if stream is not None:
                return stream
            if not query.follow:
                raise UnreachableError("the server did not answer")
            # The container is silent, or the server cannot be heard: a new connection will tell.
            silence = min(silence * 2, self._outlook.silence * PATIENCE)
            yield from self._look()
            query = query._replace(follow=self.lives_on)

    def _is_over(self, end: End, vain: int, again: bool) -> Life[bool | None]:
        """Whether another run has begun, where nothing more is to be read of this one; None where it goes on."""
        reader = self._reader
        if reader.left == 0:
            reader.complete(NOTHING)
            return False
        state = yield from self._look()
        if state is None:
            return self._leave(end, vain)
        if self._has_another_run(state) and not (yield from reader.is_of_previous_run()):
            self._mistook(state)
        if self._is_enough(state, end, vain) or (yield from self._is_proven(state, end, again)):
            reader.complete(end.rest)
            return self._has_another_run(state)
        if self._has_another_run(state):
            return (yield from self._read_what_is_left(end))
        return None

    def _is_running(self, state: Container) -> bool:
        """Whether the run that is read is still at work."""
        return state.state == "running" and self.run in ("", state.id)

    def _may_go_on(self, state: Container | None) -> bool:
        return self.follows and state is not None and self._is_running(state)

    def _is_proven(self, state: Container, end: End, again: bool) -> Life[bool]:
        """Whether a log that will not go on has been seen to its last line."""
        if end.cause or self._may_go_on(state) or self._has_another_run(state) or self._reader.is_foreign:
            return False
        # What a container writes while its log is read has no end: a second look at it is enough.
        return (yield from self._reader.is_all_there(end.rest)) or (again and self._is_running(state))

    def _is_enough(self, state: Container, end: End, vain: int) -> bool:
        """Whether to be content without a proof, since so many times in a row nothing new came."""
        if end.cause or self._may_go_on(state) or self._has_another_run(state):
            return False
        if self._reader.is_foreign:
            # What is archived stays as it is; a followed stream of the Argo Server may have ended before its log.
            return bool(vain) or not self.follows or self.target.origin == "archive"
        # Where a clock was set back, the last line that is shown need not be the last that was written.
        return vain >= CONTENT and bool(self._reader.position.last)

    # Another run

    def _has_another_run(self, state: Container) -> bool:
        return bool(self.run) and not self._reader.previous and state.id != self.run

    def _is_gone(self) -> Life[bool]:
        """Whether the pod is gone whose stream has been opened: it is the last one then, with what the container wrote
        in the end. A log is asked for by the name of its pod: raises ReplacedError where another one has it by now. As
        long as this one is there, no other was."""
        if self._reader.is_foreign:
            return False
        try:
            state: Container | None = yield Look()
        except ReplacedError:
            raise
        except (ApiError, UnreachableError):
            return False
        self.target = self.target._replace(state=state or self.target.state)
        return state is None

    def _is_of_another_run(self) -> bool:
        """Whether a stream that was opened again may be of another run than the one that is read."""
        state = self.target.state
        if self._reader.is_foreign or not self.run or state is None:
            return False
        return (state.previous_id if self._reader.previous else state.id) != self.run

    def _turns_out_another_run(self) -> Life[bool]:
        """As `_is_of_another_run`, for a log that is not the one that was read: the API may learn a little later than
        the kubelet that a container has been restarted."""
        if self._reader.is_foreign:
            return False
        for _ in range(LOOKS):
            if (yield from self._look()) is not None and self._is_of_another_run():
                return True
            if self.target.state and self.target.state.state == "terminated":
                return False
            yield Sleep(SECOND_PAUSE)
        return False

    def _mistook(self, state: Container) -> None:
        """What was read is of the present run: the container was restarted just before its log was asked for."""
        self._reader.tell("gap", "the container was restarted before its log could be read", lossy=True)
        self.run = state.id

    def _read_what_is_left(self, end: End) -> Life[bool]:
        """Reads the rest of a run that is over, where another one has begun already."""
        state = self.target.state
        if not self._reader.previous and state and state.previous_id == self.run:
            self._reader.go_on(end)
            self._reader.previous = True
            try:
                yield from self._read_run()
                return True
            except ApiError as error:
                end = end._replace(cause=end.cause and str(error))
        if end.cause:
            self._reader.tell("gap", f"the container was restarted: {end.cause}", lossy=True)
        return True

    # How it goes on

    def _look(self) -> Life[Container | None]:
        """The container as it is now; that this run has ended is known for good."""
        known = self.target.state
        if known and known.state == "terminated" and self.run in ("", known.id):
            return known
        tries = 0
        while True:
            try:
                state: Container | None = yield Look()
            except ReplacedError:
                return None
            except (ApiError, UnreachableError) as error:
                tries += 1
                yield from self._may_retry(error, tries)
                continue
            self.target = self.target._replace(state=state or known)
            return state

    def _may_retry(self, error: ArgoPodsError, tries: int) -> Life[bool]:
        """Waits for what may pass, and raises what will not; False where the container has not started."""
        if is_refusal(error):
            return (yield from self._may_start(error))
        if not may_pass(error) or (tries > TRIES and not self.follows):
            raise error
        self._reader.blame(str(error))
        if self._pause > LONGEST_PAUSE / 2:
            self.sink.add(Event(None, "notice", str(error)), 0)
        yield Sleep(self._next_pause())
        return True

    def _may_start(self, error: ArgoPodsError) -> Life[bool]:
        """What a 400 says is for good, unless the container is about to start."""
        try:
            state = None if self._reader.is_foreign or self._reader.previous else (yield Look())
        except ReplacedError:
            raise error from None
        if state is None:
            raise error
        self.target = self.target._replace(state=state)
        if self.has_started:
            if not self.follows or self._has_been_refused_long():
                raise error
            yield Sleep(self._next_pause())
            return True
        left = self._left_to_start()
        if left <= 0:
            self._not_started(str(error))
            return False
        yield Sleep(min(self._next_pause(), left))
        return True

    def _has_been_refused_long(self) -> bool:
        """Whether a log is refused for longer than what the kubelet says may differ from what the API says."""
        now = time.monotonic()
        self._refused = self._refused or now
        return now - self._refused > DISAGREEMENT

    def _next_pause(self) -> float:
        pause = self._pause
        self._pause = longer(pause)
        return pause

    def _leave(self, end: End, vain: int) -> bool:
        """The pod is gone: what came is all that there will ever be.

        A stream that followed the container ended with it, and so did one that has ended well twice at the same place.
        """
        cause = end.cause or ("" if self._has_followed or vain else DELETED)
        self._reader.hand_on_rest(end.rest)
        self._reader.tell("gone", cause, lossy=bool(cause))
        return False
