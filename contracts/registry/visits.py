"""Supervision visits (督导) and their findings."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.shapes import Evidence, NounView, Reason, evidence_list, expected_version

STATUSES = ("planned", "held", "findings", "rectification", "closed", "cancelled")
FINDING_STATUSES = ("open", "rectified", "closed")
SEVERITIES = ("low", "medium", "high")
VISITORS = (roles.HUB, roles.SPECIALIST, roles.STEWARD, roles.STREET_STAFF, roles.BUREAU)
RECTIFIERS = (roles.CSO, roles.HUB)
SEERS = (*roles.READERS, roles.CSO)


class PlanVisit(Schema):
    """A visit to an organisation."""

    organisation_id = Id("org", required=True)
    case_id = Id("cas")
    planned_on = day(required=True)
    topic = Text(required=True, at_least=2, at_most=200)


class VisitPath(Schema):
    """One visit."""

    visit_id = Id("vis", required=True)


class OnVisit(VisitPath):
    """A step of one visit."""

    expected_version = expected_version()


class NewFinding(Schema):
    """Something to put right."""

    severity = one_of(*SEVERITIES, required=True)
    text = Text(required=True, at_least=2, at_most=1000)
    due_on = day(required=True)


class HoldVisit(OnVisit):
    """What happened in the room."""

    held_on = day(metadata={"description": "默认今天 / today by default"})
    summary = Text(required=True, at_least=2, at_most=4000)
    attendance = fields.Integer(validate=validate.Range(min=1, max=10_000), load_default=1)
    findings = fields.List(fields.Nested(NewFinding), validate=validate.Length(max=20), load_default=list)
    evidence = evidence_list()


class RecordFinding(VisitPath, NewFinding):
    """A finding noticed after the visit was written down."""


class RectifyFinding(VisitPath):
    """The organisation put it right."""

    finding_id = Id("fnd", required=True)
    note = Text(required=True, at_least=2, at_most=2000)
    evidence = evidence_list()


class RecheckFinding(VisitPath):
    """Somebody looked again; a failed recheck sets a new deadline."""

    finding_id = Id("fnd", required=True)
    passed = fields.Boolean(required=True)
    note = Text(at_most=1000, load_default="")
    due_on = day()


class CancelVisit(VisitPath, Reason):
    """It will not take place."""


class VisitQuery(PageQuery):
    """Filters; scope is applied besides."""

    organisation_id = Id("org")
    case_id = Id("cas")
    status = one_of(*STATUSES)
    street_code = street_code()


class FindingView(Schema):
    """A finding."""

    finding_id = fields.String()
    severity = fields.String(metadata={"enum": list(SEVERITIES)})
    text = fields.String()
    due_on = day()
    overdue = fields.Boolean()
    status = fields.String(metadata={"enum": list(FINDING_STATUSES)})
    failed_rechecks = fields.Integer()
    rectification = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(Evidence))


class VisitView(NounView):
    """A visit."""

    visit_id = fields.String()
    organisation_id = fields.String()
    case_id = fields.String(allow_none=True)
    topic = fields.String()
    planned_on = day()
    held_on = fields.Date(allow_none=True)
    summary = fields.String()
    attendance = fields.Integer()
    account_id = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(Evidence))
    findings = fields.List(fields.Nested(FindingView))
    closed_at = Instant(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, VisitView, roles=who, reread="get_visit", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("plan_visit", PlanVisit, VISITORS, "安排督导", "Plan a visit"),
    _step("hold_visit", HoldVisit, VISITORS, "记录督导", "Record a visit"),
    _step("record_finding", RecordFinding, VISITORS, "补记问题", "Record a finding"),
    _step("rectify_finding", RectifyFinding, RECTIFIERS, "整改", "Rectify a finding"),
    _step("recheck_finding", RecheckFinding, VISITORS, "复查", "Recheck a finding"),
    _step("close_visit", OnVisit, VISITORS, "办结督导", "Close a visit"),
    _step("cancel_visit", CancelVisit, VISITORS, "取消督导", "Cancel a visit"),
    rpc("get_visit", VisitPath, VisitView, roles=SEERS, zh="查看督导", en="One visit"),
    rpc("list_visits", VisitQuery, VisitView, roles=SEERS, many=True, zh="督导列表", en="Visits"),
)
