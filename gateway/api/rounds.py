"""Routes of rounds."""

from __future__ import annotations

from gateway.route import Route

_ROUND = "/v1/rounds/{round_id}"

ROUTES = (
    Route("GET", "/v1/rounds", "projects.list_rounds"),
    Route("POST", "/v1/rounds", "projects.create_round", status=201),
    Route("GET", _ROUND, "projects.get_round"),
    Route("PATCH", _ROUND, "projects.change_round"),
    Route("POST", _ROUND + "/needs-survey", "projects.start_needs_survey"),
    Route("POST", _ROUND + "/pool-lines", "projects.add_pool_line", status=201),
    Route("POST", _ROUND + "/publication", "projects.publish_round"),
    Route("POST", _ROUND + "/amendments", "projects.amend_round"),
    Route("POST", _ROUND + "/opening", "projects.open_round"),
    Route("POST", _ROUND + "/closing", "projects.close_round"),
    Route("POST", _ROUND + "/screening", "projects.start_screening"),
    Route("GET", _ROUND + "/applicants", "projects.list_applicants"),
    Route("POST", _ROUND + "/review", "projects.start_review"),
    Route("POST", _ROUND + "/shortlist", "projects.shortlist_proposals"),
    Route("POST", _ROUND + "/roadshow-phase", "projects.start_roadshow_phase"),
    Route("POST", _ROUND + "/evaluation", "projects.evaluate_round"),
    Route("POST", _ROUND + "/archive", "projects.archive_round"),
    Route("POST", _ROUND + "/cancellation", "projects.cancel_round"),
)
