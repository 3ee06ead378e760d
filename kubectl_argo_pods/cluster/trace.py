"""What goes over the wire, for `-v`: the levels are kubectl's (k8s.io/client-go/transport/round_trippers.go).

6 shows each request and its status, 7 its headers, 8 those of the answer and the start of its body, 9 the same as a
command for curl, how long connecting took, and more of the body. Nothing shown lets anybody in.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TextIO

from kubectl_argo_pods.cluster.connection import Connection
from kubectl_argo_pods.cluster.credentials import Headers
from kubectl_argo_pods.cluster.endpoint import Endpoint
from kubectl_argo_pods.cluster.exchange import Response
from kubectl_argo_pods.cluster.framing import ProtocolError
from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.cluster.pool import Dial
from kubectl_argo_pods.cluster.request import Caller, Request, Terms

URLS, HEADERS, ANSWERS, CURL = 6, 7, 8, 9
# As kubectl: at 8 a first look, at 9 more, at 10 all.
BODIES = {8: 1024, 9: 10240}
MASK = "<masked>"
# What is sent otherwise may let somebody in: tokens, cookies, whatever an Argo Server's gate wants to see.
HARMLESS = frozenset({"accept", "accept-encoding", "content-length", "content-type", "host", "user-agent"})
SECRET_ANSWERS = frozenset({"authorization", "set-cookie", "www-authenticate", "location"})


class TracedHttp(Http):
    """A connection that tells what it does."""

    def __init__(self, endpoint: Endpoint, caller: Caller, terms: Terms, dial: Dial) -> None:
        super().__init__(endpoint, caller, terms, dial)
        self._log = Log(terms.verbosity, sys.stderr)

    def _connect(self) -> Connection:
        started = time.monotonic()
        try:
            connection = super()._connect()
        except OSError as error:
            self._log.say(CURL, "HTTP Trace: Dial failed", address=self.endpoint.authority, err=error)
            raise
        took = milliseconds(started)
        self._log.say(CURL, "HTTP Trace: Dial succeed", address=self.endpoint.authority, milliseconds=took)
        return connection

    def _write(self, connection: Connection, request: Request, headers: Headers) -> None:
        sent = [*headers, *request.headers]
        self._log.keep_secret(sent)
        self._log.request(request.method, self._url(request), sent)
        if request.body:
            self._log.body("Request Body", request.body)
        connection.asked = time.monotonic()
        with self._failures(connection, request):
            super()._write(connection, request, headers)

    def _read(self, connection: Connection, request: Request, early: bytes = b"") -> Response:
        with self._failures(connection, request):
            response = super()._read(connection, request, early)
        self._log.response(request.method, self._url(request), response, milliseconds(connection.asked))
        return response

    @contextmanager
    def _failures(self, connection: Connection, request: Request) -> Iterator[None]:
        try:
            yield
        except (OSError, ProtocolError) as error:
            took = milliseconds(connection.asked)
            self._log.say(URLS, "Response", verb=request.method, url=self._url(request), err=error, milliseconds=took)
            raise

    def _url(self, request: Request) -> str:
        return f"{self.endpoint.scheme}://{self.endpoint.authority}{self.endpoint.prefix}{request.path}"

    def _body(self, response: Response) -> bytes:
        body = super()._body(response)
        self._log.body("Response Body", body)
        return body


def tell_origin(cluster: Cluster) -> None:
    """Which files say where the cluster is."""
    for path in cluster.origin.files:
        if os.path.isfile(path):
            Log(cluster.verbosity, sys.stderr).say(URLS, "Config loaded from file", path=path)


def milliseconds(started: float) -> int:
    return int((time.monotonic() - started) * 1000)


class Log:
    """Lines in the form of klog, without what was found to be secret."""

    def __init__(self, level: int, out: TextIO) -> None:
        self._level = level
        self._out = out
        self._secrets: set[str] = set()

    def keep_secret(self, sent: Headers) -> None:
        """Nothing that these headers may let somebody in by is shown, wherever it stands."""
        for name, value in sent:
            if not _is_harmless(name):
                self._secrets.update(word for word in value.split() if len(word) > 6)

    def say(self, level: int, message: str, **fields: object) -> None:
        if self._level >= level:
            shown = "".join(f" {name}={_shown(value)}" for name, value in fields.items())
            now = datetime.now().strftime("%m%d %H:%M:%S.%f")
            self._out.write(self._masked(f'I{now} {os.getpid():>7} http.py] "{message}"{shown}\n'))

    def request(self, verb: str, url: str, sent: Headers) -> None:
        masked = [(name, value if _is_harmless(name) else _without_secret(value)) for name, value in sent]
        if self._level >= CURL:
            options = " ".join(f'-H "{name}: {value}"' for name, value in masked)
            self.say(CURL, "Request", curlCommand=[f"curl -v -X{verb} {options} '{url}'"])
        else:
            self.say(HEADERS, "Request", verb=verb, url=url, headers=_lines(masked))

    def response(self, verb: str, url: str, response: Response, took: int) -> None:
        status = f"{response.status} {response.reason}"
        which = {"verb": verb, "url": url} if self._level in (URLS, CURL) else {}
        answered = [(name, MASK if name.lower() in SECRET_ANSWERS else value) for name, value in response.getheaders()]
        headers = {"headers": _lines(answered)} if self._level >= ANSWERS else {}
        self.say(URLS, "Response", **which, status=status, **headers, milliseconds=took)

    def body(self, message: str, body: bytes) -> None:
        text = body.decode("utf-8", "replace")
        limit = BODIES.get(self._level, len(text))
        rest = f" [truncated {len(text) - limit} chars]" if len(text) > limit else ""
        # Masked before it is cut: half a secret is one, too.
        self.say(ANSWERS, message, body=[self._masked(text)[:limit] + rest])

    def _masked(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text


def _is_harmless(name: str) -> bool:
    return name.lower() in HARMLESS or name.lower().startswith("impersonate-")


def _without_secret(value: str) -> str:
    scheme = value.partition(" ")[0] if value.startswith(("Bearer ", "Basic ")) else ""
    return f"{scheme} {MASK}".strip()


def _lines(headers: Iterable[tuple[str, str]]) -> list[str]:
    return sorted(f"{name}: {value}" for name, value in headers)


def _shown(value: object) -> str:
    """As klog has it: a list is lines of their own, a number stands bare."""
    if isinstance(value, list):
        return "<\n" + "".join(f"\t{line}\n" for text in value for line in str(text).splitlines()) + " >"
    return str(value) if isinstance(value, int) else '"' + str(value).replace('"', '\\"') + '"'
