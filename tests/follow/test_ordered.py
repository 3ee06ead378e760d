"""Logs in the order of their times, from a source that gives each its turn as the test wants it."""

from __future__ import annotations

from collections.abc import Callable
from socket import socketpair

from kubectl_argo_pods.containers import Container
from kubectl_argo_pods.follow import read
from kubectl_argo_pods.follow.feed import ROOM
from kubectl_argo_pods.targets import Lines, LogOptions, LogQuery, Target

STATE = Container("main", "container", "terminated", "one", 1.0, 2.0, 0, "Completed", "", 0, "")
TIME = b"2026-05-04T10:00:00.%09dZ "
LONG = b"".join(TIME % number + b"x" * 999 + b"\n" for number in range(1, ROOM // 1000 + 2))
SHORT = TIME % 0 + b"begin\n"
# So often a log is asked that has nothing to say yet: each time the others have had their turn.
TURNS = 20


class Stream:
    """A log that gives what `next_` gives; something always seems to be there, so that it gets each turn."""

    timestamps = True

    def __init__(self, next_: Callable[[], bytes | None], is_ready: bool) -> None:
        self.is_ready = is_ready
        self._next = next_
        self._ours, self._theirs = socketpair()
        self._theirs.send(b"!")

    def __enter__(self) -> Stream:
        return self

    def __exit__(self, *_: object) -> None:
        self._ours.close()
        self._theirs.close()

    def fileno(self) -> int:
        return self._ours.fileno()

    def unblock(self) -> None:
        """It never waits."""

    def receive(self) -> bytes | None:
        return self._next()


class Source:
    """A long log that comes at once with its end, and a short one that is late."""

    def __init__(self) -> None:
        self.received = 0  # how often the long log has been read on
        self.received_before = -1  # how often it had been when the short one spoke
        self._turns = 0
        self._opened: set[str] = set()

    def open(self, target: Target, query: LogQuery) -> Stream:
        return self.begin(target, query)

    def begin(self, target: Target, query: LogQuery) -> Stream:
        if target.pod in self._opened:
            # What proves that it was read to its end.
            last = [(LONG if target.pod == "long" else SHORT).splitlines(keepends=True)[-1], b""]
            return Stream(lambda: last.pop(0), is_ready=False)
        self._opened.add(target.pod)
        return Stream(self._long if target.pod == "long" else self._short, is_ready=target.pod == "long")

    def look(self, target: Target) -> Container | None:
        return STATE

    def _long(self) -> bytes:
        self.received += 1
        return LONG if self.received == 1 else b""

    def _short(self) -> bytes | None:
        # The long log may be opened later.
        self._turns += bool(self.received)
        if self._turns < TURNS:
            return None
        if self._turns == TURNS:
            self.received_before = self.received
            return SHORT
        return b""


def test_a_log_that_has_to_wait_is_not_read_on_though_its_end_has_come() -> None:
    source = Source()
    targets = [Target("wf", "argo", pod, None, pod, f"uid-{pod}", "main", 1.0, STATE) for pod in ("long", "short")]
    lines = [
        line
        for items in read(source, targets, LogOptions(LogQuery()))
        for item in items
        if isinstance(item, Lines)
        for line in item.lines
    ]
    assert (source.received_before, source.received) == (1, 2)
    assert lines == [b"begin", *(line[31:] for line in LONG.splitlines())]
