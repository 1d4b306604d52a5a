"""Routes of running projects."""

from __future__ import annotations

from gateway.route import Route

_PROJECT = "/v1/projects/{project_id}"
_MILESTONE = _PROJECT + "/milestones/{milestone_id}"

ROUTES = (
    Route("GET", "/v1/projects", "projects.list_projects"),
    Route("GET", _PROJECT, "projects.get_project"),
    Route("GET", _MILESTONE, "projects.get_milestone"),
    Route("POST", _MILESTONE + "/submission", "projects.submit_milestone"),
    Route("POST", _MILESTONE + "/acceptance", "projects.accept_milestone"),
    Route("POST", _MILESTONE + "/return", "projects.return_milestone"),
    Route("GET", _PROJECT + "/spendings", "projects.list_spendings"),
    Route("POST", _PROJECT + "/spendings", "projects.record_spending", status=201),
    Route("GET", _PROJECT + "/reports", "projects.list_reports"),
    Route("POST", _PROJECT + "/reports", "projects.submit_report", status=201),
    Route("POST", _PROJECT + "/mid-review", "projects.begin_mid_review"),
    Route("POST", _PROJECT + "/evaluations", "projects.record_evaluation"),
    Route("GET", _PROJECT + "/budget-changes", "projects.list_budget_changes"),
    Route("POST", _PROJECT + "/budget-changes", "projects.request_budget_change", status=201),
    Route("POST", _PROJECT + "/budget-changes/{budget_change_id}/decision", "projects.decide_budget_change"),
    Route("POST", _PROJECT + "/budget-changes/{budget_change_id}/withdrawal", "projects.withdraw_budget_change"),
    Route("GET", _PROJECT + "/budget-versions", "projects.list_budget_versions"),
    Route("POST", _PROJECT + "/final-report", "projects.submit_final_report"),
    Route("POST", _PROJECT + "/acceptance", "projects.accept_project"),
    Route("POST", _PROJECT + "/closing", "projects.close_project"),
    Route("POST", _PROJECT + "/termination", "projects.terminate_project"),
)
