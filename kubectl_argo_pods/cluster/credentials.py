"""Who asks: the headers and the certificate that a kubeconfig's user entry stands for."""

from __future__ import annotations

import time
from base64 import b64encode
from collections.abc import Mapping
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote

from kubectl_argo_pods.cluster import tls
from kubectl_argo_pods.cluster.kubeconfig import Cluster
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.errors import ConfigError

if TYPE_CHECKING:
    from kubectl_argo_pods.cluster.exec_plugin import ExecCredential

Headers = list[tuple[str, str]]


class Credentials:
    """The credentials of a cluster's user; a plugin is run when they are first needed, and again when it is time."""

    def __init__(self, cluster: Cluster, environ: Mapping[str, str]) -> None:
        _refuse_unsupported(cluster)
        self._user = cluster.user
        self._cluster = cluster
        self._environ = environ
        # kubectl, too, reads users' credentials only for a server that it talks TLS with.
        self._confidential = cluster.server.startswith("https://")
        self._impersonation = _impersonation(cluster.user)
        self._issued: ExecCredential | None = None
        self._lock = Lock()

    def headers(self) -> Headers:
        """The headers of one request; raises ConfigError."""
        authorization = self.authorization()
        return ([("Authorization", authorization)] if authorization else []) + self._impersonation

    def authorization(self) -> str:
        """The Authorization header's value; "" for none."""
        if not self._confidential:
            return ""
        user = self._user
        # The file goes before the token beside it, and is read each time: its writer renews it (client-go).
        if user.get("tokenFile"):
            return f"Bearer {_read_token(str(user['tokenFile']))}"
        if user.get("token"):
            return f"Bearer {str(user['token']).strip()}"
        if user.get("username") or user.get("password"):
            pair = f"{user.get('username') or ''}:{user.get('password') or ''}"
            return f"Basic {b64encode(pair.encode()).decode()}"
        token = self._from_plugin().token if user.get("exec") else ""
        return f"Bearer {token}" if token else ""

    def certificate(self) -> tls.Certificate | None:
        """The client's certificate; raises ConfigError."""
        if self._user.get("exec") and not self._has_static_authorization():
            return self._from_plugin().certificate or tls.from_user(self._user)
        return tls.from_user(self._user)

    def renew(self) -> bool:
        """Have the plugin asked again, after the server has refused what it gave; False where there is no plugin."""
        with self._lock:
            had = self._issued is not None
            self._issued = None
        return had

    def _has_static_authorization(self) -> bool:
        return any(self._user.get(key) for key in ("token", "tokenFile", "username", "password"))

    def _from_plugin(self) -> ExecCredential:
        from kubectl_argo_pods.cluster import exec_plugin

        with self._lock:
            expires = self._issued.expires if self._issued else None
            if self._issued is None or (expires is not None and expires <= time.time()):
                cluster = self._cluster
                self._issued = exec_plugin.run(self._user["exec"], cluster.entry, cluster.server, self._environ)
            return self._issued


def _refuse_unsupported(cluster: Cluster) -> None:
    user = cluster.user
    if provider := user.get("auth-provider"):
        name = provider.get("name") if isinstance(provider, dict) else provider
        raise ConfigError(
            f'the kubeconfig\'s user of context "{cluster.context}" relies on the auth-provider "{name}", which is not '
            "supported here; use a credential plugin (exec) or --token"
        )
    if user.get("exec") and not isinstance(user["exec"], dict):
        raise ConfigError(f'"exec" of the kubeconfig\'s user of context "{cluster.context}" is not a map')


def _read_token(path: str) -> str:
    try:
        with open(path, encoding="ascii") as file:
            token = file.read().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f'the token file "{path}" cannot be read') from error
    if not token:
        raise ConfigError(f'the token file "{path}" is empty')
    return token


def _impersonation(user: Entry) -> Headers:
    """kubectl's `--as` family; one header for each group and each extra value."""
    groups, uid, extra = user.get("as-groups") or [], user.get("as-uid"), user.get("as-user-extra") or {}
    if not user.get("as"):
        if groups or uid or extra:
            raise ConfigError("--as-group, --as-uid and --as-user-extra need --as, the user to impersonate")
        return []
    headers = [("Impersonate-User", str(user["as"]))]
    headers += [("Impersonate-Uid", str(uid))] if uid else []
    headers += [("Impersonate-Group", str(group)) for group in groups]
    for key, values in extra.items():
        # Header names are case-insensitive tokens: anything else in the key travels percent-encoded (client-go).
        name = f"Impersonate-Extra-{quote(key.lower(), safe=_TOKEN)}"
        headers += [(name, str(value)) for value in values]
    return headers


_TOKEN = "!#$&'*+-.^_`|~"
