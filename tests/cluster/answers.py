"""JSON answers as both servers send them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web


def json_answer(body: Any, code: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """The content type goes without a charset, as Go's servers have it and aiohttp has not."""
    named = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=code, headers=named)
