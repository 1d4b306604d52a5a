"""Routes of activities, attendance and beneficiaries."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from falcon.asgi import Request, Response

from chassis.operations import rpc
from contracts.projects.activities import ORGANISERS, ActivityPath
from gateway import auth, qr, resource
from gateway.route import Route

if TYPE_CHECKING:
    from gateway.deps import Deps

_ACTIVITY = "/v1/activities/{activity_id}"
_SIGN_UP = _ACTIVITY + "/sign-ups/{sign_up_id}"
_ATTENDANCE = "/v1/attendances/{attendance_id}"
_CORRECTION = "/v1/attendance-corrections/{attendance_correction_id}"
_PROJECT = "/v1/projects/{project_id}"
_BENEFICIARY = _PROJECT + "/beneficiaries/{beneficiary_id}"
_ORGANISATION = "/v1/organisations/{organisation_id}"

ROUTES = (
    Route("GET", "/v1/activities", "projects.list_activities"),
    Route("POST", _PROJECT + "/activities", "projects.plan_activity", status=201),
    Route("GET", _ACTIVITY, "projects.get_activity"),
    Route("PATCH", _ACTIVITY, "projects.change_activity"),
    Route("POST", _ACTIVITY + "/opening", "projects.open_activity"),
    Route("POST", _ACTIVITY + "/postponement", "projects.postpone_activity"),
    Route("POST", _ACTIVITY + "/rescheduling", "projects.reschedule_activity"),
    Route("GET", _ACTIVITY + "/reschedules", "projects.list_reschedules"),
    Route("POST", _ACTIVITY + "/cancellation", "projects.cancel_activity"),
    Route("POST", _ACTIVITY + "/holding", "projects.hold_activity"),
    Route("POST", _ACTIVITY + "/closing", "projects.close_activity"),
    Route("GET", _ACTIVITY + "/sign-ups", "projects.list_sign_ups"),
    Route("POST", _ACTIVITY + "/sign-ups", "projects.sign_up_for_activity", status=201),
    Route("GET", _SIGN_UP, "projects.get_sign_up"),
    Route("DELETE", _SIGN_UP, "projects.withdraw_sign_up"),
    Route("GET", _SIGN_UP + "/entry-pass", "projects.get_entry_pass"),
    Route("GET", _ACTIVITY + "/code", "projects.get_activity_code"),
    Route("GET", _ACTIVITY + "/code.svg", "gateway.get_activity_qr"),
    Route("POST", _ACTIVITY + "/check-ins", "projects.check_in_to_activity", status=201),
    Route("POST", _ACTIVITY + "/check-outs", "projects.check_out_of_activity"),
    Route("POST", _ACTIVITY + "/walk-ins", "projects.record_walk_in", status=201),
    Route("POST", _ACTIVITY + "/offline-lists", "projects.issue_offline_list", status=201),
    Route("POST", _ACTIVITY + "/offline-check-ins", "projects.upload_offline_check_ins"),
    Route("GET", _ACTIVITY + "/attendances", "projects.list_attendances"),
    Route("GET", "/v1/attendances", "projects.list_own_attendances"),
    Route("GET", _ATTENDANCE, "projects.get_attendance"),
    Route("POST", _ATTENDANCE + "/departure", "projects.record_departure"),
    Route("POST", _ATTENDANCE + "/erasure", "projects.erase_attendance"),
    Route("GET", _ATTENDANCE + "/corrections", "projects.list_attendance_corrections"),
    Route("POST", _ATTENDANCE + "/corrections", "projects.correct_attendance", status=201),
    Route("GET", _CORRECTION, "projects.get_attendance_correction"),
    Route("POST", _CORRECTION + "/approval", "projects.approve_attendance_correction"),
    Route("POST", _CORRECTION + "/refusal", "projects.refuse_attendance_correction"),
    Route("GET", "/v1/platform-record", "projects.get_platform_record"),
    Route("GET", "/v1/platform-record/file", "projects.get_platform_record_file", download=True),
    Route("GET", _ORGANISATION + "/platform-record", "projects.get_organisation_record"),
    Route("GET", _ORGANISATION + "/platform-record/file", "projects.get_organisation_record_file", download=True),
    Route("GET", "/v1/activity-policy", "projects.get_activity_policy"),
    Route("PATCH", "/v1/activity-policy", "projects.change_activity_policy"),
    Route("GET", _PROJECT + "/beneficiaries", "projects.list_beneficiaries"),
    Route("POST", _PROJECT + "/beneficiaries", "projects.register_beneficiary", status=201),
    Route("GET", _BENEFICIARY, "projects.get_beneficiary"),
    Route("POST", _BENEFICIARY + "/merging", "projects.merge_beneficiaries"),
    Route("POST", _BENEFICIARY + "/erasure", "projects.erase_beneficiary"),
    Route("GET", _PROJECT + "/beneficiary-groups", "projects.list_beneficiary_groups"),
    Route("POST", _PROJECT + "/beneficiary-groups", "projects.count_group", status=201),
    Route("GET", _PROJECT + "/beneficiary-counts", "projects.count_beneficiaries"),
    Route("GET", _PROJECT + "/activity-counts", "projects.list_activity_counts"),
    Route("GET", "/v1/beneficiary-counts", "projects.count_served_people"),
)
QR = rpc("get_activity_qr", ActivityPath, None, roles=ORGANISERS, zh="活动签到二维码", en="The code as a QR image")
OPERATIONS = (QR,)


def responders(deps: Deps) -> dict[str, Callable[..., Awaitable[None]]]:
    """The image of the code that is good now; projects says who may show it."""

    async def get_activity_qr(req: Request, resp: Response, activity_id: str) -> None:
        auth.require(req, deps.verifier, QR, street=deps.street)
        headers = resource.call_headers(deps, req)
        shown = await deps.rpc.call("projects.get_activity_code", {"activity_id": activity_id}, headers)
        resp.content_type = qr.SVG
        resp.data = qr.svg(shown["text"])
        resp.set_header("Cache-Control", "no-store")

    return {"get_activity_qr": get_activity_qr}
