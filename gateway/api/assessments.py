"""Routes of assessments and the growth of capacity."""

from __future__ import annotations

from gateway.route import Route

_ONE = "/v1/assessments/{assessment_id}"
_SHEET = "/v1/assessment-sheets/{assessment_sheet_id}"

ROUTES = (
    Route("GET", "/v1/assessments", "registry.list_assessments"),
    Route("POST", "/v1/assessments", "registry.plan_assessment", status=201),
    Route("GET", _ONE, "registry.get_assessment"),
    Route("POST", _ONE + "/assessors", "registry.assign_assessor", status=201),
    Route("POST", _ONE + "/opening", "registry.open_assessment"),
    Route("POST", _ONE + "/tally", "registry.tally_assessment"),
    Route("POST", _ONE + "/publication", "registry.publish_assessment"),
    Route("POST", _ONE + "/confirmation", "registry.confirm_assessment"),
    Route("POST", _ONE + "/revocation", "registry.revoke_assessment"),
    Route("POST", _ONE + "/cancellation", "registry.cancel_assessment"),
    Route("POST", _ONE + "/corrections/{correction_id}/decision", "registry.decide_score_correction"),
    Route("POST", _ONE + "/appeals", "registry.appeal_assessment", status=201),
    Route("POST", _ONE + "/appeals/{appeal_id}/proposal", "registry.propose_appeal_outcome"),
    Route("POST", _ONE + "/appeals/{appeal_id}/decision", "registry.decide_appeal_outcome"),
    Route("GET", "/v1/assessment-sheets", "registry.list_assessment_sheets"),
    Route("GET", _SHEET, "registry.get_assessment_sheet"),
    Route("PUT", _SHEET + "/scores", "registry.score_assessment"),
    Route("POST", _SHEET + "/submission", "registry.submit_assessment_sheet"),
    Route("POST", _SHEET + "/recusal", "registry.recuse_assessor"),
    Route("POST", _SHEET + "/locking", "registry.lock_assessment_sheet"),
    Route("POST", _SHEET + "/corrections", "registry.propose_score_correction", status=201),
    Route("GET", "/v1/organisations/{organisation_id}/capacity-growth", "registry.get_capacity_growth"),
)
