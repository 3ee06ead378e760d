"""A plain client of an API server, for tests that look at what it answers: no kubectl, none of our own code."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

import yaml

TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
METADATA = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"


class Answer(NamedTuple):
    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class ApiClient:
    """One server; `headers` go with every request."""

    def __init__(
        self, url: str, context: ssl.SSLContext | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        self.url = url
        self._context = context
        self._headers = headers or {}

    def get(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """Header names are written with an underscore for the dash."""
        connection, response = self._send(path, query or {}, headers)
        with closing(connection):
            body = response.read()
        return Answer(response.status, {name.lower(): value for name, value in response.getheaders()}, body)

    def watch(self, path: str, query: Mapping[str, str], **headers: str) -> Iterator[Any]:
        """The events of a watch, until the server ends it."""
        connection, response = self._send(path, {"watch": "true", **query}, headers)
        with closing(connection):
            rest = b""
            # Not `readline`: http.client takes a cut connection for the end there.
            while part := response.read1(65536):
                *lines, rest = (rest + part).split(b"\n")
                yield from (json.loads(line) for line in lines if line)

    def with_token(self, token: str) -> ApiClient:
        """The same server as someone else; as nobody without a token."""
        context = ssl.create_default_context() if self._context else None
        if context:
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return ApiClient(self.url, context, headers)

    def _send(
        self, path: str, query: Mapping[str, str], headers: Mapping[str, str]
    ) -> tuple[http.client.HTTPConnection, http.client.HTTPResponse]:
        if self._context:
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                urlsplit(self.url).netloc, timeout=30, context=self._context
            )
        else:
            connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        target = f"{path}?{urlencode(query)}" if query else path
        connection.request("GET", target, headers={**self._headers, **given})
        return connection, connection.getresponse()


def from_kubeconfig(path: Path) -> ApiClient:
    """A client of the kubeconfig's first cluster with its first user's token or certificate."""
    config = yaml.safe_load(path.read_text())
    cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
    context = ssl.create_default_context(cafile=_file(cluster, "certificate-authority"))
    if certificate := _file(user, "client-certificate"):
        context.load_cert_chain(certificate, _file(user, "client-key"))
    headers = {"Authorization": f"Bearer {user['token']}"} if "token" in user else {}
    return ApiClient(cluster["server"], context, headers)


def _file(section: Mapping[str, str], name: str) -> str | None:
    if f"{name}-data" not in section:
        return section.get(name)
    with tempfile.NamedTemporaryFile(delete=False) as file:
        file.write(base64.b64decode(section[f"{name}-data"]))
    return file.name
