"""The API server's proxy of services: it passes requests on to what stands behind a service.

It authorizes the literal segment of the path (`https:argo-server:2746`), keeps the Authorization header for itself and
passes cookies on, as was seen with Kubernetes 1.35 (k8s.io/apiserver, pkg/endpoints/filters/authentication.go).
"""

from __future__ import annotations

from typing import NamedTuple

import aiohttp
from aiohttp import web

from tests.cluster.access import Access
from tests.cluster.resources import SERVICES
from tests.cluster.statuses import Asked, StatusError, not_found

# Of one hop only, or the proxy's own business.
NOT_PASSED_ON = frozenset({"host", "connection", "authorization", "transfer-encoding", "content-length"})


class Service(NamedTuple):
    """What answers behind a service: its URL, and the port that the service has."""

    url: str
    port: str = "2746"


class ServiceProxy:
    """`services` by namespace and name."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self.services: dict[tuple[str, str], Service] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/api/v1/namespaces/{namespace}/services/{id}/proxy/{path:.*}", self._pass_on)]

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        namespace, id_ = request.match_info["namespace"], request.match_info["id"]
        self._access.check(self._access.user_of(request), Asked("get", SERVICES, namespace, id_, "proxy"))
        scheme, name, port = id_.split(":")
        service = self.services.get((namespace, name))
        if service is None:
            raise not_found(SERVICES, name)
        if port != service.port:
            raise StatusError(503, f'no service port {port} found for service "{name}"')
        if not service.url.startswith(f"{scheme}:"):
            raise StatusError(503, f"error trying to reach service: {_mix_up(scheme)}")
        return await _forward(request, f"{service.url}/{request.match_info['path']}")


def _mix_up(scheme: str) -> str:
    """What Go says of a server that speaks TLS, or speaks none, when the other is asked for."""
    return "tls: first record does not look like a TLS handshake" if scheme == "https" else "EOF"


async def _forward(request: web.Request, url: str) -> web.StreamResponse:
    headers = {name: value for name, value in request.headers.items() if name.lower() not in NOT_PASSED_ON}
    async with (
        aiohttp.ClientSession(auto_decompress=False) as session,
        session.get(url, params=request.query, headers=headers, ssl=False) as answer,
    ):
        kept = {name: value for name, value in answer.headers.items() if name.lower() not in NOT_PASSED_ON}
        response = web.StreamResponse(status=answer.status, headers=kept)
        await response.prepare(request)
        async for chunk in answer.content.iter_any():
            await response.write(chunk)
        return response
