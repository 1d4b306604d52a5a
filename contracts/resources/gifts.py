"""What became of it (DOMAIN S6): every unit of an offer to its last use, with the trail's receipts."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, PageQuery, Text, day, one_of
from chassis.operations import ANYONE, Operation, command, rpc
from contracts.resources.allocations import RECIPIENTS, AllocationQuery, StepAllocation
from contracts.resources.common import KINDS, READ, READ_OWN, hashes, unit_word, whole
from contracts.resources.offers import OfferQuery, StepView

PEOPLE = 10**6


class RecordGiftUse(StepAllocation):
    """So much of what was received was used: for what, on which day, how many people it served. No names of people.

    ``last``: nothing more of it is left to use. ``story_public``: the organisation, or the resident in person, agrees
    that this is told publicly.
    """

    quantity = whole(required=True)
    unit = unit_word()
    used_on = day(required=True)
    purpose = Text(required=True, at_least=1, at_most=200, metadata={"description": "用于的活动 / what for"})
    project_id = Id("prj", load_default=None)
    people_served = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=PEOPLE))
    photos = hashes()
    last = fields.Boolean(load_default=False)
    story_public = fields.Boolean(load_default=False)


class GiftUseQuery(Schema):
    """One use."""

    gift_use_id = Id("gus", required=True)


class ListGiftUses(AllocationQuery, PageQuery):
    """The uses of one allocation, newest first."""


class GiftUseView(Schema):
    """One use of a gift; photos by content hash."""

    gift_use_id = fields.String(attribute="id")
    allocation_id = fields.String()
    offer_id = fields.String()
    recipient_organisation_id = fields.String(allow_none=True)
    quantity = fields.Integer()
    unit = fields.String()
    used_on = fields.Date()
    purpose = fields.String()
    project_id = fields.String(allow_none=True)
    people_served = fields.Integer()
    photos = fields.List(fields.String())
    last = fields.Boolean()
    story_public = fields.Boolean()
    event_id = fields.String(allow_none=True)
    receipt_url = fields.String(allow_none=True, metadata={"description": "留痕回执 / the trail's receipt"})


class GiftStepView(StepView):
    """A step with where its receipt is to be had."""

    receipt_url = fields.String(allow_none=True)


class GiftView(Schema):
    """An offer in sums: always offered = free + reserved + handed_over + retired, and
    handed_over ≥ received ≥ used. ``unused`` was received and not used yet."""

    offer_id = fields.String()
    title = fields.String()
    kind = fields.String()
    unit = fields.String()
    status = fields.String()
    provider_organisation_id = fields.String()
    provider_name = fields.String(allow_none=True)
    offered = fields.Integer()
    free = fields.Integer()
    reserved = fields.Integer()
    handed_over = fields.Integer()
    retired = fields.Integer()
    received = fields.Integer()
    used = fields.Integer()
    unused = fields.Integer()
    returned = fields.Integer()
    lost = fields.Integer()
    recipients = fields.Integer()
    people_served = fields.Integer()
    uses = fields.Integer()


class GiftPartView(Schema):
    """What one recipient got of it, step by step, with each step's receipt, and its uses, latest first."""

    allocation_id = fields.String()
    need_id = fields.String()
    need_title = fields.String()
    recipient_organisation_id = fields.String(allow_none=True)
    recipient_name = fields.String(allow_none=True)
    project_id = fields.String(allow_none=True)
    status = fields.String()
    unit = fields.String()
    quantity = fields.Integer()
    handed_over = fields.Integer()
    received = fields.Integer()
    used = fields.Integer()
    returned = fields.Integer()
    lost = fields.Integer()
    report = fields.String()
    steps = fields.List(fields.Nested(GiftStepView))
    uses = fields.List(fields.Nested(GiftUseView), metadata={"description": "最近的使用 / the latest uses"})


class ListGifts(PageQuery):
    """Filters; all optional."""

    organisation_id = Id("org", metadata={"description": "提供方 / provider"})
    kind = one_of(*KINDS)


class ListGiftParts(OfferQuery, PageQuery):
    """Who got what of an offer, newest first."""


class GiftTotalsQuery(Schema):
    """Of one provider; a provider sees its own."""

    organisation_id = Id("org", load_default=None)


class GiftTotalView(Schema):
    """The sums of a kind and unit."""

    kind = fields.String()
    unit = fields.String()
    offers = fields.Integer()
    offered = fields.Integer()
    handed_over = fields.Integer()
    received = fields.Integer()
    used = fields.Integer()
    people_served = fields.Integer()


class GiftTotalsView(Schema):
    """What a provider's gifts came to."""

    totals = fields.List(fields.Nested(GiftTotalView))


class PublicGiftView(Schema):
    """A use that both sides agreed to tell."""

    title = fields.String()
    provider_name = fields.String(allow_none=True)
    recipient_name = fields.String(allow_none=True)
    kind = fields.String()
    quantity = fields.Integer()
    unit = fields.String()
    used_on = fields.Date()
    purpose = fields.String()
    people_served = fields.Integer()


OPERATIONS: tuple[Operation, ...] = (
    command(
        "record_gift_use",
        RecordGiftUse,
        GiftUseView,
        roles=RECIPIENTS,
        zh="登记资源使用",
        en="Record a use of a gift",
        reread="get_gift_use",
    ),
    rpc("get_gift_use", GiftUseQuery, GiftUseView, roles=READ_OWN, zh="查看一次使用", en="Get a use of a gift"),
    rpc(
        "list_gift_uses", ListGiftUses, GiftUseView, roles=READ_OWN, zh="使用记录", en="List uses of a gift", many=True
    ),
    rpc("list_gifts", ListGifts, GiftView, roles=READ, zh="资源去向汇总", en="List what became of offers", many=True),
    rpc("get_gift", OfferQuery, GiftView, roles=READ, zh="一项资源的去向", en="Get what became of an offer"),
    rpc(
        "list_gift_parts",
        ListGiftParts,
        GiftPartView,
        roles=READ,
        zh="资源去向明细",
        en="List who got what of an offer",
        many=True,
    ),
    rpc("get_gift_totals", GiftTotalsQuery, GiftTotalsView, roles=READ, zh="提供方汇总", en="Totals of a provider"),
    rpc(
        "list_public_gifts",
        PageQuery,
        PublicGiftView,
        roles=(ANYONE,),
        zh="公开的资源去向",
        en="What became of gifts, publicly",
        many=True,
    ),
)
