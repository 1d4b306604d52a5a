"""Policy consultations (咨询): tickets with a service clock."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.shapes import NounView, expected_version, storable

STATUSES = ("asked", "answered", "closed")
TOPICS = ("registration", "filing", "tax", "funding", "labour", "volunteering", "governance", "party_building", "other")
ASKERS = (roles.CSO, roles.HUB)
ANSWERERS = (roles.HUB, roles.SPECIALIST, roles.STEWARD, roles.STREET_STAFF, roles.BUREAU)
SEERS = (*roles.READERS, roles.CSO)


class AskConsultation(Schema):
    """A question on behalf of one's organisation."""

    topic = one_of(*TOPICS, required=True)
    question = Text(required=True, at_least=2, at_most=2000)


class ConsultationPath(Schema):
    """One consultation."""

    consultation_id = Id("con", required=True)


class OnConsultation(ConsultationPath):
    """A step of one consultation."""

    expected_version = expected_version()


class Citation(Schema):
    """The document an answer rests on."""

    title = Text(required=True, at_least=2, at_most=200)
    document_number = Text(at_most=60, load_default="")
    document_id = Id("pdc", metadata={"description": "文件库中的文件；题名与文号以文件库为准 / of the library"})
    number = fields.Integer(
        validate=validate.Range(min=1, max=10_000),
        metadata={"description": "所引版本，默认答复日有效者 / version; by default the one in force that day"},
    )
    url = fields.URL(schemes={"http", "https"}, validate=[validate.Length(max=500), storable])


class AnswerConsultation(OnConsultation):
    """An answer cites at least one policy document."""

    answer = Text(required=True, at_least=2, at_most=8000)
    citations = fields.List(fields.Nested(Citation), required=True, validate=validate.Length(min=1, max=10))


class ReopenConsultation(OnConsultation):
    """Not content with the answer."""

    question = Text(required=True, at_least=2, at_most=2000)


class ConsultationQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    topic = one_of(*TOPICS)
    organisation_id = Id("org")
    street_code = street_code()
    late = fields.Boolean()


class ConsultationView(NounView):
    """A consultation."""

    consultation_id = fields.String()
    organisation_id = fields.String(allow_none=True)
    topic = fields.String(metadata={"enum": list(TOPICS)})
    question = fields.String()
    answer = fields.String(allow_none=True)
    citations = fields.List(fields.Nested(Citation))
    asked_at = Instant()
    due_at = Instant()
    answered_at = Instant(allow_none=True)
    late = fields.Boolean()


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, ConsultationView, roles=who, reread="get_consultation", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _step("ask_consultation", AskConsultation, ASKERS, "提出咨询", "Ask"),
    _step("answer_consultation", AnswerConsultation, ANSWERERS, "答复咨询", "Answer"),
    _step("reopen_consultation", ReopenConsultation, ASKERS, "追问", "Ask again"),
    _step("close_consultation", OnConsultation, ASKERS, "办结咨询", "Close"),
    rpc("get_consultation", ConsultationPath, ConsultationView, roles=SEERS, zh="查看咨询", en="One consultation"),
    rpc(
        "list_consultations",
        ConsultationQuery,
        ConsultationView,
        roles=SEERS,
        many=True,
        zh="咨询列表",
        en="Consultations",
    ),
)
