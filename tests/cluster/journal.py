"""What was asked of the server, for tests that count or inspect requests."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from aiohttp import web


class Request(NamedTuple):
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]  # names in lower case


class Journal(list[Request]):
    @property
    def paths(self) -> list[str]:
        return [each.path for each in self]


def middleware(journal: Journal) -> Any:
    @web.middleware
    async def write_down(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        headers = {name.lower(): value for name, value in request.headers.items()}
        journal.append(Request(request.method, request.path, dict(request.query), headers))
        return await handler(request)

    return write_down
