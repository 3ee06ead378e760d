"""Logs from an Argo Server: those of pods, which it reads for us, and archived ones, which are artifacts of nodes."""

from __future__ import annotations

import json
import math
from collections import deque
from collections.abc import Callable
from typing import Any, Self
from urllib.parse import quote

from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.opening import Opening
from kubectl_argo_pods.cluster.segment import segment
from kubectl_argo_pods.cluster.stream import Stream
from kubectl_argo_pods.containers import Container
from kubectl_argo_pods.errors import ApiError, NotFoundError
from kubectl_argo_pods.log_places import unseen
from kubectl_argo_pods.sources.argo_server import ArgoServer
from kubectl_argo_pods.sources.kube_logs import LogStream
from kubectl_argo_pods.targets import Artifact, LogQuery, Target
from kubectl_argo_pods.workflow import parse_time

EVENTS = "text/event-stream"
# A clock that is a little ahead of the server's must not lose lines: what comes twice is left out.
SKEW = 5
# An artifact that is not there is a 500 (argo-workflows, server/artifacts); a workflow that is gone, too.
ELSEWHERE = (404, 500)


class PodLogs:
    """The logs of pods that only the Argo Server may read; `clock` tells epoch seconds."""

    def __init__(self, server: ArgoServer, clock: Callable[[], float]) -> None:
        self._server = server
        self._clock = clock

    def open(self, target: Target, query: LogQuery) -> Messages:
        # As an event stream it is kept alive by a comment every 15 seconds.
        stream = self._server.http.stream(_path(target), parameters(target, query, self._clock()), EVENTS)
        return Messages(stream, query)

    def begin(self, target: Target, query: LogQuery) -> Opening[LogStream]:
        opening = self._server.http.begin(_path(target), parameters(target, query, self._clock()), EVENTS)
        return opening.then(lambda stream: Messages(stream, query))

    def look(self, target: Target) -> Container | None:
        """The container as the phase of its node has it: the Argo Server does not tell more."""
        try:
            workflow = self._server.workflow(target.namespace, target.workflow)
        except NotFoundError:
            return None
        node = workflow.nodes.get(target.node.id) if target.node else None
        return unseen(target.container, node)


def _path(target: Target) -> str:
    return f"/api/v1/workflows/{segment(target.namespace)}/{segment(target.workflow)}/log"


class ArchivedLogs:
    """Logs that Argo has archived; nothing in them tells the time of a line."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def open(self, target: Target, query: LogQuery) -> ArchivedLog:
        assert target.artifact
        live, archived = artifact_paths(target, target.artifact)
        try:
            stream = self._http.stream(live, None, "*/*")
        except ApiError as error:
            if error.code not in ELSEWHERE:
                raise
            stream = self._archived(archived, target)
        return ArchivedLog(stream, query)

    begin = open

    def _archived(self, path: str, target: Target) -> Stream:
        try:
            return self._http.stream(path, None, "*/*")
        except ApiError as error:
            if error.code not in ELSEWHERE or target.artifact is None:
                raise
            what = f"the archived log {target.artifact.name} of node {target.node.name if target.node else target.step}"
            why = "it is not there any more, or you may not get the workflow"
            raise ApiError(f"{what} cannot be read from the Argo Server: {why}", code=error.code) from error

    def look(self, target: Target) -> Container | None:
        return target.state


def artifact_paths(target: Target, artifact: Artifact) -> tuple[str, str]:
    """Where the log is as long as the workflow is live, and in the archive."""
    namespace = segment(target.namespace)
    where = f"{quote(artifact.node_id, safe='')}/outputs/{quote(artifact.name, safe='')}"
    return (
        f"/artifact-files/{namespace}/workflows/{segment(target.workflow)}/{where}",
        f"/artifact-files/{namespace}/archived-workflows/{quote(artifact.workflow_uid, safe='')}/{where}",
    )


def parameters(target: Target, query: LogQuery, now: float) -> dict[str, str]:
    """The query as the Argo Server takes it over HTTP; `now` is in epoch seconds.

    `sinceTime` is none of its parameters there, and a limit of bytes would cut within what it adds.
    """
    asked = {
        "podName": target.pod,
        # Never without a log option: before v3.7 that ends the server (argo-workflows#13585).
        "logOptions.container": target.container,
        "logOptions.timestamps": "true",
    }
    asked |= {"logOptions.follow": "true"} if query.follow else {}
    asked |= {"logOptions.previous": "true"} if query.previous else {}
    asked |= {"logOptions.tailLines": str(query.tail)} if query.tail is not None else {}
    since = query.since_seconds
    if query.since_time and (moment := parse_time(query.since_time)) is not None:
        since = max(1, math.ceil(now - moment) + SKEW)
    return asked | ({"logOptions.sinceSeconds": str(since)} if since is not None else {})


class Rewritten:
    """A log within another stream, of which only so many bytes may be wanted."""

    timestamps: bool

    def __init__(self, stream: Stream, query: LogQuery) -> None:
        self._stream = stream
        self._left = query.limit_bytes

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.__exit__()

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def is_ready(self) -> bool:
        return self._left == 0 or self._stream.is_ready

    def unblock(self) -> None:
        self._stream.unblock()

    def close(self) -> None:
        self._stream.close()

    def _limited(self, chunk: bytes) -> bytes:
        """No more of it than is left."""
        if self._left is None:
            return chunk
        chunk = chunk[: self._left]
        self._left -= len(chunk)
        return chunk


class Messages(Rewritten):
    """The lines in the messages of a stream, each with its time as in the Kubernetes API."""

    timestamps = True

    def __init__(self, stream: Stream, query: LogQuery) -> None:
        super().__init__(stream, query)
        self._since = (query.since_time or "")[:19].encode()
        self._rest = b""

    def receive(self) -> bytes | None:
        lines = b""
        # What holds no whole line is not the end.
        while not lines and self._left != 0:
            chunk = self._stream.receive()
            if not chunk:
                return chunk
            *messages, self._rest = (self._rest + chunk).split(b"\n")
            lines = b"".join(map(self._line, messages))
        return self._limited(lines)

    def _line(self, message: bytes) -> bytes:
        message = message.strip()
        if not message or message.startswith(b":"):
            return b""
        answer: Any = json.loads(message.removeprefix(b"data: "))
        if error := answer.get("error"):
            raise ApiError(str(error.get("message") or "the log broke off"), code=error.get("http_code") or 0)
        # An empty line is left out of its message, but its time is not.
        line = (answer["result"].get("content") or "").encode("utf-8", "surrogatepass")
        return b"" if self._since and line[:19] < self._since else line + b"\n"


class ArchivedLog(Rewritten):
    """An archived log, as far as it is asked for: its last lines, or its first bytes."""

    timestamps = False

    def __init__(self, stream: Stream, query: LogQuery) -> None:
        super().__init__(stream, query)
        self._tail = None if query.tail is None else Tail(query.tail)

    def receive(self) -> bytes | None:
        if self._left == 0:
            return b""
        chunk = self._stream.receive()
        while chunk and self._tail:
            self._tail.add(chunk)
            chunk = self._stream.receive()
        if self._tail and chunk is not None:
            chunk, self._tail = self._tail.lines(), None
        return self._limited(chunk) if chunk else chunk


class Tail:
    """The last lines of what is added."""

    def __init__(self, count: int) -> None:
        self._whole: deque[bytes] = deque(maxlen=count)
        self._begun: list[bytes] = []

    def add(self, chunk: bytes) -> None:
        first, newline, rest = chunk.partition(b"\n")
        self._begun.append(first)
        if newline:
            *lines, last = rest.split(b"\n")
            self._whole.append(b"".join(self._begun) + b"\n")
            self._whole.extend(line + b"\n" for line in lines)
            self._begun = [last]

    def lines(self) -> bytes:
        """All of them; a last one without a newline is a line, too."""
        if begun := b"".join(self._begun):
            self._whole.append(begun)
        return b"".join(self._whole)
