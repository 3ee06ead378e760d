"""How long to wait for more, and for failures to pass; times are in seconds."""

from __future__ import annotations

import time

from kubectl_argo_pods.errors import ApiError, ArgoPodsError, UnreachableError

# The first try after something came is made at once.
FIRST_PAUSE = 0.0
SECOND_PAUSE = 0.2
LONGEST_PAUSE = 10.0
# Without -f somebody waits for the end: after so many tries in vain, some 13 seconds, it is an error.
TRIES = 6
# What is longer is a long log, in bytes. Of one, waking up costs more than reading: some more may come first.
MUCH = 262144
BREATH = 0.01
# No other pod has a log under the name of one that was listed so lately: it has to be made, bound to a node and given a
# sandbox first, and then its containers are started (kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle).
SOONEST_START = 0.2
ENDED = "the server ended the stream before the end of the log"


def may_pass(error: ArgoPodsError) -> bool:
    """Whether it is the server or the network that is not well for a while."""
    if isinstance(error, ApiError):
        return error.code in (0, 408, 429) or error.code >= 500
    return isinstance(error, UnreachableError)


def is_refusal(error: ArgoPodsError) -> bool:
    """Whether the kubelet has no such log, or not yet."""
    return isinstance(error, ApiError) and error.code == 400


def may_be_another(listed_at: float) -> bool:
    """Whether a log that is opened now, by its pod's name, may be of another pod than the one that was listed."""
    return time.monotonic() - listed_at > SOONEST_START


def longer(pause: float) -> float:
    """The pause after one that was in vain."""
    return min(max(SECOND_PAUSE, pause * 2), LONGEST_PAUSE)
