"""How to reach an Argo Server, by the flags and variables of the argo CLI (cmd/argo/commands/client/conn.go)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from kubectl_argo_pods.cluster import endpoint as endpoints
from kubectl_argo_pods.cluster import tls
from kubectl_argo_pods.cluster.credentials import Credentials, Headers
from kubectl_argo_pods.cluster.http import Http, Terms
from kubectl_argo_pods.cluster.kubeconfig import Cluster, Overrides, parse_timeout
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.sources import ArgoServerFlags

HINT = "check the address (HOST:PORT), --argo-base-href, and whether --secure should be true (https) or false (http)"


class ArgoCaller(NamedTuple):
    """Who asks an Argo Server: ARGO_TOKEN is the whole header, else it is what the kubeconfig's user has."""

    token: str | None
    credentials: Credentials | None
    extra: Headers
    pair: tls.Certificate | None

    def headers(self) -> Headers:
        token = self.token
        if token is None:
            token = self.credentials.authorization() if self.credentials else ""
        return ([("Authorization", token)] if token else []) + self.extra

    def certificate(self) -> tls.Certificate | None:
        return self.pair

    def renew(self) -> bool:
        return self.token is None and self.credentials is not None and self.credentials.renew()


def open_http(
    server: str,
    flags: ArgoServerFlags,
    cluster: Cluster | None,
    overrides: Overrides,
    environ: Mapping[str, str],
) -> Http:
    """The connection to the server; nothing is sent yet. Raises ConfigError and UsageError."""
    if flags.instanceid or environ.get("ARGO_INSTANCEID"):
        raise UsageError("an instance id (--instanceid, ARGO_INSTANCEID) cannot be used with an Argo Server")
    address = _address(server)
    secure = flags.secure if flags.secure is not None else environ.get("ARGO_SECURE") != "false"
    base = flags.argo_base_href if flags.argo_base_href is not None else environ.get("ARGO_BASE_HREF") or ""
    url = f"{'https' if secure else 'http'}://{address}{_path(base)}"
    target = endpoints.from_url(url, f"the Argo Server at {url}", environ)._replace(hint=HINT)
    skips = flags.insecure_skip_verify or environ.get("ARGO_INSECURE_SKIP_VERIFY") == "true"
    caller = ArgoCaller(
        environ.get("ARGO_TOKEN"),
        Credentials(cluster, environ) if cluster is not None else None,
        [_header(text) for text in flags.header],
        tls.from_user(_flags_as_user(overrides)),
    )
    return Http(target, caller, Terms(_trust(skips, overrides), parse_timeout(overrides.request_timeout)))


def _address(server: str) -> str:
    if "://" in server:
        bare = server.partition("://")[2]
        raise UsageError(f'the Argo Server is named HOST:PORT without http:// or https://, so "{bare}"; see --secure')
    # The default port of Kubernetes' own API: a token for the one must not go to the other.
    if server.partition("/")[0].endswith(":6443"):
        raise UsageError(
            f'"{server}" looks like a Kubernetes API: -s names an Argo Server, --server the Kubernetes API'
        )
    return server.rstrip("/")


def _path(base: str) -> str:
    path = base.strip("/")
    return f"/{path}" if path else ""


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise UsageError('-H/--header is written "NAME: VALUE"')
    return name.strip(), value.strip()


def _trust(skips: bool, overrides: Overrides) -> Entry:
    trust: Entry = {"insecure-skip-tls-verify": skips}
    if overrides.certificate_authority:
        trust["certificate-authority"] = overrides.certificate_authority
    return trust


def _flags_as_user(overrides: Overrides) -> Entry:
    return {"client-certificate": overrides.client_certificate, "client-key": overrides.client_key}
