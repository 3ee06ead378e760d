"""Who asks: as it is configured, and as the servers see it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kubectl_argo_pods.cluster import identity
from kubectl_argo_pods.cluster.http import Http, open_http
from kubectl_argo_pods.cluster.identity import Facts
from kubectl_argo_pods.cluster.kubeconfig import Cluster, Overrides
from kubectl_argo_pods.cluster.reviews import user
from kubectl_argo_pods.sources import ArgoServerFlags, argo_server_named, cluster_of
from kubectl_argo_pods.sources import argo_server_connection as argo_server


def facts(overrides: Overrides, argo: ArgoServerFlags, environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Attributes and values as they become known, nothing secret among them; raises ArgoPodsError on the way.

    What is configured comes first, then what the servers say.
    """
    server = argo_server_named(argo, environ)
    cluster = cluster_of(overrides, argo, environ)
    if cluster:
        yield from identity.facts(cluster)
    http = argo_server.open_http(server, argo, cluster, overrides, environ) if server else None
    if http:
        yield "Argo Server", server
        yield "Argo credentials", argo_server.authorization_kind(cluster, overrides, environ)
        yield from _as_argo_sees(http)
    if cluster:
        yield from _as_kubernetes_sees(cluster, environ)


def _as_kubernetes_sees(cluster: Cluster, environ: Mapping[str, str]) -> Facts:
    name, groups = user(open_http(cluster, environ))
    return [("Username", name), ("Groups", ", ".join(groups))]


def _as_argo_sees(http: Http) -> Iterator[tuple[str, str]]:
    version = http.get_json("/api/v1/version")
    yield "Argo version", str(version.get("version") or "")
    seen = http.get_json("/api/v1/userinfo")
    # In client mode the Argo Server does not look at the token: Kubernetes will.
    for name, key in (
        ("Argo user", "subject"),
        ("Argo email", "email"),
        ("Argo service account", "serviceAccountName"),
    ):
        if seen.get(key):
            yield name, str(seen[key])
