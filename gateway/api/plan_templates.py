"""Routes of plan templates and needs surveys."""

from __future__ import annotations

from gateway.route import Route

_TEMPLATE = "/v1/plan-templates/{plan_template_id}"
_SURVEY = "/v1/surveys/{survey_id}"

ROUTES = (
    Route("GET", "/v1/plan-templates", "projects.list_plan_templates"),
    Route("POST", "/v1/plan-templates", "projects.create_plan_template", status=201),
    Route("GET", _TEMPLATE, "projects.get_plan_template"),
    Route("POST", _TEMPLATE + "/retirement", "projects.retire_plan_template"),
    Route("GET", "/v1/surveys", "projects.list_surveys"),
    Route("POST", "/v1/rounds/{round_id}/surveys", "projects.draft_survey", status=201),
    Route("GET", _SURVEY, "projects.get_survey"),
    Route("PATCH", _SURVEY, "projects.change_survey"),
    Route("POST", _SURVEY + "/opening", "projects.open_survey"),
    Route("POST", _SURVEY + "/closing", "projects.close_survey"),
    Route("GET", _SURVEY + "/answers", "projects.list_survey_answers"),
    Route("POST", _SURVEY + "/answers", "projects.answer_survey", status=201),
    Route("GET", _SURVEY + "/counts", "projects.count_survey_answers"),
)
