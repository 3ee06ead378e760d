"""Faults that a test orders: the next requests of a path go wrong in the way it says."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web

from tests.cluster.answers import json_answer
from tests.cluster.statuses import status_body

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Misbehave = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]


class Ordered(NamedTuple):
    path: str
    misbehave: Misbehave


class Faults:
    """Orders are carried out in their turn; a path is matched by any part of it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Ordered] = []
        self._released = threading.Event()

    def answer(
        self,
        code: int,
        path: str = "",
        *,
        times: int = 1,
        message: str = "injected",
        headers: dict[str, str] | None = None,
    ) -> None:
        """The next requests get this status, with a `Status` as the body."""

        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            return json_answer(status_body(code, message), code, headers)

        self._order(path, times, misbehave)

    def answer_with(self, body: bytes, content_type: str, path: str = "", *, times: int = 1, code: int = 200) -> None:
        """The next requests get these bytes, say a proxy's page."""

        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            return web.Response(body=body, content_type=content_type, status=code)

        self._order(path, times, misbehave)

    def drop(self, path: str = "", *, times: int = 1) -> None:
        """The connection is cut before a byte of the answer."""

        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            _cut(request)
            return web.Response()

        self._order(path, times, misbehave)

    def truncate(self, path: str = "", *, times: int = 1, after: int = 20) -> None:
        """The head of the answer and so many bytes of its body, then the connection is cut."""

        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            whole = await handler(request)
            body = whole.body if isinstance(whole, web.Response) else b""
            assert isinstance(body, bytes)
            part = web.StreamResponse(status=whole.status, headers={"Content-Length": str(len(body))})
            part.content_type = whole.content_type
            await part.prepare(request)
            await part.write(body[:after])
            _cut(request)
            return part

        self._order(path, times, misbehave)

    def stall(self, path: str = "", *, times: int = 1) -> None:
        """The next requests wait, without a byte, until the test calls `release`."""
        self._released.clear()

        async def misbehave(request: web.Request, handler: Handler) -> web.StreamResponse:
            while not self._released.is_set():
                await asyncio.sleep(0.005)
            return await handler(request)

        self._order(path, times, misbehave)

    def release(self) -> None:
        self._released.set()

    def clear(self) -> None:
        with self._lock:
            self._orders.clear()
        self.release()

    def next_for(self, path: str) -> Misbehave | None:
        with self._lock:
            order = next((each for each in self._orders if each.path in path), None)
            if order:
                self._orders.remove(order)
            return order.misbehave if order else None

    def _order(self, path: str, times: int, misbehave: Misbehave) -> None:
        with self._lock:
            self._orders += [Ordered(path, misbehave)] * times


def middleware(faults: Faults) -> Any:
    @web.middleware
    async def meet(request: web.Request, handler: Handler) -> web.StreamResponse:
        misbehave = faults.next_for(request.path)
        return await (misbehave(request, handler) if misbehave else handler(request))

    return meet


def _cut(request: web.Request) -> None:
    if request.transport:
        request.transport.abort()
