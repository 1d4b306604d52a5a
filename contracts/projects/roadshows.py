"""Roadshows (路演): plan, draw, live queue, tally, seal, publish."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import ORGANISERS, expected_version

STATUSES = ("planned", "slots_drawn", "live", "tallied", "sealed", "published")
PITCH_STATUSES = ("waiting", "pitching", "questions", "scoring", "locked")


class PlanRoadshow(Schema):
    """When and where; one pitch follows another."""

    round_id = Id("rnd", required=True)
    starts_at = Instant(required=True)
    place = Text(required=True, at_least=1, at_most=200)
    break_minutes = fields.Integer(load_default=2, strict=True, validate=validate.Range(min=0, max=120))


class RoadshowPath(Schema):
    """One roadshow."""

    roadshow_id = Id("rds", required=True)


class OnRoadshow(RoadshowPath):
    """A step of one roadshow."""

    expected_version = expected_version()


class PitchPath(Schema):
    """One pitch."""

    pitch_id = Id("pit", required=True)


class RoadshowQuery(PageQuery):
    """Filters."""

    round_id = Id("rnd")


class PitchView(Schema):
    """A pitch; ``score`` and ``spread`` are null until the results are published."""

    pitch_id = fields.String(attribute="id")
    roadshow_id = fields.String()
    proposal_id = fields.String()
    number = fields.Integer()
    status = fields.String(metadata={"enum": list(PITCH_STATUSES)})
    version = fields.Integer()
    starts_at = Instant()
    questions_at = Instant()
    ends_at = Instant()
    score = fields.String(allow_none=True)
    spread = fields.String(allow_none=True)
    warnings = fields.List(fields.String())
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class RoadshowView(Schema):
    """A roadshow and its pitches in the order drawn."""

    roadshow_id = fields.String(attribute="id")
    round_id = fields.String()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    starts_at = Instant()
    place = fields.String()
    break_minutes = fields.Integer()
    draw_seed = fields.String(allow_none=True)
    tally_hash = fields.String(allow_none=True)
    pitches = fields.List(fields.Nested(PitchView))


def _step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    return command(name, takes, RoadshowView, roles=ORGANISERS, zh=zh, en=en, reread="get_roadshow")


def _pitch(name: str, zh: str, en: str) -> Operation:
    return command(name, PitchPath, PitchView, roles=ORGANISERS, zh=zh, en=en, reread="get_pitch")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_roadshow", RoadshowPath, RoadshowView, roles=roles.SIGNED_IN, zh="查看路演", en="One roadshow"),
    rpc("list_roadshows", RoadshowQuery, RoadshowView, roles=roles.SIGNED_IN, many=True, zh="路演列表", en="Roadshows"),
    rpc("get_pitch", PitchPath, PitchView, roles=roles.SIGNED_IN, zh="查看路演场次", en="One pitch"),
    _step("plan_roadshow", PlanRoadshow, "安排路演", "Plan the roadshow of a round"),
    _step("draw_slots", OnRoadshow, "抽签排序", "Draw the order by a recorded seed"),
    _step("start_roadshow", OnRoadshow, "路演开始", "Go live"),
    _pitch("start_pitch", "开始陈述", "A pitch begins"),
    _pitch("open_questions", "开始答辩", "Questions begin"),
    _pitch("open_scoring", "开始评分", "Scoring begins"),
    _pitch("lock_pitch", "锁定评分", "Lock: every sheet is locked"),
    _step("tally_roadshow", OnRoadshow, "计分", "Tally; warnings of spread and outliers"),
    _step("seal_roadshow", OnRoadshow, "封存", "Seal the tally by hash"),
    _step("publish_roadshow", OnRoadshow, "公布得分", "Publish the scores, once the result is on notice"),
)
