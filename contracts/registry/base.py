"""Rooms and desks of the base, their booking and their occupancy (基地管理办法 as policy data)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.centres import KEEPERS, CentrePageQuery, CentrePath, Period
from contracts.registry.shapes import NounView, Reason, expected_version

KINDS = ("room", "desk")
SPACE_STATUSES = ("open", "closed")
STATUSES = (
    "requested",
    "booked",
    "in_use",
    "finished",
    "cancelled",
    "declined",
    "lapsed",
    "no_show",
)
BOOKERS = (roles.CSO, roles.HUB, roles.STEWARD, roles.SPECIALIST, roles.STREET_STAFF, roles.BUREAU, roles.PROVIDER)
SEERS = (*roles.READERS, roles.CSO, roles.PROVIDER)


class SpaceFacts(Schema):
    """What a room or desk is like."""

    capacity = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=2000))
    equipment = fields.List(Text(at_least=1, at_most=40), validate=validate.Length(max=30), load_default=list)
    needs_approval = fields.Boolean(load_default=False)
    booking_roles = fields.List(
        one_of(*BOOKERS),
        validate=validate.Length(max=len(BOOKERS)),
        load_default=list,
        metadata={"description": "限定角色；空为按管理办法 / only these; empty: as the rules say"},
    )


class AddSpace(CentrePath, SpaceFacts):
    """A room or desk of a centre."""

    kind = one_of(*KINDS, required=True)
    name = Text(required=True, at_least=1, at_most=60)


class SpacePath(Schema):
    """One room or desk."""

    space_id = Id("spc", required=True)


class ChangeSpace(SpacePath):
    """Only the fields named change; ``closed``: nobody books it any more."""

    name = Text(at_least=1, at_most=60)
    capacity = fields.Integer(strict=True, validate=validate.Range(min=1, max=2000))
    equipment = fields.List(Text(at_least=1, at_most=40), validate=validate.Length(max=30))
    needs_approval = fields.Boolean()
    booking_roles = fields.List(one_of(*BOOKERS), validate=validate.Length(max=len(BOOKERS)))
    status = one_of(*SPACE_STATUSES)
    expected_version = expected_version()


class SpaceQuery(CentrePageQuery):
    """Rooms and desks of one centre."""

    kind = one_of(*KINDS)
    status = one_of(*SPACE_STATUSES)
    capacity = fields.Integer(validate=validate.Range(min=1, max=2000), metadata={"description": "至少 / at least"})


class SpaceSlots(SpacePath, Period):
    """What is taken."""


class BookSpace(SpacePath):
    """For one's organisation; staff may book for another, or for nobody in particular."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    purpose = Text(required=True, at_least=2, at_most=200)
    people = fields.Integer(validate=validate.Range(min=1, max=2000), load_default=1)
    organisation_id = Id("org")


class BookingPath(Schema):
    """One booking."""

    booking_id = Id("bkg", required=True)


class OnBooking(BookingPath):
    """A step of one booking."""

    expected_version = expected_version()


class BookingReason(BookingPath, Reason):
    """A step that must be explained."""


class BookingQuery(PageQuery):
    """Filters; ``on``: of that day in Shanghai."""

    centre_id = Id("ctr")
    space_id = Id("spc")
    organisation_id = Id("org")
    street_code = street_code()
    status = one_of(*STATUSES)
    on = day()


class OccupancyQuery(CentrePageQuery, Period):
    """Per day and room."""


class SpaceView(NounView):
    """A room or desk."""

    space_id = fields.String()
    centre_id = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    name = fields.String()
    capacity = fields.Integer()
    equipment = fields.List(fields.String())
    needs_approval = fields.Boolean()
    booking_roles = fields.List(fields.String())


class SlotView(Schema):
    """A time that is taken; by whom is not told."""

    starts_at = Instant()
    ends_at = Instant()
    status = fields.String()


class SlotsView(Schema):
    """What is taken, in order of time."""

    space_id = fields.String()
    items = fields.List(fields.Nested(SlotView))


class BookingView(NounView):
    """A booking."""

    booking_id = fields.String()
    space_id = fields.String()
    centre_id = fields.String()
    organisation_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    starts_at = Instant()
    ends_at = Instant()
    purpose = fields.String()
    people = fields.Integer()
    no_show_at = Instant()
    reason = fields.String(allow_none=True)


class OccupancyDay(Schema):
    """Minutes of one day; ``percent`` of the open minutes, booked time outside them included."""

    day = fields.Date()
    open_minutes = fields.Integer()
    booked_minutes = fields.Integer()
    missed_minutes = fields.Integer()
    percent = fields.Float()


class OccupancyView(View):
    """A room's or desk's days."""

    space_id = fields.String()
    name = fields.String()
    kind = fields.String()
    days = fields.List(fields.Nested(OccupancyDay))


class BaseOccupancyView(Schema):
    """How full the base is: onsite cases from the public notice on count; offsite ones (壳外孵化) take no place."""

    capacity = fields.Integer()
    onsite = fields.Integer()
    offsite = fields.Integer()
    free = fields.Integer()
    percent = fields.Float()


def _space(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, SpaceView, roles=KEEPERS, reread="get_space", zh=zh, en=en)


def _booking(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, BookingView, roles=who, reread="get_booking", zh=zh, en=en)


OPERATIONS: tuple[Operation, ...] = (
    _space("add_space", AddSpace, "登记场地工位", "Add a room or desk"),
    _space("change_space", ChangeSpace, "更新场地工位", "Change a room or desk"),
    rpc("get_space", SpacePath, SpaceView, roles=roles.SIGNED_IN, zh="查看场地工位", en="One room or desk"),
    rpc("list_spaces", SpaceQuery, SpaceView, roles=roles.SIGNED_IN, many=True, zh="场地工位", en="Rooms and desks"),
    rpc("list_space_slots", SpaceSlots, SlotsView, roles=SEERS, zh="已占用时段", en="What is taken"),
    _booking("book_space", BookSpace, BOOKERS, "预约场地", "Book a room or desk"),
    _booking("approve_booking", OnBooking, KEEPERS, "同意预约", "Approve a booking"),
    _booking("decline_booking", BookingReason, KEEPERS, "不同意预约", "Decline a booking"),
    _booking("cancel_booking", BookingReason, BOOKERS, "取消预约", "Cancel a booking"),
    _booking("check_in_booking", OnBooking, BOOKERS, "到场签到", "Check in"),
    rpc("get_booking", BookingPath, BookingView, roles=SEERS, zh="查看预约", en="One booking"),
    rpc("list_bookings", BookingQuery, BookingView, roles=SEERS, many=True, zh="预约列表", en="Bookings"),
    rpc(
        "list_space_occupancy",
        OccupancyQuery,
        OccupancyView,
        roles=roles.READERS,
        many=True,
        zh="场地使用率",
        en="Occupancy per day and room",
    ),
    rpc("get_base_occupancy", None, BaseOccupancyView, roles=roles.READERS, zh="基地入驻率", en="How full the base is"),
)
