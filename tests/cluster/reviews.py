"""What the API server says of who asks: SelfSubjectReview and SelfSubjectAccessReview."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.cluster.access import Access
from tests.cluster.answers import json_answer
from tests.cluster.resources import Resource
from tests.cluster.statuses import Asked, StatusError

Manifest = dict[str, Any]


class Reviews:
    """Every authenticated user may ask (the role system:basic-user)."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/apis/authentication.k8s.io/v1/selfsubjectreviews", self._who),
            web.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", self._may),
        ]

    async def _who(self, request: web.Request) -> web.Response:
        info = {"username": self._access.user_of(request), "groups": ["system:authenticated"]}
        return json_answer(await request.json() | {"status": {"userInfo": info}}, 201)

    async def _may(self, request: web.Request) -> web.Response:
        user, review = self._access.user_of(request), await request.json()
        asked = _asked(review["spec"]["resourceAttributes"])
        try:
            self._access.check(user, asked)
            status: Manifest = {"allowed": True, "reason": "RBAC: allowed by a rule of the test"}
        except StatusError:
            status = {"allowed": False}
        return json_answer(review | {"status": status}, 201)


def _asked(attributes: dict[str, str]) -> Asked:
    resource = Resource(attributes.get("group", ""), "v1", attributes["resource"], "")
    place = [attributes.get(key, "") for key in ("namespace", "name", "subresource")]
    return Asked(attributes["verb"], resource, *place)
