"""``/verify``: the page that checks a receipt of the trail in the browser, one file that works from disk as well."""

from __future__ import annotations

import base64
import hashlib
import re

from falcon.asgi import Request, Response

from gateway import pages
from gateway.arguments import matches

NAME = "verify.html"


def policy(page: str) -> str:
    """Only what is in the file itself may run or style it, and nothing may be fetched or sent."""
    hashes = {
        tag: " ".join(f"'sha256-{_digest(inner)}'" for inner in re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL))
        for tag in ("script", "style")
    }
    return (
        f"default-src 'none'; script-src {hashes['script']}; style-src {hashes['style']}; connect-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class VerifyPage:
    """The file as it is; people may keep it."""

    def __init__(self) -> None:
        self._content = pages.content(NAME)
        self._policy = policy(self._content.decode())
        self._etag = f'"{pages.hash_of(self._content)}"'

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.etag = self._etag
        resp.set_header("Content-Security-Policy", self._policy)
        resp.set_header("Referrer-Policy", "no-referrer")
        resp.set_header("Cache-Control", "no-cache")
        if matches(req.get_header("If-None-Match"), self._etag):
            resp.status = 304
            return
        resp.content_type = "text/html; charset=utf-8"
        resp.data = self._content
