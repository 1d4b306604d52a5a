"""Residents' votes (居民投票): one secret ballot each; turnout is public, tallies are not until the result is."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import ORGANISERS, RoundPath
from contracts.projects.rules_vote import VoteRules

HASH = validate.Regexp(r"^[0-9a-f]{64}\Z")
STATUSES = ("planned", "open", "counting", "closed", "cancelled")
REASONS = ("voter_not_entitled", "voter_not_verified", "voter_outside_place", "voter_registered_late")


class OpenVote(RoundPath):
    """Open the vote on the shortlisted proposals until ``closes_at``; by itself at ``opens_at`` where that is later."""

    closes_at = Instant(required=True)
    opens_at = Instant(allow_none=True, load_default=None)


class CancelVote(RoundPath):
    """Void the vote, with a reason that everybody reads."""

    reason = Text(required=True, at_least=2, at_most=1000)


class CastBallot(RoundPath):
    """A ballot by the vote's method: ``proposal_ids`` (approval: any order; ranking: best first) or ``points``.

    ``mark``: 32 random bytes in hexadecimal made by the voter's device. Whoever sends the same mark again gets the same
    receipt again, whatever was lost on the way; it says nothing of the choice.
    """

    proposal_ids = fields.List(Id("prp"), validate=validate.Length(min=1, max=50), load_only=True)
    points = fields.Dict(
        keys=Id("prp"),
        values=fields.Integer(strict=True, validate=validate.Range(min=1, max=10_000_000)),
        validate=validate.Length(min=1, max=50),
        load_only=True,
    )
    mark = fields.String(validate=HASH, load_only=True)


class InclusionQuery(RoundPath):
    """The commitment printed on a receipt."""

    commitment = fields.String(required=True, validate=HASH)


class CommitmentsQuery(PageQuery, RoundPath):
    """A page of the published commitments."""


class CancelledVoteView(Schema):
    """A vote of this round that was voided."""

    attempt = fields.Integer()
    reason = fields.String()
    cancelled_at = fields.String()


class VoteView(Schema):
    """The vote of a round; ``support`` (approvals or points) is null until the results are published."""

    vote_id = fields.String(attribute="id")
    round_id = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    attempt = fields.Integer(metadata={"description": "第几次投票 / held for the n-th time"})
    opened_at = Instant(metadata={"description": "开始或计划开始 / opened, or planned to"})
    closes_at = Instant()
    closed_at = Instant(allow_none=True)
    proposal_ids = fields.List(fields.String())
    withdrawn_ids = fields.List(fields.String(), metadata={"description": "投票期间撤回 / withdrawn while it ran"})
    approvals_limit = fields.Integer()
    rules = fields.Nested(VoteRules)
    participation = fields.Integer()
    ballots = fields.Integer(allow_none=True, metadata={"description": "计入的有效票 / valid ballots, once closed"})
    spoilt = fields.Integer(allow_none=True, metadata={"description": "纸质废票 / spoilt paper ballots"})
    commitment = fields.String(allow_none=True)
    form = fields.String(allow_none=True)
    seal = fields.String(allow_none=True)
    seal_salt = fields.String(allow_none=True)
    support = fields.Dict(keys=fields.String(), values=fields.Integer(), allow_none=True)
    cancelled = fields.List(fields.Nested(CancelledVoteView))


class PlaceTurnoutView(Schema):
    """Turnout of one community or street; ``participation`` is null where the number is too small to be shown."""

    place_code = fields.String()
    participation = fields.Integer(allow_none=True)
    entitled = fields.Integer()


class TurnoutView(Schema):
    """How many voted, of how many entitled; by place and channel only above the rules' smallest number."""

    round_id = fields.String()
    status = fields.String()
    participation = fields.Integer()
    entitled = fields.Integer()
    smallest_shown = fields.Integer()
    channels = fields.Dict(keys=fields.String(), values=fields.Integer(allow_none=True))
    places = fields.List(fields.Nested(PlaceTurnoutView))


class EligibilityView(Schema):
    """Whether the caller may vote, and every reason why not."""

    round_id = fields.String()
    status = fields.String()
    entitled = fields.Boolean()
    reasons = fields.List(fields.String(metadata={"enum": list(REASONS)}))
    voted = fields.Boolean()


class BallotReceiptView(Schema):
    """What only the voter gets: enough to check that the ballot is counted, not enough to prove what is on it."""

    round_id = fields.String()
    commitment = fields.String()
    format = fields.String()


class BallotProofView(Schema):
    """Inclusion of one ballot in the vote's tree, complete: ``./run verify`` checks it offline."""

    kind = fields.String()
    version = fields.Integer()
    round_id = fields.String()
    commitment = fields.String()
    index = fields.Integer()
    size = fields.Integer()
    proof = fields.List(fields.String())
    root = fields.String()


class InclusionView(Schema):
    """Whether a receipt's commitment is a leaf of the tree whose root the trail holds."""

    round_id = fields.String()
    included = fields.Boolean()
    position = fields.Integer(allow_none=True)
    participation = fields.Integer()
    commitment = fields.String(metadata={"description": "全部选票的承诺值 / of all ballots: the root"})
    receipt = fields.Nested(BallotProofView, allow_none=True)


class CommitmentView(Schema):
    """A leaf of the tree."""

    commitment = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    command(
        "open_vote", OpenVote, VoteView, roles=ORGANISERS, zh="开始居民投票", en="Open the vote", reread="get_vote"
    ),
    command(
        "close_vote", RoundPath, VoteView, roles=ORGANISERS, zh="结束居民投票", en="Close the vote", reread="get_vote"
    ),
    command(
        "cancel_vote",
        CancelVote,
        VoteView,
        roles=ORGANISERS,
        zh="作废居民投票",
        en="Void the vote, to be held again",
        reread="get_vote",
    ),
    rpc("get_vote", RoundPath, VoteView, roles=roles.PUBLIC, zh="查看投票", en="The vote of a round"),
    rpc("get_turnout", RoundPath, TurnoutView, roles=roles.PUBLIC, zh="投票率", en="Turnout"),
    rpc(
        "get_vote_eligibility",
        RoundPath,
        EligibilityView,
        roles=(roles.RESIDENT,),
        zh="我能否投票",
        en="Whether I may vote",
    ),
    command(
        "cast_ballot",
        CastBallot,
        BallotReceiptView,
        roles=(roles.RESIDENT,),
        zh="投票",
        en="Cast a secret ballot",
        secret=True,
        repeats=True,
    ),
    rpc(
        "get_ballot_inclusion",
        InclusionQuery,
        InclusionView,
        roles=roles.PUBLIC,
        zh="核验选票已计入",
        en="Prove that a ballot was counted",
    ),
    rpc(
        "list_ballot_commitments",
        CommitmentsQuery,
        CommitmentView,
        roles=roles.PUBLIC,
        many=True,
        zh="全部选票的承诺值",
        en="Every leaf of the vote's tree",
    ),
)
