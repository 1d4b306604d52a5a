"""/openapi.json, /asyncapi.json and the page at /docs that renders it: own files only, nothing from outside."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Any

import msgspec
from falcon.asgi import Request, Response

from gateway.arguments import matches

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
FILES: Mapping[str, tuple[str, str]] = {
    "/docs": ("docs.html", "text/html; charset=utf-8"),
    "/docs/docs.js": ("docs.js", "text/javascript; charset=utf-8"),
    "/docs/docs.css": ("docs.css", "text/css; charset=utf-8"),
    "/trail/notice.css": ("notice.css", "text/css; charset=utf-8"),
    "/o/brand.css": ("brand.css", "text/css; charset=utf-8"),
}


@cache
def content(name: str) -> bytes:
    """One file of this folder."""
    return resources.files(__package__).joinpath(name).read_bytes()


class Page:
    """One file of this folder."""

    def __init__(self, name: str, media_type: str) -> None:
        self._content = content(name)
        self._media_type = media_type

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = self._media_type
        resp.data = self._content
        resp.set_header("Content-Security-Policy", _POLICY)
        resp.set_header("Cache-Control", "no-cache")


class Document:
    """OpenAPI or AsyncAPI, made once somebody asks: it takes most of a second, and most gateways are never asked."""

    def __init__(self, build: Callable[[], Mapping[str, Any]]) -> None:
        self._build = build
        self._made: tuple[bytes, str] | None = None
        self._making = asyncio.Lock()

    async def on_get(self, req: Request, resp: Response) -> None:
        async with self._making:
            if self._made is None:
                self._made = await asyncio.to_thread(self._make)
        content, resp.etag = self._made
        resp.set_header("Cache-Control", "no-cache")
        if matches(req.get_header("If-None-Match"), resp.etag):
            resp.status = 304
            return
        resp.content_type = "application/json"
        resp.data = content

    def _make(self) -> tuple[bytes, str]:
        content = msgspec.json.encode(self._build())
        return content, f'"{hash_of(content)}"'


def hash_of(content: bytes) -> str:
    """Sixteen hex digits that change with the content."""
    return hashlib.sha256(content).hexdigest()[:16]
