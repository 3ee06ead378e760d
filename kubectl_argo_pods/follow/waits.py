"""What the life of a tail asks for while it waits, and where its lines go.

A life is a generator that yields what it waits for, and is sent the answer or thrown the error, an ApiError or an
UnreachableError: so thousands of them share one thread.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, Protocol, TypeVar

from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources.kube_logs import LogStream
from kubectl_argo_pods.targets import Event, Lines, LogQuery


class Open(NamedTuple):
    """Asks for a stream, a LogStream; None means that its answer has not begun for so many seconds."""

    query: LogQuery
    seconds: float


class Look(NamedTuple):
    """Asks for the container as it is now, a Container, or None where the pod is gone."""


class Receive(NamedTuple):
    """Asks for a chunk; b"" is the end, None means that nothing came for so many seconds."""

    stream: LogStream
    seconds: float


class Sleep(NamedTuple):
    """Asks to be left alone for so many seconds, or until the target's state changes."""

    seconds: float


class Turn(NamedTuple):
    """Asks for one of the streams that may be read at once; it is given back at the end of the life."""


Wait = Open | Look | Receive | Sleep | Turn
T = TypeVar("T")
Life = Generator[Wait, Any, T]


class Sink(Protocol):
    """Where lines go. A stream whose sink is full is not read on."""

    @property
    def is_full(self) -> bool: ...

    def add(self, item: Lines | Event, size: int) -> None: ...
