"""The registry's part of the supervision dashboard."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import street_code
from chassis.operations import Operation, rpc
from contracts import roles

SEERS = (*roles.STAFF, roles.HUB, roles.AUDITOR, roles.ADMINISTRATOR)


class DashboardQuery(Schema):
    """One street, or all the actor may see."""

    street_code = street_code()


def _counts() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.Integer())


class RegistryDashboard(Schema):
    """Counts; every number can be recounted from the lists."""

    organisations = fields.Integer()
    organisations_by_kind = _counts()
    organisations_by_tier = _counts()
    organisations_by_street = _counts()
    organisations_by_status = _counts()
    cases = fields.Integer()
    cases_by_status = _counts()
    cases_late = fields.Integer()
    seed_groups = fields.Integer()
    seed_groups_by_status = _counts()
    plans_by_status = _counts()
    visits = fields.Integer()
    visits_by_status = _counts()
    findings_by_status = _counts()
    findings_open = fields.Integer()
    findings_overdue = fields.Integer()
    consultations = fields.Integer()
    consultations_by_status = _counts()
    consultations_late = fields.Integer()


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_registry_dashboard",
        DashboardQuery,
        RegistryDashboard,
        roles=SEERS,
        zh="组织与孵化看板",
        en="Dashboard of organisations and incubation",
    ),
)
