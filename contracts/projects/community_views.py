"""Community projects as the edge shows them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Instant, Money, Text
from contracts.projects.evidence import EvidenceView

STATUSES = ("draft", "published", "running", "completed", "closed", "cancelled")
SESSION_STATUSES = ("planned", "held", "cancelled")
FIELD = r"^[a-z][a-z_]{1,39}\Z"


class CommunityLine(Schema):
    """A line of the budget."""

    line = Text(required=True, at_least=1, at_most=60)
    amount = Money(attribute="amount_fen", required=True)


class NeededService(Schema):
    """A kind of service and how many orders of it a session is meant to hold."""

    kind = fields.String(required=True, validate=validate.Regexp(FIELD))
    count = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=500))


class ProgressView(Schema):
    """Orders by state, and what residents thought; ``stars_mean`` as two decimals, null without a rating."""

    orders = fields.Integer()
    orders_done = fields.Integer()
    orders_by_status = fields.Dict(keys=fields.String(), values=fields.Integer())
    minutes = fields.Integer()
    ratings = fields.Integer()
    stars_mean = fields.String(allow_none=True)


class CommunitySessionView(Schema):
    """A session of a community project."""

    community_session_id = fields.String(attribute="id")
    community_project_id = fields.String()
    number = fields.Integer()
    status = fields.String(metadata={"enum": list(SESSION_STATUSES)})
    version = fields.Integer()
    title = fields.String()
    place = fields.String()
    starts_at = Instant()
    ends_at = Instant()
    needs = fields.List(fields.Nested(NeededService))
    budget = Money(attribute="budget_fen")
    spent = Money(attribute="spent_fen")
    attended = fields.Integer(allow_none=True)
    summary = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceView))
    reason = fields.String(allow_none=True)
    progress = fields.Nested(ProgressView)
    district_code = fields.String()
    street_code = fields.String()


class CommunityProjectView(Schema):
    """A community project with its progress; ``planned``: what its sessions may spend together."""

    community_project_id = fields.String(attribute="id")
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    title = fields.String()
    summary = fields.String()
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    district_code = fields.String()
    street_code = fields.String()
    community_code = fields.String(allow_none=True)
    place = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    host_organisation_id = fields.String(allow_none=True)
    budget = Money(attribute="budget_fen")
    lines = fields.List(fields.Nested(CommunityLine))
    planned = Money(attribute="planned_fen")
    spent = Money(attribute="spent_fen")
    sessions = fields.Integer()
    sessions_held = fields.Integer()
    interested = fields.Integer()
    progress = fields.Nested(ProgressView)
    reason = fields.String(allow_none=True)
    published_at = Instant(allow_none=True)
    completed_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)


class CommunitySpendingView(Schema):
    """A payment."""

    community_spending_id = fields.String(attribute="id")
    community_project_id = fields.String()
    community_session_id = fields.String()
    line = fields.String()
    amount = Money(attribute="amount_fen")
    spent_on = fields.Date()
    purpose = fields.String()
    receipts = fields.List(fields.Nested(EvidenceView))
    district_code = fields.String()
    street_code = fields.String()


class InterestView(Schema):
    """The caller's interest in a project."""

    community_project_id = fields.String()
    interested = fields.Boolean()
