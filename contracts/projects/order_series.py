"""Recurring orders (周期订单): a rule of RFC 5545, occurrences that become orders, changes to one, the rest or all."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.evidence import expected_version
from contracts.projects.orders import ASKERS, SEERS, STREET, OrderCallerInput

STATUSES = ("requested", "active", "paused", "ended")
HOLIDAYS = ("keep", "skip", "next_workday")
REACHES = ("this", "following", "all")
_KIND = r"^[a-z][a-z_]{1,39}\Z"
_TIME = r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"
_RULE = {
    "description": "RFC 5545 RRULE: FREQ=DAILY|WEEKLY|MONTHLY; INTERVAL, BYDAY, BYMONTHDAY; COUNT or UNTIL (yyyymmdd)",
    "example": "FREQ=WEEKLY;BYDAY=TU,FR;COUNT=20",
}


def _rule(*, required: bool = False) -> fields.String:
    return fields.String(required=required, validate=validate.Length(min=10, max=200), metadata=_RULE)


def _clock(*, required: bool = False) -> fields.String:
    about = {"description": "上海时间 / wall time in Shanghai", "example": "09:30"}
    return fields.String(
        required=required, validate=validate.Regexp(r"^([01][0-9]|2[0-3]):[0-5][0-9]\Z"), metadata=about
    )


def _minutes(*, required: bool = False) -> fields.Integer:
    return fields.Integer(required=required, validate=validate.Range(min=5, max=1440))


class RequestOrderSeries(Schema):
    """The first day, the time, the rule; staff may ask for somebody as with a single order."""

    kind = fields.String(required=True, validate=validate.Regexp(_KIND))
    title = Text(required=True, at_least=2, at_most=100)
    need = Text(at_most=1000, load_default="")
    street_code = street_code(required=True)
    community_code = community_code()
    requester_account_id = Id("acc")
    caller = fields.Nested(OrderCallerInput, load_only=True)
    latitude = fields.Float(validate=validate.Range(min=-90, max=90))
    longitude = fields.Float(validate=validate.Range(min=-180, max=180))
    rule = _rule(required=True)
    starts_on = day(required=True)
    starts_at = _clock(required=True)
    minutes = _minutes(required=True)
    except_on = fields.List(day(), validate=validate.Length(max=400), load_default=list)
    holidays = one_of(*HOLIDAYS, load_default="keep")


class SeriesPath(Schema):
    """One recurring order."""

    series_id = Id("osr", required=True)


class OnSeries(SeriesPath):
    """A step of one recurring order."""

    expected_version = expected_version()


class BeginOrderSeries(OnSeries):
    """Staff checked it; who is asked first each time, still free to decline."""

    risky = fields.Boolean(load_default=False)
    preferred_organisation_id = Id("org")


class SeriesReason(OnSeries):
    """A step that must be explained."""

    reason = Text(required=True, at_least=2, at_most=500)


class ChangeOrderSeries(OnSeries):
    """One occurrence (``this``: moved or skipped), from one on (``following``), or what is still to come (``all``)."""

    reach = one_of(*REACHES, required=True)
    occurrence_on = day()
    skip = fields.Boolean(load_default=False)
    moved_to = day()
    starts_at = _clock()
    minutes = _minutes()
    title = Text(at_least=2, at_most=100)
    need = Text(at_most=1000)
    rule = _rule()
    holidays = one_of(*HOLIDAYS)


class SeriesQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    kind = fields.String(validate=validate.Regexp(_KIND))
    street_code = street_code()


class SeriesView(Schema):
    """A recurring order."""

    series_id = fields.String(attribute="id")
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String()
    community_code = fields.String(allow_none=True)
    kind = fields.String()
    title = fields.String()
    need = fields.String()
    requester_account_id = fields.String()
    requested_by_account_id = fields.String()
    on_behalf = fields.Boolean()
    caller_id = fields.String(allow_none=True)
    rule = fields.String()
    starts_on = fields.Date()
    starts_at = fields.String()
    minutes = fields.Integer()
    except_on = fields.List(fields.String())
    holidays = fields.String()
    risky = fields.Boolean()
    preferred_organisation_id = fields.String(allow_none=True)
    made_until = fields.Date(allow_none=True)
    follows_id = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    created_at = Instant()


class OccurrenceView(Schema):
    """An occurrence: still to come, or already an order."""

    occurrence_on = fields.Date()
    starts_at = Instant()
    ends_at = Instant()
    order_id = fields.String(allow_none=True)
    status = fields.String(allow_none=True)


class OccurrencesView(Schema):
    """The next occurrences, at most 100."""

    items = fields.List(fields.Nested(OccurrenceView))


def _step(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, SeriesView, roles=who, zh=zh, en=en, reread="get_order_series")


_EVERYBODY = (*ASKERS, roles.BUREAU)
OPERATIONS: tuple[Operation, ...] = (
    rpc("get_order_series", SeriesPath, SeriesView, roles=SEERS, zh="查看周期订单", en="One recurring order"),
    rpc("list_order_series", SeriesQuery, SeriesView, roles=SEERS, many=True, zh="周期订单列表", en="Recurring orders"),
    rpc(
        "list_order_occurrences",
        SeriesPath,
        OccurrencesView,
        roles=SEERS,
        zh="周期订单的各次服务",
        en="The next occurrences of a recurring order",
    ),
    _step("request_order_series", RequestOrderSeries, ASKERS, "申请周期订单", "Ask for a recurring order"),
    _step("begin_order_series", BeginOrderSeries, STREET, "核实并开始周期订单", "Verify and begin a recurring order"),
    _step("pause_order_series", SeriesReason, _EVERYBODY, "暂停周期订单", "Pause a recurring order"),
    _step("resume_order_series", OnSeries, _EVERYBODY, "恢复周期订单", "Go on with a recurring order"),
    _step("end_order_series", SeriesReason, _EVERYBODY, "结束周期订单", "End a recurring order"),
    _step("change_order_series", ChangeOrderSeries, _EVERYBODY, "变更周期订单", "Change a recurring order"),
)
