"""Policy documents (政策文件库): what answers cite, as versions with validity."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.consultations import TOPICS
from contracts.registry.shapes import Evidence, NounView, Reason, evidence_list, expected_version, storable

STATUSES = ("published", "withdrawn")
PUBLISHERS = (roles.BUREAU, roles.SPECIALIST)


def _topics(**kwargs: object) -> fields.List[str]:
    return fields.List(one_of(*TOPICS), validate=validate.Length(max=len(TOPICS)), **kwargs)  # type: ignore[arg-type]


class DocumentVersion(Schema):
    """What is in force from ``valid_from`` on, until the next version or ``valid_until``."""

    valid_from = day(required=True)
    valid_until = day()
    summary = Text(required=True, at_least=2, at_most=4000)
    evidence = evidence_list()


class PublishPolicyDocument(DocumentVersion):
    """A document enters the library with its first version."""

    title = Text(required=True, at_least=2, at_most=200)
    document_number = Text(at_most=60, load_default="")
    issuer = Text(required=True, at_least=2, at_most=100)
    topics = _topics(load_default=list)
    url = fields.URL(schemes={"http", "https"}, validate=[validate.Length(max=500), storable])


class PolicyDocumentPath(Schema):
    """One document."""

    document_id = Id("pdc", required=True)


class RevisePolicyDocument(PolicyDocumentPath, DocumentVersion):
    """A later version; the one before is in force until the day before."""

    expected_version = expected_version()


class WithdrawPolicyDocument(PolicyDocumentPath, Reason):
    """It is in force until ``valid_until``."""

    valid_until = day(required=True)


class PolicyDocumentQuery(PageQuery):
    """Filters; ``valid_on``: a version is in force on that day."""

    topic = one_of(*TOPICS)
    title = Text(at_least=1, at_most=100)
    valid_on = day()
    status = one_of(*STATUSES)


class DocumentVersionView(View):
    """A version; never changed but for the day it ends."""

    number = fields.Integer()
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)
    summary = fields.String()
    evidence = fields.List(fields.Nested(Evidence))
    written_at = Instant()


class PolicyDocumentView(NounView):
    """A document; ``number`` is its newest version."""

    document_id = fields.String()
    title = fields.String()
    document_number = fields.String()
    issuer = fields.String()
    topics = fields.List(fields.String())
    url = fields.String(allow_none=True)
    number = fields.Integer()


class PolicyDocumentDetail(PolicyDocumentView):
    """A document with every version."""

    versions = fields.List(fields.Nested(DocumentVersionView))


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, PolicyDocumentDetail, roles=PUBLISHERS, reread="get_policy_document", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("publish_policy_document", PublishPolicyDocument, "收录政策文件", "Publish a policy document"),
    _step("revise_policy_document", RevisePolicyDocument, "收录新版本", "Publish a later version"),
    _step("withdraw_policy_document", WithdrawPolicyDocument, "标注废止", "Withdraw a policy document"),
    rpc(
        "get_policy_document",
        PolicyDocumentPath,
        PolicyDocumentDetail,
        roles=roles.SIGNED_IN,
        zh="查看政策文件",
        en="One policy document",
    ),
    rpc(
        "list_policy_documents",
        PolicyDocumentQuery,
        PolicyDocumentView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="政策文件库",
        en="Policy documents",
    ),
)
