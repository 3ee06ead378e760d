"""What the world's servers answer: enough of Kubernetes for `kubectl get workflows`, and an identity provider."""

from __future__ import annotations

import json
from base64 import b64encode, urlsafe_b64encode
from hashlib import sha1
from typing import Any, NamedTuple

Headers = tuple[tuple[str, str], ...]


class Asked(NamedTuple):
    server: str  # its URL
    path: str
    headers: Headers
    body: str

    def value(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")


class Answer(NamedTuple):
    status: int
    body: bytes = b""
    headers: Headers = (("Content-Type", "application/json"),)


GROUP = {"name": "argoproj.io", "versions": [{"groupVersion": "argoproj.io/v1alpha1", "version": "v1alpha1"}]}
RESOURCE = {
    "name": "workflows",
    "singularName": "workflow",
    "kind": "Workflow",
    "namespaced": True,
    "verbs": ["get", "list"],
}
TABLE = {
    "kind": "Table",
    "apiVersion": "meta.k8s.io/v1",
    "metadata": {},
    "columnDefinitions": [{"name": "Name", "type": "string"}],
    "rows": [],
}
DISCOVERY: dict[str, Any] = {
    "/api": {"kind": "APIVersions", "versions": ["v1"]},
    "/apis": {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [GROUP | {"preferredVersion": GROUP["versions"][0]}],
    },
    "/api/v1": {"kind": "APIResourceList", "groupVersion": "v1", "resources": []},
    "/apis/argoproj.io/v1alpha1": {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": "argoproj.io/v1alpha1",
        "resources": [RESOURCE],
    },
}


def id_token(expires: int) -> str:
    """A JSON Web Token that nobody has signed."""
    parts = ({"alg": "none"}, {"exp": expires})
    return ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + ".c2VjcmV0"


TOKENS = {"EXPIRED_TOKEN": id_token(1), "GOOD_TOKEN": id_token(4102444800), "NEW_TOKEN": id_token(4102444801)}


def answer(asked: Asked) -> Answer:
    """The answer by the first word of the path, which stands for the server behind it."""
    first = asked.path.split("/")[1]
    if first in ("idp", "form-idp"):
        return _identity(asked, first)
    if first == "much":
        return Answer(200, bytes(20_000_000))
    if first == "moved":
        return Answer(302, headers=(("Location", asked.path.removeprefix("/moved")),))
    if asked.value("Upgrade") == "websocket":
        return _switched(asked)
    found = [body for suffix, body in DISCOVERY.items() if asked.path.partition("?")[0].endswith(suffix)]
    repeated = {"repeated": dict(asked.headers)} if first == "echo" else {}
    return Answer(200, json.dumps((found[0] if found else TABLE) | repeated).encode())


def refusal(status: int) -> Answer:
    body = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": status, "message": "no"}
    return Answer(status, json.dumps(body).encode())


def _identity(asked: Asked, provider: str) -> Answer:
    """The provider /idp knows its clients by a header, /form-idp by the form."""
    if asked.path.endswith("/.well-known/openid-configuration"):
        return Answer(200, json.dumps({"token_endpoint": f"{asked.server}/{provider}/token?p=1"}).encode())
    if (provider == "idp") != bool(asked.value("Authorization")) or "refresh_token=refresh-1" not in asked.body:
        return Answer(400, b'{"error": "invalid_grant"}')
    issued = {"access_token": "a", "token_type": "Bearer", "id_token": TOKENS["NEW_TOKEN"]}
    return Answer(200, json.dumps(issued | {"refresh_token": "refresh-2"}).encode())


def _switched(asked: Asked) -> Answer:
    """To a websocket (RFC 6455) that nothing is said on."""
    key = asked.value("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
    accept = b64encode(sha1(key.encode()).digest()).decode()
    agreed = (("Sec-WebSocket-Accept", accept), ("Sec-WebSocket-Protocol", asked.value("Sec-WebSocket-Protocol")))
    return Answer(101, headers=(("Upgrade", "websocket"), ("Connection", "Upgrade"), *agreed))
