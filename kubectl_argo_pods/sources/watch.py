"""The events of a watch, whatever is watched."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from kubectl_argo_pods.cluster.stream import Stream
from kubectl_argo_pods.errors import ApiError, GoneError
from kubectl_argo_pods.pod import Pod
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.workflow import Manifest, Workflow


class PodEvent(NamedTuple):
    """`type` is ADDED, MODIFIED, DELETED or BOOKMARK; a bookmark has no pod and only moves the resource version on."""

    type: str
    pod: Pod | None
    resource_version: str


class WorkflowEvent(NamedTuple):
    """As PodEvent, for a workflow."""

    type: str
    workflow: Workflow | None
    resource_version: str


E = TypeVar("E", PodEvent, WorkflowEvent)


class Watch(Generic[E]):
    """An iterator of events, to be used in a `with`; it ends when the server ends it, and then one lists anew.

    Raises GoneError when the resource version is too old, UnreachableError when the connection is lost. `close` may be
    called from another thread.
    """

    def __init__(self, stream: Stream, event: Callable[[str, Manifest], E]) -> None:
        self._stream = stream
        self._event: Callable[[str, Manifest], E] = event

    def __enter__(self) -> Watch[E]:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.__exit__()

    def __iter__(self) -> Iterator[E]:
        for line in lines(self._stream):
            answer: Any = json.loads(line)
            if "error" in answer:
                if _is_end(answer["error"]):
                    return
                raise _error(answer["error"].get("http_code") or 0, answer["error"])
            # Argo's event stream wraps each event once more.
            event = answer.get("result", answer)
            if event["type"] == "ERROR":
                raise _error(event["object"].get("code") or 0, event["object"])
            yield self._event(event["type"], event["object"])

    def close(self) -> None:
        self._stream.close()


def lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The JSON lines of a stream, also of one of server-sent events; an unfinished last line is dropped."""
    rest: list[bytes] = []
    for chunk in chunks:
        first, *others = chunk.split(b"\n")
        rest.append(first)
        for other in others:
            line = b"".join(rest).strip()
            rest = [other]
            # Server-sent events: empty lines between them, and comments that keep the connection alive.
            if line and not line.startswith(b":"):
                yield line.removeprefix(b"data: ")


def _is_end(error: Manifest) -> bool:
    """Argo's word for a watch that Kubernetes has ended: code 429 since v3.5, 500 before."""
    return error.get("message") == "EOF"


def _error(code: int, status: Manifest) -> ApiError:
    message = str(status.get("message") or "the watch failed")
    return GoneError(message, code=410, reason="Expired") if code == 410 else ApiError(message, code=code)
