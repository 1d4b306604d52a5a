"""Routes of periodic reports and of evaluations by several evaluators."""

from __future__ import annotations

from gateway.route import Route

_SLOT = "/v1/report-slots/{report_slot_id}"
_RUN = "/v1/evaluations/{evaluation_run_id}"

ROUTES = (
    Route("GET", "/v1/report-policy", "projects.get_report_policy"),
    Route("PUT", "/v1/report-policy", "projects.set_report_policy"),
    Route("GET", "/v1/projects/{project_id}/report-plan", "projects.get_report_plan"),
    Route("POST", "/v1/projects/{project_id}/report-plan", "projects.plan_reports", status=201),
    Route("GET", "/v1/report-slots", "projects.list_report_slots"),
    Route("GET", _SLOT, "projects.get_report_slot"),
    Route("GET", _SLOT + "/figures", "projects.get_report_figures"),
    Route("GET", _SLOT + "/document", "projects.get_report_document", download=True),
    Route("POST", _SLOT + "/submission", "projects.submit_periodic_report"),
    Route("POST", _SLOT + "/return", "projects.return_periodic_report"),
    Route("POST", _SLOT + "/acceptance", "projects.accept_periodic_report"),
    Route("POST", _SLOT + "/extension", "projects.extend_report"),
    Route("GET", "/v1/evaluation-rubrics/{kind}", "projects.get_evaluation_rubric"),
    Route("PUT", "/v1/evaluation-rubrics/{kind}", "projects.set_evaluation_rubric"),
    Route("GET", "/v1/evaluations", "projects.list_evaluations"),
    Route("POST", "/v1/projects/{project_id}/evaluation-panels", "projects.convene_evaluation", status=201),
    Route("GET", _RUN, "projects.get_evaluation"),
    Route("PUT", _RUN + "/sheet", "projects.fill_evaluation_sheet"),
    Route("POST", _RUN + "/recusal", "projects.declare_evaluation_conflict"),
    Route("POST", _RUN + "/announcement", "projects.announce_evaluation"),
    Route("POST", _RUN + "/comment", "projects.comment_evaluation"),
    Route("POST", _RUN + "/acceptance", "projects.accept_evaluation"),
    Route("POST", _RUN + "/appeal", "projects.appeal_evaluation"),
    Route("POST", _RUN + "/appeal-decision", "projects.settle_evaluation_appeal"),
    Route("POST", _RUN + "/cancellation", "projects.cancel_evaluation"),
)
