"""What is asked of a server, who asks, and on what terms."""

from __future__ import annotations

from typing import Protocol

from kubectl_argo_pods.cluster import tls
from kubectl_argo_pods.cluster.credentials import Headers
from kubectl_argo_pods.cluster.kubeconfig_files import Entry
from kubectl_argo_pods.record import NamedTuple


class Caller(Protocol):
    """Who asks; `Credentials` is the one that a kubeconfig describes."""

    def headers(self) -> Headers: ...

    def certificate(self) -> tls.Certificate | None: ...

    def renew(self, refused: str) -> bool: ...


class Terms(NamedTuple):
    """How to talk: the trust in the words of a kubeconfig's cluster entry, and seconds for a whole request."""

    trust: Entry
    timeout: float | None = None
    compression: bool = True
    verbosity: int = 0  # kubectl's -v


class Request(NamedTuple):
    """What is asked for; `headers` are those of this request alone, `path` is below the server's own.

    With `switches` it asks for another protocol: then 101 is the only answer that grants it. One that `lasts` gets a
    connection of its own, so that those that are kept are there for what somebody waits for.
    """

    method: str
    path: str
    headers: Headers
    body: bytes | None = None
    switches: bool = False
    lasts: bool = False

    @property
    def is_idempotent(self) -> bool:
        return self.method in ("GET", "HEAD") and not self.switches

    def is_granted(self, status: int) -> bool:
        return status == 101 if self.switches else 200 <= status < 300
