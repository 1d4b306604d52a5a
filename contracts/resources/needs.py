"""Needs: who lacks what (DOMAIN S2)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.personal import personal
from contracts.resources.common import (
    KINDS,
    MODES,
    MOST,
    READ_OWN,
    EnteredView,
    Expecting,
    Reason,
    RowView,
    WeeklyTime,
    whole,
    words,
)

STATUSES = ("draft", "verified", "open", "partly_met", "met", "unmet_closed", "cancelled")
NEEDERS = (*roles.STAFF, roles.HUB, roles.CSO)
KEEPERS = (*NEEDERS, roles.RESIDENT)
SEERS = (*READ_OWN, roles.GRID_WORKER)


NO_GATES: dict[str, object] = {"trainings": [], "certificates": [], "insured": False, "minimum_age": None}


class Gates(Schema):
    """What those who come must have, valid to the need's last day."""

    trainings = words(about="须完成的培训 / trainings they must have")
    certificates = words(about="须持有的证件 / certificates they must hold")
    insured = fields.Boolean(load_default=False, metadata={"description": "须有保险 / must be insured"})
    minimum_age = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=0, max=120))


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
    due_on = day(required=True)
    street_code = street_code(load_default=None)
    community_code = community_code(load_default=None)
    place = Text(load_default="", at_most=200)
    all_or_nothing = fields.Boolean(load_default=False, metadata={"description": "须全部落实 / all of it or nothing"})
    splittable = fields.Boolean(load_default=True, metadata={"description": "可由多方提供 / by several offers"})
    substitutes = words(about="可接受的替代品（标签）/ tags accepted instead")
    gates = fields.Nested(Gates, load_default=lambda: dict(NO_GATES))
    languages = words(about="所需语言 / languages needed")
    persons = whole(load_default=None, metadata={"description": "场地使用人数 / persons who will be there"})
    hours_per_week = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=1, max=168))
    times = fields.List(fields.Nested(WeeklyTime), load_default=list, validate=validate.Length(max=50))
    mode = one_of(*MODES, load_default="either")
    beneficiary_groups = words(about="受益人群 / groups of beneficiaries")


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
    unconfirmed = fields.Boolean(metadata={"description": "等待再确认 / asked whether they still stand"})
    needer = one_of("organisation", "resident")
    waiting = fields.Boolean(metadata={"description": "居民需求待承接 / a resident's that nobody has taken on"})


class NeedDuplicates(NeedQuery, PageQuery):
    """Newest first."""


class NeedDuplicateView(Schema):
    """A need that may be the same, and by what: ``title``, ``tags``."""

    need_id = fields.String()
    title = fields.String()
    status = fields.String()
    quantity = fields.Integer()
    unit = fields.String()
    due_on = fields.String()
    likeness = fields.List(fields.String())


class NeedCallerView(Schema):
    """Who asked by phone, masked."""

    name = personal("need_caller.name", "name")
    phone = personal("need_caller.phone", "phone")


class NeedView(RowView):
    """A need. ``allotted`` is on its way, ``received`` has come; allotted + received ≤ quantity.

    ``topics``: what its tags or its text say, in concepts of the vocabulary. Of a resident's need ``organisation_id``
    is null; ``text`` and ``resident_place`` are shown to the resident alone, others read them for a reason that is
    logged. Who it is is shown to neither organisations that give nor others that only read what is open.
    """

    need_id = fields.String(attribute="id")
    needer = fields.String(metadata={"enum": ["organisation", "resident"]})
    organisation_id = fields.String(allow_none=True)
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
    topics = fields.List(fields.String())
    guess_permille = fields.Integer(
        allow_none=True,
        metadata={"description": "主题由模型推测时的相近度 / nearness, where a model guessed the topics"},
    )
    fields_of_work = fields.List(fields.String())
    urgency = fields.Integer()
    due_on = fields.Date()
    community_code = fields.String(allow_none=True)
    place = fields.String()
    entered = fields.Nested(EnteredView)
    all_or_nothing = fields.Boolean()
    splittable = fields.Boolean()
    substitutes = fields.List(fields.String())
    gates = fields.Nested(Gates)
    languages = fields.List(fields.String())
    persons = fields.Integer(allow_none=True)
    hours_per_week = fields.Integer(allow_none=True)
    times = fields.List(fields.Nested(WeeklyTime))
    mode = fields.String()
    beneficiary_groups = fields.List(fields.String())
    confirmed_on = fields.Date(allow_none=True)
    confirm_by = fields.Date(allow_none=True, metadata={"description": "请在此日前确认 / else it is closed"})
    requester_account_id = fields.String(allow_none=True)
    requested_by_account_id = fields.String(allow_none=True)
    linked_account_id = fields.String(allow_none=True)
    caller = fields.Nested(NeedCallerView, allow_none=True)
    text = personal("need.resident_text", "hidden", attribute="resident_text", allow_none=True)
    resident_place = personal("need.resident_place", "hidden", allow_none=True)
    handler_organisation_id = fields.String(allow_none=True)
    handler_organisation_name = fields.String(allow_none=True)
    handler_benefits = fields.Boolean()
    taken_on_at = Instant(allow_none=True, metadata={"description": "承接时间，承接方空为街道中心 / by a hub or staff"})
    shaped_at = Instant(allow_none=True)


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


OPERATIONS: tuple[Operation, ...] = (
    command("draft_need", DraftNeed, NeedView, roles=NEEDERS, zh="登记需求", en="Draft a need", reread="get_need"),
    command("verify_need", StepNeed, NeedView, roles=roles.STAFF, zh="核实需求", en="Verify a need", reread="get_need"),
    command("open_need", StepNeed, NeedView, roles=NEEDERS, zh="开放需求", en="Open a need", reread="get_need"),
    command(
        "close_need", EndNeed, NeedView, roles=roles.STAFF, zh="未满足结案", en="Close a need unmet", reread="get_need"
    ),
    command("cancel_need", EndNeed, NeedView, roles=KEEPERS, zh="取消需求", en="Cancel a need", reread="get_need"),
    command(
        "confirm_need", StepNeed, NeedView, roles=KEEPERS, zh="确认需求仍有效", en="Confirm a need", reread="get_need"
    ),
    rpc(
        "list_need_duplicates",
        NeedDuplicates,
        NeedDuplicateView,
        roles=(*roles.READERS, roles.CSO),
        zh="疑似重复需求",
        en="List needs that may be the same",
        many=True,
    ),
    rpc("get_need", NeedQuery, NeedView, roles=SEERS, zh="查看需求", en="Get a need"),
    rpc("list_needs", ListNeeds, NeedView, roles=SEERS, zh="需求列表", en="List needs", many=True),
)
