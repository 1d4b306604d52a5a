"""``/trail/notice``: a signed head on paper, for a newspaper, a letter or a noticeboard; no script, no cookie."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from falcon.asgi import Request, Response
from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from chassis.clock import SHANGHAI
from chassis.errors import InvalidError, NotFoundError
from gateway import pages, qr, settings
from gateway.arguments import matches

if TYPE_CHECKING:
    from gateway.deps import Deps

_POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_LARGEST = 16


@cache
def _template() -> Template:
    source = resources.files(__package__).joinpath("notice.html").read_text(encoding="utf-8")
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(source)


def render(head: dict[str, Any] | None, *, address: str) -> bytes:
    """The notice of a head that projects gave out; without one, that there is none."""
    told: dict[str, Any] = {"head": head, "address": address}
    if head is not None:
        told |= {"at": _in_words(head["time"]), "code": Markup(qr.svg(head["printed"], sized=False).decode())}
        told["public_key"] = _spaced(head.get("public_key", ""))
        told["witnesses"] = [{"log": one["witness"], "at": _in_words(one["seen_at"])} for one in head["cosignatures"]]
    return _template().render(told).encode()


def _spaced(digits: str) -> str:
    return " ".join(digits[place : place + 8] for place in range(0, len(digits), 8))


def _in_words(instant: str) -> str:
    at = datetime.fromisoformat(instant).astimezone(SHANGHAI)
    return f"{at.year} 年 {at.month} 月 {at.day} 日 {at:%H:%M:%S}"


class NoticePage:
    """The same as ``GET /v1/trail/notice``, set for paper; ``?size=`` for an older head."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def on_get(self, req: Request, resp: Response) -> None:
        resp.content_type = "text/html; charset=utf-8"
        resp.set_header("Content-Security-Policy", _POLICY)
        resp.set_header("Referrer-Policy", "no-referrer")
        resp.set_header("Cache-Control", "no-cache")
        address = (settings.PUBLIC_URL.get() or req.prefix).rstrip("/")
        head = await self._head(req)
        if head is None:
            resp.status = 404
        resp.data = render(head, address=address)
        resp.etag = f'"{pages.hash_of(resp.data)}"'
        if matches(req.get_header("If-None-Match"), resp.etag):
            resp.status, resp.data = 304, None

    async def _head(self, req: Request) -> dict[str, Any] | None:
        size = req.get_param("size") or ""
        if size and not (size.isascii() and size.isdigit() and len(size) <= _LARGEST):
            return None
        headers = {"trace_id": req.context["trace_id"], "street": self._deps.street}
        known = {name: value for name, value in headers.items() if value}
        asked = {"size": int(size)} if size else {}
        try:
            head: dict[str, Any] = await self._deps.rpc.call("projects.get_trail_notice", asked, known)
        except (NotFoundError, InvalidError):
            return None
        return head
