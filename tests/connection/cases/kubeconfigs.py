"""What the cases are made of: kubeconfigs of one context."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Entry = dict[str, Any]

URL = "https://127.0.0.1:$HTTPS_PORT"
CA: Entry = {"certificate-authority-data": "$CA_DATA"}
SERVER: Entry = {"server": URL, **CA}
TOKEN: Entry = {"token": "secret-token"}
CERTIFICATE: Entry = {"client-certificate-data": "$ADMIN_CRT", "client-key-data": "$ADMIN_KEY"}
V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"


def config(
    cluster: Mapping[str, Any] | None = None,
    user: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    **more: Any,
) -> Entry:
    """A kubeconfig of one context, `dev`, in the namespace `argo`, unless told otherwise."""
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "dev",
        "clusters": [{"name": "dev", "cluster": SERVER if cluster is None else cluster}],
        "users": [{"name": "me", "user": user or {}}],
        "contexts": [
            {"name": "dev", "context": {"cluster": "dev", "user": "me", "namespace": "argo", **(context or {})}}
        ],
        **more,
    }


def plugin(status: str = '{"token": "from-plugin"}', env: Mapping[str, str] = {}, **fields: Any) -> Entry:
    """A user whose credentials come from the plugin in the world's folder."""
    given = [{"name": name, "value": value} for name, value in {"PLUGIN_STATUS": status, **env}.items()]
    basic: Entry = {"apiVersion": V1, "command": "./plugin", "interactiveMode": "Never", "env": given}
    return {"exec": {**basic, **fields}}


PROVIDER: Entry = {
    "idp-issuer-url": URL + "/idp",
    "idp-certificate-authority-data": "$CA_DATA",
    "client-id": "me",
    "client-secret": "s e",
    "refresh-token": "refresh-1",
}
