"""The exec of pods: commands run as processes of this machine, behind the websocket protocol of a real cluster.

Every container has the files of this machine. Sentences and frames are those seen on a real cluster, by
tests/e2e/test_exec.py.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from typing import Any, NamedTuple

from aiohttp import WSMsgType, web

from tests.cluster.access import Access
from tests.cluster.processes import Process, start
from tests.cluster.resources import PODS
from tests.cluster.state import State
from tests.cluster.statuses import Asked, StatusError, bad_request, not_found

Manifest = dict[str, Any]
V5, V4 = "v5.channel.k8s.io", "v4.channel.k8s.io"
STDIN, STDOUT, STDERR, STATUS, RESIZE, CLOSE = 0, 1, 2, 3, 4, 255
LISTS = ("containerStatuses", "initContainerStatuses", "ephemeralContainerStatuses")


class Cut(NamedTuple):
    """Where a connection breaks: after so many messages to the client, with so many bytes of the next."""

    after: int
    part: int = 0
    close_code: int | None = None  # with a word: a websocket's close frame
    after_received: int | None = None  # instead, once so many messages of the client have come
    junk: bytes = b""  # what comes instead of the next message


class ExecApi:
    """`protocols` are those that the server speaks; a test may take v5 from it, or all."""

    def __init__(self, state: State, access: Access) -> None:
        self._state = state
        self._access = access
        self._lock = threading.Lock()
        self._cuts: list[Cut] = []
        self.protocols: tuple[str, ...] = (V5, V4)
        self.environment: dict[str, str] = {}
        self.per_pod: dict[str, dict[str, str]] = {}  # what the environment of a pod has besides
        self.most_at_once = self._at_once = 0  # commands
        self.received: list[bytes] = []  # every message of every client
        self.sizes: list[tuple[int, int]] = []  # columns and rows that clients have told

    def cut(self, cut: Cut, times: int = 1) -> None:
        """The next connections break like this."""
        with self._lock:
            self._cuts += [cut] * times

    def route(self) -> web.RouteDef:
        return web.get("/api/v1/namespaces/{namespace}/pods/{name}/exec", self._exec)

    async def _exec(self, request: web.Request) -> web.StreamResponse:
        pod = self._allowed(request)
        if request.headers.get("Upgrade", "").lower() != "websocket":
            raise bad_request("Upgrade request required")
        command = request.query.getall("command", [])
        container = _container(pod, request.query.get("container", ""))
        websocket = web.WebSocketResponse(protocols=self.protocols, max_msg_size=0)
        asked = request.headers.get("Sec-WebSocket-Protocol", "")
        if not any(protocol.strip() in self.protocols for protocol in asked.split(",")):
            return web.Response(status=403)
        await websocket.prepare(request)
        with self._lock:
            cut = self._cuts.pop(0) if self._cuts else None
        connection = _Connection(request, websocket, cut)
        # The real server begins with an empty message of the first channel that there is to read.
        await connection.send(bytes([STDOUT]))
        if not _runs(pod, container):
            await connection.end(_internal(f'unable to upgrade connection: container not found ("{container}")'))
        else:
            # Whoever hung up does not see how it ends.
            with contextlib.suppress(ConnectionError):
                await self._run(request, connection, command)
        return websocket

    def _allowed(self, request: web.Request) -> Manifest:
        namespace, name = request.match_info["namespace"], request.match_info["name"]
        user = self._access.user_of(request)
        for verb in ("get", "create"):
            self._access.check(user, Asked(verb, PODS, namespace, name, "exec"))
        pod = self._state.get(PODS, namespace, name)
        if pod is None:
            raise not_found(PODS, name)
        return pod

    async def _run(self, request: web.Request, connection: _Connection, command: list[str]) -> None:
        stdin, tty = (request.query.get(name) == "true" for name in ("stdin", "tty"))
        try:
            environment = self.environment | self.per_pod.get(request.match_info["name"], {})
            process = await start(command, stdin, tty, environment)
        except OSError:
            missing = f'exec: "{command[0]}": executable file not found in $PATH'
            await connection.end(
                _internal(
                    "Internal error occurred: error executing command in container: failed to exec in container: "
                    f'failed to start exec "0123": OCI runtime exec failed: exec failed: unable to start container '
                    f"process: {missing}: unknown"
                )
            )
            return
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        listening = asyncio.ensure_future(self._listen(connection, process))
        try:
            out = [connection.copy(STDOUT, process.stdout), connection.copy(STDERR, process.stderr)]
            await asyncio.gather(*out)
            await connection.end(_exit(await process.wait()))
        finally:
            self._at_once -= 1
            process.kill()
            listening.cancel()
            await process.wait()

    async def _listen(self, connection: _Connection, process: Process) -> None:
        async for message in connection.websocket:
            if message.type != WSMsgType.BINARY:
                continue
            self.received.append(message.data)
            connection.count_received()
            channel, rest = message.data[:1], message.data[1:]
            if channel == bytes([STDIN]):
                await process.write(rest)
            elif message.data == bytes([CLOSE, STDIN]) and connection.websocket.ws_protocol == V5:
                process.end_stdin()
            elif channel == bytes([RESIZE]):
                size = json.loads(rest)
                self.sizes.append((size["Width"], size["Height"]))
                process.resize(size["Width"], size["Height"])
        # Whoever hung up does not want the output either.
        process.kill()


class _Connection:
    def __init__(self, request: web.Request, websocket: web.WebSocketResponse, cut: Cut | None) -> None:
        self._request = request
        self.websocket = websocket
        self._cut = cut
        self._sent = self._received = 0

    async def copy(self, channel: int, stream: asyncio.StreamReader | None) -> None:
        while stream and (part := await stream.read(32 * 1024)):
            await self.send(bytes([channel]) + part)

    async def send(self, message: bytes) -> None:
        if self._cut and self._cut.after_received is None and self._sent >= self._cut.after:
            await self._break(message)
        self._sent += 1
        await self.websocket.send_bytes(message)

    def count_received(self) -> None:
        self._received += 1
        if self._cut and self._cut.after_received is not None and self._received >= self._cut.after_received:
            assert self._request.transport
            self._request.transport.abort()

    async def end(self, status: Manifest) -> None:
        await self.send(bytes([STATUS]) + json.dumps(status).encode())
        if self._cut and self._cut.after_received is None and self._sent >= self._cut.after:
            await self._break(b"")
        await self.websocket.close()

    async def _break(self, message: bytes) -> None:
        assert self._cut and self._request.transport
        if self._cut.close_code is not None:
            await self.websocket.close(code=self._cut.close_code, message=b"as ordered")
        else:
            # A clean end of the connection, for a breaking one might overtake what came before.
            self._request.transport.write(self._cut.junk or frame(message)[: self._cut.part])
            self._request.transport.close()
        raise ConnectionResetError("as ordered")


def frame(message: bytes) -> bytes:
    """The bytes of a message on the wire."""
    if len(message) < 126:
        return bytes([0x82, len(message)]) + message
    if len(message) < 1 << 16:
        return bytes([0x82, 126]) + len(message).to_bytes(2, "big") + message
    return bytes([0x82, 127]) + len(message).to_bytes(8, "big") + message


def _container(pod: Manifest, name: str) -> str:
    spec = pod["spec"]
    names = [each["name"] for kind in ("containers", "initContainers") for each in spec.get(kind) or []]
    if name not in names:
        raise bad_request(f"container {name} is not valid for pod {pod['metadata']['name']}")
    return name


def _runs(pod: Manifest, container: str) -> bool:
    statuses = (each for kind in LISTS for each in pod["status"].get(kind) or [])
    return any(each["name"] == container and "running" in each.get("state", {}) for each in statuses)


def _exit(code: int) -> Manifest:
    if not code:
        return {"metadata": {}, "status": "Success"}
    return {
        "metadata": {},
        "status": "Failure",
        "message": f"command terminated with non-zero exit code: command terminated with exit code {code}",
        "reason": "NonZeroExitCode",
        "details": {"causes": [{"reason": "ExitCode", "message": str(code)}]},
    }


def _internal(message: str) -> Manifest:
    return StatusError(500, f"Internal error occurred: {message}", {"causes": [{"message": message}]}).body
