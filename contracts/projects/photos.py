"""Photos as evidence: what is read from them, the copy that is shown, consent to show it in public."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.delivery import DOERS, SEERS, STREET
from contracts.projects.evidence import EvidenceView, evidence_list, expected_version

STATUSES = ("waiting", "read", "refused", "erased")
CONSENTS = ("none", "given", "withdrawn")
KEEPERS = (*DOERS, *STREET)
WHAT = (
    "原件仅本组织与工作人员可见；公开的只有去除元数据的展示副本 / "
    "the original is for its organisation and staff; only the copy without metadata is shown"
)


class EvidencePath(Schema):
    """One photo of one project or order."""

    evidence_id = Id("evp", required=True)


class OnEvidence(EvidencePath):
    """A step of one photo."""

    expected_version = expected_version()


class RecordConsent(OnEvidence):
    """Who is pictured agreed in writing; the paper's reference, no names."""

    reference = Text(required=True, at_least=2, at_most=100)


class WithdrawConsent(OnEvidence):
    """At any time, by the organisation or staff on behalf of who is pictured."""


class EraseEvidence(OnEvidence):
    """What was read goes; why."""

    reason = Text(required=True, at_least=2, at_most=200)


class AddActivityEvidence(Schema):
    """Photos and files of an activity that is open or over."""

    project_id = Id("prj", required=True)
    activity_id = Id("act", required=True)
    evidence = evidence_list(at_least=1)


class ActivityEvidenceView(Schema):
    """What was added to an activity."""

    activity_evidence_id = fields.String(attribute="id")
    project_id = fields.String()
    activity_id = fields.String()
    evidence = fields.List(fields.Nested(EvidenceView))
    added_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class EvidenceQuery(PageQuery):
    """Filters; scope is applied besides."""

    project_id = Id("prj")
    order_id = Id("ord")
    status = one_of(*STATUSES)
    consent = one_of(*CONSENTS)
    street_code = street_code()


class ProjectEvidenceQuery(PageQuery):
    """Of one project."""

    project_id = Id("prj", required=True)
    status = one_of(*STATUSES)


class ActivityEvidenceQuery(PageQuery):
    """Of one project, or of one of its activities."""

    project_id = Id("prj", required=True)
    activity_id = Id("act")


class PublicEvidenceQuery(PageQuery):
    """Photos that may be shown today; of one project."""

    project_id = Id("prj")


class EvidenceUseView(Schema):
    """What names the photo."""

    source = fields.String(metadata={"enum": ["milestone", "spending", "report", "order", "activity"]})
    source_id = fields.String()
    used_at = Instant()


class PhotoView(Schema):
    """A photo with what was read from it. The place is rounded to three decimals; a more exact one is not kept."""

    evidence_id = fields.String(attribute="id", metadata={"description": WHAT})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    order_id = fields.String(allow_none=True)
    organisation_id = fields.String(allow_none=True)
    sha256 = fields.String()
    size = fields.Integer()
    media_type = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    problem = fields.String(allow_none=True)
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    taken_at = Instant(allow_none=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    perceptual_hash = fields.String(allow_none=True)
    shown = fields.Nested(EvidenceView, attribute="file", allow_none=True)
    consent = fields.String(metadata={"enum": list(CONSENTS)})
    consent_reference = fields.String(allow_none=True)
    consent_changed_at = Instant(allow_none=True)
    reason = fields.String(allow_none=True, metadata={"description": "擦除的理由 / why it was erased"})
    read_at = Instant(allow_none=True)
    uses = fields.List(fields.Nested(EvidenceUseView))


class PublicPhotoView(Schema):
    """A photo that may be shown: neither when nor where it was taken."""

    evidence_id = fields.String(attribute="id")
    project_id = fields.String(allow_none=True)
    width = fields.Integer()
    height = fields.Integer()


class EvidencePolicyView(Schema):
    """The district's numbers for photos."""

    district_code = fields.String()
    shown_edge = fields.Integer(metadata={"description": "展示副本最长边像素 / longest edge of the shown copy"})
    shown_quality = fields.Integer()
    photo_megapixels = fields.Integer()
    photo_bytes = fields.Integer()


class ChangeEvidencePolicy(Schema):
    """Only what is given changes, for photos read from now on."""

    shown_edge = fields.Integer(validate=validate.Range(min=200, max=8000))
    shown_quality = fields.Integer(validate=validate.Range(min=40, max=95))
    photo_megapixels = fields.Integer(validate=validate.Range(min=1, max=200))
    photo_bytes = fields.Integer(validate=validate.Range(min=100_000, max=100_000_000))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, PhotoView, roles=who, zh=zh, en=en, reread="get_evidence")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_evidence", EvidencePath, PhotoView, roles=SEERS, zh="查看佐证", en="One piece of evidence"),
    rpc("list_evidence", EvidenceQuery, PhotoView, roles=SEERS, many=True, zh="佐证列表", en="Evidence in scope"),
    rpc(
        "list_project_evidence",
        ProjectEvidenceQuery,
        PhotoView,
        roles=SEERS,
        many=True,
        zh="项目的佐证",
        en="Evidence of a project",
    ),
    rpc(
        "get_evidence_image",
        EvidencePath,
        EvidenceView,
        roles=roles.PUBLIC,
        zh="展示副本",
        en="The shown copy of a photo",
    ),
    rpc(
        "list_public_evidence",
        PublicEvidenceQuery,
        PublicPhotoView,
        roles=roles.PUBLIC,
        many=True,
        zh="公开的照片",
        en="Photos shown in public",
    ),
    rpc(
        "list_activity_evidence",
        ActivityEvidenceQuery,
        ActivityEvidenceView,
        roles=SEERS,
        many=True,
        zh="活动的佐证",
        en="Evidence of a project's activities",
    ),
    command(
        "add_activity_evidence",
        AddActivityEvidence,
        ActivityEvidenceView,
        roles=DOERS,
        zh="补充活动佐证",
        en="Add evidence to an activity",
    ),
    _step("record_evidence_consent", RecordConsent, KEEPERS, "登记公开同意", "Record consent to show a photo"),
    _step("withdraw_evidence_consent", WithdrawConsent, KEEPERS, "撤回公开同意", "Withdraw consent to show a photo"),
    _step("read_evidence_again", OnEvidence, STREET, "重新读取照片", "Read a refused photo again"),
    _step("erase_evidence", EraseEvidence, STREET, "擦除照片信息", "Erase what was read from a photo"),
    rpc("get_evidence_policy", None, EvidencePolicyView, roles=roles.SIGNED_IN, zh="照片参数", en="Numbers for photos"),
    command(
        "change_evidence_policy",
        ChangeEvidencePolicy,
        EvidencePolicyView,
        roles=(roles.BUREAU,),
        zh="修改照片参数",
        en="Change the numbers for photos",
    ),
)
