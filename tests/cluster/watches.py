"""Watches: what is there, then every change, until the client or the test has enough."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from aiohttp import web

from tests.cluster.representation import in_first_event_only
from tests.cluster.resources import Resource
from tests.cluster.state import Event, State
from tests.cluster.statuses import status_body

Manifest = dict[str, Any]
Send = Callable[[str, Manifest], Awaitable[None]]
INITIAL_EVENTS_END = {"k8s.io/initial-events-end": "true"}


class Watched(NamedTuple):
    """Which objects a watch is about and how it shows them."""

    resource: Resource
    namespace: str
    selects: Callable[[Manifest], bool]
    shown: Callable[[Manifest], Manifest]
    frame: Callable[[str, Manifest], bytes]
    content_type: str = "application/json"
    opens_with_first_event: bool = False  # as gRPC gateways do: until then not even the head of the answer comes
    farewell: bytes = b""  # what a server says when it ends the stream

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


class Options(NamedTuple):
    """What a watch asks for, by the names of the query's parameters."""

    version: str
    bookmarks: bool
    initial_events: bool
    seconds: float | None

    @classmethod
    def of(cls, query: Mapping[str, str], prefix: str = "") -> Options:
        version, seconds = query.get(f"{prefix}resourceVersion", ""), query.get(f"{prefix}timeoutSeconds")
        initial = version in ("", "0") or query.get("sendInitialEvents") == "true"
        bookmarks = query.get("allowWatchBookmarks") in ("true", "1")
        return cls(version, bookmarks, initial, float(seconds) if seconds else None)


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

    async def serve(self, request: web.Request, watched: Watched, options: Options) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": watched.content_type})
        response.enable_chunked_encoding()
        if not watched.opens_with_first_event:
            await response.prepare(request)
        strip = in_first_event_only()

        async def send(type_: str, body: Manifest) -> None:
            await response.prepare(request)
            await response.write(watched.frame(type_, strip(body)))

        try:
            await asyncio.wait_for(self._stream(send, watched, options), options.seconds)
            await response.prepare(request)
            await response.write(watched.farewell)
        except ConnectionAbortedError:
            if request.transport:
                request.transport.abort()
        except (TimeoutError, ConnectionResetError):
            await response.prepare(request)
        return response

    async def _stream(self, send: Send, watched: Watched, options: Options) -> None:
        oldest = self._state.oldest_version
        if options.version not in ("", "0") and int(options.version) < oldest:
            await send("ERROR", status_body(410, f"too old resource version: {options.version} ({oldest})"))
            return
        with self._signals() as signals:
            version = int(options.version or 0)
            if options.initial_events:
                version, manifests = self._state.list(watched.resource, watched.namespace)
                for manifest in filter(watched.selects, manifests):
                    await send("ADDED", watched.shown(manifest))
                if options.bookmarks:
                    await send("BOOKMARK", _bookmark(watched, version, INITIAL_EVENTS_END))
            signal = ""
            while signal != "end":
                version = await self._send_changes(send, watched, options, version)
                signal = await signals.get()
                if signal == "cut":
                    raise ConnectionAbortedError

    async def _send_changes(self, send: Send, watched: Watched, options: Options, version: int) -> int:
        """Sends what happened after a version; returns the version reached."""
        for event in self._events_after(version):
            version = event.version
            if change := watched.change(event):
                type_, manifest = change
                await send(type_, watched.shown(manifest))
            elif options.bookmarks and (event.type, event.resource) == ("BOOKMARK", watched.resource):
                await send("BOOKMARK", _bookmark(watched, version, {}))
        return version

    @contextmanager
    def _signals(self) -> Iterator[asyncio.Queue[str]]:
        """What a stream waits for: `change`, `end` or `cut`."""
        loop, signals = asyncio.get_running_loop(), asyncio.Queue[str]()
        self._loop = loop

        def changed() -> None:
            loop.call_soon_threadsafe(signals.put_nowait, "change")

        stop_listening = self._state.listen(changed)
        self._open.add(signals)
        try:
            yield signals
        finally:
            stop_listening()
            self._open.discard(signals)

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
