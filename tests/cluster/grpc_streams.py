"""How the Argo Server frames a stream (argoproj/pkg, grpc/http/forwarders.go)."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

# From v3.5 on; before, the code was that of an unknown error.
END_OF_WATCH = {
    "error": {"grpc_code": 8, "http_code": 429, "message": "EOF", "http_status": "Too Many Requests"},
}


class Framing(NamedTuple):
    content_type: str
    around: Callable[[str], str]

    def __call__(self, message: Any) -> bytes:
        return self.around(json.dumps(message)).encode()


JSON_LINES = Framing("application/json", lambda text: f"{text}\n")
SERVER_SENT_EVENTS = Framing("text/event-stream", lambda text: f"data: {text} \n\n\n")


def framing(accept: str) -> Framing:
    """Events only for exactly the one media type."""
    return SERVER_SENT_EVENTS if accept == "text/event-stream" else JSON_LINES
