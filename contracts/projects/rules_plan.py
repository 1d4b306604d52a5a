"""Rules of a plan (方案模板): what its sections and its budget must be, frozen with the round as data."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Money, Text, one_of

KEY = r"^[a-z][a-z_]{1,39}\Z"
ATTACHMENT_KINDS = ("filing", "licence", "budget", "consent", "partner_letter", "photo", "other")
PURPOSES = ("community_projects", "street_operation")
LONGEST = 10_000


class SectionRule(Schema):
    """A section of the plan; lengths count characters without blanks."""

    key = fields.String(required=True, validate=validate.Regexp(KEY))
    name_zh = Text(required=True, at_least=1, at_most=60)
    name_en = Text(required=True, at_least=1, at_most=60)
    required = fields.Boolean(load_default=True)
    min_length = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=0, max=LONGEST))
    max_length = fields.Integer(load_default=LONGEST, strict=True, validate=validate.Range(min=1, max=LONGEST))
    guidance = Text(load_default="", at_most=1000)


class BudgetCategory(Schema):
    """A category of budget lines; ``max_percent``: its share of the whole; ``unit_cap``: the price of one unit."""

    key = fields.String(required=True, validate=validate.Regexp(KEY))
    name_zh = Text(required=True, at_least=1, at_most=60)
    name_en = Text(required=True, at_least=1, at_most=60)
    max_percent = fields.Integer(
        allow_none=True, load_default=None, strict=True, validate=validate.Range(min=0, max=100)
    )
    unit_cap = Money(attribute="unit_cap_fen", allow_none=True, load_default=None)


class BudgetRules(Schema):
    """What budget lines must keep to."""

    categories = fields.List(fields.Nested(BudgetCategory), validate=validate.Length(max=30))
    category_required = fields.Boolean()
    forbidden = fields.List(
        Text(at_least=1, at_most=40),
        validate=validate.Length(max=100),
        metadata={"description": "禁列事项：预算项名称不得包含 / words that a line must not contain"},
    )
    per_head_cap = Money(
        attribute="per_head_cap_fen",
        allow_none=True,
        metadata={"description": "人均上限 / amount per beneficiary at most"},
    )


class PlanRules(Schema):
    """Sections, budget and attachments. Omitted values come from the template, or the district's policy."""

    template_id = Id("ptl", dump_only=True, allow_none=True)
    template_number = fields.Integer(dump_only=True, allow_none=True)
    sections = fields.List(fields.Nested(SectionRule), validate=validate.Length(min=1, max=30))
    budget = fields.Nested(BudgetRules)
    attachments = fields.List(one_of(*ATTACHMENT_KINDS), validate=validate.Length(max=10))
    amendment_days = fields.Integer(
        strict=True,
        validate=validate.Range(min=0, max=60),
        metadata={"description": "修订后至少留给申报人的天数 / days that an amendment leaves to applicants at least"},
    )
