"""Matching rounds (DOMAIN S3): one global optimum over the open offers and needs, proved and explained."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.standard import JobView
from contracts import roles
from contracts.resources.common import KINDS, Expecting, RowView
from contracts.resources.needs import ReasonView, TermView

STATUSES = ("created", "solving", "solved", "closed")


class CreateMatchingRound(Schema):
    """``street_code`` empty: over the district (district staff only). ``kind`` empty: every kind.

    ``fairness_percent``: every street gets at least this share of what all streets could have at once; 0: as it comes.
    """

    title = Text(required=True, at_least=1, at_most=120)
    kind = one_of(*KINDS, load_default=None, allow_none=True)
    street_code = street_code(load_default=None)
    fairness_percent = fields.Integer(strict=True, load_default=90, validate=validate.Range(min=0, max=100))


class MatchingRoundQuery(Schema):
    """One matching round."""

    matching_round_id = Id("mrd", required=True)


class StepMatchingRound(MatchingRoundQuery, Expecting):
    """Take a matching round one step further."""


class ListMatchingRounds(PageQuery):
    """Filters; all optional."""

    status = one_of(*STATUSES)
    street_code = street_code()


class StreetView(Schema):
    """What a street wants and gets of a round, in units. In a fair round ``promised`` is its target; ``short``: by how
    much the lots leave it below that. A street that nothing fits was promised nothing."""

    street_code = fields.String()
    wanted = fields.Integer()
    matched = fields.Integer()
    promised = fields.Integer()
    short = fields.Integer()


class CertificateView(Schema):
    """Prices that prove the optimum: for every pair, price(offer) + price(need) ≥ utility; Σ price·quantity = primal.

    A venue's windows are priced one by one, ``ofr_…#0``. A street sees the prices of the rows it may see. In a round
    that is fair to streets ``utility`` is meant with the subsidy of the need's street, here and in the sums;
    ``target_millionths``: the share of its needs that every street gets at least, in whole units. With lots primal may
    fall short of dual, by no more than ``gap_millionths`` of it, and ``streets`` say by how much a street misses its
    target. In a list of rounds prices are left out: there may be thousands.
    """

    primal = fields.Integer()
    dual = fields.Integer()
    offers = fields.Dict(keys=fields.String(), values=fields.Integer())
    needs = fields.Dict(keys=fields.String(), values=fields.Integer())
    subsidies = fields.Dict(keys=fields.String(), values=fields.Integer())
    target_millionths = fields.Integer(allow_none=True)
    gap_millionths = fields.Integer()
    streets = fields.List(fields.Nested(StreetView))


class BundleView(Schema):
    """The certificate as a file, at …/bundle; ``./run match`` solves its numbers again."""

    sha256 = fields.String()
    size = fields.Integer()
    media_type = fields.String()


class MatchingRoundView(RowView):
    """A matching round; ``certificate`` once it is solved."""

    matching_round_id = fields.String(attribute="id")
    title = fields.String()
    kind = fields.String(allow_none=True)
    fairness_percent = fields.Integer()
    offers = fields.Integer()
    needs = fields.Integer()
    matches = fields.Integer()
    unmet = fields.Integer()
    certificate = fields.Nested(CertificateView, allow_none=True)
    bundle = fields.Nested(BundleView, allow_none=True)
    solved_at = Instant(allow_none=True)


class ResultsQuery(MatchingRoundQuery, PageQuery):
    """Results need by need."""


class MatchView(Schema):
    """One proposed allocation and why: utility + subsidy + slack = price of the offer + price of the need, where only
    lots make a slack."""

    allocation_id = fields.String()
    offer_id = fields.String()
    quantity = fields.Integer()
    utility = fields.Integer()
    subsidy = fields.Integer()
    offer_price = fields.Integer()
    slack = fields.Integer()
    zh = fields.String()
    en = fields.String()
    terms = fields.List(fields.Nested(TermView))


class AlternativeView(Schema):
    """Another offer that fits; ``behind`` is by how much its price exceeds what the need could gain from it."""

    offer_id = fields.String()
    utility = fields.Integer()
    offer_price = fields.Integer()
    behind = fields.Integer()
    zh = fields.String()
    en = fields.String()


class ExclusionCount(ReasonView):
    """How many offers of the kind were out for this reason."""

    count = fields.Integer()


class NeedResultView(Schema):
    """What the round did for one need."""

    need_id = fields.String()
    street_code = fields.String(allow_none=True)
    wanted = fields.Integer()
    matched = fields.Integer()
    unmet = fields.Integer()
    need_price = fields.Integer()
    outcome = fields.String(metadata={"enum": ["matched", "partly_matched", "outbid", "lots", "no_candidates"]})
    zh = fields.String()
    en = fields.String()
    matches = fields.List(fields.Nested(MatchView))
    alternatives = fields.List(fields.Nested(AlternativeView))
    exclusions = fields.List(fields.Nested(ExclusionCount))


OPERATIONS: tuple[Operation, ...] = (
    command(
        "create_matching_round",
        CreateMatchingRound,
        MatchingRoundView,
        roles=roles.STAFF,
        zh="发起对接批次",
        en="Create a matching round",
        reread="get_matching_round",
    ),
    command(
        "solve_matching_round",
        StepMatchingRound,
        JobView,
        roles=roles.STAFF,
        zh="求解对接批次",
        en="Solve a matching round",
    ),
    command(
        "cancel_matching_solution",
        StepMatchingRound,
        MatchingRoundView,
        roles=roles.STAFF,
        zh="中止求解",
        en="Cancel the solving of a matching round",
        reread="get_matching_round",
    ),
    command(
        "close_matching_round",
        StepMatchingRound,
        MatchingRoundView,
        roles=roles.STAFF,
        zh="结束对接批次",
        en="Close a matching round",
        reread="get_matching_round",
    ),
    rpc(
        "get_matching_round",
        MatchingRoundQuery,
        MatchingRoundView,
        roles=roles.READERS,
        zh="查看对接批次",
        en="Get a matching round",
    ),
    rpc(
        "list_matching_rounds",
        ListMatchingRounds,
        MatchingRoundView,
        roles=roles.READERS,
        zh="对接批次列表",
        en="List matching rounds",
        many=True,
    ),
    rpc(
        "list_matching_results",
        ResultsQuery,
        NeedResultView,
        roles=roles.READERS,
        zh="对接结果与说明",
        en="Results of a matching round, explained",
        many=True,
    ),
)
