"""Replies over HTTP with the product's headers; the version is at hand here and need not be read from the bytes."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
from falcon.asgi import Request, Response

from gateway import arguments


def write(req: Request, resp: Response, reply: dict[str, Any], *, status: int = 200) -> None:
    """As ``gateway.resource.write``."""
    resp.status = status
    resp.set_header("Cache-Control", "private, no-cache")
    resp.append_header("Vary", "Authorization")
    content = msgspec.json.encode(reply)
    version = reply.get("version")
    if version is not None:
        resp.etag = f'"{version}-{hashlib.sha256(content).hexdigest()[:16]}"'
        if req.method == "GET" and arguments.matches(req.get_header("If-None-Match"), str(resp.etag)):
            resp.status = 304
            return
    resp.content_type = "application/json"
    resp.data = content
