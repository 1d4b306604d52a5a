"""The allocation rule of a round: which rule divides the money, with which parameters. Frozen with the round."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Money, one_of

RULES = ("rank_until_exhausted", "rank_with_skip", "threshold", "knapsack", "equal_shares")
JUDGE_RULES = ("rank_until_exhausted", "rank_with_skip", "threshold", "knapsack")
COMPLETIONS = ("none", "add1", "greedy")
STOPS = ("over_budget", "exhaustive")
UTILITIES = ("cost", "cardinality", "points")
TIE_BREAKS = ("judge_score", "support", "lower_amount", "earlier_submission")


def percent() -> fields.Integer:
    """0 to 100."""
    return fields.Integer(strict=True, validate=validate.Range(min=0, max=100))


class GroupLimit(Schema):
    """Knapsack: money that a field or a street must get at the least, or may get at most."""

    kind = one_of("field", "street", required=True)
    code = fields.String(required=True, validate=validate.Regexp(r"^([a-z][a-z_]{1,39}|[0-9]{9})\Z"))
    minimum = Money(attribute="minimum_fen")
    cap = Money(attribute="cap_fen")


class Pots(Schema):
    """Judges and residents each decide over a share of the budget; the second also over what the first leaves."""

    judge_percent = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=99))
    first = one_of("judges", "residents", load_default="judges")
    judge_rule = one_of(*JUDGE_RULES, required=True)
    resident_rule = one_of(*RULES, required=True)


class AllocationRules(Schema):
    """How judges and residents together decide. Omitted values come from the district's policy."""

    rule = one_of(*RULES)
    judge_weight = percent()
    resident_weight = percent()
    tie_break = fields.List(one_of(*TIE_BREAKS), validate=validate.Length(min=1, max=4))
    minimum_score = percent()
    reserve_limit = fields.Integer(strict=True, validate=validate.Range(min=0, max=100))
    completion = one_of(*COMPLETIONS)
    stop = one_of(*STOPS)
    utility = one_of(*UTILITIES)
    increment = Money(
        attribute="increment_fen",
        validate=validate.Range(min=1, max=10_000_000),
        metadata={"description": "每轮每人增加的份额 / what add1 adds to each purse"},
    )
    partial_percent = fields.Integer(
        strict=True,
        validate=validate.Range(min=0, max=100),
        metadata={"description": "部分资助的最低比例，0 为不允许 / least share of a partial award, 0: none"},
    )
    limits = fields.List(fields.Nested(GroupLimit), validate=validate.Length(max=60))
    pots = fields.Nested(Pots, allow_none=True)
