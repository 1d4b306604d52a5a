"""Dispatch of the nearest fit person (DOMAIN S5): asked in turn, never forced; and the platform record of hours."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.common import Expecting, RowView
from contracts.resources.one_list_facts import cell_code
from contracts.resources.talents import skill_code

STATUSES = ("open", "offered", "accepted", "unfilled", "done", "cancelled")
OFFER_STATUSES = ("offered", "accepted", "declined", "expired", "withdrawn", "done")
FORMS = ("pdf", "xlsx")
SEERS = (*roles.STAFF, roles.AUDITOR, roles.GRID_WORKER)
ANSWERERS = (roles.TALENT, *roles.STAFF)


class OpenDispatch(Schema):
    """Who is looked for, where and when; ``order_id`` or ``need_id`` say what for, where that is known."""

    street_code = street_code(required=True)
    community_code = community_code(load_default=None)
    cell_code = cell_code(load_default=None)
    title = Text(required=True, at_least=2, at_most=100)
    skills = fields.List(skill_code(), required=True, validate=validate.Length(min=1, max=5))
    credential = skill_code(load_default=None)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    order_id = Id("ord", load_default=None)
    need_id = Id("ned", load_default=None)


class DispatchPath(Schema):
    """One dispatch."""

    dispatch_id = Id("dsp", required=True)


class OnDispatch(DispatchPath, Expecting):
    """A step of one dispatch."""


class ReasonedDispatch(OnDispatch):
    """A step that must be explained."""

    reason = Text(required=True, at_least=2, at_most=300)


class DispatchQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    street_code = street_code()
    order_id = Id("ord")
    need_id = Id("ned")


class DispatchRanking(DispatchPath):
    """How many to show."""

    limit = fields.Integer(load_default=20, validate=validate.Range(min=1, max=100))


class DispatchOfferPath(Schema):
    """One offer."""

    dispatch_offer_id = Id("dof", required=True)


class AnswerDispatchOffer(DispatchOfferPath, Expecting):
    """By the person; staff write down what the person told them (``note`` says how)."""

    note = Text(load_default="", at_most=300)


class DispatchOfferQuery(PageQuery):
    """A talent sees their own offers."""

    dispatch_id = Id("dsp")
    talent_id = Id("tln")
    status = one_of(*OFFER_STATUSES)


class FinishDispatch(OnDispatch):
    """It was done: how many minutes go into the record."""

    minutes = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=1440))
    served_on = day(required=True)
    note = Text(load_default="", at_most=300)


class RecordHours(Schema):
    """Service outside a dispatch, written down by staff."""

    talent_id = Id("tln", required=True)
    minutes = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=1440))
    served_on = day(required=True)
    what = Text(required=True, at_least=2, at_most=100)


class HoursPath(Schema):
    """One record of hours."""

    service_hours_id = Id("shr", required=True)


class StrikeHours(HoursPath, Expecting):
    """It was wrong: it stays visible, and counts no more."""

    reason = Text(required=True, at_least=2, at_most=300)


class HoursQuery(PageQuery):
    """A talent sees their own."""

    talent_id = Id("tln")
    status = one_of("recorded", "struck")


class ServiceRecordQuery(Schema):
    """The platform record of one person's service as a file."""

    talent_id = Id("tln", required=True)
    form = one_of(*FORMS, load_default="pdf")


class DispatchTerm(Schema):
    """One named part of a score; the score is their sum."""

    term = fields.String()
    points = fields.Integer()
    zh = fields.String()
    en = fields.String()


class DispatchReason(Schema):
    """Why somebody is not asked."""

    code = fields.String()
    zh = fields.String()
    en = fields.String()


class RankedTalent(Schema):
    """Somebody who could be asked; the most points first."""

    talent_id = fields.String()
    distance_m = fields.Integer(allow_none=True)
    score = fields.Integer()
    terms = fields.List(fields.Nested(DispatchTerm))


class UnfitTalent(Schema):
    """Somebody who is not asked, with every reason."""

    talent_id = fields.String()
    reasons = fields.List(fields.Nested(DispatchReason))


class DispatchRankingView(Schema):
    """Whether somebody said no before is not among the terms, and never will be."""

    dispatch_id = fields.String()
    candidates = fields.List(fields.Nested(RankedTalent))
    unfit = fields.List(fields.Nested(UnfitTalent))


class DispatchView(RowView):
    """A dispatch."""

    dispatch_id = fields.String(attribute="id")
    title = fields.String()
    community_code = fields.String(allow_none=True)
    cell_code = fields.String(allow_none=True)
    skills = fields.List(fields.String())
    credential = fields.String(allow_none=True)
    starts_at = Instant()
    ends_at = Instant()
    order_id = fields.String(allow_none=True)
    need_id = fields.String(allow_none=True)
    talent_id = fields.String(allow_none=True)
    reason = fields.String()


class DispatchOfferView(RowView):
    """An offer to one person, with the score that made them next."""

    dispatch_offer_id = fields.String(attribute="id")
    dispatch_id = fields.String()
    talent_id = fields.String()
    title = fields.String()
    starts_at = Instant()
    ends_at = Instant()
    rank = fields.Integer()
    score = fields.Integer()
    terms = fields.List(fields.Nested(DispatchTerm))
    offered_at = Instant()
    expires_at = Instant()
    answered_at = Instant(allow_none=True)
    answered_by = fields.String(allow_none=True)
    note = fields.String()


class ServiceHoursView(RowView):
    """Minutes in the platform record."""

    service_hours_id = fields.String(attribute="id")
    talent_id = fields.String()
    dispatch_id = fields.String(allow_none=True)
    minutes = fields.Integer()
    served_on = fields.Date()
    what = fields.String()
    reason = fields.String()


class ServiceRecordFile(Schema):
    """A file; over HTTP its bytes."""

    file_name = fields.String()
    media_type = fields.String()
    content = fields.String()


_OFFERS = (*SEERS, roles.TALENT)


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, DispatchView, roles=roles.STAFF, zh=zh, en=en, reread="get_dispatch")


def _answer(name: str, zh: str, en: str) -> Operation:
    takes, gives = AnswerDispatchOffer, DispatchOfferView
    return command(name, takes, gives, roles=ANSWERERS, zh=zh, en=en, reread="get_dispatch_offer")


def _hours(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, ServiceHoursView, roles=roles.STAFF, zh=zh, en=en, reread="get_service_hours")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_dispatch", DispatchPath, DispatchView, roles=SEERS, zh="查看派遣", en="One dispatch"),
    rpc("list_dispatches", DispatchQuery, DispatchView, roles=SEERS, many=True, zh="派遣列表", en="Dispatches"),
    rpc(
        "rank_talents",
        DispatchRanking,
        DispatchRankingView,
        roles=roles.STAFF,
        zh="派遣人选排序",
        en="Who could be asked, ranked and explained",
    ),
    rpc("get_dispatch_offer", DispatchOfferPath, DispatchOfferView, roles=_OFFERS, zh="查看派遣邀请", en="One offer"),
    rpc(
        "list_dispatch_offers",
        DispatchOfferQuery,
        DispatchOfferView,
        roles=_OFFERS,
        many=True,
        zh="派遣邀请",
        en="Dispatch offers",
    ),
    rpc("get_service_hours", HoursPath, ServiceHoursView, roles=_OFFERS, zh="查看服务时长", en="One record of hours"),
    rpc(
        "list_service_hours",
        HoursQuery,
        ServiceHoursView,
        roles=_OFFERS,
        many=True,
        zh="服务时长记录",
        en="Records of hours",
    ),
    rpc(
        "get_service_record",
        ServiceRecordQuery,
        ServiceRecordFile,
        roles=(roles.TALENT, *roles.STAFF),
        zh="导出服务时长平台记录",
        en="The platform record of one person's service",
    ),
    _step("open_dispatch", OpenDispatch, "发起派遣", "Look for somebody"),
    _step("offer_dispatch", OnDispatch, "邀请下一位", "Ask the next person"),
    _step("cancel_dispatch", ReasonedDispatch, "取消派遣", "Cancel a dispatch"),
    _step("finish_dispatch", FinishDispatch, "完成派遣并记录时长", "Finish with the hours"),
    _answer("accept_dispatch_offer", "接受派遣邀请", "Accept"),
    _answer("decline_dispatch_offer", "婉拒派遣邀请", "Decline: without any consequence"),
    _answer("withdraw_dispatch_offer", "退出已接受的派遣", "Withdraw what was accepted"),
    _hours("record_service_hours", RecordHours, "记录服务时长", "Record hours outside a dispatch"),
    _hours("strike_service_hours", StrikeHours, "撤销时长记录", "Strike a record of hours"),
)
