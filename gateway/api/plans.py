"""Routes of growth plans."""

from __future__ import annotations

from gateway.route import Route

_PLAN = "/v1/plans/{plan_id}"

ROUTES = (
    Route("GET", "/v1/plans", "registry.list_plans"),
    Route("POST", "/v1/plans", "registry.draft_plan", status=201),
    Route("GET", _PLAN, "registry.get_plan"),
    Route("POST", _PLAN + "/versions", "registry.revise_plan", status=201),
    Route("GET", _PLAN + "/comparison", "registry.compare_plan_versions"),
    Route("POST", _PLAN + "/goal-reviews", "registry.review_stage_goal", status=201),
    Route("POST", _PLAN + "/comments", "registry.comment_plan", status=201),
    Route("POST", _PLAN + "/submission", "registry.submit_plan"),
    Route("POST", _PLAN + "/approval", "registry.approve_plan"),
    Route("POST", _PLAN + "/return", "registry.return_plan"),
)
