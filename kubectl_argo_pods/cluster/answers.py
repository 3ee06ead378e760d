"""From a server's refusal to our error: Kubernetes' Status, the Argo Server's gRPC status, or a page of a proxy."""

from __future__ import annotations

import json
from typing import Any

from kubectl_argo_pods.errors import ApiError, ForbiddenError, GoneError, NotFoundError, UnauthorizedError

ERRORS: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    410: GoneError,
}


def error_of(label: str, path: str, code: int, body: bytes) -> ApiError:
    """The error for an answer with a status other than 200."""
    status = _status(body)
    message = str(status.get("message") or "").strip()
    kind = ERRORS.get(code, ApiError)
    return kind(_sentence(label, path, code, message), code=code, reason=str(status.get("reason") or ""))


def _status(body: bytes) -> dict[str, Any]:
    try:
        status = json.loads(body.removeprefix(b"data: "))
    except ValueError:
        return {}
    if not isinstance(status, dict):
        return {}
    # The Argo Server's streams wrap their error once more.
    return status["error"] if isinstance(status.get("error"), dict) else status


def _sentence(label: str, path: str, code: int, message: str) -> str:
    if code == 401:
        return f"you must be logged in to {label} ({message or 'Unauthorized'}): the credentials are missing or expired"
    if message:
        return message
    return f"{label} answered {path} with HTTP status {code}"
