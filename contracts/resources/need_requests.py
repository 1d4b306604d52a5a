"""Residents' needs (DOMAIN S2): asked for by themselves or by phone, taken on and shaped by a handler."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Money, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command
from contracts import roles
from contracts.projects.orders import PHONE
from contracts.resources.common import KINDS, MODES, MOST, Reason, WeeklyTime, whole, words
from contracts.resources.needs import Gates, NeedQuery, NeedView, StepNeed

TAKERS = (roles.STREET_STAFF, roles.GRID_WORKER, roles.BUREAU, roles.HUB)
HANDLERS = (*roles.STAFF, roles.HUB)
MOST_WORDS = 1000


def _amount() -> Money:
    return Money(attribute="amount_fen", validate=validate.Range(min=1, max=MOST, error="Out of range."))


class NeedCallerInput(Schema):
    """Somebody without an account who asked by phone, and agreed that it is written down."""

    name = Text(required=True, at_least=1, at_most=40, load_only=True)
    phone = fields.String(required=True, load_only=True, validate=validate.Regexp(PHONE))
    consent = fields.Boolean(required=True)


class RequestNeed(Schema):
    """A resident asks for themselves. Staff, grid workers and hubs ask for one: an account, or a ``caller`` by phone.

    ``title`` is what others read; what the person says (``text``) and where they are to be found (``place``) is
    encrypted. Quantities as in a need of an organisation. ``street_code`` defaults to the community's, then to that of
    the person's account.
    """

    kind = one_of(*KINDS, required=True)
    title = Text(required=True, at_least=2, at_most=120, metadata={"description": "不写姓名住址 / names nobody"})
    text = Text(load_default="", at_most=MOST_WORDS, load_only=True)
    place = Text(load_default="", at_most=200, load_only=True)
    amount = _amount()
    quantity = whole()
    unit = Text(load_default="", at_most=20)
    hours = whole()
    persons = whole()
    urgency = fields.Integer(load_default=1, strict=True, validate=validate.Range(min=1, max=3))
    due_on = day(required=True)
    street_code = street_code(load_default=None)
    community_code = community_code(load_default=None)
    requester_account_id = Id("acc", load_default=None)
    caller = fields.Nested(NeedCallerInput, load_only=True, load_default=None)


class ShapeNeed(StepNeed):
    """制单: what exactly is lacked, in words that name nobody. What is left out stays as it is.

    ``handler_benefits``: the handling organisation itself receives it for the person, or is paid by it; then it is a
    beneficiary, and a donor's interested party may not be (Charity Law, art. 40).
    """

    title = Text(at_least=1, at_most=120)
    summary = Text(required=True, at_least=2, at_most=2000)
    amount = _amount()
    quantity = whole()
    unit = Text(at_most=20)
    hours = whole()
    skills = words(about="所需技能 / skills needed", kept=True)
    tags = words(about="需求标签 / what it is, for matching", kept=True)
    fields_of_work = words(about="领域 / fields", kept=True)
    urgency = fields.Integer(strict=True, validate=validate.Range(min=1, max=3))
    due_on = day()
    community_code = community_code()
    place = Text(at_most=200, metadata={"description": "公开的交付地点，如服务站 / a place that tells of nobody"})
    all_or_nothing = fields.Boolean()
    splittable = fields.Boolean()
    substitutes = words(about="可接受的替代品（标签）/ tags accepted instead", kept=True)
    gates = fields.Nested(Gates)
    languages = words(about="所需语言 / languages needed", kept=True)
    persons = whole()
    hours_per_week = fields.Integer(strict=True, validate=validate.Range(min=1, max=168))
    times = fields.List(fields.Nested(WeeklyTime), validate=validate.Length(max=50))
    mode = one_of(*MODES)
    beneficiary_groups = words(about="受益人群 / groups of beneficiaries", kept=True)
    handler_benefits = fields.Boolean()


class TakeOnNeed(StepNeed, Reason):
    """A hub takes on for itself; staff for the street centre, also from a hub, with the reason."""


class LinkNeedRequester(StepNeed):
    """The account that a caller has opened since."""

    account_id = Id("acc", required=True)


class DiscloseNeedRequester(NeedQuery):
    """What is personal in a need, unmasked, for a reason that is logged."""

    reason = Text(required=True, at_least=2, at_most=500, load_only=True)


class DisclosedNeedFieldView(Schema):
    """One of ``name``, ``phone``, ``text``, ``place``."""

    field = fields.String()
    value = fields.String()


class DisclosedRequesterView(Schema):
    """What was read, and the number of its entry in the access log. Of a person with an account, name and phone are
    the registry's."""

    disclosure_id = fields.String()
    need_id = fields.String()
    items = fields.List(fields.Nested(DisclosedNeedFieldView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, NeedView, roles=who, zh=zh, en=en, reread="get_need")


OPERATIONS: tuple[Operation, ...] = (
    _step("request_need", RequestNeed, (roles.RESIDENT, *TAKERS), "居民提出需求", "Ask for something as a resident"),
    _step("take_on_need", TakeOnNeed, HANDLERS, "承接居民需求", "Take on a resident's need"),
    _step("shape_need", ShapeNeed, HANDLERS, "居民需求制单", "Shape a resident's need"),
    _step("link_need_requester", LinkNeedRequester, roles.STAFF, "来电人关联账号", "Link a caller to an account"),
    command(
        "disclose_need_requester",
        DiscloseNeedRequester,
        DisclosedRequesterView,
        roles=(*roles.STAFF, roles.GRID_WORKER, roles.HUB, roles.PROVIDER),
        zh="查阅需求人的个人信息",
        en="Read what is personal in a resident's need",
        secret=True,
    ),
)
