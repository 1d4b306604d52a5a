"""Routes of proposals."""

from __future__ import annotations

from gateway.route import Route

_PROPOSAL = "/v1/proposals/{proposal_id}"

ROUTES = (
    Route("GET", "/v1/proposals", "projects.list_proposals"),
    Route("POST", "/v1/proposals", "projects.draft_proposal", status=201),
    Route("GET", _PROPOSAL, "projects.get_proposal"),
    Route("PATCH", _PROPOSAL, "projects.change_proposal"),
    Route("GET", _PROPOSAL + "/checks", "projects.check_proposal"),
    Route("GET", _PROPOSAL + "/versions", "projects.list_proposal_versions"),
    Route("GET", _PROPOSAL + "/comments", "projects.list_proposal_comments"),
    Route("POST", _PROPOSAL + "/comments", "projects.comment_proposal", status=201),
    Route("POST", _PROPOSAL + "/submission", "projects.submit_proposal"),
    Route("POST", _PROPOSAL + "/return", "projects.return_proposal"),
    Route("POST", _PROPOSAL + "/withdrawal", "projects.withdraw_proposal"),
    Route("POST", _PROPOSAL + "/eligibility", "projects.screen_in_proposal"),
    Route("POST", _PROPOSAL + "/exclusion", "projects.screen_out_proposal"),
)
