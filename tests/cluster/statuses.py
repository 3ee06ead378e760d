"""`Status` bodies, worded as the API server words them (apimachinery, pkg/api/errors)."""

from __future__ import annotations

from typing import Any, NamedTuple

from tests.cluster.resources import Resource

Manifest = dict[str, Any]

REASONS = {
    400: "BadRequest",
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    405: "MethodNotAllowed",
    406: "NotAcceptable",
    409: "AlreadyExists",
    410: "Expired",
    429: "TooManyRequests",
    500: "InternalError",
    503: "ServiceUnavailable",
    504: "Timeout",
}

# apiserver, pkg/storage/etcd3/continue.go
INCONSISTENT_CONTINUE = (
    "The provided continue parameter is too old to display a consistent list result. You can start a new list without "
    "the continue parameter, or use the continue token in this response to retrieve the remainder of the results. "
    "Continuing with the provided token results in an inconsistent list - objects that were created, modified, or "
    "deleted between the time the first chunk was returned and now may show up in the list."
)


class StatusError(Exception):
    """An answer that is a `Status`."""

    def __init__(self, code: int, message: str, details: Manifest | None = None, metadata: Manifest | None = None):
        super().__init__(message)
        self.code = code
        self.body = status_body(code, message, details, metadata)


class Asked(NamedTuple):
    """What a request is about, in the words of RBAC."""

    verb: str
    resource: Resource
    namespace: str
    name: str
    subresource: str = ""


def status_body(code: int, message: str, details: Manifest | None = None, metadata: Manifest | None = None) -> Manifest:
    body: Manifest = {"kind": "Status", "apiVersion": "v1", "metadata": metadata or {}, "status": "Failure"}
    body |= {"message": message, "reason": REASONS.get(code, "Unknown")}
    if details:
        body["details"] = details
    return body | {"code": code}


def not_found(resource: Resource, name: str) -> StatusError:
    message = f'{resource.qualified} "{name}" not found'
    return StatusError(404, message, _details(resource, name))


def unauthorized() -> StatusError:
    return StatusError(401, "Unauthorized")


def bad_request(message: str) -> StatusError:
    return StatusError(400, message)


def expired_continue() -> StatusError:
    return StatusError(410, INCONSISTENT_CONTINUE)


def forbidden(user: str, asked: Asked) -> StatusError:
    """403 as apiserver's `endpoints/handlers/responsewriters.Forbidden` puts it."""
    resource = asked.resource
    subject = f'{resource.qualified} "{asked.name}"' if asked.name else resource.qualified
    where = f'in the namespace "{asked.namespace}"' if asked.namespace else "at the cluster scope"
    plural = "/".join(filter(None, (resource.plural, asked.subresource)))
    cannot = f'cannot {asked.verb} resource "{plural}" in API group "{resource.group}" {where}'
    message = f'{subject} is forbidden: User "{user}" {cannot}'
    return StatusError(403, message, _details(resource, asked.name))


def _details(resource: Resource, name: str) -> Manifest:
    given = {"name": name, "group": resource.group, "kind": resource.plural}
    return {key: value for key, value in given.items() if value}
