"""Routes of incubation cases and their service teams."""

from __future__ import annotations

from gateway.route import Route

_CASE = "/v1/cases/{case_id}"

ROUTES = (
    Route("GET", "/v1/cases", "registry.list_cases"),
    Route("POST", "/v1/cases", "registry.draft_case", status=201),
    Route("GET", "/v1/case-notices", "registry.list_case_notices"),
    Route("GET", _CASE, "registry.get_case"),
    Route("POST", _CASE + "/documents", "registry.add_case_document", status=201),
    Route("POST", _CASE + "/submission", "registry.submit_case"),
    Route("POST", _CASE + "/screening", "registry.begin_case_screening"),
    Route("POST", _CASE + "/screening/passing", "registry.pass_case_screening"),
    Route("POST", _CASE + "/question", "registry.request_case_info"),
    Route("POST", _CASE + "/supplement", "registry.supply_case_info"),
    Route("POST", _CASE + "/votes", "registry.vote_on_case", status=201),
    Route("POST", _CASE + "/decision", "registry.decide_case_review"),
    Route("POST", _CASE + "/rejection", "registry.reject_case"),
    Route("POST", _CASE + "/objections", "registry.object_to_case", status=201),
    Route("POST", _CASE + "/objections/{objection_id}/resolution", "registry.resolve_case_objection"),
    Route("POST", _CASE + "/assessments", "registry.assess_case_capacity", status=201),
    Route("POST", _CASE + "/agreement", "registry.sign_case_agreement"),
    Route("POST", _CASE + "/incubation", "registry.begin_case_incubation"),
    Route("POST", _CASE + "/suspension", "registry.suspend_case"),
    Route("POST", _CASE + "/resumption", "registry.resume_case"),
    Route("POST", _CASE + "/exit-review", "registry.request_case_exit"),
    Route("POST", _CASE + "/graduation", "registry.graduate_case"),
    Route("POST", _CASE + "/extension", "registry.extend_case"),
    Route("POST", _CASE + "/withdrawal", "registry.withdraw_case"),
    Route("POST", _CASE + "/expulsion", "registry.expel_case"),
    Route("GET", _CASE + "/team", "registry.get_service_team"),
    Route("POST", _CASE + "/team", "registry.assign_team_member", status=201),
    Route("POST", _CASE + "/team/hand-over", "registry.hand_over_team_role"),
    Route("POST", _CASE + "/team/planned-hand-overs", "registry.plan_team_hand_over", status=201),
    Route("DELETE", _CASE + "/team/planned-hand-overs/{hand_over_id}", "registry.undo_team_hand_over"),
    Route("GET", _CASE + "/team/suggestions", "registry.suggest_team_member"),
    Route("GET", "/v1/caseloads/suggestions", "registry.suggest_hand_overs"),
    Route("GET", "/v1/deadlines", "registry.list_deadlines"),
    Route("POST", _CASE + "/resources", "registry.link_case_resource", status=201),
    Route("DELETE", _CASE + "/resources/{link_id}", "registry.release_case_resource"),
    Route("GET", "/v1/caseloads", "registry.list_caseloads"),
)
