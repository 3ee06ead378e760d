"""Who asks: the headers and the certificate that a kubeconfig's user entry stands for."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Mapping
from threading import Lock
from urllib.parse import quote

from kubectl_argo_pods.cluster import tls
from kubectl_argo_pods.cluster.issued import Issued, Issuer
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.errors import ArgoPodsError, ConfigError

Headers = list[tuple[str, str]]


class Credentials:
    """The credentials of a cluster's user; whoever issues them is asked when they are needed, and in time again."""

    def __init__(self, cluster: Cluster, environ: Mapping[str, str]) -> None:
        self._user = cluster.user
        # kubectl, too, reads users' credentials only for a server that it talks TLS with.
        self._confidential = cluster.server.startswith("https://")
        self._impersonation = _impersonation(cluster.user)
        self._who = cluster.origin.user_label
        self._issuer = _open_issuer(cluster, environ) if self._confidential else None
        self._issued: Issued | None = None
        self._refusal: ArgoPodsError | None = None  # the last answer of the issuer, if it was none
        self._refused_at = 0.0  # on the monotonic clock
        self._token = str(cluster.user.get("token") or "").strip()
        self._lock = Lock()

    def headers(self) -> Headers:
        """The headers of one request; raises ConfigError."""
        authorization = self.authorization()
        if self._confidential and _is_nobody(self._user):
            authorization = self._current(lambda: _prompted(self._who)).authorization
        return ([("Authorization", authorization)] if authorization else []) + self._impersonation

    def authorization(self) -> str:
        """The Authorization header's value; "" for none."""
        if not self._confidential:
            return ""
        if self._issuer:
            return self._current(self._issuer).authorization
        if self._user.get("tokenFile"):
            return _bearer(self._token_of_file(str(self._user["tokenFile"])))
        if self._token:
            return _bearer(self._token)
        user, password = (str(self._user.get(key) or "") for key in ("username", "password"))
        return basic(user, password) if user else ""

    def certificate(self) -> tls.Certificate | None:
        """The client's certificate; raises ConfigError."""
        return tls.from_user(self._user) or (self._current(self._issuer).certificate if self._issuer else None)

    def renew(self, refused: str) -> bool:
        """Whether there are other credentials than those of this Authorization, which the server has refused."""
        if self._confidential and self._user.get("tokenFile"):
            # Its writer may have renewed it since it was read.
            return self.authorization() != refused
        with self._lock:
            if self._issued is None or self._issuer is None:
                return False
            # Several threads may have been refused, each with the same: the first of them has it renewed.
            if self._issued.authorization == refused:
                self._issued = self._issuer()
            return True

    def _current(self, issuer: Issuer) -> Issued:
        begun = time.monotonic()
        with self._lock:
            if self._refusal and begun < self._refused_at:
                # Whoever waited for an answer to another takes that one: nobody is to log in twice in vain.
                raise self._refusal
            expires = self._issued.expires if self._issued else None
            if self._issued is None or (expires is not None and expires <= time.time()):
                self._issued = self._asked(issuer)
            return self._issued

    def _asked(self, issuer: Issuer) -> Issued:
        try:
            return issuer()
        except ArgoPodsError as error:
            self._refusal, self._refused_at = error, time.monotonic()
            raise

    def _token_of_file(self, path: str) -> str:
        """The file goes before a token beside it, and is read each time, since its writer renews it.

        While it cannot be read, the last token holds (k8s.io/client-go/transport/token_source.go).
        """
        try:
            self._token = _read_token(path)
        except ConfigError:
            if not self._token:
                raise
        return self._token


def _open_issuer(cluster: Cluster, environ: Mapping[str, str]) -> Issuer | None:
    """Who is to be asked; None where the kubeconfig holds the credentials itself, which then go before any issuer."""
    user = cluster.user
    if user.get("token") or user.get("tokenFile") or user.get("username"):
        return None
    if user.get("auth-provider"):
        from kubectl_argo_pods.cluster.oidc import OpenIdConnect

        return OpenIdConnect(cluster, environ).issue
    if user.get("client-certificate") or user.get("client-certificate-data"):
        return None
    if user.get("exec"):
        from kubectl_argo_pods.cluster import exec_plugin

        return lambda: exec_plugin.run(user["exec"], cluster.entry, cluster.server, environ)
    return None


IDENTITIES = (
    "client-certificate",
    "client-certificate-data",
    "token",
    "tokenFile",
    "username",
    "auth-provider",
    "exec",
)


def _is_nobody(user: Entry) -> bool:
    """Whether nothing in it says who asks, where kubectl asks the user (canIdentifyUser in client_config.go)."""
    return not any(user.get(key) for key in IDENTITIES)


def _prompted(who: str) -> Issued:
    from kubectl_argo_pods.cluster import prompt

    return prompt.ask(who)


def _bearer(token: str) -> str:
    if not token.isprintable():
        raise ConfigError("the token holds what no header may hold, such as a line break in the middle")
    return f"Bearer {token}"


def basic(user: str, password: str) -> str:
    """The value of an Authorization header (RFC 7617)."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def _read_token(path: str) -> str:
    try:
        with open(path, encoding="utf-8") as file:
            token = file.read().strip()
    except (OSError, ValueError) as error:
        raise ConfigError(f'the token file "{path}" cannot be read: {_why(error)}') from error
    if not token:
        raise ConfigError(f'the token file "{path}" is empty')
    return token


def _why(error: OSError | ValueError) -> str:
    if isinstance(error, OSError):
        return str(error.strerror)
    return "it is no text" if isinstance(error, UnicodeDecodeError) else str(error)


def _impersonation(user: Entry) -> Headers:
    """kubectl's `--as` family; one header for each group and each extra value."""
    if not user.get("as"):
        return []
    headers = [("Impersonate-User", str(user["as"]))]
    headers += [("Impersonate-Uid", str(user["as-uid"]))] if user.get("as-uid") else []
    headers += [("Impersonate-Group", str(group)) for group in user.get("as-groups") or []]
    for key, values in (user.get("as-user-extra") or {}).items():
        # Header names are case-insensitive tokens: anything else in the key travels percent-encoded (client-go).
        name = f"Impersonate-Extra-{quote(str(key).lower(), safe=_TOKEN)}"
        headers += [(name, str(value)) for value in values or []]
    for name, value in headers:
        if not value.isprintable():
            raise ConfigError(f"the user to impersonate cannot be named in the header {name}: it holds a line break")
    return headers


_TOKEN = "!#$&'*+-.^_`|~"
