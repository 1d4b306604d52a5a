"""Incubation cases (孵化案): application, review, public notice, agreement, incubation and exit."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.shapes import Evidence, NounView, Reason, evidence_list, expected_version
from contracts.registry.teams import TeamMemberView

STATUSES = (
    "draft",
    "received",
    "more_info",
    "screening",
    "review",
    "rejected",
    "public_notice",
    "agreed",
    "incubating",
    "suspended",
    "exit_review",
    "graduated",
    "extended",
    "withdrawn",
    "expelled",
)
MODES = ("onsite", "offsite")
OUTCOMES = ("graduation", "extension", "withdrawal", "expulsion")
DIMENSIONS = ("governance", "team", "service", "finance", "resources", "publicity")
APPLICANTS = (roles.CSO, roles.HUB, roles.STREET_STAFF)
ADMITTERS = (roles.SPECIALIST, roles.BUREAU)
REVIEWERS = (roles.SPECIALIST, roles.BUREAU, roles.STREET_STAFF, roles.HUB)
SEERS = (*roles.READERS, roles.CSO)
OBJECTORS = (roles.RESIDENT, roles.CSO, roles.HUB, roles.STREET_STAFF, roles.GRID_WORKER, roles.STEWARD)
TYPISTS = (*APPLICANTS, roles.SPECIALIST)


class NewDocument(Schema):
    """A document; what kinds are required is the policy ``case_documents``."""

    kind = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z"))
    title = Text(required=True, at_least=1, at_most=100)
    evidence = evidence_list()


class DraftCase(Schema):
    """An application for an organisation of one's own or in one's care."""

    organisation_id = Id("org", required=True)
    mode = one_of(*MODES, load_default="onsite")
    statement = Text(at_most=2000, load_default="")
    documents = fields.List(fields.Nested(NewDocument), validate=validate.Length(max=20), load_default=list)


class CasePath(Schema):
    """One case."""

    case_id = Id("cas", required=True)


class OnCase(CasePath):
    """A step of one case."""

    expected_version = expected_version()


class CaseReason(CasePath, Reason):
    """A step that must be explained."""


class AddCaseDocument(CasePath, NewDocument):
    """One more document."""


class SupplyCaseInfo(OnCase):
    """The answer to a question; the case returns to the state that asked."""

    note = Text(required=True, at_least=1, at_most=1000)
    documents = fields.List(fields.Nested(NewDocument), validate=validate.Length(max=20), load_default=list)


class VoteOnCase(CasePath):
    """One vote per reviewer; ``recuse`` stands aside."""

    choice = one_of("approve", "reject", "recuse", required=True)
    comment = Text(at_most=1000, load_default="")


class ObjectToCase(CasePath):
    """An objection during the public notice."""

    text = Text(required=True, at_least=2, at_most=2000)


class ResolveCaseObjection(CasePath):
    """``upheld`` rejects the case."""

    objection_id = Id("obj", required=True)
    outcome = one_of("upheld", "rejected", required=True)
    reason = Text(required=True, at_least=2, at_most=500)


class CapacityScores(Schema):
    """0–100 each."""

    governance = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=100))
    team = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=100))
    service = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=100))
    finance = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=100))
    resources = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=100))
    publicity = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=100))


class AssessCapacity(CasePath):
    """Capacity at the start, on the way and at the end."""

    kind = one_of("baseline", "interim", "exit", load_default="baseline")
    scores = fields.Nested(CapacityScores, required=True)
    note = Text(at_most=1000, load_default="")


class SignAgreement(OnCase):
    """The incubation agreement; ``months`` defaults to what the policy allows."""

    signed_on = day()
    months = fields.Integer(validate=validate.Range(min=1, max=60))
    evidence = evidence_list()


class RequestExit(CaseReason):
    """What is sought; only then the exit review decides."""

    sought = one_of(*OUTCOMES, required=True)


class ExtendCase(CaseReason):
    """Once."""

    months = fields.Integer(required=True, validate=validate.Range(min=1, max=60))


class CaseQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    organisation_id = Id("org")
    street_code = street_code()
    mode = one_of(*MODES)
    account_id = Id("acc", metadata={"description": "在岗专员或管家 / serving specialist or steward"})


class DocumentView(Schema):
    """A document of a case."""

    document_id = fields.String()
    kind = fields.String()
    title = fields.String()
    evidence = fields.List(fields.Nested(Evidence))
    added_at = Instant()


class CapacityView(Schema):
    """An assessment."""

    kind = fields.String()
    scores = fields.Dict(keys=fields.String(), values=fields.Integer())
    note = fields.String()
    assessed_at = Instant()


class ObjectionView(Schema):
    """An objection; who objected is not shown."""

    objection_id = fields.String()
    text = fields.String()
    status = fields.String(metadata={"enum": ["open", "upheld", "rejected"]})
    raised_at = Instant()


class ObjectionReceipt(Schema):
    """That an objection was taken down."""

    objection_id = fields.String()
    case_id = fields.String()
    status = fields.String()


class CaseView(NounView):
    """A case."""

    case_id = fields.String()
    organisation_id = fields.String()
    mode = fields.String(metadata={"enum": list(MODES)})
    statement = fields.String()
    asked_from = fields.String(allow_none=True)
    question = fields.String(allow_none=True)
    submitted_at = Instant(allow_none=True)
    review_due_on = fields.Date(allow_none=True)
    review_due_confirmed = fields.Boolean(allow_none=True)
    review_late = fields.Boolean()
    notice_until = Instant(allow_none=True)
    agreed_on = fields.Date(allow_none=True)
    starts_on = fields.Date(allow_none=True)
    ends_on = fields.Date(allow_none=True)
    extended_months = fields.Integer()
    sought = fields.String(allow_none=True)
    closing_reason = fields.String(allow_none=True)


class CaseDetail(CaseView):
    """A case with all that belongs to it."""

    documents = fields.List(fields.Nested(DocumentView))
    missing_documents = fields.List(fields.String())
    votes = fields.Dict(keys=fields.String(), values=fields.Integer())
    objections = fields.List(fields.Nested(ObjectionView))
    assessments = fields.List(fields.Nested(CapacityView))
    team = fields.List(fields.Nested(TeamMemberView))


class NoticeView(Schema):
    """What everybody may read during a public notice."""

    case_id = fields.String()
    organisation_id = fields.String()
    organisation_name = fields.String()
    mode = fields.String()
    street_code = fields.String(allow_none=True)
    notice_until = Instant()


class NoticeQuery(PageQuery):
    """Cases under public notice."""

    street_code = street_code()


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, CaseDetail, roles=who, reread="get_case", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("draft_case", DraftCase, APPLICANTS, "填写入孵申请", "Draft an application"),
    _step("add_case_document", AddCaseDocument, TYPISTS, "上传申请材料", "Add a document"),
    _step("submit_case", OnCase, APPLICANTS, "提交入孵申请", "Submit the application"),
    _step("begin_case_screening", OnCase, ADMITTERS, "开始初审", "Begin screening"),
    _step("request_case_info", CaseReason, ADMITTERS, "要求补充材料", "Ask for more information"),
    _step("supply_case_info", SupplyCaseInfo, APPLICANTS, "补充材料", "Supply information"),
    _step("pass_case_screening", OnCase, ADMITTERS, "初审通过", "Pass screening"),
    _step("vote_on_case", VoteOnCase, REVIEWERS, "评审表决", "Vote"),
    _step("decide_case_review", OnCase, ADMITTERS, "评审结论", "Decide the review by its votes"),
    _step("reject_case", CaseReason, ADMITTERS, "不予入孵", "Reject"),
    command("object_to_case", ObjectToCase, ObjectionReceipt, roles=OBJECTORS, zh="提出异议", en="Object"),
    _step("resolve_case_objection", ResolveCaseObjection, ADMITTERS, "处理异议", "Settle an objection"),
    _step("assess_case_capacity", AssessCapacity, ADMITTERS, "能力评估", "Assess capacity"),
    _step("sign_case_agreement", SignAgreement, ADMITTERS, "签订入孵协议", "Sign the agreement"),
    _step("begin_case_incubation", OnCase, ADMITTERS, "开始孵化", "Begin incubation"),
    _step("suspend_case", CaseReason, ADMITTERS, "暂停孵化", "Suspend"),
    _step("resume_case", CaseReason, ADMITTERS, "恢复孵化", "Resume"),
    _step("request_case_exit", RequestExit, (*ADMITTERS, *APPLICANTS), "申请出壳评审", "Ask for the exit review"),
    _step("graduate_case", CaseReason, ADMITTERS, "出壳", "Graduate"),
    _step("extend_case", ExtendCase, ADMITTERS, "延长孵化", "Extend, once"),
    _step("withdraw_case", CaseReason, (*APPLICANTS, *ADMITTERS), "撤回或退出", "Withdraw"),
    _step("expel_case", CaseReason, ADMITTERS, "清退", "Expel"),
    rpc("get_case", CasePath, CaseDetail, roles=SEERS, zh="查看孵化案", en="One case"),
    rpc("list_cases", CaseQuery, CaseView, roles=SEERS, many=True, zh="孵化案列表", en="Cases"),
    rpc(
        "list_case_notices", NoticeQuery, NoticeView, roles=roles.PUBLIC, many=True, zh="入孵公示", en="Public notices"
    ),
)
