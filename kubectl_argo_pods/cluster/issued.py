"""Credentials that somebody gives while the program runs: a credential plugin, an identity provider, or the user."""

from __future__ import annotations

from collections.abc import Callable

from kubectl_argo_pods.cluster.tls import Certificate
from kubectl_argo_pods.record import NamedTuple


class Issued(NamedTuple):
    """What was given; `expires` is in epoch seconds, None for no end that anybody knows of."""

    authorization: str  # the header's value; "" for none
    certificate: Certificate | None = None
    expires: float | None = None


# Asked first when credentials are needed, and again each time that these have expired or were refused.
Issuer = Callable[[], Issued]
