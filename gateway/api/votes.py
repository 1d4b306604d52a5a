"""Routes of residents' votes."""

from __future__ import annotations

from gateway.route import Route

_VOTE = "/v1/rounds/{round_id}/vote"
_BATCH = "/v1/paper-batches/{batch_id}"

ROUTES = (
    Route("GET", _VOTE, "projects.get_vote"),
    Route("GET", _VOTE + "/turnout", "projects.get_turnout"),
    Route("GET", _VOTE + "/eligibility", "projects.get_vote_eligibility"),
    Route("POST", _VOTE + "/opening", "projects.open_vote"),
    Route("POST", _VOTE + "/closing", "projects.close_vote"),
    Route("POST", _VOTE + "/cancellation", "projects.cancel_vote"),
    Route("POST", _VOTE + "/ballots", "projects.cast_ballot", status=201),
    Route("GET", _VOTE + "/ballots", "projects.list_ballot_commitments"),
    Route("GET", _VOTE + "/ballots/{commitment}", "projects.get_ballot_inclusion"),
    Route("GET", _VOTE + "/paper-voters", "projects.list_paper_voters"),
    Route("POST", _VOTE + "/paper-voters", "projects.mark_paper_voter", status=201),
    Route("POST", "/v1/paper-voters/{paper_voter_id}/strike", "projects.strike_paper_voter"),
    Route("GET", _VOTE + "/paper-form", "projects.get_paper_form", download=True),
    Route("GET", _VOTE + "/paper-batches", "projects.list_paper_batches"),
    Route("POST", _VOTE + "/paper-batches", "projects.open_paper_batch", status=201),
    Route("GET", _BATCH, "projects.get_paper_batch"),
    Route("POST", _BATCH + "/keys", "projects.key_paper_batch"),
    Route("POST", _BATCH + "/settlement", "projects.settle_paper_batch"),
    Route("POST", _BATCH + "/cancellation", "projects.void_paper_batch"),
)
