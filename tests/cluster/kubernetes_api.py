"""The Kubernetes API over the state: get, list and watch."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.cluster import discovery
from tests.cluster.access import Access
from tests.cluster.answers import json_answer
from tests.cluster.log_api import Logs
from tests.cluster.paging import Pages
from tests.cluster.representation import accepted
from tests.cluster.resources import NAMESPACES, Resource, of_path
from tests.cluster.selectors import parse_fields, parse_labels
from tests.cluster.state import State
from tests.cluster.statuses import Asked, StatusError, not_found
from tests.cluster.watches import Options, Watched, Watches, kubernetes_frame

Manifest = dict[str, Any]
Clock = Callable[[], float]
COMPRESSED_FROM = 128 * 1024


class KubernetesApi:
    """`clock` is what ages in tables are counted from."""

    def __init__(self, state: State, access: Access, watches: Watches, logs: Logs, clock: Clock) -> None:
        self._state = state
        self._access = access
        self._watches = watches
        self._logs = logs
        self._pages = Pages(state)
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        routes = [
            web.get("/version", self._answer(lambda request: discovery.VERSION)),
            web.get("/api", self._answer(lambda request: discovery.api_versions())),
            web.get("/apis", self._answer(lambda request: discovery.api_groups())),
            web.get("/{prefix:api}/{version}", self._answer(_resources)),
            web.get("/{prefix:apis}/{group}/{version}", self._answer(_resources)),
            web.get("/{prefix:api}/{version}/namespaces/{name}", self._get_namespace),
            web.get("/api/v1/namespaces/{namespace}/pods/{name}/log", self._logs.serve),
        ]
        for prefix in ("/{prefix:api}/{version}", "/{prefix:apis}/{group}/{version}"):
            routes += [
                web.get(f"{prefix}/{{plural}}", self._list),
                web.get(f"{prefix}/namespaces/{{namespace}}/{{plural}}", self._list),
                web.get(f"{prefix}/namespaces/{{namespace}}/{{plural}}/{{name}}", self._get),
            ]
        return routes

    async def _get(self, request: web.Request) -> web.StreamResponse:
        place = request.match_info
        return self._object(request, _resource(request), place["namespace"], place["name"])

    async def _get_namespace(self, request: web.Request) -> web.StreamResponse:
        return self._object(request, NAMESPACES, "", request.match_info["name"])

    def _object(self, request: web.Request, resource: Resource, namespace: str, name: str) -> web.Response:
        # A namespace is its own namespace to RBAC.
        asked = Asked("get", resource, namespace or name, name)
        self._access.check(self._access.user_of(request), asked)
        manifest = self._state.get(resource, namespace, name)
        if manifest is None:
            raise not_found(resource, name)
        return answer(request, accepted(request).of_object(resource, manifest, self._clock()))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        resource, query = _resource(request), request.query
        namespace = request.match_info.get("namespace", "")
        watch = query.get("watch") in ("1", "true")
        asked = Asked("watch" if watch else "list", resource, namespace, "")
        self._access.check(self._access.user_of(request), asked)
        representation = accepted(request)
        labels = parse_labels(query.get("labelSelector", ""))
        fields = parse_fields(resource, query.get("fieldSelector", ""))

        def selects(manifest: Manifest) -> bool:
            return labels(manifest) and fields(manifest)

        if watch:

            def shown(manifest: Manifest) -> Manifest:
                return representation.of_object(resource, manifest, self._clock())

            watched = Watched(resource, namespace, selects, shown, kubernetes_frame)
            return await self._watches.serve(request, watched, Options.of(query))
        version, manifests = self._state.list(resource, namespace)
        found = (version, [each for each in manifests if selects(each)])
        selected = bool(query.get("labelSelector") or query.get("fieldSelector"))
        page = self._pages.next_page(found, int(query.get("limit", 0)), query.get("continue", ""), not selected)
        return answer(request, representation.of_list(resource, page.manifests, page.metadata, self._clock()))

    def _answer(
        self, body: Callable[[web.Request], Manifest]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handler(request: web.Request) -> web.StreamResponse:
            self._access.user_of(request)
            return answer(request, body(request))

        return handler


def answer(request: web.Request, body: Manifest) -> web.Response:
    """JSON, compressed from 128 KiB on if the client takes gzip, as the server does."""
    response = json_answer(body)
    if (response.content_length or 0) >= COMPRESSED_FROM and "gzip" in request.headers.get("Accept-Encoding", ""):
        response.enable_compression(web.ContentCoding.gzip)
    return response


@web.middleware
async def statuses(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Errors as `Status` bodies; unknown paths as the plain text of the real server."""
    try:
        return await handler(request)
    except StatusError as error:
        return json_answer(error.body, error.code)
    except web.HTTPNotFound:
        return web.Response(text="404 page not found\n", status=404)


def _resource(request: web.Request) -> Resource:
    place = request.match_info
    resource = of_path(place.get("group", ""), place["version"], place["plural"])
    if resource is None:
        raise web.HTTPNotFound
    return resource


def _resources(request: web.Request) -> Manifest:
    place = request.match_info
    found = discovery.api_resources(place.get("group", ""), place["version"])
    if found is None:
        raise web.HTTPNotFound
    return found
