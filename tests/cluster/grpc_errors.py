"""Errors as the Argo Server's gRPC gateway puts them (grpc-gateway 1.16, HTTPStatusFromCode)."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from tests.cluster.answers import json_answer

INVALID_ARGUMENT, NOT_FOUND, PERMISSION_DENIED, UNAUTHENTICATED = 3, 5, 7, 16
HTTP_STATUS = {INVALID_ARGUMENT: 400, NOT_FOUND: 404, PERMISSION_DENIED: 403, 12: 501, UNAUTHENTICATED: 401}
# What the API server said, as the Argo Server passes it on.
GRPC_CODES = {400: INVALID_ARGUMENT, 401: UNAUTHENTICATED, 403: PERMISSION_DENIED, 404: NOT_FOUND}
TOKEN_NOT_VALID = "token not valid. see https://argo-workflows.readthedocs.io/en/latest/faq/"


class GrpcError(Exception):
    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class GrpcStreamError(GrpcError):
    """An error of a stream before its first message, which has a shape of its own."""


def stream_error(error: GrpcError) -> dict[str, object]:
    status = HTTP_STATUS.get(error.code, 500)
    told = {"grpc_code": error.code, "http_code": status, "message": error.message}
    return {"error": told | {"http_status": HTTPStatus(status).phrase}}


def error_response(error: GrpcError) -> web.Response:
    body = {"code": error.code, "message": error.message}
    return json_answer(body, HTTP_STATUS.get(error.code, 500))
