"""Routes of hub programmes and training sessions."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from falcon.asgi import Request, Response

from chassis.operations import rpc
from contracts.registry.trainings import TRAINERS, TrainingPath
from gateway import auth, qr, resource
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

_PROGRAMME = "/v1/programmes/{programme_id}"
_TRAINING = "/v1/trainings/{training_id}"

ROUTES = (
    Route("GET", "/v1/programmes", "registry.list_programmes"),
    Route("POST", "/v1/programmes", "registry.draft_programme", status=201),
    Route("GET", _PROGRAMME, "registry.get_programme"),
    Route("POST", _PROGRAMME + "/start", "registry.start_programme"),
    Route("POST", _PROGRAMME + "/visits", "registry.link_programme_visit", status=201),
    Route("POST", _PROGRAMME + "/closing", "registry.close_programme"),
    Route("POST", _PROGRAMME + "/cancellation", "registry.cancel_programme"),
    Route("GET", "/v1/trainings", "registry.list_trainings"),
    Route("POST", "/v1/trainings", "registry.plan_training", status=201),
    Route("GET", _TRAINING, "registry.get_training"),
    Route("PUT", _TRAINING, "registry.change_training"),
    Route("POST", _TRAINING + "/publication", "registry.publish_training"),
    Route("POST", _TRAINING + "/closing", "registry.close_training"),
    Route("POST", _TRAINING + "/qualification", "registry.qualify_training"),
    Route("POST", _TRAINING + "/cancellation", "registry.cancel_training"),
    Route("GET", _TRAINING + "/code", "registry.get_training_code"),
    Route("GET", _TRAINING + "/code.svg", "gateway.get_training_qr"),
    Route("POST", _TRAINING + "/check-ins", "registry.check_in_to_training", status=201),
    Route("POST", _TRAINING + "/attendance", "registry.record_training_attendance"),
    Route("GET", _TRAINING + "/enrolments", "registry.list_training_attendance"),
    Route("POST", _TRAINING + "/enrolments", "registry.enrol_in_training", status=201),
    Route("GET", _TRAINING + "/enrolments/{attendance_id}", "registry.get_training_attendance"),
    Route("DELETE", _TRAINING + "/enrolments/{attendance_id}", "registry.withdraw_enrolment"),
)
QR = rpc("get_training_qr", TrainingPath, None, roles=TRAINERS, zh="签到二维码", en="The code as a QR image")
OPERATIONS = (QR,)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """The image of the code that is good now; the registry says who may show it."""

    async def get_training_qr(req: Request, resp: Response, training_id: str) -> None:
        auth.require(req, deps.verifier, QR, street=deps.street)
        headers = resource.call_headers(deps, req)
        shown = await deps.rpc.call("registry.get_training_code", {"training_id": training_id}, headers)
        resp.content_type = qr.SVG
        resp.data = qr.svg(shown["text"])
        resp.set_header("Cache-Control", "no-store")

    return {"get_training_qr": get_training_qr}
