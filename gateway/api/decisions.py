"""Routes of decisions, public notice and objections."""

from __future__ import annotations

from gateway.route import Route

_ROUND = "/v1/rounds/{round_id}"
_OVERRIDE = "/v1/decision-overrides/{override_id}"
_OBJECTION = "/v1/round-objections/{objection_id}"

ROUTES = (
    Route("GET", _ROUND + "/decision", "projects.get_decision"),
    Route("POST", _ROUND + "/determination", "projects.determine_round"),
    Route("GET", _ROUND + "/audit-bundle", "projects.get_audit_bundle"),
    Route("POST", _ROUND + "/overrides", "projects.propose_override", status=201),
    Route("GET", "/v1/decision-overrides", "projects.list_overrides"),
    Route("GET", _OVERRIDE, "projects.get_override"),
    Route("POST", _OVERRIDE + "/signature", "projects.sign_override"),
    Route("POST", _OVERRIDE + "/rejection", "projects.reject_override"),
    Route("POST", _OVERRIDE + "/withdrawal", "projects.withdraw_override"),
    Route("POST", _ROUND + "/notice", "projects.publish_notice"),
    Route("POST", _ROUND + "/objections", "projects.raise_objection", status=201),
    Route("POST", _ROUND + "/award", "projects.award_round"),
    Route("GET", "/v1/round-objections", "projects.list_objections"),
    Route("GET", _OBJECTION, "projects.get_objection"),
    Route("POST", _OBJECTION + "/rejection", "projects.reject_objection"),
    Route("POST", _OBJECTION + "/upholding", "projects.uphold_objection"),
)
