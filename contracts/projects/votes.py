"""Residents' votes (居民投票): one secret ballot each; turnout is public, tallies are not until the result is."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import ORGANISERS, RoundPath

HASH = validate.Regexp(r"^[0-9a-f]{64}\Z")


class OpenVote(RoundPath):
    """Open the vote on the shortlisted proposals until ``closes_at``."""

    closes_at = Instant(required=True)


class CastBallot(RoundPath):
    """Approve of up to the round's limit of proposals."""

    proposal_ids = fields.List(Id("prp"), required=True, validate=validate.Length(min=1, max=50))


class InclusionQuery(RoundPath):
    """The commitment printed on a receipt."""

    commitment = fields.String(required=True, validate=HASH)


class VoteView(Schema):
    """The vote of a round; ``support`` is null until the results are published."""

    vote_id = fields.String(attribute="id")
    round_id = fields.String()
    status = fields.String(metadata={"enum": ["open", "closed"]})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    opened_at = Instant()
    closes_at = Instant()
    closed_at = Instant(allow_none=True)
    proposal_ids = fields.List(fields.String())
    approvals_limit = fields.Integer()
    participation = fields.Integer()
    commitment = fields.String(allow_none=True)
    support = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)


class TurnoutView(Schema):
    """How many voted, of how many entitled."""

    round_id = fields.String()
    status = fields.String()
    participation = fields.Integer()
    entitled = fields.Integer()


class BallotReceiptView(Schema):
    """What only the voter gets: SHA-256(salt ‖ canonical choice) is ``commitment``. The choice is not repeated."""

    round_id = fields.String()
    salt = fields.String()
    commitment = fields.String()
    format = fields.String()


class InclusionView(Schema):
    """Every commitment, sorted; SHA-256 over them is the one the trail holds."""

    round_id = fields.String()
    included = fields.Boolean()
    position = fields.Integer(allow_none=True)
    participation = fields.Integer()
    commitments = fields.List(fields.String())
    commitment = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    command(
        "open_vote", OpenVote, VoteView, roles=ORGANISERS, zh="开始居民投票", en="Open the vote", reread="get_vote"
    ),
    command(
        "close_vote", RoundPath, VoteView, roles=ORGANISERS, zh="结束居民投票", en="Close the vote", reread="get_vote"
    ),
    rpc("get_vote", RoundPath, VoteView, roles=roles.PUBLIC, zh="查看投票", en="The vote of a round"),
    rpc("get_turnout", RoundPath, TurnoutView, roles=roles.PUBLIC, zh="投票率", en="Turnout"),
    command(
        "cast_ballot",
        CastBallot,
        BallotReceiptView,
        roles=(roles.RESIDENT,),
        zh="投票",
        en="Cast a secret ballot",
        secret=True,
    ),
    rpc(
        "get_ballot_inclusion",
        InclusionQuery,
        InclusionView,
        roles=roles.PUBLIC,
        zh="核验选票已计入",
        en="Prove that a ballot was counted",
    ),
)
