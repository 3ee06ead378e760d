"""How to reach an Argo Server, by the flags and variables of the argo CLI (cmd/argo/commands/client/conn.go)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from kubectl_argo_pods.cluster import endpoint as endpoints
from kubectl_argo_pods.cluster import http as kubernetes
from kubectl_argo_pods.cluster import tls
from kubectl_argo_pods.cluster.credentials import Credentials, Headers
from kubectl_argo_pods.cluster.http import Http, connect
from kubectl_argo_pods.cluster.identity import authorization
from kubectl_argo_pods.cluster.kubeconfig import Cluster, Overrides, parse_timeout, parse_verbosity
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.cluster.request import Terms
from kubectl_argo_pods.errors import ConfigError, UsageError
from kubectl_argo_pods.permissions import Need
from kubectl_argo_pods.record import NamedTuple
from kubectl_argo_pods.sources import ArgoServerFlags, argo_server_named
from kubectl_argo_pods.sources.argo_server_address import Service, parse_address
from kubectl_argo_pods.sources.argo_server_service import ServiceHttp, open_forwarded

HINT = "check the address (HOST:PORT), --argo-base-href, and whether --secure should be true (https) or false (http)"
SERVICE_HINT = "check the service's name and port, --argo-base-href, and whether --secure should be true or false"
TRUST = "name its authority with --certificate-authority, or do without verification with -k"
LOGIN = 'set ARGO_TOKEN to "Bearer TOKEN" (`argo auth token` prints one), or check the user of the kubeconfig'


class ArgoCaller(NamedTuple):
    """Who asks an Argo Server: ARGO_TOKEN is the whole header, else it is what the kubeconfig's user has."""

    token: str | None
    credentials: Credentials | None
    extra: Headers
    pair: tls.Certificate | None

    def headers(self) -> Headers:
        token = self.authorization()
        return ([("Authorization", token)] if token else []) + self.extra

    def authorization(self) -> str:
        """What proves to the Argo Server who asks; "" for nothing."""
        if self.token is not None:
            return self.token
        return self.credentials.authorization() if self.credentials else ""

    def certificate(self) -> tls.Certificate | None:
        return self.pair

    def renew(self, refused: str) -> bool:
        return self.token is None and self.credentials is not None and self.credentials.renew(refused)


class ProxiedCaller(NamedTuple):
    """Who asks an Argo Server through the Kubernetes API, which keeps the Authorization header for itself.

    It passes cookies on, and the Argo Server takes the same words from a cookie (server/auth/gatekeeper.go).
    """

    kube: Credentials
    argo: ArgoCaller

    def headers(self) -> Headers:
        token = self.argo.authorization()
        return self.kube.headers() + ([("Cookie", f"authorization={token}")] if token else []) + self.argo.extra

    def certificate(self) -> tls.Certificate | None:
        return self.kube.certificate()

    def renew(self, refused: str) -> bool:
        return self.kube.renew(refused)


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
    address = parse_address(server)
    if isinstance(address, Service):
        return _through_kubernetes(address, flags, cluster, environ)
    secure = is_secure(flags, environ)
    url = f"{'https' if secure else 'http'}://{address}{_base(flags, environ)}"
    label = f"the Argo Server at {url}"
    target = endpoints.from_url(url, label, environ)._replace(hint=HINT, login=LOGIN, trust=TRUST)
    caller = _caller(
        flags, _credentials(cluster, overrides, environ), tls.from_user(_flags_as_user(overrides)), environ
    )
    terms = Terms(
        _trust(flags, overrides, environ),
        parse_timeout(overrides.request_timeout),
        verbosity=parse_verbosity(overrides.verbosity),
    )
    return connect(target, caller, terms)


def _through_kubernetes(
    service: Service, flags: ArgoServerFlags, cluster: Cluster | None, environ: Mapping[str, str]
) -> Http:
    if cluster is None:
        raise ConfigError(f"{service} is reached through the Kubernetes API, and no cluster is configured")
    kube, secure = kubernetes.endpoint_of(cluster, environ), is_secure(flags, environ)
    credentials = Credentials(cluster, environ)
    caller = _caller(flags, credentials, None, environ)
    if kube.scheme == "http" and secure and caller.authorization():
        raise ConfigError(
            f"the token for {service} would travel in the clear to {kube.label}: say --secure=false if it may"
        )
    # Seen from within the pod, as the port is forwarded.
    inner = endpoints.from_url(f"{'https' if secure else 'http'}://localhost{_base(flags, environ)}", "", {})
    inner = inner._replace(label=f"the Argo Server at {service} of {kube.label}", hint=SERVICE_HINT, login=LOGIN)
    proxied = kube._replace(
        prefix=f"{kube.prefix}{service.proxy_path(secure=secure)}{inner.prefix}",
        label=inner.label,
        hint=SERVICE_HINT,
        login=LOGIN,
        via=kube,
    )
    terms = kubernetes.terms_of(cluster)
    return ServiceHttp(
        connect(proxied, ProxiedCaller(credentials, caller), terms),
        lambda: open_forwarded(kubernetes.open_http(cluster, environ), service, inner, caller, terms),
    )


def service_proxy(flags: ArgoServerFlags, environ: Mapping[str, str]) -> list[Need]:
    """What one must be allowed to do, to reach the Argo Server that is named: nothing for a HOST:PORT."""
    address = parse_address(argo_server_named(flags, environ))
    if not isinstance(address, Service):
        return []
    name = address.resource_name(secure=is_secure(flags, environ))
    return [Need("get", "services/proxy", names=(name,), namespace=address.namespace)]


def authorization_kind(cluster: Cluster | None, overrides: Overrides, environ: Mapping[str, str]) -> str:
    """What kind of credentials goes to the Argo Server, in words."""
    if "ARGO_TOKEN" in environ:
        return "ARGO_TOKEN" if environ["ARGO_TOKEN"] else "none: ARGO_TOKEN is empty"
    user = cluster.user if cluster else _flags_as_user(overrides)
    return authorization(user) or "none"


def is_secure(flags: ArgoServerFlags, environ: Mapping[str, str]) -> bool:
    """Whether the Argo Server speaks TLS: so long as nobody says that it does not, as `argo` has it since v3.0.2."""
    return flags.secure if flags.secure is not None else environ.get("ARGO_SECURE") != "false"


def _caller(
    flags: ArgoServerFlags, credentials: Credentials | None, pair: tls.Certificate | None, environ: Mapping[str, str]
) -> ArgoCaller:
    return ArgoCaller(environ.get("ARGO_TOKEN"), credentials, _headers(flags.header), pair)


def _credentials(cluster: Cluster | None, overrides: Overrides, environ: Mapping[str, str]) -> Credentials | None:
    """Those of the configured user; without a kubeconfig, what the command line gives."""
    if cluster is not None:
        return Credentials(cluster, environ)
    given = _flags_as_user(overrides)
    return Credentials(Cluster("https://", "", "", {}, given, None), environ) if authorization(given) else None


def _base(flags: ArgoServerFlags, environ: Mapping[str, str]) -> str:
    base = flags.argo_base_href if flags.argo_base_href is not None else environ.get("ARGO_BASE_HREF") or ""
    path = base.strip("/")
    return f"/{path}" if path else ""


def _headers(texts: Iterable[str]) -> Headers:
    """Those of each text: one, or several between commas as `argo` has them."""
    parts = (text.split(",") if all(":" in part for part in text.split(",")) else [text] for text in texts)
    return [_header(part) for each in parts for part in each]


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip():
        raise UsageError('-H/--header is written "NAME: VALUE"')
    return name.strip(), value.strip()


def _trust(flags: ArgoServerFlags, overrides: Overrides, environ: Mapping[str, str]) -> Entry:
    skips = flags.insecure_skip_verify
    if skips is None:
        skips = environ.get("ARGO_INSECURE_SKIP_VERIFY") == "true"
    trust: Entry = {"insecure-skip-tls-verify": skips}
    if overrides.certificate_authority:
        trust["certificate-authority"] = overrides.certificate_authority
    return trust


def _flags_as_user(overrides: Overrides) -> Entry:
    fields = ("token", "username", "password", "client_certificate", "client_key")
    given = {field.replace("_", "-"): getattr(overrides, field) for field in fields}
    return {key: value for key, value in given.items() if value}
