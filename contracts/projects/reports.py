"""Periodic reports (定期报告): a plan of due days per project, reports that answer them, figures of the platform."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, day, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.delivery import DOERS, SEERS, STREET, ProjectPath
from contracts.projects.evidence import EvidenceView, evidence_list, expected_version
from contracts.projects.proposal_documents import FORMATS, DocumentFile

SLOT_STATUSES = ("expected", "overdue", "submitted", "returned", "accepted", "dropped")
RHYTHMS = ("monthly", "quarterly", "weeks", "milestones")
WORKDAY_RULES = ("same", "next", "previous")


def _between(low: int, high: int) -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(min=low, max=high))


class ReportRules(Schema):
    """Only what is to change. ``due_days``: days after a period's end; ``workday_rule``: what a due day off becomes."""

    rhythm = one_of(*RHYTHMS)
    weeks = _between(1, 52)
    due_days = _between(0, 90)
    workday_rule = one_of(*WORKDAY_RULES)
    reminder_days = fields.List(_between(1, 60), validate=validate.Length(max=5))
    extension_days_max = _between(1, 365)
    horizon_periods = _between(1, 60)
    closing_needs_reports = fields.Boolean()


class ReportPolicyQuery(Schema):
    """The district's rules, or a round's own."""

    round_id = Id("rnd")


class SetReportPolicy(ReportRules):
    """The district's rules, or a round's own."""

    round_id = Id("rnd")


class ReportPolicyView(Schema):
    """When reports are due; complete."""

    district_code = fields.String()
    round_id = fields.String(allow_none=True)
    rhythm = fields.String(metadata={"enum": list(RHYTHMS)})
    weeks = fields.Integer()
    due_days = fields.Integer()
    workday_rule = fields.String(metadata={"enum": list(WORKDAY_RULES)})
    reminder_days = fields.List(fields.Integer())
    extension_days_max = fields.Integer()
    horizon_periods = fields.Integer()
    closing_needs_reports = fields.Boolean()


class PlanReports(ProjectPath):
    """Counted from ``anchor_on`` (the project's first day where none is given) by the policy in force."""

    anchor_on = day()


class SlotPath(Schema):
    """One due report."""

    report_slot_id = Id("rsl", required=True)


class OnSlot(SlotPath):
    """A step of one due report."""

    expected_version = expected_version()


class ReportLine(Schema):
    """What was spent from a line of the budget in the period."""

    line = Text(required=True, at_least=1, at_most=60)
    amount = Money(attribute="amount_fen", required=True)


class SubmitPeriodicReport(OnSlot):
    """What happened in the period. ``deviation`` is required where a figure differs from the platform's records."""

    text = Text(required=True, at_least=2, at_most=10_000)
    activity_count = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=100_000))
    beneficiary_count = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=10_000_000))
    service_minutes = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=100_000_000))
    spending = fields.List(fields.Nested(ReportLine), load_default=list, validate=validate.Length(max=40))
    deviation = Text(at_most=4000, load_default="")
    next_period = Text(at_most=4000, load_default="")
    evidence = evidence_list()


class ReturnPeriodicReport(OnSlot):
    """What is to be corrected."""

    reason = Text(required=True, at_least=2, at_most=1000)


class AcceptPeriodicReport(OnSlot):
    """Staff accept."""

    note = Text(at_most=500, load_default="")


class ExtendReport(OnSlot):
    """A later day, with its reason."""

    due_on = day(required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class SlotQuery(PageQuery):
    """Filters; scope is applied besides."""

    project_id = Id("prj")
    organisation_id = Id("org")
    status = one_of(*SLOT_STATUSES)


class ReportDocumentQuery(SlotPath):
    """As PDF or as XLSX."""

    format = one_of(*FORMATS, load_default="pdf")


class FiguresView(Schema):
    """What the platform recorded of the period; null: it keeps no such record of this project."""

    report_slot_id = fields.String()
    period_from = fields.Date()
    period_until = fields.Date()
    activity_count = fields.Integer(allow_none=True)
    beneficiary_count = fields.Integer(allow_none=True)
    service_minutes = fields.Integer(allow_none=True)
    spending = fields.List(fields.Nested(ReportLine))
    milestones_accepted = fields.Integer()


class RecordedFigures(Schema):
    """The platform's figures as they stood when the report was handed in."""

    activity_count = fields.Integer(allow_none=True)
    beneficiary_count = fields.Integer(allow_none=True)
    service_minutes = fields.Integer(allow_none=True)
    spending = fields.List(fields.Nested(ReportLine))
    milestones_accepted = fields.Integer()


class ReportVersionView(Schema):
    """A report as it was handed in, and what became of it."""

    report_version_id = fields.String(attribute="id")
    number = fields.Integer()
    text = fields.String()
    activity_count = fields.Integer()
    beneficiary_count = fields.Integer()
    service_minutes = fields.Integer()
    spending = fields.List(fields.Nested(ReportLine))
    deviation = fields.String()
    next_period = fields.String()
    figures = fields.Nested(RecordedFigures)
    evidence = fields.List(fields.Nested(EvidenceView))
    submitted_at = Instant()
    outcome = fields.String(allow_none=True, metadata={"enum": ["accepted", "returned", None]})
    note = fields.String(allow_none=True)


class ExtensionView(Schema):
    """From which day to which, and why."""

    from_on = fields.String(metadata={"format": "date"})
    until_on = fields.String(metadata={"format": "date"})
    reason = fields.String()


class SlotView(Schema):
    """A due report. ``original_due_on`` never changes; ``calendar_confirmed``: the year's holidays were published."""

    report_slot_id = fields.String(attribute="id")
    project_id = fields.String()
    organisation_id = fields.String()
    milestone_id = fields.String(allow_none=True)
    number = fields.Integer()
    status = fields.String(metadata={"enum": list(SLOT_STATUSES)})
    version = fields.Integer()
    period_from = fields.Date()
    period_until = fields.Date()
    original_due_on = fields.Date()
    due_on = fields.Date()
    calendar_confirmed = fields.Boolean()
    late = fields.Boolean()
    extensions = fields.List(fields.Nested(ExtensionView))
    submitted_at = Instant(allow_none=True)
    decided_at = Instant(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class SlotDetail(SlotView):
    """With every version that was handed in."""

    versions = fields.List(fields.Nested(ReportVersionView))


class ReportPlanView(Schema):
    """A project's report plan: its anchor, the rules it was counted by, and what is due."""

    project_id = fields.String()
    anchor_on = fields.Date()
    source = fields.String(metadata={"enum": ["district", "round"]})
    rhythm = fields.String(metadata={"enum": list(RHYTHMS)})
    workday_rule = fields.String(metadata={"enum": list(WORKDAY_RULES)})
    version = fields.Integer()
    slots = fields.List(fields.Nested(SlotView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, SlotDetail, roles=who, zh=zh, en=en, reread="get_report_slot")


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "get_report_policy", ReportPolicyQuery, ReportPolicyView, roles=SEERS, zh="报告规则", en="When reports are due"
    ),
    command(
        "set_report_policy",
        SetReportPolicy,
        ReportPolicyView,
        roles=(roles.BUREAU,),
        zh="设定报告规则",
        en="Set when reports are due",
    ),
    rpc("get_report_plan", ProjectPath, ReportPlanView, roles=SEERS, zh="报告计划", en="A project's report plan"),
    command(
        "plan_reports",
        PlanReports,
        ReportPlanView,
        roles=STREET,
        zh="排定报告计划",
        en="Plan a project's reports",
        reread="get_report_plan",
    ),
    rpc("list_report_slots", SlotQuery, SlotView, roles=SEERS, many=True, zh="应交报告", en="Reports that are due"),
    rpc("get_report_slot", SlotPath, SlotDetail, roles=SEERS, zh="查看一期报告", en="One due report"),
    rpc("get_report_figures", SlotPath, FiguresView, roles=SEERS, zh="报告预填数", en="The platform's own figures"),
    rpc(
        "get_report_document",
        ReportDocumentQuery,
        DocumentFile,
        roles=SEERS,
        zh="下载报告（PDF、XLSX）",
        en="A report as PDF or XLSX",
    ),
    _step("submit_periodic_report", SubmitPeriodicReport, DOERS, "提交定期报告", "Hand in a periodic report"),
    _step("return_periodic_report", ReturnPeriodicReport, STREET, "退回定期报告", "Send a report back for correction"),
    _step("accept_periodic_report", AcceptPeriodicReport, STREET, "通过定期报告", "Accept a periodic report"),
    _step("extend_report", ExtendReport, STREET, "延期提交报告", "Let a report come later"),
)
