"""When it makes sense to ask a server again, and how long to wait before."""

from __future__ import annotations

import ssl

from kubectl_argo_pods.cluster.framing import ProtocolError

RETRIES = 3
# Who is told to come back later than this is told by the server's own words instead.
LONGEST_WAIT = 30.0
# What a server or a load balancer says for a moment, while it restarts.
BUSY = frozenset({429, 502, 503, 504})


def is_passing(error: Exception) -> bool:
    """Whether a server that restarts looks like this; a wrong name, certificate or network stays as it is."""
    return isinstance(error, (ConnectionError, ProtocolError)) and not isinstance(error, ssl.SSLError)


def pause(tries_left: int) -> float:
    """Seconds: more each time, and not the same for everybody whom the server has left alone."""
    from random import uniform

    return 0.1 * 2.0 ** (RETRIES - tries_left) * uniform(0.5, 1.5)


def wait(status: int, retry_after: str, tries_left: int) -> float | None:
    """Seconds until it makes sense to ask again after an answer; None where it is final."""
    if retry_after.isdecimal() and (status == 429 or status >= 500):
        seconds = float(retry_after)
        return seconds + pause(tries_left) if seconds <= LONGEST_WAIT else None
    return pause(tries_left) if status in BUSY else None
