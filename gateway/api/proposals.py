"""Routes of proposals."""

from __future__ import annotations

from gateway.route import Route

_PROPOSAL = "/v1/proposals/{proposal_id}"
_COAUTHOR = "/v1/coauthors/{coauthor_id}"
_COMMENT = "/v1/proposal-comments/{comment_id}"

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
    Route("GET", _PROPOSAL + "/document", "projects.get_proposal_document", download=True),
    Route("GET", _PROPOSAL + "/differences", "projects.diff_proposal_versions"),
    Route("GET", _PROPOSAL + "/coauthors", "projects.list_coauthors"),
    Route("POST", _PROPOSAL + "/coauthors", "projects.invite_coauthor", status=201),
    Route("GET", _PROPOSAL + "/attachments", "projects.list_attachments"),
    Route("POST", _PROPOSAL + "/attachments", "projects.attach_file", status=201),
    Route("POST", _PROPOSAL + "/double-funding", "projects.judge_double_funding"),
    Route("GET", "/v1/eligibility-checks", "projects.list_eligibility_checks"),
    Route("GET", "/v1/coauthors", "projects.list_coauthors"),
    Route("GET", _COAUTHOR, "projects.get_coauthor"),
    Route("POST", _COAUTHOR + "/acceptance", "projects.accept_coauthorship"),
    Route("POST", _COAUTHOR + "/refusal", "projects.decline_coauthorship"),
    Route("DELETE", _COAUTHOR, "projects.remove_coauthor"),
    Route("GET", "/v1/attachments/{attachment_id}", "projects.get_attachment"),
    Route("DELETE", "/v1/attachments/{attachment_id}", "projects.remove_attachment"),
    Route("GET", _COMMENT, "projects.get_comment"),
    Route("POST", _COMMENT + "/resolution", "projects.resolve_comment"),
    Route("POST", _COMMENT + "/reopening", "projects.reopen_comment"),
)
