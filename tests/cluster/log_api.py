"""The subresource `log` of pods, with faults at any byte of an answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from aiohttp import web

from tests.cluster.access import Access
from tests.cluster.container_logs import Asked as LogOptions
from tests.cluster.container_logs import ContainerLog, Run, Writer, first_record
from tests.cluster.resources import PODS
from tests.cluster.state import State
from tests.cluster.statuses import Asked, bad_request, not_found

Manifest = dict[str, Any]
BLOCK = 65536


class Break(NamedTuple):
    """How an answer breaks off after so many bytes: `reset`, `cut` (without the end of the body), `eof` or `stall`.

    `eof`, a clean end, is how the API server ends a log when it loses the kubelet in the middle of it (apiserver,
    endpoints/handlers/responsewriters, StreamObject); it does not befall answers of a few lines (`tailLines`).
    """

    after: int
    how: str


class BrokenOffError(Exception):
    """The answer ends here."""


class Logs:
    """The logs of all containers, by (namespace, pod, container); `breaks` are taken by the next answers in turn."""

    def __init__(self, state: State, access: Access, clock: Callable[[], float]) -> None:
        self._state = state
        self._access = access
        self._clock = clock
        self._logs: dict[tuple[str, str, str], ContainerLog] = {}
        self.breaks: list[Break] = []
        self.most = 0  # answers that were being sent at any one time
        self._open: set[asyncio.Transport] = set()

    def of(self, pod: str, container: str = "main", namespace: str = "argo") -> ContainerLog:
        return self._logs.setdefault((namespace, pod, container), ContainerLog())

    @property
    def reading(self) -> int:
        """How many answers are being sent."""
        return len(self._open)

    def cut(self) -> None:
        """Cuts the connections of all answers that are being sent, as a server that is killed."""
        for transport in list(self._open):
            self._loop.call_soon_threadsafe(transport.abort)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        place = request.match_info
        namespace, name = place["namespace"], place["name"]
        self._access.check(self._access.user_of(request), Asked("get", PODS, namespace, name, "log"))
        pod = self._state.get(PODS, namespace, name)
        if pod is None:
            raise not_found(PODS, name)
        container = _container(pod, request.query.get("container", ""))
        if "nodeName" not in pod["spec"]:
            # Nobody has a log of it yet (registry/core/pod/strategy.go, LogLocation).
            return web.Response(body=b"", content_type="text/plain")
        asked = LogOptions.of(request.query, self._clock())
        if not asked.previous:
            _check_started(pod, container)
        log = self.of(name, container, namespace)
        run = log.run(container, name, asked.previous)
        # Its head comes with the first line (kubelet/server, getContainerLogs: nothing is flushed before).
        response = web.StreamResponse(headers={"Content-Type": "text/plain"})
        response.enable_chunked_encoding()
        transport, self._loop = request.transport, asyncio.get_running_loop()
        if transport is None:
            return response
        self._open.add(transport)
        self.most = max(self.most, self.reading)
        try:
            await self._send(_Sender(request, response, self._next_break(asked)), log, run, asked)
        except (BrokenOffError, ConnectionResetError):
            pass
        finally:
            self._open.discard(transport)
        return response

    async def _send(self, sender: _Sender, log: ContainerLog, run: Run, asked: LogOptions) -> None:
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def listener() -> None:
            loop.call_soon_threadsafe(changed.set)

        position, writer = first_record(run, asked.tail), Writer(asked)
        log.listeners.add(listener)
        try:
            while True:
                changed.clear()
                ended = run.ended or not asked.follow
                position = await _send_records(sender, run, position, writer)
                if ended or writer.is_full:
                    return
                await changed.wait()
        finally:
            log.listeners.discard(listener)

    def _next_break(self, asked: LogOptions) -> Break | None:
        if not self.breaks or (asked.tail is not None and self.breaks[0].how == "eof"):
            return None
        return self.breaks.pop(0)


async def _send_records(sender: _Sender, run: Run, position: int, writer: Writer) -> int:
    block: list[bytes] = []
    size = 0
    while position < len(run.records) and not writer.is_full:
        line = writer.written(run.records[position])
        position += 1
        block.append(line)
        size += len(line)
        if size >= BLOCK:
            await sender.send(b"".join(block))
            block, size = [], 0
    await sender.send(b"".join(block))
    return position


class _Sender:
    """An answer with its break."""

    def __init__(self, request: web.Request, response: web.StreamResponse, break_: Break | None) -> None:
        self._request = request
        self._response = response
        self._break = break_
        self._sent = 0

    async def send(self, data: bytes) -> None:
        if self._break and self._sent + len(data) >= self._break.after:
            await self._write(data[: self._break.after - self._sent])
            await self._break_off(self._break.how)
        await self._write(data)

    async def _write(self, data: bytes) -> None:
        self._sent += len(data)
        if data:
            await self._response.prepare(self._request)
            await self._response.write(data)

    async def _break_off(self, how: str) -> None:
        transport = self._request.transport
        assert transport
        if how == "reset":
            transport.abort()
        elif how == "cut":
            transport.close()
        elif how == "stall":
            while not transport.is_closing():
                await asyncio.sleep(0.005)
        raise BrokenOffError


def _container(pod: Manifest, named: str) -> str:
    """The container that is meant (registry/core/pod/strategy.go, validateContainer)."""
    name, spec = pod["metadata"]["name"], pod["spec"]
    own = [each["name"] for each in spec["containers"]]
    others = [each["name"] for each in spec.get("initContainers") or []]
    if not named and len(own) == 1 and not others:
        return str(own[0])
    if not named:
        inits = f" or one of the init containers: [{' '.join(others)}]" if others else ""
        raise bad_request(f"a container name must be specified for pod {name}, choose one of: [{' '.join(own)}]{inits}")
    if named not in own + others:
        raise bad_request(f"container {named} is not valid for pod {name}")
    return named


def _check_started(pod: Manifest, container: str) -> None:
    """Refuses as a kubelet does (kubelet_pods.go, validateContainerLogStatus)."""
    status = pod.get("status", {})
    said = [*status.get("initContainerStatuses", []), *status.get("containerStatuses", [])]
    state: Manifest = next((each.get("state", {}) for each in said if each["name"] == container), {})
    if "running" in state or "terminated" in state:
        return
    reason = state.get("waiting", {}).get("reason", "ContainerCreating")
    name = pod["metadata"]["name"]
    raise bad_request(f'container "{container}" in pod "{name}" is waiting to start: {reason}')
