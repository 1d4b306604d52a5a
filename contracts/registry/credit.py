"""Credit facts: abnormal list (活动异常名录), serious-dishonesty list (严重违法失信名单), penalties; as of a date."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.shapes import NounView, Reason

KINDS = ("abnormal_list", "serious_dishonesty_list", "penalty")
STATUSES = ("in_force", "revoked", "expired")
RECORDERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF)


class RecordCreditFact(Schema):
    """``as_of``: the day on which the source said so; ``starts_on`` is that day where it is left out."""

    organisation_id = Id("org", required=True)
    kind = one_of(*KINDS, required=True)
    as_of = day(required=True)
    source = Text(required=True, at_least=2, at_most=200, metadata={"description": "信息来源 / who states it"})
    statement = Text(required=True, at_least=2, at_most=2000)
    starts_on = day()
    ends_on = day()
    document_number = Text(at_most=100)


class CreditFactPath(Schema):
    """One fact."""

    credit_fact_id = Id("crf", required=True)


class RevokeCreditFact(CreditFactPath, Reason):
    """Taken back by whoever stated it, on a day."""

    revoked_on = day(required=True)


class CreditFactQuery(PageQuery):
    """Filters."""

    organisation_id = Id("org")
    kind = one_of(*KINDS)
    status = one_of(*STATUSES)


class CreditFactView(NounView):
    """A fact and what became of it; ``sets_breach``: the organisation is in breach because of it."""

    credit_fact_id = fields.String()
    organisation_id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    as_of = fields.Date()
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    source = fields.String()
    document_number = fields.String(allow_none=True)
    statement = fields.String()
    revoked_on = fields.Date(allow_none=True)
    revocation = fields.String(allow_none=True)
    ended_at = Instant(allow_none=True)
    sets_breach = fields.Boolean()


OPERATIONS: tuple[Operation, ...] = (
    command(
        "record_credit_fact",
        RecordCreditFact,
        CreditFactView,
        roles=RECORDERS,
        reread="get_credit_fact",
        zh="记录信用信息",
        en="Record a credit fact",
    ),
    command(
        "revoke_credit_fact",
        RevokeCreditFact,
        CreditFactView,
        roles=RECORDERS,
        reread="get_credit_fact",
        zh="撤销信用信息",
        en="Revoke a credit fact",
    ),
    rpc(
        "get_credit_fact",
        CreditFactPath,
        CreditFactView,
        roles=(*roles.READERS, roles.CSO),
        zh="查看信用信息",
        en="A credit fact",
    ),
    rpc(
        "list_credit_facts",
        CreditFactQuery,
        CreditFactView,
        roles=(*roles.READERS, roles.CSO),
        many=True,
        zh="信用信息列表",
        en="Credit facts",
    ),
)
