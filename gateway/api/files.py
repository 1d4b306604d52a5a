"""Evidence files: uploaded as they are, found by their hash, for whoever uploaded one or may see what names it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from falcon.asgi import Request, Response
from marshmallow import Schema, fields, validate

from chassis.codes import ChassisCode
from chassis.errors import InvalidError, NotFoundError
from chassis.operations import command, rpc
from contracts import roles
from gateway import arguments, auth, file_rights, files, media_types
from gateway.codes import GatewayCode
from gateway.problems import HttpError
from gateway.resource import write
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

_HASH = validate.Regexp(r"^[0-9a-f]{64}\Z")


class FileQuery(Schema):
    """One file."""

    sha256 = fields.String(required=True, validate=_HASH)


class FileView(Schema):
    """A stored file, as services refer to it."""

    sha256 = fields.String(required=True, validate=_HASH)
    size = fields.Integer(required=True)
    media_type = fields.String(required=True, validate=validate.OneOf(media_types.ALLOWED))


ROUTES = (
    Route("POST", "/v1/files", "gateway.store_file", status=201),
    Route("GET", "/v1/files/{sha256}", "gateway.get_file"),
)
STORE = command("store_file", None, FileView, roles=roles.SIGNED_IN, zh="上传证据文件", en="Upload a file of evidence")
GET = rpc("get_file", FileQuery, None, roles=roles.SIGNED_IN, zh="下载文件", en="Download a file")
OPERATIONS = (STORE, GET)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """Both stream; neither holds a whole file in memory."""

    async def store_file(req: Request, resp: Response) -> None:
        actor = auth.require(req, deps.verifier, STORE, street=deps.street)
        arguments.check_encoding(req)
        media_type = (req.content_type or "").partition(";")[0].strip().lower()
        if media_type not in media_types.ALLOWED:
            raise HttpError(415, GatewayCode.CONTENT_TYPE_UNSUPPORTED, accepted=list(media_types.ALLOWED))
        if (req.content_length or 0) > deps.files.limit:
            raise HttpError(413, GatewayCode.FILE_TOO_LARGE, limit=deps.files.limit)
        digest = files.digest_of(req.get_header("Content-Digest"))
        view = await deps.files.put(
            req.stream, media_type=media_type, owner=actor.account_id if actor else None, digest=digest
        )
        write(req, resp, view, status=201)
        resp.set_header("Location", f"/v1/files/{view['sha256']}")

    async def get_file(req: Request, resp: Response, sha256: str) -> None:
        actor = auth.require(req, deps.verifier, GET, street=deps.street)
        if FileQuery().validate({"sha256": sha256}):
            raise InvalidError(ChassisCode.REQUEST_INVALID, fields={"sha256": ["Not a SHA-256 in hex."]})
        about = await deps.files.about(sha256)
        if about is None or not await file_rights.may_see(deps, req, actor, sha256):
            raise NotFoundError(GatewayCode.FILE_NOT_FOUND)
        resp.etag = f'"{sha256}"'
        resp.set_header("Cache-Control", "private, no-cache")
        resp.append_header("Vary", "Authorization")
        if arguments.matches(req.get_header("If-None-Match"), f'"{sha256}"'):
            resp.status = 304
            return
        resp.content_type = about["media_type"]
        resp.set_header("Repr-Digest", files.digest_header(sha256))
        resp.set_header("Content-Disposition", f'attachment; filename="{sha256}"')
        resp.set_stream(await deps.files.open(sha256, sealed=bool(about.get("sealed"))), about["size"])

    return {"store_file": store_file, "get_file": get_file}
