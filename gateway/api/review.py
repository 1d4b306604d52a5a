"""Routes of the review: judges, assignments, score sheets, corrections."""

from __future__ import annotations

from gateway.route import Route

ROUTES = (
    Route("GET", "/v1/rounds/{round_id}/judges", "projects.list_judges"),
    Route("POST", "/v1/rounds/{round_id}/judges", "projects.add_judge", status=201),
    Route("GET", "/v1/rounds/{round_id}/assignments", "projects.list_assignments"),
    Route("POST", "/v1/rounds/{round_id}/assignments", "projects.assign_judges"),
    Route("POST", "/v1/proposals/{proposal_id}/recusals", "projects.declare_conflict", status=201),
    Route("PUT", "/v1/proposals/{proposal_id}/score-sheet", "projects.fill_score_sheet"),
    Route("GET", "/v1/score-sheets", "projects.list_score_sheets"),
    Route("GET", "/v1/score-sheets/{sheet_id}", "projects.get_score_sheet"),
    Route("POST", "/v1/score-sheets/{sheet_id}/lock", "projects.lock_score_sheet"),
    Route("POST", "/v1/score-sheets/{sheet_id}/corrections", "projects.correct_score", status=201),
    Route("GET", "/v1/score-corrections/{correction_id}", "projects.get_score_correction"),
    Route("POST", "/v1/score-corrections/{correction_id}/signature", "projects.sign_score_correction"),
)
