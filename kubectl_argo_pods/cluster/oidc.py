"""The legacy auth-provider "oidc": an id token, refreshed at the identity provider when it has expired.

The rules are those of k8s.io/client-go/plugin/pkg/client/auth/oidc/oidc.go, with one more: no token without TLS.
"""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

from kubectl_argo_pods.cluster import endpoint as endpoints
from kubectl_argo_pods.cluster import kubeconfig_writing
from kubectl_argo_pods.cluster.credentials import Headers, basic
from kubectl_argo_pods.cluster.http import Http
from kubectl_argo_pods.cluster.issued import Issued
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.cluster.request import Terms
from kubectl_argo_pods.cluster.tls import Certificate
from kubectl_argo_pods.errors import ApiError, ConfigError
from kubectl_argo_pods.record import NamedTuple

# A token that is about to expire might expire on its way.
EARLY = 10.0
FORM = "application/x-www-form-urlencoded"


class OpenIdConnect:
    """What the identity provider has issued, and how to have it refreshed."""

    def __init__(self, cluster: Cluster, environ: Mapping[str, str]) -> None:
        self._origin = cluster.origin
        self._environ = environ
        self._who = cluster.origin.user_label
        self._config = self._read(cluster.user["auth-provider"].get("config") or {})
        self._is_fresh = True  # what the kubeconfig holds has not been refused yet

    def issue(self) -> Issued:
        """The id token while it holds, else a new one; raises ConfigError and UnreachableError."""
        token = str(self._config.get("id-token") or "")
        expires = self._expires(token) if token and self._is_fresh else 0.0
        if expires <= time.time():
            token = self._refresh()
            expires = self._expires(token)
        self._is_fresh = False
        return Issued(f"Bearer {token}", None, expires)

    def _read(self, config: object) -> Entry:
        if not isinstance(config, dict):
            raise ConfigError(f'{self._who} has an auth-provider "oidc" whose config is not a map')
        for field in ("idp-issuer-url", "client-id"):
            if not config.get(field):
                raise ConfigError(f'{self._who} has an auth-provider "oidc" without {field}')
        return dict(config)

    def _expires(self, token: str) -> float:
        try:
            claims = token.split(".")[1]
            return float(json.loads(urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]) - EARLY
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise ConfigError(f"the id-token of {self._who} is no JSON Web Token with a time of expiry") from error

    def _refresh(self) -> str:
        if not self._config.get("refresh-token"):
            raise ConfigError(f"the id-token of {self._who} has expired and there is no refresh-token: log in again")
        try:
            answer = self._ask_for_token()
        except ApiError as error:
            raise ConfigError(f"the id-token of {self._who} cannot be refreshed: {error}; log in again") from error
        token = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(token, str) or not token:
            raise ConfigError(f"the identity provider gave {self._who} no id_token; log in again with the scope openid")
        changed = {"id-token": token, "refresh-token": answer.get("refresh_token") or self._config["refresh-token"]}
        # A provider may let a refresh token be used once only: kubectl needs the next one, too.
        kubeconfig_writing.change_provider(self._origin.user_file, self._origin.user, changed)
        self._config |= changed
        return token

    def _ask_for_token(self) -> Any:
        issuer = str(self._config["idp-issuer-url"]).rstrip("/")
        http, path = self._reach(issuer)
        found = http.get_json(f"{path}/.well-known/openid-configuration")
        address = found.get("token_endpoint") if isinstance(found, dict) else None
        if not isinstance(address, str):
            raise ConfigError(f"the identity provider {issuer} does not say where its tokens come from")
        fields = {"grant_type": "refresh_token", "refresh_token": str(self._config["refresh-token"])}
        client = {
            "client_id": str(self._config["client-id"]),
            "client_secret": str(self._config.get("client-secret") or ""),
        }
        # Some providers know their clients by the header alone, others by the form alone (golang.org/x/oauth2).
        try:
            return self._post(address, fields, basic(*(quote_plus(value) for value in client.values())))
        except ApiError:
            return self._post(address, fields | {name: value for name, value in client.items() if value})

    def _post(self, address: str, fields: Mapping[str, str], authorization: str = "") -> Any:
        http, path = self._reach(address, authorization)
        return http.post(path, urlencode(fields).encode(), FORM)

    def _reach(self, url: str, authorization: str = "") -> tuple[Http, str]:
        """The connection to the server of a URL, and what to ask for there."""
        shown = endpoints.without_password(url)
        try:
            parts = urlsplit(url)
        except ValueError:
            raise ConfigError(f'the identity provider "{shown}" of {self._who} is no address') from None
        if parts.scheme != "https":
            raise ConfigError(f"the identity provider {shown} does not speak https, without which no token is sent")
        server = f"https://{parts.netloc.rpartition('@')[2]}"
        target = endpoints.from_url(server, f"the identity provider at {server}", self._environ)
        trust = {
            "certificate-authority": self._config.get("idp-certificate-authority"),
            "certificate-authority-data": self._config.get("idp-certificate-authority-data"),
        }
        hint = f"check the auth-provider of {self._who}"
        http = Http(target._replace(hint=hint, trust=hint), Client(authorization), Terms(trust))
        return http, parts._replace(scheme="", netloc="").geturl()


class Client(NamedTuple):
    """Who asks an identity provider."""

    authorization: str

    def headers(self) -> Headers:
        return [("Authorization", self.authorization)] if self.authorization else []

    def certificate(self) -> Certificate | None:
        return None

    def renew(self, refused: str) -> bool:
        return False
