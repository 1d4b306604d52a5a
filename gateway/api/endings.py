"""Routes of changes of a project's plan, and of its end."""

from __future__ import annotations

from gateway.route import Route

_PROJECT = "/v1/projects/{project_id}"
_CHANGE = "/v1/project-changes/{project_change_id}"
_END = "/v1/terminations/{termination_id}"

ROUTES = (
    Route("GET", "/v1/delivery-policy", "projects.get_delivery_policy"),
    Route("PUT", "/v1/delivery-policy", "projects.change_delivery_policy"),
    Route("GET", _PROJECT + "/plan", "projects.get_project_plan"),
    Route("GET", _PROJECT + "/plan-versions", "projects.list_project_plans"),
    Route("POST", _PROJECT + "/changes", "projects.request_project_change", status=201),
    Route("GET", "/v1/project-changes", "projects.list_project_changes"),
    Route("GET", _CHANGE, "projects.get_project_change"),
    Route("POST", _CHANGE + "/decision", "projects.decide_project_change"),
    Route("POST", _CHANGE + "/withdrawal", "projects.withdraw_project_change"),
    Route("GET", _PROJECT + "/closing-checklist", "projects.get_closing_checklist"),
    Route("POST", _PROJECT + "/terminations", "projects.propose_termination", status=201),
    Route("GET", "/v1/terminations", "projects.list_terminations"),
    Route("GET", _END, "projects.get_termination"),
    Route("GET", _END + "/settlement", "projects.get_settlement_document", download=True),
    Route("POST", _END + "/answer", "projects.answer_termination"),
    Route("POST", _END + "/withdrawal", "projects.withdraw_termination"),
    Route("POST", _END + "/refusal", "projects.refuse_termination"),
    Route("POST", _END + "/approval", "projects.approve_termination"),
)
