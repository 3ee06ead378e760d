"""The server of a kubeconfig's cluster, as kubectl reads it."""

from __future__ import annotations

from urllib.parse import unquote

from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.record import NamedTuple

# What says who asks within TLS, or on whose behalf: it counts beside a user in the server's URL.
BESIDE = ("client-certificate", "client-key", "as")


class ServerUrl(NamedTuple):
    url: str  # with its scheme, without a user
    user: str  # "USER:PASSWORD", as it stands in a URL, or ""

    def identity(self, user: Entry) -> Entry:
        """Who asks: a user in the URL goes before a token and all else that makes a header (net/http.Client.send)."""
        if not self.user:
            return user
        name, _, password = self.user.partition(":")
        kept = {key: value for key, value in user.items() if key.startswith(BESIDE)}
        return kept | {"username": unquote(name), "password": unquote(password)}


def from_text(server: str) -> ServerUrl:
    """kubectl looks at TLS only where the server says https: without a scheme, it talks plain http."""
    scheme, _, rest = server.rpartition("://")
    authority, slash, path = rest.rstrip("/").partition("/")
    user, _, host = authority.rpartition("@")
    return ServerUrl(f"{(scheme or 'http').lower()}://{host}{slash}{path}", user)
