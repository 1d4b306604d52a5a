"""How a project ends: everything that is missing for its closing at once; an early end with its settlement."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.delivery import DOERS, SEERS, Instalment, OnProject, ProjectPath
from contracts.projects.evidence import expected_version
from contracts.projects.proposal_documents import FORMATS, DocumentFile

CAUSES = ("agreement", "breach", "force_majeure")
STATUSES = ("proposed", "answered", "approved", "refused", "withdrawn")
SIDES = ("organisation", "funder")
PROPOSERS = (roles.BUREAU, roles.STREET_STAFF, *DOERS)


class ChecklistItem(Schema):
    """Something a closing needs; ``open``: how many, how much or which, where it is not met."""

    key = fields.String()
    met = fields.Boolean()
    zh = fields.String()
    en = fields.String()
    open = fields.List(fields.String())


class ChecklistView(Schema):
    """``ready``: nothing is missing."""

    project_id = fields.String()
    status = fields.String()
    ready = fields.Boolean()
    items = fields.List(fields.Nested(ChecklistItem))


class TerminationPath(Schema):
    """One early end."""

    termination_id = Id("tmn", required=True)


class OnTermination(TerminationPath):
    """A step of one early end."""

    expected_version = expected_version()


class ProposeTermination(OnProject):
    """By either side; breach by the bureau or the street only."""

    cause = one_of(*CAUSES, required=True)
    reason = Text(required=True, at_least=2, at_most=1000)


class AnswerTermination(OnTermination):
    """The other side is heard."""

    agrees = fields.Boolean(required=True)
    statement = Text(required=True, at_least=2, at_most=4000)


class RefuseTermination(OnTermination):
    """The project goes on."""

    reason = Text(required=True, at_least=2, at_most=1000)


class DisallowedSpending(Schema):
    """A payment that does not count, and why."""

    spending_id = Id("spd", required=True)
    reason = Text(required=True, at_least=2, at_most=300)


class ApproveTermination(OnTermination):
    """Which payments do not count, and how what must come back comes back; after a breach a debarment may be proposed,
    which a second person confirms."""

    disallowed = fields.List(fields.Nested(DisallowedSpending), load_default=list, validate=validate.Length(max=200))
    recovery_plan = Text(required=True, at_least=2, at_most=4000)
    instalments = fields.List(fields.Nested(Instalment), validate=validate.Length(min=1, max=24))
    propose_debarment = fields.Boolean(load_default=False)


class SettlementLine(Schema):
    """A budget line: what was planned, spent, and what of it is allowed."""

    line = fields.String()
    planned = Money(attribute="planned_fen")
    spent = Money(attribute="spent_fen")
    allowed = Money(attribute="allowed_fen")


class SettlementView(Schema):
    """To give back: paid − returned − allowed. Released: what was committed and is free for the pool again."""

    paid = Money(attribute="paid_fen")
    returned = Money(attribute="returned_fen")
    spent = Money(attribute="spent_fen")
    allowed = Money(attribute="allowed_fen")
    recover = Money(attribute="recover_fen")
    released = Money(attribute="released_fen")
    lines = fields.List(fields.Nested(SettlementLine))
    disallowed = fields.List(fields.Nested(DisallowedSpending))


class TerminationView(Schema):
    """An early end; the settlement is a draft, with every payment allowed, until it is approved."""

    termination_id = fields.String(attribute="id")
    project_id = fields.String()
    organisation_id = fields.String()
    cause = fields.String(metadata={"enum": list(CAUSES)})
    status = fields.String(metadata={"enum": list(STATUSES)})
    proposed_by = fields.String(metadata={"enum": list(SIDES)})
    version = fields.Integer()
    reason = fields.String()
    hear_until_on = fields.Date()
    agrees = fields.Boolean(allow_none=True)
    statement = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    settlement = fields.Nested(SettlementView)
    created_at = Instant()
    decided_at = Instant(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class TerminationQuery(PageQuery):
    """Filters; scope is applied besides."""

    project_id = Id("prj")
    status = one_of(*STATUSES)


class SettlementDocumentQuery(TerminationPath):
    """As PDF or as XLSX."""

    format = one_of(*FORMATS, load_default="pdf")


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, TerminationView, roles=who, zh=zh, en=en, reread="get_termination")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_closing_checklist", ProjectPath, ChecklistView, roles=SEERS, zh="结项清单", en="What a closing lacks"),
    rpc("get_termination", TerminationPath, TerminationView, roles=SEERS, zh="查看提前终止", en="One early end"),
    rpc(
        "list_terminations",
        TerminationQuery,
        TerminationView,
        roles=SEERS,
        many=True,
        zh="提前终止列表",
        en="Early ends in scope",
    ),
    rpc(
        "get_settlement_document",
        SettlementDocumentQuery,
        DocumentFile,
        roles=SEERS,
        zh="下载结算单（PDF、XLSX）",
        en="A settlement as PDF or XLSX",
    ),
    _step("propose_termination", ProposeTermination, PROPOSERS, "提出提前终止", "Propose an early end"),
    _step("answer_termination", AnswerTermination, PROPOSERS, "答复提前终止", "Answer for the other side"),
    _step("withdraw_termination", OnTermination, PROPOSERS, "撤回提前终止", "Withdraw the proposal"),
    _step("refuse_termination", RefuseTermination, (roles.BUREAU,), "不予终止", "Refuse: the project goes on"),
    _step("approve_termination", ApproveTermination, (roles.BUREAU,), "批准终止并结算", "Approve and settle"),
)
