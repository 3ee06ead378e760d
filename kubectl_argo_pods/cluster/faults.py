"""Foreign failures in our own words: what the network, TLS and the servers' error bodies say."""

from __future__ import annotations

import json
import socket
import ssl
import zlib
from typing import Any

from kubectl_argo_pods.cluster.endpoint import Endpoint
from kubectl_argo_pods.cluster.framing import CutShortError, NotHttpError
from kubectl_argo_pods.errors import (
    ApiError,
    ForbiddenError,
    GoneError,
    NotFoundError,
    UnauthorizedError,
    UnreachableError,
    UnreachedError,
)

CLASSES: dict[int, type[ApiError]] = {
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    410: GoneError,
}
# What a gRPC gateway says of a path that its release does not have (grpc-gateway v1, runtime/mux.go).
UNKNOWN_CALL = frozenset({(404, "Not Found"), (501, "Not Implemented")})

# What a server of Go's says of a path that nobody serves (net/http.NotFound). Any other page comes from elsewhere.
NOT_SERVED = "404 page not found"
NOBODY = 'User "system:anonymous"'


def from_network(error: Exception, endpoint: Endpoint) -> UnreachableError:
    """The sentence for an OSError or a ProtocolError."""
    return UnreachableError(_network_sentence(error, endpoint))


def _network_sentence(error: Exception, endpoint: Endpoint) -> str:
    label = endpoint.label
    if isinstance(error, ssl.SSLCertVerificationError):
        return _untrusted(error, endpoint)
    if isinstance(error, ssl.SSLError):
        return _tls_sentence(error, endpoint)
    if isinstance(error, socket.gaierror):
        host = f"{endpoint.host}, or its proxy," if endpoint.proxy else endpoint.host
        return f"{label} cannot be found: the host {host} is not known to DNS; check the network, and {endpoint.hint}"
    if isinstance(error, TimeoutError):
        return f"{label} did not answer in time; check the network, or raise --request-timeout"
    if isinstance(error, ConnectionRefusedError):
        return f"the connection to {label} was refused; is it running? If so, {endpoint.hint}"
    if isinstance(error, NotHttpError):
        return f"{label} does not speak HTTP; {endpoint.hint}"
    if isinstance(error, zlib.error):
        return f"{label} sent an answer that cannot be unpacked; try --disable-compression"
    if isinstance(error, CutShortError):
        return f"the connection to {label} was lost in the middle of its answer; try again"
    return f"the connection to {label} was lost: {error or type(error).__name__}"


# X509_V_ERR_CERT_NOT_YET_VALID and X509_V_ERR_CERT_HAS_EXPIRED of OpenSSL's x509_vfy.h.
OUT_OF_TIME = frozenset({9, 10})


def _untrusted(error: ssl.SSLCertVerificationError, endpoint: Endpoint) -> str:
    if error.verify_code in OUT_OF_TIME:
        way_out = "it has to be renewed, unless it is this machine's clock that is wrong"
    elif "mismatch" in error.verify_message:
        way_out = endpoint.hint
    else:
        way_out = endpoint.trust
    return f"the certificate of {endpoint.label} cannot be trusted: {error.verify_message.rstrip('.')}; {way_out}"


def _tls_sentence(error: ssl.SSLError, endpoint: Endpoint) -> str:
    label = endpoint.label
    reason = (error.reason or str(error)).replace("_", " ").lower()
    if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return f"{label} does not speak TLS; is it one for http? {endpoint.hint}"
    if isinstance(error, ssl.SSLEOFError):
        return f"{label} hung up in the middle of TLS; it may want a client certificate, or {endpoint.hint}"
    if error.reason == "TLSV13_ALERT_CERTIFICATE_REQUIRED":
        return f"{label} wants a client certificate: name one with --client-certificate and --client-key"
    if "certificate" in reason or "unknown ca" in reason:
        return f"{label} refused the client certificate: {reason}; it may have expired"
    return f"TLS with {label} failed: {reason}"


def from_answer(code: int, content_type: str, body: bytes, endpoint: Endpoint) -> ApiError:
    """The error of an answer that is none of 2xx: a Kubernetes Status, a gRPC gateway's error, or neither."""
    answer = _parsed(body)
    message, reason = str(answer.get("message") or ""), str(answer.get("reason") or answer.get("http_status") or "")
    kind = CLASSES.get(code, ApiError)
    if not message:
        kind = ApiError if code == 404 and body.strip() != NOT_SERVED.encode() else kind
        sentence = f"{endpoint.label} answered {code}{_looks(code, content_type, body, endpoint)}"
    elif endpoint.via and answer.get("kind") == "Status":
        # No word of the server itself, but of the Kubernetes API on the way to it.
        kind = kind if code == 401 else UnreachedError
        sentence = _sentence_on_the_way(code, message, endpoint, endpoint.via)
    elif (code, message) in UNKNOWN_CALL:
        kind = ApiError
        sentence = f"{endpoint.label} does not know this call ({code} {message}): it is too old for it, or else "
        sentence += endpoint.hint
    else:
        sentence = _sentence(code, message, endpoint)
    return kind(sentence, code=code, reason=reason)


def _parsed(body: bytes) -> dict[str, Any]:
    """The server's own account of the failure, from any of the shapes that it comes in; {} for none of them."""
    try:
        answer: Any = json.loads(body.removeprefix(b"data: "))
    except (ValueError, RecursionError):
        return {}
    if not isinstance(answer, dict):
        return {}
    return answer["error"] if isinstance(answer.get("error"), dict) else answer


def _sentence(code: int, message: str, endpoint: Endpoint) -> str:
    if code == 401:
        return f"{endpoint.label} does not accept the credentials ({message}); {endpoint.login}"
    if code == 403:
        return _refused(message, endpoint)
    # Kubernetes says itself what is not where.
    return message if code == 404 else f"{endpoint.label} answered {code}: {message}"


def _sentence_on_the_way(code: int, message: str, endpoint: Endpoint, via: Endpoint) -> str:
    if code in (401, 403):
        return _sentence(code, message, via)
    return f"{endpoint.label} cannot be reached: {message}; {endpoint.hint}"


def _refused(message: str, endpoint: Endpoint) -> str:
    if NOBODY in message:
        return f"{message}: who asks is not known; {endpoint.login}"
    from kubectl_argo_pods.permissions import refusal

    lacking = refusal(message)
    return f"{message}: {lacking}" if lacking else message


def _looks(code: int, content_type: str, body: bytes, endpoint: Endpoint) -> str:
    if 300 <= code < 400:
        return f", which sends one elsewhere, as to a login page; {endpoint.hint}"
    if _is_page(content_type, body):
        return f" with a web page; {endpoint.hint}"
    text = body[:200].decode("utf-8", "replace").strip()
    return f': "{text}"; {endpoint.hint}' if text else f"; {endpoint.hint}"


def _is_page(content_type: str, body: bytes) -> bool:
    return "html" in content_type or body.lstrip()[:1] == b"<"


def from_foreign_body(content_type: str, body: bytes, endpoint: Endpoint) -> ApiError:
    """The error of an answer of 2xx that is no JSON object."""
    if _is_page(content_type, body):
        what = "a web page instead of JSON"
    elif "json" in content_type:
        what = "JSON that is cut off, broken or no object"
    else:
        what = f"{content_type or 'something else'} instead of JSON"
    return ApiError(f"{endpoint.label} answered with {what}; {endpoint.hint}", code=200)


def check_kind(answer: dict[str, Any], kind: str, endpoint: Endpoint) -> None:
    """Raise ApiError for an answer that is no object of this kind; the Argo Server leaves the kind out."""
    found = answer.get("kind") or ("" if isinstance(answer.get("metadata"), dict) else "something else")
    if found and found != kind:
        raise ApiError(f"{endpoint.label} answered with {found} where a {kind} is expected; {endpoint.hint}", code=200)
