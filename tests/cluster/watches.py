"""Watches: what is there, then every change, until the client or the test has enough."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from aiohttp import web

from tests.cluster.representation import in_first_event_only
from tests.cluster.resources import Resource
from tests.cluster.state import Event, State
from tests.cluster.statuses import status_body

Manifest = dict[str, Any]
INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}


class Watched(NamedTuple):
    """Which objects a watch is about and how it shows them."""

    resource: Resource
    namespace: str
    selects: Callable[[Manifest], bool]
    shown: Callable[[Manifest], Manifest]
    frame: Callable[[str, Manifest], bytes]

    def change(self, event: Event) -> tuple[str, Manifest] | None:
        """The event as this watch sees it: what begins to match is added, what ceases to match deleted."""
        if event.resource != self.resource or event.type == "BOOKMARK":
            return None
        if self.namespace and event.manifest["metadata"].get("namespace") != self.namespace:
            return None
        before = event.previous is not None and self.selects(event.previous)
        after = event.type != "DELETED" and self.selects(event.manifest)
        if before or after:
            return ("MODIFIED" if before else "ADDED") if after else "DELETED", event.manifest
        return None


class Watches:
    """The open watches, which a test can end."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: set[asyncio.Queue[str]] = set()
        self._loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Ends all streams cleanly, as a server does at their timeout."""
        self._tell("end")

    def cut(self) -> None:
        """Cuts the connections of all streams."""
        self._tell("cut")

    @property
    def count(self) -> int:
        return len(self._open)

    async def serve(self, request: web.Request, watched: Watched) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        self._loop = asyncio.get_running_loop()
        signals: asyncio.Queue[str] = asyncio.Queue()
        self._open.add(signals)
        loop = self._loop

        def changed() -> None:
            loop.call_soon_threadsafe(signals.put_nowait, "change")

        stop_listening = self._state.listen(changed)
        try:
            await asyncio.wait_for(self._stream(request, response, watched, signals), _seconds(request))
        except ConnectionAbortedError:
            if request.transport:
                request.transport.abort()
        except (TimeoutError, ConnectionResetError):
            pass
        finally:
            stop_listening()
            self._open.discard(signals)
        return response

    async def _stream(
        self, request: web.Request, response: web.StreamResponse, watched: Watched, signals: asyncio.Queue[str]
    ) -> None:
        asked = request.query.get("resourceVersion", "")
        strip = in_first_event_only()

        async def send(type_: str, body: Manifest) -> None:
            await response.write(watched.frame(type_, strip(body)))

        if asked not in ("", "0") and int(asked) < self._state.oldest_version:
            message = f"too old resource version: {asked} ({self._state.oldest_version})"
            await send("ERROR", status_body(410, message))
            return
        version, bookmarks = int(asked or 0), request.query.get("allowWatchBookmarks") in ("true", "1")
        if asked in ("", "0") or request.query.get("sendInitialEvents") == "true":
            version, manifests = self._state.list(watched.resource, watched.namespace)
            for manifest in filter(watched.selects, manifests):
                await send("ADDED", watched.shown(manifest))
            if bookmarks:
                await send("BOOKMARK", _bookmark(watched, version, INITIAL_EVENTS_END))
        await self._changes(send, watched, signals, version, bookmarks)

    async def _changes(
        self, send: Any, watched: Watched, signals: asyncio.Queue[str], version: int, bookmarks: bool
    ) -> None:
        while True:
            for event in self._events_after(version):
                version = event.version
                if change := watched.change(event):
                    type_, manifest = change
                    await send(type_, watched.shown(manifest))
                elif bookmarks and (event.type, event.resource) == ("BOOKMARK", watched.resource):
                    await send("BOOKMARK", _bookmark(watched, version, {}))
            signal = await signals.get()
            if signal == "end":
                return
            if signal == "cut":
                raise ConnectionAbortedError

    def _events_after(self, version: int) -> Iterator[Event]:
        return (event for event in list(self._state.events) if event.version > version)

    def _tell(self, signal: str) -> None:
        for signals in list(self._open):
            assert self._loop
            self._loop.call_soon_threadsafe(signals.put_nowait, signal)


def kubernetes_frame(type_: str, body: Manifest) -> bytes:
    return json.dumps({"type": type_, "object": body}).encode() + b"\n"


def _bookmark(watched: Watched, version: int, annotations: dict[str, str]) -> Manifest:
    metadata: Manifest = {"name": "", "resourceVersion": str(version)}
    if annotations:
        metadata["annotations"] = annotations
    resource = watched.resource
    return watched.shown({"kind": resource.kind, "apiVersion": resource.api_version, "metadata": metadata})


def _seconds(request: web.Request) -> float | None:
    seconds = request.query.get("timeoutSeconds")
    return float(seconds) if seconds else None
