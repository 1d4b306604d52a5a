"""Routes of evidence: photos with what was read from them, and the copy that is shown."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from falcon.asgi import Request, Response

from chassis.errors import NotFoundError
from chassis.operations import rpc
from contracts import roles
from contracts.projects.photos import EvidencePath
from gateway import arguments, auth, files, resource
from gateway.codes import GatewayCode
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

_EVIDENCE = "/v1/evidence/{evidence_id}"
_PROJECT = "/v1/projects/{project_id}"

ROUTES = (
    Route("GET", "/v1/evidence", "projects.list_evidence"),
    Route("GET", _EVIDENCE, "projects.get_evidence"),
    Route("GET", _EVIDENCE + "/image", "gateway.get_evidence_photo"),
    Route("GET", _EVIDENCE + "/image/reference", "projects.get_evidence_image"),
    Route("POST", _EVIDENCE + "/consent", "projects.record_evidence_consent"),
    Route("POST", _EVIDENCE + "/consent-withdrawal", "projects.withdraw_evidence_consent"),
    Route("POST", _EVIDENCE + "/reading", "projects.read_evidence_again"),
    Route("POST", _EVIDENCE + "/erasure", "projects.erase_evidence"),
    Route("GET", "/v1/public-evidence", "projects.list_public_evidence"),
    Route("GET", "/v1/evidence-policy", "projects.get_evidence_policy"),
    Route("PATCH", "/v1/evidence-policy", "projects.change_evidence_policy"),
    Route("GET", _PROJECT + "/evidence", "projects.list_project_evidence"),
    Route("GET", _PROJECT + "/activity-evidence", "projects.list_activity_evidence"),
    Route("POST", _PROJECT + "/activity-evidence", "projects.add_activity_evidence", status=201),
)
PHOTO = rpc("get_evidence_photo", EvidencePath, None, roles=roles.PUBLIC, zh="照片展示副本", en="The photo as shown")
OPERATIONS = (PHOTO,)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """The copy without metadata; the service decides each time who may look."""

    async def get_evidence_photo(req: Request, resp: Response, evidence_id: str) -> None:
        auth.require(req, deps.verifier, PHOTO, street=deps.street)
        asked = {"evidence_id": evidence_id}
        file = await deps.rpc.call("projects.get_evidence_image", asked, resource.call_headers(deps, req))
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

    return {"get_evidence_photo": get_evidence_photo}
