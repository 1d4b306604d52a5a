"""Census campaigns (全面摸排, DOMAIN S4): forms, places to cover, who visits them, and how far they got."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.resources.common import Expecting, RowView
from contracts.resources.one_list_facts import KINDS

STATUSES = ("draft", "open", "closed", "cancelled")
QUESTION_KINDS = ("single", "multiple", "number", "text")
SEERS = (*roles.STAFF, roles.AUDITOR, roles.GRID_WORKER)
KEY = r"^[a-z][a-z0-9_]{0,39}\Z"


def place_code(*, required: bool = False) -> fields.String:
    """A community (12 digits) or a grid cell (15)."""
    return fields.String(required=required, validate=validate.Regexp(r"^[0-9]{12}([0-9]{3})?\Z"))


class CensusOption(Schema):
    """An answer to choose."""

    key = fields.String(required=True, validate=validate.Regexp(KEY))
    text = Text(required=True, at_least=1, at_most=120)


class CensusQuestion(Schema):
    """A question of the form; answers are read by staff only."""

    key = fields.String(required=True, validate=validate.Regexp(KEY))
    text = Text(required=True, at_least=1, at_most=300)
    kind = one_of(*QUESTION_KINDS, required=True)
    options = fields.List(fields.Nested(CensusOption), load_default=list, validate=validate.Length(max=40))
    required = fields.Boolean(load_default=False)


def _questions(**kwargs: object) -> fields.List[object]:
    return fields.List(fields.Nested(CensusQuestion), validate=validate.Length(max=60), **kwargs)  # type: ignore[arg-type]


def _kinds(**kwargs: object) -> fields.List[object]:
    return fields.List(one_of(*KINDS), validate=validate.Length(min=1, max=4), **kwargs)  # type: ignore[arg-type]


class DraftCensus(Schema):
    """A campaign of a street. ``is_recheck``: its places are those where entries are due by ``ends_on``."""

    street_code = street_code(required=True)
    title = Text(required=True, at_least=2, at_most=120)
    purpose = Text(load_default="", at_most=1000)
    kinds = _kinds(load_default=lambda: list(KINDS))
    questions = _questions(load_default=list)
    starts_on = day(required=True)
    ends_on = day(required=True)
    is_recheck = fields.Boolean(load_default=False)


class CensusPath(Schema):
    """One campaign."""

    census_id = Id("csn", required=True)


class OnCensus(CensusPath, Expecting):
    """A step of one campaign."""


class ChangeCensus(OnCensus):
    """Change a draft; only what is sent changes."""

    title = Text(at_least=2, at_most=120)
    purpose = Text(at_most=1000)
    kinds = _kinds()
    questions = _questions()
    starts_on = day()
    ends_on = day()


class CancelCensus(OnCensus):
    """Why it will not take place."""

    reason = Text(required=True, at_least=2, at_most=500)


class SetCensusPlace(CensusPath):
    """How many visits are expected at a place; 0 takes it out. A community is covered whole or by its cells."""

    place_code = place_code(required=True)
    expected = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=1_000_000))


class AssignCensus(CensusPath):
    """Who visits a place: a grid worker or a member of staff."""

    place_code = place_code(required=True)
    account_id = Id("acc", required=True)
    assigned = fields.Boolean(load_default=True)


class CensusQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    street_code = street_code()
    is_recheck = fields.Boolean()


class CensusPlaces(CensusPath, PageQuery):
    """Places of a campaign."""


class CensusRechecks(CensusPath, PageQuery):
    """Entries that a recheck campaign visits."""


class CensusView(RowView):
    """A campaign. ``report`` once it is closed."""

    census_id = fields.String(attribute="id")
    title = fields.String()
    purpose = fields.String()
    kinds = fields.List(fields.String())
    questions = fields.List(fields.Nested(CensusQuestion))
    starts_on = fields.Date()
    ends_on = fields.Date()
    is_recheck = fields.Boolean()
    opened_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)
    report = fields.Dict(keys=fields.String(), allow_none=True)
    report_digest = fields.String(allow_none=True)


class CensusPlaceView(Schema):
    """A place of a campaign, and who visits it."""

    census_place_id = fields.String(attribute="id")
    census_id = fields.String()
    place_code = fields.String()
    expected = fields.Integer()
    account_ids = fields.List(fields.String())


class CoverageView(Schema):
    """How far a place is: visited of expected, in whole thousandths rounded down; never more than a thousand."""

    place_code = fields.String()
    expected = fields.Integer()
    visited = fields.Integer()
    verified = fields.Integer()
    listed = fields.Integer()
    permille = fields.Integer()
    first_on = fields.Date(allow_none=True)
    last_on = fields.Date(allow_none=True)


class CensusCoverageView(Schema):
    """By place, by community (each the sum of its places), and altogether."""

    census_id = fields.String()
    total = fields.Nested(CoverageView)
    communities = fields.List(fields.Nested(CoverageView))
    places = fields.List(fields.Nested(CoverageView))


class CensusRecheckView(Schema):
    """An entry to visit, and whether it was."""

    list_entry_id = fields.String()
    kind = fields.String()
    title = fields.String()
    place_code = fields.String()
    recheck_due_on = fields.Date(allow_none=True)
    visited = fields.Boolean()


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, CensusView, roles=roles.STAFF, zh=zh, en=en, reread="get_census")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_census", CensusPath, CensusView, roles=SEERS, zh="查看摸排", en="One census"),
    rpc("list_censuses", CensusQuery, CensusView, roles=SEERS, many=True, zh="摸排列表", en="Censuses in scope"),
    rpc(
        "list_census_places",
        CensusPlaces,
        CensusPlaceView,
        roles=SEERS,
        many=True,
        zh="摸排范围与分工",
        en="Places a census covers, and who visits them",
    ),
    rpc(
        "get_census_coverage",
        CensusPath,
        CensusCoverageView,
        roles=SEERS,
        zh="摸排覆盖率",
        en="How far a census got, by place and community",
    ),
    rpc(
        "list_census_rechecks",
        CensusRechecks,
        CensusRecheckView,
        roles=SEERS,
        many=True,
        zh="待复核条目",
        en="Entries that a recheck census visits",
    ),
    _step("draft_census", DraftCensus, "拟定摸排方案", "Draft a census"),
    _step("change_census", ChangeCensus, "修改摸排方案", "Change a draft census"),
    _step("set_census_place", SetCensusPlace, "设定摸排范围", "Set a place to cover and what is expected there"),
    _step("assign_census", AssignCensus, "分派摸排任务", "Give a place to somebody to visit"),
    _step("open_census", OnCensus, "开始摸排", "Open a census"),
    _step("close_census", OnCensus, "结束摸排并出具报告", "Close a census with its report"),
    _step("cancel_census", CancelCensus, "取消摸排", "Cancel a census"),
)
