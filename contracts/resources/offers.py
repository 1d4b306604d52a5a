"""Offers: what is to be had (DOMAIN S1), and what became of it (S6)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, Money, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.common import (
    KINDS,
    MODES,
    MOST,
    MOST_WINDOWS,
    READ,
    WRITE,
    EnteredView,
    Expecting,
    Reason,
    RowView,
    WeeklyTime,
    whole,
    words,
)

STATUSES = ("draft", "verified", "open", "partly_reserved", "exhausted", "expired", "withdrawn")


class Window(Schema):
    """A time at which a venue may be used; one window is one unit."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class Earmark(Schema):
    """What the provider binds the gift to; an empty list binds nothing."""

    fields_of_work = words(about="只用于这些领域 / only for these fields")
    street_codes = fields.List(street_code(), load_default=list, validate=validate.Length(max=50))
    groups = words(about="只用于这些受益人群 / only for these groups of beneficiaries")


class Opening(Schema):
    """Recurring opening hours from one day to another, but for the days it is closed; they become windows."""

    hours = fields.List(fields.Nested(WeeklyTime), required=True, validate=validate.Length(min=1, max=50))
    first_on = day(required=True)
    last_on = day(required=True)
    blackout_on = fields.List(day(), load_default=list, validate=validate.Length(max=366))


class Batch(Schema):
    """A part of materials with a last day of its own; what expires first is handed over first."""

    label = Text(required=True, at_least=1, at_most=40, metadata={"description": "批号 / label"})
    quantity = whole(required=True)
    expires_on = day(load_default=None)


class Qualification(Schema):
    """What the volunteers of an offer have: a training, an insurance or a certificate, maybe until a day."""

    kind = one_of("training", "insurance", "certificate", required=True)
    name = Text(load_default="", at_most=60)
    valid_until = day(load_default=None)


class DraftOffer(Schema):
    """Write down an offer.

    funds need ``amount``; materials ``quantity`` and ``unit``; venue ``windows`` (their number is the quantity);
    volunteers ``hours`` and ``skills``; know-how ``quantity`` (sessions). Staff name ``organisation_id``.
    Quantities are stored in the base unit of their kind (GET /v1/units); with ``pack_size`` and ``pack_unit`` the unit
    is a box of so many. ``lot_size`` and ``minimum_lot`` count in ``unit``; empty: any part of what is inside.
    ``interested_organisation_ids``: organisations that may not benefit (Charity Law, art. 40).
    """

    organisation_id = Id("org", load_default=None)
    kind = one_of(*KINDS, required=True)
    title = Text(required=True, at_least=1, at_most=120)
    summary = Text(load_default="")
    amount = Money(
        attribute="amount_fen", load_default=None, validate=validate.Range(min=1, max=MOST, error="Out of range.")
    )
    quantity = whole(load_default=None)
    unit = Text(load_default="", at_most=20)
    hours = whole(load_default=None)
    skills = words(about="志愿者技能 / skills")
    windows = fields.List(fields.Nested(Window), load_default=list, validate=validate.Length(max=MOST_WINDOWS))
    opening = fields.Nested(Opening, load_default=None)
    tags = words(about="资源标签 / what it is, for matching")
    earmark = fields.Nested(Earmark, load_default=lambda: {"fields_of_work": [], "street_codes": []})
    conditions = Text(load_default="")
    street_code = street_code(load_default=None, metadata={"description": "空为全区 / empty: district-wide"})
    community_code = community_code(load_default=None)
    place = Text(load_default="", at_most=200)
    expires_on = day(load_default=None)
    interested_organisation_ids = fields.List(Id("org"), load_default=list, validate=validate.Length(max=50))
    pack_size = whole(load_default=None, metadata={"description": "每箱内装数量 / how many are inside one"})
    pack_unit = Text(load_default="", at_most=20, metadata={"description": "内装单位 / unit of what is inside"})
    batches = fields.List(fields.Nested(Batch), load_default=list, validate=validate.Length(max=100))
    lot_size = whole(load_default=None, metadata={"description": "整批数量 / given in whole lots of so many"})
    minimum_lot = whole(load_default=None, metadata={"description": "起送量 / never less than so many at once"})
    capacity = whole(load_default=None, metadata={"description": "场地可容人数 / persons a venue holds"})
    languages = words(about="语言 / languages")
    hours_per_week = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=1, max=168))
    availability = fields.List(fields.Nested(WeeklyTime), load_default=list, validate=validate.Length(max=50))
    qualifications = fields.List(fields.Nested(Qualification), load_default=list, validate=validate.Length(max=50))
    youngest_age = fields.Integer(load_default=None, strict=True, validate=validate.Range(min=0, max=120))
    mode = one_of(*MODES, load_default="either")
    earmarked_organisation_ids = fields.List(Id("org"), load_default=list, validate=validate.Length(max=50))
    story_public = fields.Boolean(load_default=False, metadata={"description": "同意公开去向 / may be told publicly"})


class OfferQuery(Schema):
    """One offer."""

    offer_id = Id("ofr", required=True)


class StepOffer(OfferQuery, Expecting):
    """Take an offer one step further."""


class WithdrawOffer(StepOffer, Reason):
    """Take back the free part."""


class ListOffers(PageQuery):
    """Filters; all optional."""

    kind = one_of(*KINDS)
    status = one_of(*STATUSES)
    organisation_id = Id("org")
    street_code = street_code()


class QualificationView(Schema):
    """As given."""

    kind = fields.String()
    name = fields.String()
    valid_until = fields.String(allow_none=True)


class OfferView(RowView):
    """An offer. Always quantity = free + reserved + handed_over; ``retired`` left the offer by expiry or withdrawal.

    Funds count in fen (unit ``fen``) and show ``amount`` in yuan besides. ``topics``: what its tags or its text say, in
    concepts of the vocabulary, with what is broader.
    """

    offer_id = fields.String(attribute="id")
    provider_organisation_id = fields.String()
    provider_name = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    summary = fields.String()
    unit = fields.String()
    quantity = fields.Integer()
    free = fields.Integer()
    reserved = fields.Integer()
    handed_over = fields.Integer()
    retired = fields.Integer()
    amount = Money(attribute="amount_fen", allow_none=True)
    skills = fields.List(fields.String())
    windows = fields.List(fields.Nested(Window))
    tags = fields.List(fields.String())
    topics = fields.List(fields.String())
    guess_permille = fields.Integer(
        allow_none=True,
        metadata={"description": "主题由模型推测时的相近度 / nearness, where a model guessed the topics"},
    )
    earmark = fields.Nested(Earmark)
    conditions = fields.String()
    community_code = fields.String(allow_none=True)
    place = fields.String()
    expires_on = fields.Date(allow_none=True)
    interested_organisation_ids = fields.List(fields.String())
    entered = fields.Nested(EnteredView)
    pack_size = fields.Integer(allow_none=True)
    pack_unit = fields.String()
    lot_size = fields.Integer()
    minimum_lot = fields.Integer()
    capacity = fields.Integer(allow_none=True)
    languages = fields.List(fields.String())
    hours_per_week = fields.Integer(allow_none=True)
    availability = fields.List(fields.Nested(WeeklyTime))
    qualifications = fields.List(fields.Nested(QualificationView))
    youngest_age = fields.Integer(allow_none=True)
    mode = fields.String()
    earmarked_organisation_ids = fields.List(fields.String())
    story_public = fields.Boolean()


class BatchTakenView(Schema):
    """How much of a batch was handed over."""

    batch = fields.String()
    quantity = fields.Integer()
    expires_on = fields.String(allow_none=True)


class StepView(Schema):
    """One step of an allocation's life."""

    status = fields.String()
    at = fields.String()
    quantity = fields.Integer()
    note = fields.String()
    event = fields.String()
    event_id = fields.String(metadata={"description": "留痕事件 / its entry of the trail"})
    condition = fields.String()
    cause = fields.String()
    batches = fields.List(fields.Nested(BatchTakenView))


class OfferUseView(Schema):
    """One use of an offer, to its last state: an allocation to a need, or a line of a round's pool."""

    use = fields.String(metadata={"enum": ["allocation", "pool_line"]})
    allocation_id = fields.String(allow_none=True)
    line_id = fields.String(allow_none=True)
    round_id = fields.String(allow_none=True)
    need_id = fields.String(allow_none=True)
    need_title = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    recipient_organisation_id = fields.String(allow_none=True)
    recipient_name = fields.String(allow_none=True)
    status = fields.String()
    quantity = fields.Integer()
    unit = fields.String()
    handed_over = fields.Integer()
    received = fields.Integer()
    report = fields.String()
    evidence = fields.List(fields.String())
    steps = fields.List(fields.Nested(StepView))


class OfferUses(OfferQuery, PageQuery):
    """The uses of one offer, newest first."""


OPERATIONS: tuple[Operation, ...] = (
    command("draft_offer", DraftOffer, OfferView, roles=WRITE, zh="登记资源", en="Draft an offer", reread="get_offer"),
    command(
        "verify_offer", StepOffer, OfferView, roles=roles.STAFF, zh="核实资源", en="Verify an offer", reread="get_offer"
    ),
    command("open_offer", StepOffer, OfferView, roles=WRITE, zh="开放资源", en="Open an offer", reread="get_offer"),
    command(
        "withdraw_offer",
        WithdrawOffer,
        OfferView,
        roles=WRITE,
        zh="撤回资源余量",
        en="Withdraw the free part of an offer",
        reread="get_offer",
    ),
    rpc("get_offer", OfferQuery, OfferView, roles=READ, zh="查看资源", en="Get an offer"),
    rpc("list_offers", ListOffers, OfferView, roles=READ, zh="资源列表", en="List offers", many=True),
    rpc("list_offer_uses", OfferUses, OfferUseView, roles=READ, zh="资源去向", en="What became of an offer", many=True),
)
