"""Lists in pages: a continue token names a snapshot and where to go on."""

from __future__ import annotations

import base64
import json
from typing import Any, NamedTuple

from tests.cluster.state import State
from tests.cluster.statuses import bad_request, expired_continue

Manifest = dict[str, Any]


class Page(NamedTuple):
    manifests: list[Manifest]
    metadata: Manifest


class Pages:
    """The snapshots that continue tokens go on with, as etcd keeps them until it compacts."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._snapshots: dict[int, list[Manifest]] = {}

    def next_page(self, found: tuple[int, list[Manifest]], limit: int, token: str, counts_rest: bool) -> Page:
        """A page of what was found now or, with a token, of the list that the token belongs to.

        The rest is counted for lists without a selector only, as the server does.
        """
        version, start = _decode(token) if token else (found[0], 0)
        if token and version < self._state.oldest_version:
            raise expired_continue()
        everything = self._snapshots[version] if token else found[1]
        metadata: Manifest = {"resourceVersion": str(version)}
        end = start + limit if limit else len(everything)
        if end < len(everything):
            self._snapshots[version] = everything
            metadata["continue"] = _encode(version, end)
            if counts_rest:
                metadata["remainingItemCount"] = len(everything) - end
        return Page(everything[start:end], metadata)


def _encode(version: int, start: int) -> str:
    token = {"v": "meta.k8s.io/v1", "rv": version, "start": start}
    return base64.urlsafe_b64encode(json.dumps(token).encode()).decode().rstrip("=")


def _decode(token: str) -> tuple[int, int]:
    try:
        value = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        return value["rv"], value["start"]
    except (ValueError, KeyError) as error:
        raise bad_request(f"invalid continue token: continue key is not valid: {error}") from error
