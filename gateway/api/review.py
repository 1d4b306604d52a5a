"""Routes of the review: judges, assignments, score sheets, corrections."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/rounds/{round_id}/judges", "projects.list_judges"),
    Route("POST", "/v1/rounds/{round_id}/judges", "projects.add_judge", status=201),
    Route("GET", "/v1/rounds/{round_id}/assignments", "projects.list_assignments"),
    Route("POST", "/v1/rounds/{round_id}/assignments", "projects.assign_judges"),
    Route("POST", "/v1/rounds/{round_id}/judge-plans", "projects.plan_judges", status=202),
    Route("GET", "/v1/rounds/{round_id}/absences", "projects.list_absences"),
    Route("POST", "/v1/rounds/{round_id}/absences", "projects.declare_absence", status=201),
    Route("GET", "/v1/absences/{absence_id}", "projects.get_absence"),
    Route("DELETE", "/v1/absences/{absence_id}", "projects.withdraw_absence"),
    Route("GET", "/v1/rounds/{round_id}/review-plans", "projects.list_review_plans"),
    Route("GET", "/v1/review-plans/{review_plan_id}", "projects.get_review_plan"),
    Route("POST", "/v1/review-plans/{review_plan_id}/confirmation", "projects.confirm_review_plan"),
    Route("POST", "/v1/review-plans/{review_plan_id}/discarding", "projects.discard_review_plan"),
    Route("POST", "/v1/proposals/{proposal_id}/recusals", "projects.declare_conflict", status=201),
    Route("PUT", "/v1/proposals/{proposal_id}/score-sheet", "projects.fill_score_sheet"),
    Route("GET", "/v1/score-sheets", "projects.list_score_sheets"),
    Route("GET", "/v1/score-sheets/{sheet_id}", "projects.get_score_sheet"),
    Route("POST", "/v1/score-sheets/{sheet_id}/lock", "projects.lock_score_sheet"),
    Route("POST", "/v1/score-sheets/{sheet_id}/corrections", "projects.correct_score", status=201),
    Route("GET", "/v1/rounds/{round_id}/score-corrections", "projects.list_score_corrections"),
    Route("GET", "/v1/score-corrections/{correction_id}", "projects.get_score_correction"),
    Route("POST", "/v1/score-corrections/{correction_id}/signature", "projects.sign_score_correction"),
)
