"""Routes of residents' votes."""

from __future__ import annotations

from gateway.route import Route

_VOTE = "/v1/rounds/{round_id}/vote"

ROUTES = (
    Route("GET", _VOTE, "projects.get_vote"),
    Route("GET", _VOTE + "/turnout", "projects.get_turnout"),
    Route("POST", _VOTE + "/opening", "projects.open_vote"),
    Route("POST", _VOTE + "/closing", "projects.close_vote"),
    Route("POST", _VOTE + "/ballots", "projects.cast_ballot", status=201),
    Route("GET", _VOTE + "/ballots/{commitment}", "projects.get_ballot_inclusion"),
)
