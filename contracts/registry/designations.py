"""Designations: district brands (创益领航), model sites (党建样板) and red-flag party organisations (红旗党组织)."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.shapes import Evidence, NounView, Reason, evidence_list

KINDS = ("district_brand", "party_model_site", "red_flag_party")
STATUSES = ("proposed", "granted", "refused", "withdrawn", "revoked", "expired")
PROPOSERS = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF)
SEERS = (*roles.READERS, roles.CSO)


class ProposeDesignation(Schema):
    """With the reasons; the two party kinds need an active party organisation."""

    organisation_id = Id("org", required=True)
    kind = one_of(*KINDS, required=True)
    title = Text(required=True, at_least=2, at_most=100)
    reason = Text(required=True, at_least=2, at_most=1000)
    valid_from = day(required=True)
    valid_until = day()
    evidence = evidence_list()


class DesignationPath(Schema):
    """One designation."""

    designation_id = Id("dsg", required=True)


class DecideDesignation(DesignationPath, Reason):
    """With a reason; another person than the proposer grants or refuses."""


class DesignationQuery(PageQuery):
    """Filters; scope is applied besides. ``current``: granted, and its period runs today."""

    organisation_id = Id("org")
    kind = one_of(*KINDS)
    status = one_of(*STATUSES)
    street_code = street_code()
    current = fields.Boolean(load_default=False)


class DesignationView(NounView):
    """A designation and its period; ``valid_until`` null: until it is revoked."""

    designation_id = fields.String()
    organisation_id = fields.String()
    party_organisation_id = fields.String(allow_none=True)
    kind = fields.String(metadata={"enum": list(KINDS)})
    title = fields.String()
    reason = fields.String()
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    evidence = fields.List(fields.Nested(Evidence))
    decision_reason = fields.String(allow_none=True)
    decided_at = Instant(allow_none=True)
    ended_on = fields.Date(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, DesignationView, roles=who, reread="get_designation", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("propose_designation", ProposeDesignation, PROPOSERS, "推荐命名", "Propose a designation"),
    _step("grant_designation", DecideDesignation, (roles.BUREAU,), "授予命名", "Grant a designation"),
    _step("refuse_designation", DecideDesignation, (roles.BUREAU,), "不予命名", "Refuse a designation"),
    _step("withdraw_designation", DecideDesignation, PROPOSERS, "撤回推荐", "Withdraw a proposal"),
    _step("revoke_designation", DecideDesignation, (roles.BUREAU,), "撤销命名", "Revoke a designation"),
    rpc("get_designation", DesignationPath, DesignationView, roles=SEERS, zh="查看命名", en="One designation"),
    rpc(
        "list_designations", DesignationQuery, DesignationView, roles=SEERS, many=True, zh="命名列表", en="Designations"
    ),
)
