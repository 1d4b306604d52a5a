"""The text of a plan: sections, timetable and budget lines."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Money, Text, day
from contracts.projects.rules_plan import KEY


class BudgetLine(Schema):
    """A line of the budget; with quantity and price of a unit the amount must be their product."""

    line = Text(required=True, at_least=1, at_most=60)
    amount = Money(attribute="amount_fen", required=True)
    category = fields.String(validate=validate.Regexp(KEY))
    quantity = fields.Integer(strict=True, validate=validate.Range(min=1, max=10_000_000))
    unit_price = Money(attribute="unit_price_fen")
    basis = Text(at_most=300)


class MilestonePlan(Schema):
    """A step of the timetable; ``tranche_number`` is released once it is accepted."""

    title = Text(required=True, at_least=1, at_most=120)
    due_on = day(required=True)
    tranche_number = fields.Integer(
        strict=True, allow_none=True, load_default=None, validate=validate.Range(min=2, max=10)
    )


class Plan(Schema):
    """The sections of a plan; a draft may lack some, a submission may not."""

    need = Text(at_most=5000)
    beneficiaries = Text(at_most=2000)
    beneficiary_count = fields.Integer(strict=True, validate=validate.Range(min=1, max=10_000_000))
    goals = Text(at_most=5000)
    activities = Text(at_most=10_000)
    team = Text(at_most=5000)
    risks = Text(at_most=5000)
    sustainability = Text(at_most=5000)
    starts_on = day()
    ends_on = day()
    milestones = fields.List(fields.Nested(MilestonePlan), validate=validate.Length(max=20))
    sections = fields.Dict(
        keys=fields.String(validate=validate.Regexp(KEY)),
        values=Text(at_most=10_000),
        validate=validate.Length(max=30),
        metadata={"description": "轮次模板另设的部分 / sections that the round's template adds"},
    )
