"""Routes of brand pages: for their keepers, and public ones with photos and a QR code of the page's address."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from falcon.asgi import Request, Response
from marshmallow import fields, validate

from chassis.codes import ChassisCode
from chassis.errors import InvalidError, NotFoundError
from chassis.operations import rpc
from contracts import roles
from contracts.registry.public_brands import PublicBrandPath, PublicPhotoPath
from gateway import arguments, auth, files, qr, resource
from gateway.codes import GatewayCode
from gateway.pages.brand import page_address
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

_BRAND = "/v1/brands/{brand_id}"
_PUBLIC = "/v1/public-brands/{slug}"


class QrQuery(PublicBrandPath):
    """The page, and as which image."""

    format = fields.String(validate=validate.OneOf(("svg", "png")), load_default="svg")


ROUTES = (
    Route("GET", "/v1/brands", "registry.list_brands"),
    Route("POST", "/v1/brands", "registry.draft_brand", status=201),
    Route("GET", _BRAND, "registry.get_brand"),
    Route("PATCH", _BRAND, "registry.change_brand"),
    Route("POST", _BRAND + "/publication", "registry.publish_brand"),
    Route("POST", _BRAND + "/hiding", "registry.hide_brand"),
    Route("POST", _BRAND + "/honours", "registry.add_brand_honour", status=201),
    Route("POST", _BRAND + "/honours/{honour_id}/removal", "registry.remove_brand_honour"),
    Route("POST", _BRAND + "/photos", "registry.add_brand_photo", status=201),
    Route("POST", _BRAND + "/photos/{photo_id}/withdrawal", "registry.withdraw_brand_photo"),
    Route("GET", "/v1/public-brands", "registry.list_public_brands"),
    Route("GET", _PUBLIC, "registry.get_public_brand"),
    Route("GET", _PUBLIC + "/qr", "gateway.get_brand_qr"),
    Route("GET", _PUBLIC + "/photos/{photo_id}", "gateway.get_brand_photo"),
    Route("GET", _PUBLIC + "/photos/{photo_id}/reference", "registry.get_public_photo"),
)
QR = rpc("get_brand_qr", QrQuery, None, roles=roles.PUBLIC, zh="主页二维码", en="The page's address as a QR code")
PHOTO = rpc("get_brand_photo", PublicPhotoPath, None, roles=roles.PUBLIC, zh="主页照片", en="A photo of the page")
OPERATIONS = (QR, PHOTO)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """Only of pages that are public; the registry decides that each time."""

    async def get_brand_qr(req: Request, resp: Response, slug: str) -> None:
        auth.require(req, deps.verifier, QR, street=deps.street)
        asked = {**arguments.query(req.query_string, set()), "slug": slug}
        wrong = QrQuery().validate(asked)
        if wrong:
            raise InvalidError(ChassisCode.REQUEST_INVALID, fields=wrong)
        await deps.rpc.call("registry.get_public_brand", {"slug": slug}, resource.call_headers(deps, req))
        png = asked.get("format") == "png"
        resp.content_type = qr.PNG if png else qr.SVG
        resp.data = (qr.png if png else qr.svg)(page_address(req, slug))
        resp.set_header("Cache-Control", "public, max-age=300")

    async def get_brand_photo(req: Request, resp: Response, slug: str, photo_id: str) -> None:
        auth.require(req, deps.verifier, PHOTO, street=deps.street)
        asked = {"slug": slug, "photo_id": photo_id}
        file = await deps.rpc.call("registry.get_public_photo", asked, resource.call_headers(deps, req))
        about = await deps.files.about(file["sha256"])
        if about is None:
            raise NotFoundError(GatewayCode.FILE_NOT_FOUND)
        # Consent may be withdrawn at any time: a copy is shown again only after asking.
        resp.set_header("Cache-Control", "private, no-cache")
        resp.append_header("Vary", "Authorization")
        resp.etag = f'"{file["sha256"]}"'
        if arguments.matches(req.get_header("If-None-Match"), resp.etag):
            resp.status = 304
            return
        resp.content_type = about["media_type"]
        resp.set_header("X-Content-Type-Options", "nosniff")
        resp.set_header("Repr-Digest", files.digest_header(file["sha256"]))
        resp.set_stream(await deps.files.open(file["sha256"], sealed=bool(about.get("sealed"))), about["size"])

    return {"get_brand_qr": get_brand_qr, "get_brand_photo": get_brand_photo}
