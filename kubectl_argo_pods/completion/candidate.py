"""What may stand at a place in a line."""

from __future__ import annotations

from kubectl_argo_pods.record import NamedTuple


class Candidate(NamedTuple):
    """What may stand there, and a few words on it; `goes_on`: it is no whole word yet."""

    value: str
    note: str = ""
    goes_on: bool = False
