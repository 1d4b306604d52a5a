"""Needs: who lacks what (DOMAIN S2), and suggestions for one of them (S3)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Money, PageQuery, Text, community_code, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.common import KINDS, MOST, READ, Expecting, Reason, RowView, whole, words

STATUSES = ("draft", "verified", "open", "partly_met", "met", "unmet_closed", "cancelled")
NEEDERS = (*roles.STAFF, roles.HUB, roles.CSO)


class DraftNeed(Schema):
    """Write down a need.

    funds need ``amount``; volunteers ``hours``; the others ``quantity`` (a venue's unit is one window; materials name
    their ``unit``). Staff and hubs name ``organisation_id``; ``street_code`` defaults to the organisation's.
    """

    organisation_id = Id("org", load_default=None)
    project_id = Id("prj", load_default=None)
    kind = one_of(*KINDS, required=True)
    title = Text(required=True, at_least=1, at_most=120)
    summary = Text(load_default="")
    amount = Money(
        attribute="amount_fen", load_default=None, validate=validate.Range(min=1, max=MOST, error="Out of range.")
    )
    quantity = whole(load_default=None)
    unit = Text(load_default="", at_most=20)
    hours = whole(load_default=None)
    skills = words(about="所需技能 / skills needed")
    tags = words(about="需求标签 / what it is, for matching")
    fields_of_work = words(about="领域；默认取项目或组织的 / fields; by default the project's or organisation's")
    urgency = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1, max=3))
    due_on = fields.Date(required=True)
    street_code = street_code(load_default=None)
    community_code = community_code(load_default=None)
    place = Text(load_default="", at_most=200)


class NeedQuery(Schema):
    """One need."""

    need_id = Id("ned", required=True)


class StepNeed(NeedQuery, Expecting):
    """Take a need one step further."""


class EndNeed(StepNeed, Reason):
    """End a need, with the reason."""


class ListNeeds(PageQuery):
    """Filters; all optional."""

    kind = one_of(*KINDS)
    status = one_of(*STATUSES)
    organisation_id = Id("org")
    project_id = Id("prj")
    street_code = street_code()


class NeedView(RowView):
    """A need. ``allotted`` is on its way, ``received`` has come; allotted + received ≤ quantity."""

    need_id = fields.String(attribute="id")
    organisation_id = fields.String()
    organisation_name = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    summary = fields.String()
    unit = fields.String()
    quantity = fields.Integer()
    allotted = fields.Integer()
    received = fields.Integer()
    amount = Money(attribute="amount_fen", allow_none=True)
    skills = fields.List(fields.String())
    tags = fields.List(fields.String())
    fields_of_work = fields.List(fields.String())
    urgency = fields.Integer()
    due_on = fields.Date()
    community_code = fields.String(allow_none=True)
    place = fields.String()


class SuggestionsQuery(NeedQuery):
    """How many candidates to show."""

    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=100))


class TermView(Schema):
    """One named part of a score; the score is their sum."""

    term = fields.String()
    points = fields.Integer()
    zh = fields.String()
    en = fields.String()


class ReasonView(Schema):
    """Why a candidate is out."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class CandidateView(Schema):
    """An offer that could serve the need."""

    offer_id = fields.String()
    title = fields.String()
    provider_organisation_id = fields.String()
    provider_name = fields.String(allow_none=True)
    quantity = fields.Integer(metadata={"description": "可对接数量 / how much of it fits"})
    unit = fields.String()
    score = fields.Integer()
    terms = fields.List(fields.Nested(TermView))


class ExcludedView(Schema):
    """An offer of the same kind that cannot serve the need, with every reason."""

    offer_id = fields.String()
    title = fields.String()
    reasons = fields.List(fields.Nested(ReasonView))


class SuggestionsView(Schema):
    """Best first; what is out says why."""

    need_id = fields.String()
    missing = fields.Integer()
    unit = fields.String()
    candidates = fields.List(fields.Nested(CandidateView))
    excluded = fields.List(fields.Nested(ExcludedView))


OPERATIONS: tuple[Operation, ...] = (
    command("draft_need", DraftNeed, NeedView, roles=NEEDERS, zh="登记需求", en="Draft a need", reread="get_need"),
    command("verify_need", StepNeed, NeedView, roles=roles.STAFF, zh="核实需求", en="Verify a need", reread="get_need"),
    command("open_need", StepNeed, NeedView, roles=NEEDERS, zh="开放需求", en="Open a need", reread="get_need"),
    command(
        "close_need", EndNeed, NeedView, roles=roles.STAFF, zh="未满足结案", en="Close a need unmet", reread="get_need"
    ),
    command("cancel_need", EndNeed, NeedView, roles=NEEDERS, zh="取消需求", en="Cancel a need", reread="get_need"),
    rpc("get_need", NeedQuery, NeedView, roles=READ, zh="查看需求", en="Get a need"),
    rpc("list_needs", ListNeeds, NeedView, roles=READ, zh="需求列表", en="List needs", many=True),
    rpc(
        "list_suggestions",
        SuggestionsQuery,
        SuggestionsView,
        roles=(*roles.READERS, roles.CSO),
        zh="对接推荐",
        en="Suggest offers for a need",
    ),
)
