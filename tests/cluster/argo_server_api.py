"""The Argo Server's REST API over the same state: live workflows, the archive, and their events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.cluster.access import Access
from tests.cluster.answers import json_answer
from tests.cluster.archive import Archive, completed_summary
from tests.cluster.field_masks import project, with_zero_values
from tests.cluster.grpc_errors import (
    GRPC_CODES,
    HTTP_STATUS,
    INVALID_ARGUMENT,
    NOT_FOUND,
    PERMISSION_DENIED,
    TOKEN_NOT_VALID,
    UNAUTHENTICATED,
    GrpcError,
    GrpcStreamError,
    error_response,
    stream_error,
)
from tests.cluster.grpc_streams import END_OF_WATCH, framing
from tests.cluster.resources import WORKFLOWS
from tests.cluster.selectors import parse_fields, parse_labels
from tests.cluster.state import State
from tests.cluster.statuses import Asked, StatusError, not_found
from tests.cluster.watches import Options, Watched, Watches

Manifest = dict[str, Any]
SERVER_USER = "system:serviceaccount:argo:argo-server"
INDEX_HTML = "<!doctype html>\n"


class ArgoServerApi:
    """`version` decides how it behaves: from v3.5 on, what is not live is looked up in the archive."""

    def __init__(self, state: State, access: Access, archive: Archive, watches: Watches) -> None:
        self._state = state
        self._access = access
        self._archive = archive
        self._watches = watches
        self.version = "v3.7.14"
        self.auth_modes = {"client", "server"}
        self.base_href = "/"  # what a proxy in front strips, as `/argo/`

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/{base:.*?}api/v1/workflows/{namespace}/{name}", self._get),
            web.get("/{base:.*?}api/v1/workflows/{namespace:[^/]*}", self._list),
            web.get("/{base:.*?}api/v1/archived-workflows", self._list_archived),
            web.get("/{base:.*?}api/v1/archived-workflows/{uid:[^/]*}", self._get_archived),
            web.get("/{base:.*?}api/v1/workflow-events/{namespace:[^/]*}", self._events),
            web.get("/{base:.*?}api/v1/{what:info|version|userinfo}", self._info),
        ]

    @property
    def _falls_back(self) -> bool:
        return tuple(int(each) for each in self.version.lstrip("v").split(".")[:2]) >= (3, 5)

    def check_get(self, request: web.Request, namespace: str, name: str) -> None:
        """Raises for a user who may not get the workflow."""
        self._access.check(self._user(request), Asked("get", WORKFLOWS, namespace, name))

    async def _get(self, request: web.Request) -> web.StreamResponse:
        place, user = request.match_info, self._user(request)
        namespace, name = place["namespace"], place["name"]
        self._access.check(user, Asked("get", WORKFLOWS, namespace, name))
        found = self._latest(namespace) if name == "@latest" else self._state.get(WORKFLOWS, namespace, name)
        if found is None and self._falls_back:
            found = self._archive.by_name(namespace, name)
        if found is None:
            raise not_found(WORKFLOWS, name)
        return self._answer(_shown(found, request.query.get("fields", "")))

    async def _list(self, request: web.Request) -> web.StreamResponse:
        namespace, query = request.match_info["namespace"], request.query
        user = self._user(request)
        self._check_list(user, namespace)
        selects = _selection(query.get("listOptions.labelSelector", ""), query.get("listOptions.fieldSelector", ""))
        version, live = self._state.list(WORKFLOWS, namespace)
        archived = self._archive.list(namespace) if self._falls_back else []
        shown = {each["metadata"]["uid"]: completed_summary(each) for each in archived}
        shown |= {each["metadata"]["uid"]: each for each in live}
        newest_first = sorted(filter(selects, shown.values()), key=_started, reverse=True)
        return self._answer(_page(newest_first, {"resourceVersion": str(version)}, query, query.get("fields", "")))

    async def _list_archived(self, request: web.Request) -> web.StreamResponse:
        query, user = request.query, self._user(request)
        namespace = query.get("namespace", "")
        self._check_list(user, namespace)
        selects = _selection(query.get("listOptions.labelSelector", ""), query.get("listOptions.fieldSelector", ""))
        prefix = query.get("namePrefix", "")
        found = [
            completed_summary(each)
            for each in self._archive.list(namespace)
            if selects(each) and each["metadata"]["name"].startswith(prefix)
        ]
        return self._answer(_page(sorted(found, key=_started, reverse=True), {}, query, ""))

    async def _get_archived(self, request: web.Request) -> web.StreamResponse:
        query, user = request.query, self._user(request)
        uid = request.match_info["uid"]
        by_name = self._archive.by_name(query.get("namespace", ""), query.get("name", ""))
        found = self._archive.by_uid(uid) if uid else by_name
        if found is None:
            raise GrpcError(NOT_FOUND, "not found")
        metadata = found["metadata"]
        self._access.check(user, Asked("get", WORKFLOWS, metadata["namespace"], metadata["name"]))
        return self._answer(found)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        namespace, query = request.match_info["namespace"], request.query
        try:
            self._access.check(self._user(request), Asked("watch", WORKFLOWS, namespace, ""))
        except StatusError as error:
            raise GrpcStreamError(PERMISSION_DENIED, str(error)) from error
        except GrpcError as error:
            raise GrpcStreamError(error.code, error.message) from error
        selects = _selection(query.get("listOptions.labelSelector", ""), query.get("listOptions.fieldSelector", ""))
        framed, fields = framing(request.headers.get("Accept", "")), query.get("fields", "")
        options = Options.of(query, "listOptions.")
        oldest = self._state.oldest_version
        if not options.initial_events and int(options.version) < oldest:
            too_old = GrpcStreamError(INVALID_ARGUMENT, f"too old resource version: {options.version} ({oldest})")
            # The server strips even its errors to the fields that are asked for.
            answer = framed(project(stream_error(too_old), fields))
            return web.Response(body=answer, status=400, content_type=framed.content_type)

        def frame(type_: str, body: Manifest) -> bytes:
            return framed(project({"result": {"type": type_, "object": body}}, fields))

        watched = Watched(
            WORKFLOWS,
            namespace,
            selects,
            lambda manifest: manifest,
            frame,
            content_type=framed.content_type,
            opens_with_first_event=True,
            farewell=framed(project(END_OF_WATCH, fields)),
        )
        return await self._watches.serve(request, watched, options)

    async def _info(self, request: web.Request) -> web.StreamResponse:
        self._user(request)
        modals = {"feedback": True, "firstTimeUser": True, "newVersion": True}
        answers: dict[str, Manifest] = {
            "info": {"modals": modals},
            "version": {"version": self.version, "gitTag": self.version, "platform": "linux/amd64"},
            "userinfo": {"issuer": "https://kubernetes.default.svc", "subject": SERVER_USER},
        }
        return self._answer(answers[request.match_info["what"]])

    def _user(self, request: web.Request) -> str:
        """The mode that the Authorization header or cookie chooses (server/auth, GetMode)."""
        given = request.headers.get("Authorization") or _cookie(request.headers.get("Cookie", ""), "authorization")
        if given.startswith(("Bearer ", "Basic ")) and "client" in self.auth_modes:
            token = given.partition(" ")[2]
            if token not in self._access.tokens:
                raise GrpcError(UNAUTHENTICATED, "Unauthorized")
            return self._access.tokens[token]
        if "server" in self.auth_modes:
            return SERVER_USER
        raise GrpcError(UNAUTHENTICATED, TOKEN_NOT_VALID)

    def _check_list(self, user: str, namespace: str) -> None:
        try:
            self._access.check(user, Asked("list", WORKFLOWS, namespace, ""))
        except StatusError as error:
            denied = f'Permission denied, you are not allowed to list workflows in namespace "{namespace}".'
            hint = f" Maybe you want to specify a namespace with query parameter `.namespace={namespace}`?"
            raise GrpcError(PERMISSION_DENIED, denied + hint) from error

    def _latest(self, namespace: str) -> Manifest:
        live = self._state.list(WORKFLOWS, namespace)[1]
        if not live:
            raise GrpcError(NOT_FOUND, "no workflows found")
        return max(live, key=lambda each: str(each["metadata"].get("creationTimestamp", "")))

    def _answer(self, body: Manifest) -> web.Response:
        return json_answer(body, headers={"Grpc-Metadata-Argo-Version": self.version})


def grpc_errors(api: ArgoServerApi) -> Any:
    @web.middleware
    async def translate(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        if not request.path.startswith(api.base_href) or f"/{request.match_info.get('base', '')}" != api.base_href:
            return _elsewhere(request, api.base_href)
        try:
            return await handler(request)
        except GrpcStreamError as error:
            return json_answer(stream_error(error), HTTP_STATUS.get(error.code, 500))
        except GrpcError as error:
            return error_response(error)
        except StatusError as error:
            return error_response(GrpcError(GRPC_CODES.get(error.code, 2), str(error)))
        except web.HTTPNotFound:
            return _elsewhere(request, api.base_href)

    return translate


def _cookie(header: str, name: str) -> str:
    """The value of a cookie, in which Go allows spaces and Python does not (net/http, validCookieValueByte)."""
    cookies = dict(each.strip().partition("=")[::2] for each in header.split(";"))
    return cookies.get(name, "")


def _elsewhere(request: web.Request, base_href: str) -> web.Response:
    """Unknown API paths are not implemented, any other path is the UI's page."""
    if request.path.startswith(f"{base_href}api/"):
        return json_answer({"code": 12, "message": "Not Implemented"}, 501)
    return web.Response(text=INDEX_HTML, content_type="text/html")


def _shown(workflow: Manifest, fields: str) -> Manifest:
    # The Argo Server prints the Go struct: no kind or apiVersion, and zero values for what it needs.
    bare = {key: value for key, value in workflow.items() if key not in ("kind", "apiVersion")}
    return with_zero_values(project(bare, fields))


def _page(workflows: list[Manifest], metadata: Manifest, query: Any, fields: str) -> Manifest:
    token, limit = query.get("listOptions.continue", "0"), int(query.get("listOptions.limit", 0))
    if not token.isdigit():
        raise GrpcError(INVALID_ARGUMENT, "listOptions.continue must be int")
    end = int(token) + limit if limit else len(workflows)
    if end < len(workflows):
        metadata = metadata | {"continue": str(end)}
    page = project({"metadata": metadata, "items": [_shown(each, "") for each in workflows[int(token) : end]]}, fields)
    items = [with_zero_values(each) for each in page.get("items", ())]
    return {"metadata": page.get("metadata", {}), "items": items or None}


def _selection(labels: str, fields: str) -> Callable[[Manifest], bool]:
    for term in filter(None, fields.split(",")):
        if not term.startswith(("metadata.name", "metadata.namespace")):
            raise GrpcError(INVALID_ARGUMENT, f"unsupported requirement {term}")
    by_label, by_field = parse_labels(labels), parse_fields(WORKFLOWS, fields)
    return lambda manifest: by_label(manifest) and by_field(manifest)


def _started(workflow: Manifest) -> str:
    return str(workflow.get("status", {}).get("startedAt") or "")
