"""Delivery of awarded projects: milestones, spending, reports, evaluations, changes, acceptance, closing."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.evidence import EvidenceView, evidence_list, expected_version
from contracts.projects.proposals import BudgetLine

STATUSES = ("active", "changing", "mid_review", "final_report", "acceptance", "closed", "terminated")
DOERS = (roles.CSO, roles.HUB)
STREET = (roles.BUREAU, roles.STREET_STAFF)
SEERS = (*roles.READERS, roles.CSO)


class ProjectPath(Schema):
    """One project."""

    project_id = Id("prj", required=True)


class OnProject(ProjectPath):
    """A step of one project."""

    expected_version = expected_version()


class MilestonePath(ProjectPath):
    """One milestone of a project."""

    milestone_id = Id("mls", required=True)


class SubmitMilestone(MilestonePath):
    """What was reached, with evidence."""

    summary = Text(required=True, at_least=2, at_most=2000)
    evidence = evidence_list()


class AcceptMilestone(MilestonePath):
    """Staff accept."""

    note = Text(at_most=500, load_default="")


class ReturnMilestone(MilestonePath):
    """Staff send back."""

    reason = Text(required=True, at_least=2, at_most=500)


class Invoice(Schema):
    """What an invoice (发票) says of itself; ``code`` only where it has one."""

    code = fields.String(validate=validate.Regexp(r"^[0-9A-Za-z]{1,20}\Z"), allow_none=True, load_default=None)
    number = fields.String(required=True, validate=validate.Regexp(r"^[0-9A-Za-z-]{1,30}\Z"))
    issued_on = day(allow_none=True, load_default=None)
    amount = Money(attribute="amount_fen", allow_none=True, load_default=None)


class RecordSpending(OnProject):
    """A payment with its receipts."""

    line = Text(required=True, at_least=1, at_most=60)
    amount = Money(attribute="amount_fen", required=True)
    spent_on = day(required=True)
    purpose = Text(required=True, at_least=2, at_most=200)
    receipts = evidence_list(at_least=1)
    invoices = fields.List(fields.Nested(Invoice), validate=validate.Length(max=20), load_default=list)


class SubmitReport(OnProject):
    """A periodic report, or the report on a tranche."""

    kind = one_of("periodic", "tranche", required=True)
    tranche_number = fields.Integer(validate=validate.Range(min=1, max=20), allow_none=True)
    period_from = day(required=True)
    period_until = day(required=True)
    text = Text(required=True, at_least=2, at_most=10_000)
    beneficiary_count = fields.Integer(load_default=0, validate=validate.Range(min=0, max=10_000_000))
    evidence = evidence_list()


class SubmitFinalReport(OnProject):
    """The final report."""

    text = Text(required=True, at_least=2, at_most=20_000)
    beneficiary_count = fields.Integer(required=True, validate=validate.Range(min=0, max=10_000_000))
    evidence = evidence_list()


class RecordEvaluation(OnProject):
    """A mid-term or final evaluation, 0–100."""

    kind = one_of("mid_term", "final", required=True)
    score = fields.Integer(required=True, validate=validate.Range(min=0, max=100))
    comment = Text(at_most=2000, load_default="")


class Instalment(Schema):
    """A part of what must come back, and its last day."""

    due_on = day(required=True)
    amount = Money(attribute="amount_fen", required=True)


class TerminateProject(OnProject):
    """Ended early, with a recovery plan."""

    reason = Text(required=True, at_least=2, at_most=1000)
    recovery_plan = Text(required=True, at_least=2, at_most=4000)
    recover = Money(attribute="recover_fen", required=True)
    instalments = fields.List(fields.Nested(Instalment), validate=validate.Length(min=1, max=24))


class ProjectQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    street_code = street_code()
    organisation_id = Id("org")
    round_id = Id("rnd")


class OfProjectQuery(PageQuery):
    """Things of one project."""

    project_id = Id("prj", required=True)


class MilestoneView(Schema):
    """A milestone; ``tranche_number`` is released once it is accepted."""

    milestone_id = fields.String(attribute="id")
    project_id = fields.String()
    number = fields.Integer()
    title = fields.String()
    due_on = fields.Date(allow_none=True)
    tranche_number = fields.Integer(allow_none=True)
    status = fields.String(metadata={"enum": ["planned", "submitted", "accepted", "returned"]})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    summary = fields.String(allow_none=True)
    evidence = fields.List(fields.Nested(EvidenceView))
    note = fields.String(allow_none=True)
    submitted_at = Instant(allow_none=True)
    accepted_at = Instant(allow_none=True)


class SpendingView(Schema):
    """A payment."""

    spending_id = fields.String(attribute="id")
    project_id = fields.String()
    line = fields.String()
    amount = Money(attribute="amount_fen")
    spent_on = fields.Date()
    purpose = fields.String()
    receipts = fields.List(fields.Nested(EvidenceView))
    invoices = fields.List(fields.Nested(Invoice))
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class ReportView(Schema):
    """A report."""

    report_id = fields.String(attribute="id")
    project_id = fields.String()
    kind = fields.String(metadata={"enum": ["periodic", "tranche", "final"]})
    tranche_number = fields.Integer(allow_none=True)
    period_from = fields.Date(allow_none=True)
    period_until = fields.Date(allow_none=True)
    text = fields.String()
    beneficiary_count = fields.Integer()
    evidence = fields.List(fields.Nested(EvidenceView))
    submitted_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class EvaluationView(Schema):
    """An evaluation with the grade that followed from the district's thresholds."""

    evaluation_id = fields.String(attribute="id")
    project_id = fields.String()
    kind = fields.String(metadata={"enum": ["mid_term", "final"]})
    score = fields.Integer()
    grade = fields.String(metadata={"enum": ["A", "B", "C"]})
    comment = fields.String()
    evaluated_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class ProjectView(Schema):
    """A project: an awarded proposal under agreement."""

    project_id = fields.String(attribute="id")
    proposal_id = fields.String()
    round_id = fields.String()
    award_id = fields.String()
    organisation_id = fields.String()
    title = fields.String()
    fields_ = fields.List(fields.String(), attribute="fields", data_key="fields")
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    award = Money(attribute="award_fen")
    spent = Money(attribute="spent_fen")
    budget = fields.List(fields.Nested(BudgetLine))
    milestones = fields.List(fields.Nested(MilestoneView))
    evaluations = fields.List(fields.Nested(EvaluationView))
    grade = fields.String(allow_none=True)
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    reason = fields.String(allow_none=True)
    recovery_plan = fields.String(allow_none=True)
    recover = Money(attribute="recover_fen", allow_none=True)
    closed_at = Instant(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, ProjectView, roles=who, zh=zh, en=en, reread="get_project")


def _milestone(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, MilestoneView, roles=who, zh=zh, en=en, reread="get_milestone")


def _list(name: str, gives: type[Schema], zh: str, en: str) -> Operation:
    return rpc(name, OfProjectQuery, gives, roles=SEERS, many=True, zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_project", ProjectPath, ProjectView, roles=SEERS, zh="查看项目", en="One project"),
    rpc("list_projects", ProjectQuery, ProjectView, roles=SEERS, many=True, zh="项目列表", en="Projects in scope"),
    rpc("get_milestone", MilestonePath, MilestoneView, roles=SEERS, zh="查看里程碑", en="One milestone"),
    _list("list_spendings", SpendingView, "支出明细", "Spending of a project"),
    _list("list_reports", ReportView, "项目报告", "Reports of a project"),
    _milestone("submit_milestone", SubmitMilestone, DOERS, "提交里程碑", "Submit a milestone"),
    _milestone("accept_milestone", AcceptMilestone, STREET, "验收里程碑", "Accept a milestone"),
    _milestone("return_milestone", ReturnMilestone, STREET, "退回里程碑", "Return a milestone"),
    command("record_spending", RecordSpending, SpendingView, roles=DOERS, zh="登记支出", en="Record spending"),
    command("submit_report", SubmitReport, ReportView, roles=DOERS, zh="提交报告", en="Submit a report"),
    _step("begin_mid_review", OnProject, STREET, "开始中期评估", "Begin the mid-term review"),
    _step("record_evaluation", RecordEvaluation, STREET, "登记评估结果", "Record an evaluation"),
    _step("submit_final_report", SubmitFinalReport, DOERS, "提交结项报告", "Submit the final report"),
    _step("accept_project", OnProject, STREET, "项目验收", "Accept the project"),
    _step("close_project", OnProject, STREET, "项目结项", "Close the project"),
    _step("terminate_project", TerminateProject, (roles.BUREAU,), "终止项目", "Terminate with a recovery plan"),
)
