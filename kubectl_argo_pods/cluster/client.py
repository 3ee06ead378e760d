"""The kubernetes package beside our own connection: its client over ours, and ours over a client that someone has."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

import urllib3
from kubernetes import client

from kubectl_argo_pods.cluster import faults, tls
from kubectl_argo_pods.cluster.connection import Connection
from kubectl_argo_pods.cluster.credentials import Headers
from kubectl_argo_pods.cluster.endpoint import Endpoint, from_url
from kubectl_argo_pods.cluster.exchange import Response
from kubectl_argo_pods.cluster.framing import framing
from kubectl_argo_pods.cluster.http import JSON, Http
from kubectl_argo_pods.cluster.request import Request, Terms

ApiClient = client.ApiClient

# The package's own idea of where the server is, which only serves to tell the path.
_BASE = "https://kubernetes.default"


def api_client(http: Http) -> ApiClient:
    """The package's client, whose requests go over this connection: same credentials, trust, proxy and errors.

    Nothing is sent yet. Its calls raise our errors, not ApiException.
    """
    made = ApiClient(client.Configuration(host=_BASE))
    made.rest_client.pool_manager = _Requests(http)
    return made


class _Requests(urllib3.PoolManager):
    """What the package's client sends its requests with."""

    def __init__(self, http: Http) -> None:
        super().__init__()
        self._http = http

    def request(  # type: ignore[override]
        self,
        method: str,
        url: str,
        body: str | bytes | None = None,
        fields: Any = None,
        headers: Mapping[str, str] | None = None,
        preload_content: bool = True,
        timeout: Any = None,
    ) -> urllib3.HTTPResponse:
        path = url.removeprefix(_BASE) + (f"?{urlencode(fields)}" if fields else "")
        sent = body.encode() if isinstance(body, str) else body
        asked = _headers({"Accept-Encoding": self._http.encoding, **(headers or {})}, sent)
        answer = self._http.ask(Request(method, path, asked, sent))
        return urllib3.HTTPResponse(
            body=io.BufferedReader(_Body(answer)),
            headers=urllib3.HTTPHeaderDict(answer.getheaders()),
            status=answer.status,
            reason=answer.reason,
            preload_content=preload_content,
        )


class _Body(io.RawIOBase):
    """The body of an answer as a file."""

    def __init__(self, answer: Response) -> None:
        self.answer = answer
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._rest = self._rest or memoryview(self.answer.receive())
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        self.answer.connection.close()
        super().close()


def _headers(given: Mapping[str, str], body: bytes | None) -> Headers:
    own = [(name, value) for name, value in given.items() if name.lower() not in ("user-agent", "content-type")]
    if body is None:
        return own
    return [*own, ("Content-Type", given.get("Content-Type", JSON)), ("Content-Length", str(len(body)))]


def open_http(api: ApiClient) -> Http:
    """A connection whose requests go through this client: its connections and its credentials. Raises ConfigError."""
    host = api.configuration.host
    hint = "check the configuration of the ApiClient"
    endpoint = from_url(host, f"the Kubernetes API at {host}", {})._replace(hint=hint, login=hint, trust=hint)
    return _ThroughClient(api, endpoint)


class _ThroughClient(Http):
    def __init__(self, api: ApiClient, endpoint: Endpoint) -> None:
        super().__init__(endpoint, _Nobody(), Terms({}))
        self._api = api
        self._pooled: WeakKeyDictionary[Response, urllib3.HTTPResponse] = WeakKeyDictionary()

    def ask(self, request: Request) -> Response:
        try:
            pooled = _call(self._api, request)
        except client.ApiException as error:
            raise self._refused(error) from error
        except urllib3.exceptions.HTTPError as error:
            raise faults.from_network(_cause(error), self.endpoint) from error
        answer = _taken_over(pooled)
        self._pooled[answer] = pooled
        return answer

    def keep(self, response: Response) -> None:
        """Give the connection back to the client, which keeps those that it has."""
        pooled = self._pooled.pop(response)
        if _over_ours(pooled):
            pooled.close()
            return
        # Or http.client would go on expecting the body.
        _unread(pooled).close()
        pooled.release_conn()

    def _refused(self, error: client.ApiException) -> Exception:
        # The package's way to report what TLS says: no status.
        if not error.status:
            return faults.from_network(_cause(error.__context__ or error), self.endpoint)
        body = error.body.encode() if isinstance(error.body, str) else error.body or b""
        content_type = (error.headers or {}).get("Content-Type") or ""
        return faults.from_answer(error.status, content_type, body, self.endpoint)


def _taken_over(pooled: urllib3.HTTPResponse) -> Response:
    """An answer of urllib3's, as yet unread, as one of ours."""
    if over_ours := _over_ours(pooled):
        return over_ours
    reader: Any = _unread(pooled).fp
    # The connection itself; where the server will close it, http.client has forgotten it already.
    sock = reader.raw._sock
    headers = list(pooled.headers.items())
    return Response(
        Connection(sock), pooled.status, pooled.reason or "", headers, framing(headers), _early(reader, sock)
    )


def _over_ours(pooled: urllib3.HTTPResponse) -> Response | None:
    """Our own answer below one of urllib3's, where the client was made by `api_client`."""
    body = getattr(pooled._fp, "raw", None)
    return body.answer if isinstance(body, _Body) else None


def _unread(pooled: urllib3.HTTPResponse) -> Any:
    """The answer of http.client's below one of urllib3's."""
    return pooled._original_response


def _early(reader: Any, sock: Any) -> bytes:
    """What has come with the head of the answer and been read with it, by http.client or in TLS."""
    timeout = sock.gettimeout()
    sock.settimeout(0.0)
    try:
        early: bytes = reader.peek()
        pending = sock.pending() if hasattr(sock, "pending") else 0
        return early + (sock.recv(pending) if pending else b"")
    except OSError:
        # Nothing came with it, and nothing is there now.
        return b""
    finally:
        sock.settimeout(timeout)


class _Nobody:
    """Who asks is the client's business."""

    def headers(self) -> Headers:
        return []

    def certificate(self) -> tls.Certificate | None:
        return None

    def renew(self, refused: str) -> bool:
        return False


def _call(api: ApiClient, request: Request) -> urllib3.HTTPResponse:
    """The answer, unread; raises ApiException for one that is none of 2xx."""
    query: list[tuple[str, str]] = []
    given: dict[str, Any] = {
        "header_params": dict(request.headers),
        "query_params": query,
        "auth_settings": ["BearerToken"],
    }
    if request.body is not None:
        given["body"] = json.loads(request.body)
    if hasattr(api, "param_serialize"):
        answer = api.call_api(*api.param_serialize(request.method, request.path, **given))
        if not 200 <= answer.status < 300:
            raise client.ApiException(http_resp=answer, body=answer.response.data.decode("utf-8", "replace"))
        return cast(urllib3.HTTPResponse, answer.response)
    # Before version 37 of the package.
    options = {"_preload_content": False, "_return_http_data_only": True}
    return cast(urllib3.HTTPResponse, api.call_api(request.path, request.method, **given, **options))


def _cause(error: BaseException) -> Exception:
    """What happened at the bottom of urllib3's account of it: in `reason`, in the arguments, or as the cause."""
    said = [getattr(error, "reason", None), *error.args, error.__cause__, error.__context__]
    if isinstance(error, urllib3.exceptions.HTTPError):
        for each in said:
            if isinstance(each, Exception):
                return _cause(each)
    return cast(Exception, error)
