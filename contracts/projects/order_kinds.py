"""Kinds of service with their clocks, service hours, and the district's other numbers of service orders."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from chassis.fields import Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles

REQUIREMENTS = ("skilled", "trained", "of_age", "insured")
_KIND = r"^[a-z][a-z_]{1,39}\Z"
_YEAR = 366 * 24 * 60


def _minutes(default: int) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=5, max=_YEAR), load_default=default)


def _days(default: int) -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=1, max=366), load_default=default)


class OrderKindPath(Schema):
    """One kind of service."""

    kind = fields.String(validate=validate.Regexp(_KIND), required=True)


class SetOrderKind(OrderKindPath):
    """A kind of service with its clocks: policy of the district. What is not given is the default again."""

    name_zh = Text(required=True, at_least=1, at_most=40)
    name_en = Text(required=True, at_least=1, at_most=80)
    offer_minutes = fields.Integer(required=True, validate=validate.Range(min=5, max=43_200))
    confirm_days = fields.Integer(required=True, validate=validate.Range(min=1, max=90))
    radius_m = fields.Integer(required=True, validate=validate.Range(min=50, max=20_000))
    open_orders_max = fields.Integer(required=True, validate=validate.Range(min=1, max=10_000))
    evidence_required = fields.Boolean(load_default=True)
    verify_minutes = _minutes(1440)
    offer_within_minutes = _minutes(1440)
    schedule_minutes = _minutes(2880)
    start_grace_minutes = _minutes(120)
    deliver_minutes = _minutes(1440)
    rate_days = _days(14)
    seal_days = _days(7)
    dispute_days = _days(7)
    reoffer_minutes = _minutes(480)
    remind_minutes = _minutes(1440)
    rate_edit_hours = fields.Integer(validate=validate.Range(min=0, max=168), load_default=24)
    low_stars = fields.Integer(validate=validate.Range(min=0, max=4), load_default=2)
    reschedules_max = fields.Integer(validate=validate.Range(min=0, max=50), load_default=3)
    duplicate_hours = fields.Integer(validate=validate.Range(min=1, max=720), load_default=48)
    working_time = fields.Boolean(load_default=False)
    facts_required = fields.List(one_of(*REQUIREMENTS), load_default=lambda: ["insured", "trained"])
    fields_served = fields.List(
        fields.String(validate=validate.Regexp(_KIND)), validate=validate.Length(max=20), load_default=list
    )


class OrderKindView(SetOrderKind):
    """A kind of service."""

    kind = fields.String()
    district_code = fields.String()


class OrderKindsView(Schema):
    """Every kind of the district."""

    items = fields.List(fields.Nested(OrderKindView))


class SpanView(Schema):
    """From and until, in minutes after midnight in Shanghai."""

    opens = fields.Integer(required=True, validate=validate.Range(min=0, max=1439))
    closes = fields.Integer(required=True, validate=validate.Range(min=1, max=1440))


def _spans() -> fields.List[Any]:
    return fields.List(fields.Nested(SpanView), validate=validate.Length(max=6), load_default=list)


class SetOrderHours(Schema):
    """Service hours of a street, of a kind there, or of the district; none at all means around the clock."""

    street_code = street_code()
    service_kind = fields.String(validate=validate.Regexp(_KIND))
    workday = _spans()
    restday = _spans()


class OrderHoursView(Schema):
    """Service hours; the narrowest that fit an order hold for it."""

    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    service_kind = fields.String(allow_none=True)
    workday = fields.List(fields.Nested(SpanView))
    restday = fields.List(fields.Nested(SpanView))


class AllOrderHoursView(Schema):
    """Every set of hours in scope."""

    items = fields.List(fields.Nested(OrderHoursView))


def _weight() -> fields.Integer:
    return fields.Integer(validate=validate.Range(min=0, max=1000))


class SetOrderPolicy(Schema):
    """Weights of the published ranking of candidates, and how far ahead recurring orders are made."""

    weight_street = _weight()
    weight_field = _weight()
    weight_load = _weight()
    weight_rating = _weight()
    weight_answers = _weight()
    horizon_days = fields.Integer(validate=validate.Range(min=1, max=90))
    series_days_max = fields.Integer(validate=validate.Range(min=7, max=1826))


class OrderPolicyView(SetOrderPolicy):
    """Complete."""

    district_code = fields.String()


OPERATIONS: tuple[Operation, ...] = (
    rpc("list_order_kinds", None, OrderKindsView, roles=roles.SIGNED_IN, zh="服务种类", en="Kinds of service"),
    command(
        "set_order_kind",
        SetOrderKind,
        OrderKindView,
        roles=(roles.BUREAU,),
        zh="设定服务种类与时限",
        en="Set a kind of service and its clocks",
    ),
    rpc("list_order_hours", None, AllOrderHoursView, roles=roles.SIGNED_IN, zh="服务时段", en="Service hours"),
    command(
        "set_order_hours",
        SetOrderHours,
        OrderHoursView,
        roles=(roles.BUREAU, roles.STREET_STAFF),
        zh="设定服务时段",
        en="Set service hours",
    ),
    rpc("get_order_policy", None, OrderPolicyView, roles=roles.SIGNED_IN, zh="服务单规则", en="Rules of orders"),
    command(
        "set_order_policy",
        SetOrderPolicy,
        OrderPolicyView,
        roles=(roles.BUREAU,),
        zh="设定服务单规则",
        en="Set the rules of orders",
    ),
)
