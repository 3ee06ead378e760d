"""Logs in the order of their times, from a source that gives each its turn as the test wants it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from socket import socketpair

import pytest

from kubectl_argo_pods.containers import Container
from kubectl_argo_pods.follow import read
from kubectl_argo_pods.follow.feed import ROOM
from kubectl_argo_pods.follow.spool import BLOCK
from kubectl_argo_pods.targets import Lines, LogOptions, LogQuery, Target

STATE = Container("main", "container", "terminated", "one", 1.0, 2.0, 0, "Completed", "", 0, "")
TIME = b"2026-05-04T10:00:00.%09dZ "
LONG = [TIME % number + b"x" * 999 + b"\n" for number in range(1, (ROOM + BLOCK) // 1000 + 2)]
# What is held in memory, and what has to wait elsewhere.
PARTS = [b"".join(LONG[: ROOM // 1000 + 1]), b"".join(LONG[ROOM // 1000 + 1 :]), b""]
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
            last = [LONG[-1] if target.pod == "long" else SHORT, b""]
            return Stream(lambda: last.pop(0), is_ready=False)
        self._opened.add(target.pod)
        return Stream(self._long if target.pod == "long" else self._short, is_ready=target.pod == "long")

    def look(self, target: Target) -> Container | None:
        return STATE

    def _long(self) -> bytes:
        self.received += 1
        return PARTS[self.received - 1]

    def _short(self) -> bytes | None:
        # The long log may be opened later.
        self._turns += bool(self.received)
        if self._turns < TURNS:
            return None
        if self._turns == TURNS:
            self.received_before = self.received
            return SHORT
        return b""


@pytest.fixture
def full_disk() -> Iterator[None]:
    """No file can grow."""
    resource = pytest.importorskip("resource", reason="only POSIX limits the size of files")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.usefixtures("full_disk")
def test_a_log_that_has_to_wait_is_not_read_on_though_its_end_has_come() -> None:
    source = Source()
    assert everything(source) == [b"begin", *(line[31:-1] for line in LONG)]
    assert (source.received_before, source.received) == (2, 3)


def test_a_log_that_has_to_wait_is_read_on_where_there_is_room_on_disk() -> None:
    source = Source()
    assert everything(source) == [b"begin", *(line[31:-1] for line in LONG)]
    assert (source.received_before, source.received) == (3, 3)


def everything(source: Source) -> list[bytes]:
    targets = [Target("wf", "argo", pod, None, pod, f"uid-{pod}", "main", 1.0, STATE) for pod in ("long", "short")]
    items = [item for items in read(source, targets, LogOptions(LogQuery())) for item in items]
    return [line for item in items if isinstance(item, Lines) for line in item.lines]
