"""Ports of pods, forwarded over a websocket as the kubelet does: every pod has the Argo Server at its port.

A message begins with its channel, and the first of each channel holds the port (k8s.io/kubelet,
pkg/cri/streaming/portforward/websocket.go).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import urlsplit

from aiohttp import WSMsgType, web

from tests.cluster.access import Access
from tests.cluster.resources import PODS
from tests.cluster.statuses import Asked

DATA, ERROR = b"\0", b"\1"


class PortForward:
    """`url` says what is behind each port."""

    def __init__(self, access: Access, url: Callable[[int], str]) -> None:
        self._access = access
        self._url = url
        self.opened = 0

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/v1/namespaces/{namespace}/pods/{name}/portforward", self._forward)]

    async def _forward(self, request: web.Request) -> web.StreamResponse:
        place, user = request.match_info, self._access.user_of(request)
        for verb in ("get", "create"):
            self._access.check(user, Asked(verb, PODS, place["namespace"], place["name"], "portforward"))
        self.opened += 1
        port = int(request.query["ports"])
        websocket = web.WebSocketResponse(protocols=["v4.channel.k8s.io"])
        await websocket.prepare(request)
        for channel in (DATA, ERROR):
            await websocket.send_bytes(channel + port.to_bytes(2, "little"))
        url = urlsplit(self._url(port))
        if not url.hostname:
            await websocket.send_bytes(ERROR + b"connection refused")
            return websocket
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        answering = asyncio.create_task(_answer(reader, websocket))
        async for message in websocket:
            if message.type == WSMsgType.BINARY:
                writer.write(message.data.removeprefix(DATA))
        writer.close()
        answering.cancel()
        return websocket


async def _answer(reader: asyncio.StreamReader, websocket: web.WebSocketResponse) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(32768):
            await websocket.send_bytes(DATA + chunk)
        await websocket.close()
