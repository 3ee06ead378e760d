"""Who asks, in words: what the kubeconfig, the flags and the environment come to, and nothing secret of it."""

from __future__ import annotations

import os

from kubectl_argo_pods.cluster.endpoint import without_password
from kubectl_argo_pods.cluster.kubeconfig import SERVICE_ACCOUNT, Cluster
from kubectl_argo_pods.cluster.kubeconfig_files import Entry

Facts = list[tuple[str, str]]
# The fields of a user by what they are good for, those that go before others first.
KINDS = (
    ("client-certificate-data", "client-certificate"),
    ("tokenFile", "token", "username", "exec", "auth-provider"),
)


def facts(cluster: Cluster) -> Facts:
    """Attributes and values, in the order of a table."""
    origin = cluster.origin
    known = [
        ("Kubeconfig", os.pathsep.join(filter(os.path.exists, origin.files))),
        ("Context", cluster.context),
        ("Cluster", origin.cluster),
        ("Server", without_password(cluster.server)),
        ("Proxy", without_password(str(cluster.entry.get("proxy-url") or ""))),
        ("Namespace", cluster.namespace),
        ("User", _user(cluster)),
        ("Credentials", credentials(cluster)),
        *_impersonation(cluster.user),
    ]
    return [(name, value) for name, value in known if value]


def _user(cluster: Cluster) -> str:
    """The kubeconfig's user, so far as anything of it counts beside what flags say of who asks."""
    origin, given = cluster.origin, ", ".join(cluster.origin.given)
    if not given:
        return origin.user
    counts = [next((field for field in kind if cluster.user.get(field)), "") for kind in KINDS]
    is_kept = any(field and f"--{field}" not in origin.given for field in counts)
    return f"{origin.user}, with {given}" if is_kept else f"given by {given}"


def credentials(cluster: Cluster) -> str:
    """The kinds of credentials that a request carries, in the order in which kubectl prefers them."""
    user = cluster.user
    if not cluster.server.startswith("https://"):
        return "none: they are sent over https only"
    kinds = [_certificate(user), authorization(user)]
    return " and ".join(filter(None, kinds)) or "none"


def _certificate(user: Entry) -> str:
    if user.get("client-certificate-data"):
        return "client certificate of the kubeconfig"
    path = user.get("client-certificate")
    return f'client certificate "{path}"' if path else ""


def authorization(user: Entry) -> str:
    """What kind of Authorization header a user sends; "" for none."""
    if path := user.get("tokenFile"):
        return "service account of the pod" if path == f"{SERVICE_ACCOUNT}/token" else f'token file "{path}"'
    if user.get("token"):
        return "bearer token"
    if user.get("username") or user.get("password"):
        return f'password of "{user.get("username") or ""}"'
    if isinstance(plugin := user.get("exec"), dict):
        return f'credential plugin "{plugin.get("command")}"'
    if isinstance(provider := user.get("auth-provider"), dict):
        return f'auth-provider "{provider.get("name")}"'
    return ""


def _impersonation(user: Entry) -> Facts:
    extra = user.get("as-user-extra") or {}
    return [
        ("Acting as", str(user.get("as") or "")),
        ("Acting as uid", str(user.get("as-uid") or "")),
        ("Acting as groups", ", ".join(map(str, user.get("as-groups") or []))),
        ("Acting as extra", ", ".join(f"{key}={value}" for key, values in extra.items() for value in values)),
    ]
