"""How an Argo Server is named: HOST:PORT as the argo command has it, or a service of the cluster."""

from __future__ import annotations

import re
from urllib.parse import quote

from kubectl_argo_pods.errors import UsageError
from kubectl_argo_pods.record import NamedTuple

SERVICE = "service/"
# The port of Argo's own manifests and charts (cmd/argo/commands/server.go).
PORT = "2746"
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


class Service(NamedTuple):
    """A service of the cluster, which the Kubernetes API can be asked to pass requests on to."""

    namespace: str
    name: str
    port: str  # its number or its name

    def __str__(self) -> str:
        return f"{SERVICE}{self.namespace}/{self.name}:{self.port}"

    def resource_name(self, *, secure: bool) -> str:
        """The name by which a role allows `services/proxy`: the API server authorizes the literal path segment."""
        return f"{'https' if secure else 'http'}:{self.name}:{self.port}"

    def proxy_path(self, *, secure: bool) -> str:
        """The path of the Kubernetes API under which the service answers."""
        name = quote(self.resource_name(secure=secure), safe=":")
        return f"/api/v1/namespaces/{self.namespace}/services/{name}/proxy"


def parse_address(server: str) -> Service | str:
    """The service, or HOST:PORT as it will be asked; raises UsageError."""
    if server.startswith(SERVICE):
        return _service(server)
    if "@" in server:
        raise UsageError(
            'the Argo Server is named HOST:PORT, with nothing before an "@": who asks is said by ARGO_TOKEN, or by the '
            "user of the kubeconfig"
        )
    if "://" in server:
        bare = server.partition("://")[2]
        raise UsageError(f'the Argo Server is named HOST:PORT without http:// or https://, so "{bare}"; see --secure')
    # The default port of Kubernetes' own API: a token for the one must not go to the other.
    if server.partition("/")[0].endswith(":6443"):
        raise UsageError(
            f'"{server}" looks like a Kubernetes API: -s names an Argo Server, --server the Kubernetes API'
        )
    return server.rstrip("/")


def _service(server: str) -> Service:
    namespace, _, rest = server.removeprefix(SERVICE).partition("/")
    name, colon, port = rest.partition(":")
    if not all(_NAME.fullmatch(part) for part in (namespace, name)) or (colon and not _NAME.fullmatch(port)):
        raise UsageError(f'"{server}" does not name a service of the cluster: write service/NAMESPACE/NAME[:PORT]')
    return Service(namespace, name, port or PORT)
