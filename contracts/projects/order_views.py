"""What a service order looks like."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Instant
from contracts.projects.evidence import EvidenceView

STATUSES = (
    "requested",
    "verified",
    "offered",
    "accepted",
    "declined",
    "expired",
    "scheduled",
    "checked_in",
    "delivered",
    "confirmed",
    "rated",
    "sealed",
    "no_show",
    "disputed",
    "resolved",
    "cancelled",
)
OFFER_STATUSES = ("offered", "open", "accepted", "declined", "expired", "withdrawn", "given_back", "ended")


class OrderOfferView(Schema):
    """One offer of the order, in the order asked."""

    rank = fields.Integer()
    organisation_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": list(OFFER_STATUSES)})
    offered_at = Instant()
    expires_at = Instant()
    answered_at = Instant(allow_none=True)
    reason = fields.String(allow_none=True)


class OrderView(Schema):
    """A service order."""

    order_id = fields.String(attribute="id")
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String()
    community_code = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    need = fields.String()
    requester_account_id = fields.String(metadata={"description": "第一求助人，永不改变 / never changes"})
    requested_by_account_id = fields.String()
    on_behalf = fields.Boolean()
    wanted_from = Instant(allow_none=True)
    wanted_until = Instant(allow_none=True)
    risky = fields.Boolean()
    minutes = fields.Integer(allow_none=True)
    organisation_id = fields.String(allow_none=True)
    talent_account_id = fields.String(allow_none=True)
    open_claim = fields.Boolean()
    escalated = fields.Boolean()
    offer_expires_at = Instant(allow_none=True)
    starts_at = Instant(allow_none=True)
    ends_at = Instant(allow_none=True)
    within_radius = fields.Boolean(allow_none=True)
    distance_m = fields.Integer(allow_none=True)
    check_in_reason = fields.String(allow_none=True)
    delivered_minutes = fields.Integer(allow_none=True)
    summary = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceView))
    confirmed_by = fields.String(allow_none=True, metadata={"enum": ["resident", "proxy", "clock", None]})
    stars = fields.Integer(allow_none=True)
    comment = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    outcome = fields.String(allow_none=True)
    no_show_by = fields.String(allow_none=True)
    session_id = fields.String(allow_none=True, metadata={"description": "社区项目场次 / the community session"})
    caller_id = fields.String(allow_none=True)
    callback = fields.Boolean()
    linked_account_id = fields.String(allow_none=True)
    clock = fields.String(allow_none=True)
    due_at = Instant(allow_none=True)
    overdue = fields.Boolean()
    reminders = fields.Integer()
    at_once = fields.Boolean()
    accepted_facts = fields.Dict(allow_none=True)
    team = fields.String(allow_none=True)
    moves = fields.Integer()
    move_agreed = fields.Boolean(allow_none=True)
    outside_hours_reason = fields.String(allow_none=True)
    proxy_account_id = fields.String(allow_none=True)
    confirmed_relation = fields.String(allow_none=True)
    rated_at = Instant(allow_none=True)
    redo = fields.Boolean()
    hours_void = fields.Boolean()
    series_id = fields.String(allow_none=True)
    occurrence_on = fields.Date(allow_none=True)
    offers = fields.List(fields.Nested(OrderOfferView))
    created_at = Instant()
