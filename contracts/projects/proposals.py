"""Proposals (方案): drafting, versions, comments, checks, submission, screening."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.proposal_plan import BudgetLine as BudgetLine
from contracts.projects.proposal_plan import Plan
from contracts.projects.rounds import ORGANISERS, expected_version, field_code

STATUSES = (
    "draft",
    "submitted",
    "more_info",
    "eligible",
    "screened_out",
    "under_review",
    "shortlisted",
    "pitched",
    "recommended",
    "reserve",
    "not_recommended",
    "notice",
    "awarded",
    "declined",
    "agreement",
    "active",
    "changing",
    "mid_review",
    "final_report",
    "acceptance",
    "closed",
    "withdrawn",
    "terminated",
)
AUTHORS = (roles.CSO, roles.HUB)
WRITERS = (*AUTHORS, roles.TALENT)  # a co-author may be anybody who knows the trade
SCREENING_REASONS = ("not_eligible", "double_funding", "outside_fields", "incomplete", "other")


class ProposalPath(Schema):
    """One proposal."""

    proposal_id = Id("prp", required=True)


class OnProposal(ProposalPath):
    """A step of one proposal."""

    expected_version = expected_version()


class DraftProposal(Schema):
    """A new draft. ``organisation_id`` is needed only where a hub writes for an organisation in its care."""

    round_id = Id("rnd", required=True)
    organisation_id = Id("org")
    title = Text(required=True, at_least=2, at_most=120)
    field = field_code(required=True)
    amount = Money(attribute="amount_fen", required=True)
    plan = fields.Nested(Plan, load_default=dict)
    budget = fields.List(fields.Nested(BudgetLine), load_default=list, validate=validate.Length(max=40))
    operates_street = street_code(
        metadata={"description": "街道运营轮次：所申请运营的街道 / the street to operate, in a round for that purpose"}
    )


class ChangeProposal(OnProposal):
    """A new version; only what is sent changes, sections of the plan are merged."""

    title = Text(at_least=2, at_most=120)
    field = field_code()
    amount = Money(attribute="amount_fen")
    plan = fields.Nested(Plan)
    budget = fields.List(fields.Nested(BudgetLine), validate=validate.Length(max=40))
    operates_street = street_code()


class ReturnProposal(OnProposal):
    """Send back for change, saying what is missing."""

    reason = Text(required=True, at_least=2, at_most=2000)


class WithdrawProposal(OnProposal):
    """The organisation withdraws."""

    reason = Text(at_most=1000, load_default="")


class ScreenInProposal(OnProposal):
    """Eligible."""

    note = Text(at_most=1000, load_default="")


class ScreenOutProposal(OnProposal):
    """Not eligible, for a reason."""

    reason = one_of(*SCREENING_REASONS, required=True)
    note = Text(at_most=1000, load_default="")


class CommentProposal(ProposalPath):
    """A comment on a section."""

    section = fields.String(load_default="", validate=validate.Regexp(r"^[a-z_]{0,40}\Z"))
    text = Text(required=True, at_least=1, at_most=2000)


class ProposalQuery(PageQuery):
    """Filters; scope is applied besides."""

    round_id = Id("rnd")
    status = one_of(*STATUSES)
    organisation_id = Id("org")
    screening_reason = one_of(*SCREENING_REASONS)
    flagged = fields.Boolean(metadata={"description": "有无重复资助等标记，仅工作人员 / flags, for staff"})


class OfProposalQuery(PageQuery):
    """Things of one proposal."""

    proposal_id = Id("prp", required=True)


class CommentQuery(OfProposalQuery):
    """Filters."""

    section = fields.String(validate=validate.Regexp(r"^[a-z_]{0,40}\Z"))
    status = one_of("open", "resolved")


class FlagView(Schema):
    """A possible double funding: another proposal of the same organisation with purpose and dates that overlap."""

    kind = fields.String(metadata={"enum": ["double_funding"]})
    proposal_id = fields.String()
    round_id = fields.String()
    overlap_percent = fields.Integer()
    earlier = fields.Boolean(metadata={"description": "对方先提交 / the other was submitted first"})
    same_field = fields.Boolean()
    overlap_from_on = fields.String(allow_none=True)
    overlap_until_on = fields.String(allow_none=True)
    reason_zh = fields.String()
    reason_en = fields.String()
    verdict = fields.String(allow_none=True, metadata={"enum": ["distinct", "overlapping"]})
    verdict_reason = fields.String(allow_none=True)


class ProposalView(Schema):
    """A proposal in its newest version."""

    proposal_id = fields.String(attribute="id")
    round_id = fields.String()
    organisation_id = fields.String()
    title = fields.String()
    field = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    amount = Money(attribute="amount_fen")
    plan = fields.Dict(keys=fields.String())
    budget = fields.List(fields.Nested(BudgetLine))
    plan_number = fields.Integer()
    return_reason = fields.String(allow_none=True)
    screening_reason = fields.String(allow_none=True)
    screening_note = fields.String(allow_none=True)
    flags = fields.List(fields.Nested(FlagView))
    submitted_at = Instant(allow_none=True)
    award_id = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    operates_street = fields.String(allow_none=True)


class ProblemView(Schema):
    """Something missing or wrong before submission."""

    field = fields.String()
    code = fields.String()
    zh = fields.String()
    en = fields.String()


class ChecksView(Schema):
    """Everything that is missing; ``ready`` when nothing is."""

    proposal_id = fields.String()
    ready = fields.Boolean()
    problems = fields.List(fields.Nested(ProblemView))


class VersionView(Schema):
    """An earlier text of the plan."""

    proposal_version_id = fields.String(attribute="id")
    proposal_id = fields.String()
    number = fields.Integer()
    title = fields.String()
    field = fields.String()
    amount = Money(attribute="amount_fen")
    plan = fields.Dict(keys=fields.String())
    budget = fields.List(fields.Nested(BudgetLine))
    written_at = Instant()
    written_by = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class CommentView(Schema):
    """A comment."""

    comment_id = fields.String(attribute="id")
    proposal_id = fields.String()
    section = fields.String()
    text = fields.String()
    account_id = fields.String(allow_none=True)
    role = fields.String()
    commented_at = Instant()
    plan_number = fields.Integer(allow_none=True)
    status = fields.String(metadata={"enum": ["open", "resolved"]})
    resolved_at = Instant(allow_none=True)
    resolved_by = fields.String(allow_none=True)
    resolution = fields.String(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, ProposalView, roles=who, zh=zh, en=en, reread="get_proposal")


INSIDERS = (*roles.READERS, roles.CSO, roles.TALENT)
OPERATIONS: tuple[Operation, ...] = (
    rpc("get_proposal", ProposalPath, ProposalView, roles=roles.SIGNED_IN, zh="查看方案", en="One proposal"),
    rpc(
        "list_proposals",
        ProposalQuery,
        ProposalView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="方案列表",
        en="Proposals in scope",
    ),
    rpc("check_proposal", ProposalPath, ChecksView, roles=INSIDERS, zh="提交前检查", en="Checks before submission"),
    rpc(
        "list_proposal_versions",
        OfProposalQuery,
        VersionView,
        roles=INSIDERS,
        many=True,
        zh="方案历史版本",
        en="Versions of a proposal",
    ),
    rpc(
        "list_proposal_comments",
        CommentQuery,
        CommentView,
        roles=INSIDERS,
        many=True,
        zh="方案意见",
        en="Comments on a proposal",
    ),
    _step("draft_proposal", DraftProposal, AUTHORS, "起草方案", "Draft a proposal"),
    _step("change_proposal", ChangeProposal, WRITERS, "修改方案", "Write a new version"),
    _step("submit_proposal", OnProposal, AUTHORS, "提交方案", "Submit or resubmit"),
    _step("withdraw_proposal", WithdrawProposal, AUTHORS, "撤回方案", "Withdraw"),
    command(
        "comment_proposal",
        CommentProposal,
        CommentView,
        roles=(*WRITERS, *roles.STAFF),
        zh="对方案提意见",
        en="Comment on a section",
    ),
    _step("return_proposal", ReturnProposal, ORGANISERS, "退回修改", "Return for change"),
    _step("screen_in_proposal", ScreenInProposal, ORGANISERS, "初筛通过", "Screen in: eligible"),
    _step("screen_out_proposal", ScreenOutProposal, ORGANISERS, "初筛不通过", "Screen out, with a reason"),
)
