"""An organisation's own list (R6): to-do, suggestions and service plan, by published rules, each with its reasons."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id
from chassis.operations import Operation, rpc
from contracts import roles

STAGES = ("new", "applying", "incubating", "suspended", "leaving", "graduated", "ended")
LISTS = ("todo", "suggestions", "service_plan")
SEERS = (*roles.READERS, roles.CSO)


class GuidancePath(Schema):
    """Of one organisation."""

    organisation_id = Id("org", required=True)


class GuidanceItem(Schema):
    """One entry. ``rule`` is the published rule it follows from, ``reasons`` the facts that made it apply."""

    rule = fields.String()
    zh = fields.String()
    en = fields.String()
    for_role = fields.String()
    reasons = fields.Dict(keys=fields.String(), values=fields.Raw())
    due_on = fields.String(allow_none=True)
    services = fields.List(fields.String())
    in_hand = fields.Boolean()


class GuidanceView(Schema):
    """Suggestions a person may follow or not; ``rules_version`` names the rules they follow from."""

    organisation_id = fields.String()
    stage = fields.String(metadata={"enum": list(STAGES)})
    as_of = fields.String()
    rules_version = fields.Integer()
    todo = fields.List(fields.Nested(GuidanceItem))
    suggestions = fields.List(fields.Nested(GuidanceItem))
    service_plan = fields.List(fields.Nested(GuidanceItem))


class ConditionView(Schema):
    """A fact, how it is compared, and with what."""

    fact = fields.String()
    op = fields.String()
    value = fields.Raw(allow_none=True)


class RuleView(Schema):
    """A published rule: all its conditions must hold."""

    rule = fields.String()
    list = fields.String(metadata={"enum": list(LISTS)})
    zh = fields.String()
    en = fields.String()
    for_role = fields.String()
    when = fields.List(fields.Nested(ConditionView))
    services = fields.List(fields.String())


class RulesView(Schema):
    """Every rule, in the order in which entries are listed."""

    rules_version = fields.Integer()
    items = fields.List(fields.Nested(RuleView))


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_guidance", GuidancePath, GuidanceView, roles=SEERS, zh="我的清单", en="An organisation's own list"),
    rpc("list_guidance_rules", None, RulesView, roles=roles.SIGNED_IN, zh="清单规则", en="The rules of these lists"),
)
