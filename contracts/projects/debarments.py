"""Debarments (禁入): a breach bars an organisation for some years. Decided by two people, open to appeal."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import expected_version

STATUSES = ("proposed", "dropped", "in_force", "appealed", "upheld", "lifted", "expired")
PROPOSERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF)
SEERS = (*roles.READERS, roles.CSO)


class ProposeDebarment(Schema):
    """Why, because of which award, and from when; the number of years is the district's policy."""

    organisation_id = Id("org", required=True)
    award_id = Id("awd")
    reason = Text(required=True, at_least=4, at_most=2000)
    from_on = day()


class DebarmentPath(Schema):
    """One debarment."""

    debarment_id = Id("dbm", required=True)


class OnDebarment(DebarmentPath):
    """A step of one debarment."""

    expected_version = expected_version()


class AppealDebarment(OnDebarment):
    """What the organisation holds against it."""

    grounds = Text(required=True, at_least=4, at_most=4000)


class SettleDebarment(OnDebarment):
    """What was found."""

    finding = Text(required=True, at_least=2, at_most=2000)


class DebarmentQuery(PageQuery):
    """Filters; scope is applied besides."""

    organisation_id = Id("org")
    status = one_of(*STATUSES)


class DebarmentView(Schema):
    """A debarment, in force from its first to its last day (both in Asia/Shanghai)."""

    debarment_id = fields.String(attribute="id")
    organisation_id = fields.String()
    award_id = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    reason = fields.String()
    from_on = fields.Date()
    until_on = fields.Date()
    proposed_at = Instant(attribute="created_at")
    decided_at = Instant(allow_none=True)
    appeal = fields.String(allow_none=True)
    appealed_at = Instant(allow_none=True)
    finding = fields.String(allow_none=True)
    ended_at = Instant(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, DebarmentView, roles=who, zh=zh, en=en, reread="get_debarment")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_debarment", DebarmentPath, DebarmentView, roles=SEERS, zh="查看禁入", en="One debarment"),
    rpc(
        "list_debarments",
        DebarmentQuery,
        DebarmentView,
        roles=SEERS,
        many=True,
        zh="禁入名单",
        en="Debarments in scope",
    ),
    _step("propose_debarment", ProposeDebarment, PROPOSERS, "提出禁入", "Propose a debarment"),
    _step("confirm_debarment", OnDebarment, (roles.BUREAU,), "确认禁入", "Confirm it: by a second person"),
    _step("drop_debarment", SettleDebarment, (roles.BUREAU,), "不予禁入", "Do not follow the proposal"),
    _step("appeal_debarment", AppealDebarment, (roles.CSO, roles.HUB), "申诉", "Appeal against it"),
    _step("uphold_debarment", SettleDebarment, (roles.BUREAU,), "维持禁入", "Dismiss the appeal: by a third person"),
    _step("lift_debarment", SettleDebarment, (roles.BUREAU,), "解除禁入", "Lift it before its time"),
)
