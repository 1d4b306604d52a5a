"""``/o/{slug}``: an organisation's public page as HTML, for people and for search engines; no script, no cookie."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from falcon.asgi import Request, Response
from jinja2 import Environment, StrictUndefined, Template

from chassis.errors import InvalidError, NotFoundError
from gateway import pages, settings
from gateway.arguments import matches

if TYPE_CHECKING:
    from gateway.deps import Deps

HTML = "text/html; charset=utf-8"
_WORDS = {
    "active": {"zh": "进行中", "en": "under way"},
    "accepted": {"zh": "已验收", "en": "accepted"},
    "closed": {"zh": "已结项", "en": "completed"},
}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@cache
def _template(name: str) -> Template:
    source = resources.files(__package__).joinpath(name).read_text()
    return Environment(autoescape=True, undefined=StrictUndefined).from_string(source)


def render(brand: dict[str, Any], *, address: str) -> bytes:
    """The page of what the registry shows; every value is escaped."""
    grade = _grade(brand["grade"]["grade"]) if brand["grade"] else None
    return _template("brand.html").render(brand=brand, address=address, grade=grade, words=_WORDS).encode()


def _grade(grade: str) -> dict[str, str]:
    stars = grade.removeprefix("star_")
    if stars != grade:
        return {"zh": f"{'★' * int(stars)} {stars} 星级社区社会组织", "en": f"{stars} stars"}
    return {"zh": f"{grade} 级社会组织", "en": f"grade {grade}"}


def page_address(req: Request, slug: str) -> str:
    """As people reach it from outside."""
    return f"{(settings.PUBLIC_URL.get() or req.prefix).rstrip('/')}/o/{slug}"


class BrandPage:
    """The same facts as ``GET /v1/public-brands/{slug}`` shows somebody who has not signed in."""

    def __init__(self, deps: Deps) -> None:
        self._deps = deps

    async def on_get(self, req: Request, resp: Response, slug: str) -> None:
        headers = {"trace_id": req.context["trace_id"], "street": self._deps.street}
        known = {name: value for name, value in headers.items() if value}
        resp.content_type = HTML
        resp.set_header("Content-Security-Policy", _POLICY)
        resp.set_header("Referrer-Policy", "no-referrer")
        resp.set_header("Cache-Control", "no-cache")
        try:
            brand = await self._deps.rpc.call("registry.get_public_brand", {"slug": slug}, known)
        except (NotFoundError, InvalidError):
            resp.status = 404
            resp.data = _template("brand_missing.html").render().encode()
            return
        content = render(brand, address=page_address(req, slug))
        resp.etag = f'"{pages.hash_of(content)}"'
        if matches(req.get_header("If-None-Match"), resp.etag):
            resp.status = 304
            return
        resp.data = content
