"""Logs from the Argo Server: those of live pods as messages, archived ones as artifacts of nodes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from tests.cluster.archive import Archive
from tests.cluster.container_logs import Asked as LogOptions
from tests.cluster.container_logs import ContainerLog, Writer, first_record
from tests.cluster.grpc_errors import PERMISSION_DENIED, GrpcError, GrpcStreamError
from tests.cluster.grpc_streams import framing
from tests.cluster.log_api import Logs
from tests.cluster.resources import PODS, WORKFLOWS
from tests.cluster.state import State
from tests.cluster.statuses import StatusError, not_found

Manifest = dict[str, Any]
ENDED = ("Succeeded", "Failed", "Error")
PREFIX = "logOptions."


class ArgoServerLogs:
    """`check` raises for who may not get a workflow, `clock` is what ages of lines are counted from."""

    def __init__(
        self,
        state: State,
        archive: Archive,
        logs: Logs,
        check: Callable[[web.Request, str, str], None],
        clock: Callable[[], float],
    ) -> None:
        self._state = state
        self._archive = archive
        self._logs = logs
        self._check = check
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        artifact = "{node}/outputs/{artifact}"
        return [
            web.get("/{base:.*?}api/v1/workflows/{namespace}/{name}/log", self._log),
            web.get(f"/{{base:.*?}}artifact-files/{{namespace}}/workflows/{{name}}/{artifact}", self._artifact),
            web.get(f"/{{base:.*?}}artifact-files/{{namespace}}/archived-workflows/{{uid}}/{artifact}", self._artifact),
        ]

    async def _log(self, request: web.Request) -> web.StreamResponse:
        """What fails with a pod, the server writes into its own log alone: then there are just no lines."""
        namespace, name = request.match_info["namespace"], request.match_info["name"]
        try:
            self._check(request, namespace, name)
            if self._state.get(WORKFLOWS, namespace, name) is None:
                raise not_found(WORKFLOWS, name)
        except StatusError as error:
            raise GrpcStreamError({404: 5}.get(error.code, PERMISSION_DENIED), str(error)) from error
        except GrpcError as error:
            raise GrpcStreamError(error.code, error.message) from error
        framed = framing(request.headers.get("Accept", ""))
        response = web.StreamResponse(headers={"Content-Type": framed.content_type})
        response.enable_chunked_encoding()
        await response.prepare(request)
        options = {key.removeprefix(PREFIX): value for key, value in request.query.items() if key.startswith(PREFIX)}
        pod, container = request.query.get("podName", ""), options.get("container", "")
        # Without a log option there is no answer; `sinceTime` is no parameter of HTTP.
        if options and self._is_there(namespace, pod, container):
            asked = LogOptions.of({key: value for key, value in options.items() if key != "sinceTime"}, self._clock())
            log = self._logs.of(pod, container, namespace)

            async def send(line: bytes) -> None:
                content = {"content": line.decode("utf-8", "replace")} if line else {}
                await response.write(framed({"result": {**content, "podName": pod}}))

            with suppress(ConnectionResetError):
                await self._send(send, log, asked, lambda: self._has_ended(namespace, name))
        return response

    def _is_there(self, namespace: str, pod: str, container: str) -> bool:
        found = self._state.get(PODS, namespace, pod) or {"spec": {"containers": []}}
        return container in [each["name"] for each in found["spec"]["containers"]]

    def _has_ended(self, namespace: str, name: str) -> bool:
        found = self._state.get(WORKFLOWS, namespace, name)
        return found is None or found["status"].get("phase") in ENDED

    async def _send(self, send: Any, log: ContainerLog, asked: LogOptions, has_ended: Callable[[], bool]) -> None:
        """A followed log ends when the workflow does, not when its container does."""
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def listener() -> None:
            loop.call_soon_threadsafe(changed.set)

        run = log.runs[-1]
        position, writer = first_record(run, asked.tail), Writer(asked)
        log.listeners.add(listener)
        stop_listening = self._state.listen(listener)
        try:
            while True:
                changed.clear()
                ended = not asked.follow or has_ended()
                while position < len(run.records):
                    line = writer.written(run.records[position])
                    position += 1
                    if line:
                        await send(line.removesuffix(b"\n"))
                if ended:
                    return
                await changed.wait()
        finally:
            stop_listening()
            log.listeners.discard(listener)

    async def _artifact(self, request: web.Request) -> web.StreamResponse:
        """Whatever is wrong, the answer is the same."""
        place = request.match_info
        try:
            uid = place.get("uid") or self._uid(place["namespace"], place["name"])
            workflow = self._archive.by_uid(uid)
            name = place.get("name") or (workflow["metadata"]["name"] if workflow else "")
            self._check(request, place["namespace"], name)
            body = self._archive.logs[uid, place["node"], place["artifact"]]
        except (KeyError, StatusError, GrpcError):
            return web.Response(text="Internal Server Error\n", status=500)
        return web.Response(body=body, headers={"Content-Type": "", "Content-Disposition": 'filename="main.log"'})

    def _uid(self, namespace: str, name: str) -> str:
        live = self._state.get(WORKFLOWS, namespace, name)
        if live is None:
            raise KeyError(name)
        return str(live["metadata"]["uid"])
