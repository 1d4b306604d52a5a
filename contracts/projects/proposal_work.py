"""Writing a plan together (方案编制): co-authors, attachments, resolved comments, eligibility."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, Money, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.evidence import EvidenceView
from contracts.projects.proposals import (
    AUTHORS,
    INSIDERS,
    CommentView,
    OfProposalQuery,
    OnProposal,
    ProposalPath,
    ProposalView,
)
from contracts.projects.rounds import ORGANISERS
from contracts.projects.rules_plan import ATTACHMENT_KINDS

COAUTHOR_STATUSES = ("invited", "accepted", "declined", "removed")
VERDICTS = ("distinct", "overlapping")


class InviteCoauthor(ProposalPath):
    """Invite an account to write with the organisation."""

    account_id = Id("acc", required=True)


class CoauthorPath(Schema):
    """One invitation."""

    coauthor_id = Id("coa", required=True)


class CoauthorQuery(PageQuery):
    """Invitations to a proposal; without one, those of the caller."""

    proposal_id = Id("prp")


class CoauthorView(Schema):
    """An invitation to write."""

    coauthor_id = fields.String(attribute="id")
    proposal_id = fields.String()
    account_id = fields.String()
    status = fields.String(metadata={"enum": list(COAUTHOR_STATUSES)})
    version = fields.Integer()
    invited_by = fields.String(allow_none=True)
    invited_at = Instant(attribute="created_at")
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class AttachFile(ProposalPath):
    """A file of the store, attached by its digest."""

    kind = one_of(*ATTACHMENT_KINDS, required=True)
    title = Text(required=True, at_least=1, at_most=120)
    file = fields.Nested(EvidenceView, required=True)


class AttachmentPath(Schema):
    """One attachment."""

    attachment_id = Id("pat", required=True)


class AttachmentView(Schema):
    """A file of a proposal; its bytes are under ``/v1/files/{sha256}``."""

    attachment_id = fields.String(attribute="id")
    proposal_id = fields.String()
    organisation_id = fields.String()
    kind = fields.String(metadata={"enum": list(ATTACHMENT_KINDS)})
    title = fields.String()
    sha256 = fields.String()
    size = fields.Integer()
    media_type = fields.String()
    attached_at = Instant()
    removed_at = Instant(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class CommentPath(Schema):
    """One comment."""

    comment_id = Id("cmt", required=True)


class ResolveComment(CommentPath):
    """What was done about it."""

    note = Text(load_default="", at_most=1000)


class RuleResult(Schema):
    """One rule: whether it is met, why, and the fact it was judged by."""

    rule = fields.String()
    passed = fields.Boolean()
    reason_zh = fields.String()
    reason_en = fields.String()
    fact = fields.Dict(keys=fields.String())


class EligibilityQuery(PageQuery):
    """Evaluations of a round or of a proposal."""

    round_id = Id("rnd")
    proposal_id = Id("prp")
    passed = fields.Boolean()


class EligibilityView(Schema):
    """The round's rules applied to a proposal, with facts as of ``as_of``."""

    eligibility_check_id = fields.String(attribute="id")
    proposal_id = fields.String()
    round_id = fields.String()
    organisation_id = fields.String()
    as_of = Instant()
    evaluated_at = Instant()
    passed = fields.Boolean()
    results = fields.List(fields.Nested(RuleResult))
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class JudgeDoubleFunding(OnProposal):
    """Staff decide on a flag, with a reason."""

    other_proposal_id = Id("prp", required=True)
    verdict = one_of(*VERDICTS, required=True)
    reason = Text(required=True, at_least=2, at_most=1000)


class ApplicantQuery(PageQuery):
    """The applicants of one round."""

    round_id = Id("rnd", required=True)


class ApplicantView(Schema):
    """Who applied with what, once screening is over (公示申报名单): no word of the plan."""

    proposal_id = fields.String(attribute="id")
    round_id = fields.String()
    title = fields.String()
    organisation_id = fields.String()
    organisation = fields.String(allow_none=True)
    field = fields.String()
    street_code = fields.String(allow_none=True)
    amount = Money(attribute="amount_fen")


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_applicants",
        ApplicantQuery,
        ApplicantView,
        roles=roles.PUBLIC,
        many=True,
        zh="申报名单公示",
        en="The applicants of a round, public once screening is over",
    ),
    rpc(
        "list_eligibility_checks",
        EligibilityQuery,
        EligibilityView,
        roles=INSIDERS,
        many=True,
        zh="申报资格核验结果",
        en="Eligibility as of the deadline, rule by rule",
    ),
    rpc(
        "list_coauthors",
        CoauthorQuery,
        CoauthorView,
        roles=INSIDERS,
        many=True,
        zh="共同编写人",
        en="Co-authors of a proposal",
    ),
    rpc("get_coauthor", CoauthorPath, CoauthorView, roles=INSIDERS, zh="共同编写邀请", en="One invitation"),
    rpc(
        "list_attachments",
        OfProposalQuery,
        AttachmentView,
        roles=INSIDERS,
        many=True,
        zh="方案附件",
        en="Attachments of a proposal",
    ),
    rpc("get_attachment", AttachmentPath, AttachmentView, roles=INSIDERS, zh="一份附件", en="One attachment"),
    command(
        "invite_coauthor",
        InviteCoauthor,
        CoauthorView,
        roles=AUTHORS,
        zh="邀请共同编写",
        en="Invite a co-author",
        reread="get_coauthor",
    ),
    command(
        "accept_coauthorship",
        CoauthorPath,
        CoauthorView,
        roles=(*AUTHORS, roles.TALENT),
        zh="接受共同编写邀请",
        en="Accept an invitation to write",
        reread="get_coauthor",
    ),
    command(
        "decline_coauthorship",
        CoauthorPath,
        CoauthorView,
        roles=(*AUTHORS, roles.TALENT),
        zh="谢绝或退出共同编写",
        en="Decline an invitation, or stop writing",
        reread="get_coauthor",
    ),
    command(
        "remove_coauthor",
        CoauthorPath,
        CoauthorView,
        roles=AUTHORS,
        zh="移除共同编写人",
        en="Remove a co-author",
        reread="get_coauthor",
    ),
    command(
        "attach_file",
        AttachFile,
        AttachmentView,
        roles=(*AUTHORS, roles.TALENT),
        zh="添加附件",
        en="Attach a file",
        reread="get_attachment",
    ),
    command(
        "remove_attachment",
        AttachmentPath,
        AttachmentView,
        roles=(*AUTHORS, roles.TALENT),
        zh="移除附件",
        en="Remove an attachment",
        reread="get_attachment",
    ),
    rpc("get_comment", CommentPath, CommentView, roles=INSIDERS, zh="一条意见", en="One comment"),
    command(
        "resolve_comment",
        ResolveComment,
        CommentView,
        roles=(*AUTHORS, *roles.STAFF, roles.TALENT),
        zh="标记意见已处理",
        en="Resolve a comment",
        reread="get_comment",
    ),
    command(
        "reopen_comment",
        CommentPath,
        CommentView,
        roles=(*AUTHORS, *roles.STAFF),
        zh="重新打开意见",
        en="Open a resolved comment again",
        reread="get_comment",
    ),
    command(
        "judge_double_funding",
        JudgeDoubleFunding,
        ProposalView,
        roles=ORGANISERS,
        zh="判定是否重复资助",
        en="Judge a suspected double funding",
        reread="get_proposal",
    ),
)
