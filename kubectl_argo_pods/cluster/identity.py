"""Who asks, in words: what the kubeconfig, the flags and the environment come to, and nothing secret of it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from kubectl_argo_pods.cluster import kubeconfig_files
from kubectl_argo_pods.cluster.kubeconfig import SERVICE_ACCOUNT, Cluster, Overrides
from kubectl_argo_pods.cluster.kubeconfig_files import Entry

Facts = list[tuple[str, str]]


class Names(NamedTuple):
    """What the kubeconfig calls the cluster and the user; "" where it names none."""

    files: tuple[str, ...]  # those that there are
    cluster: str
    user: str


def facts(cluster: Cluster, overrides: Overrides, environ: Mapping[str, str]) -> Facts:
    """Attributes and values, in the order of a table."""
    names = _names(cluster, overrides, environ)
    known = [
        ("Kubeconfig", os.pathsep.join(names.files)),
        ("Context", cluster.context),
        ("Cluster", names.cluster),
        ("Server", without_password(cluster.server)),
        ("Proxy", without_password(str(cluster.entry.get("proxy-url") or ""))),
        ("Namespace", cluster.namespace),
        ("User", names.user),
        ("Credentials", credentials(cluster)),
        *_impersonation(cluster.user),
    ]
    return [(name, value) for name, value in known if value]


def _names(cluster: Cluster, overrides: Overrides, environ: Mapping[str, str]) -> Names:
    config = kubeconfig_files.load(overrides.kubeconfig, environ)
    context = config.contexts.get(cluster.context, {})
    return Names(
        tuple(path for path in config.files if os.path.exists(path)),
        str(overrides.cluster or context.get("cluster") or ""),
        str(overrides.user or context.get("user") or ""),
    )


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


def without_password(url: str) -> str:
    """The URL without what is written before its host."""
    head, at, tail = url.rpartition("@")
    return f"{head.partition('://')[0]}://***@{tail}" if at else url
