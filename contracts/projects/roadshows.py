"""Roadshows (路演): plan, draw, live queue, tally, seal, publish."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.rounds import ORGANISERS, expected_version

STATUSES = ("planned", "slots_drawn", "live", "tallied", "sealed", "published")
CLOCK_STATUSES = ("stopped", "running", "paused")
PITCH_STATUSES = ("waiting", "pitching", "questions", "scoring", "locked")


class PlanRoadshow(Schema):
    """When and where; one pitch follows another."""

    round_id = Id("rnd", required=True)
    starts_at = Instant(required=True)
    place = Text(required=True, at_least=1, at_most=200)
    draw_source = Text(
        at_least=1,
        at_most=200,
        metadata={
            "description": "抽签所用的公开随机数来源，事先公布 / public randomness the draw will use, named beforehand"
        },
    )
    break_minutes = fields.Integer(load_default=2, strict=True, validate=validate.Range(min=0, max=120))


class RoadshowPath(Schema):
    """One roadshow."""

    roadshow_id = Id("rds", required=True)


class OnRoadshow(RoadshowPath):
    """A step of one roadshow."""

    expected_version = expected_version()


class DrawSlots(OnRoadshow):
    """The draw; ``draw_public`` is the value of the source that was named when the roadshow was planned."""

    draw_public = Text(at_least=1, at_most=200)


class PitchPath(Schema):
    """One pitch."""

    pitch_id = Id("pit", required=True)


class SwapPitches(RoadshowPath):
    """Two waiting pitches exchange their turns."""

    pitch_ids = fields.List(Id("pit"), required=True, validate=validate.Length(equal=2))
    reason = Text(required=True, at_least=2, at_most=500)


class MovePitch(PitchPath):
    """A waiting pitch goes to a place of a session; places count from 1."""

    session_id = Id("rse", required=True)
    place = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=500))
    reason = Text(required=True, at_least=2, at_most=500)


class RoadshowQuery(PageQuery):
    """Filters."""

    round_id = Id("rnd")


class TimerView(Schema):
    """The stage's clock by the server's time; count on from ``server_now``. Seconds; ``overtime`` is past the limit."""

    server_now = Instant()
    elapsed = fields.Integer()
    allowed = fields.Integer(allow_none=True)
    remaining = fields.Integer(allow_none=True)
    overtime = fields.Integer()


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
    session_id = fields.String(allow_none=True)
    place = fields.Integer(allow_none=True, metadata={"description": "场次内的顺序，从 1 起 / in its session, from 1"})
    clock = fields.String(metadata={"enum": list(CLOCK_STATUSES)})
    timer = fields.Nested(TimerView, allow_none=True)
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
    draw_commitment = fields.String(allow_none=True)
    draw_source = fields.String(allow_none=True)
    draw_public = fields.String(allow_none=True)
    draw_secret = fields.String(allow_none=True, metadata={"description": "抽签后公开 / told after the draw"})
    draw_seed = fields.String(allow_none=True)
    review_plan_id = fields.String(allow_none=True)
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
    _step("draw_slots", DrawSlots, "抽签排序", "Draw the order by a recorded seed"),
    _step("start_roadshow", OnRoadshow, "路演开始", "Go live"),
    _pitch("start_pitch", "开始陈述", "A pitch begins"),
    _pitch("open_questions", "开始答辩", "Questions begin"),
    _pitch("open_scoring", "开始评分", "Scoring begins"),
    _pitch("pause_pitch", "暂停计时", "Pause the clock"),
    _pitch("resume_pitch", "继续计时", "Let the clock run again"),
    _step("swap_pitches", SwapPitches, "对调答辩顺序", "Two waiting pitches exchange their turns"),
    command(
        "move_pitch",
        MovePitch,
        PitchView,
        roles=ORGANISERS,
        zh="调整答辩时段",
        en="Move a waiting pitch; checked against the schedule's rules",
        reread="get_pitch",
    ),
    _pitch("lock_pitch", "锁定评分", "Lock: every sheet is locked"),
    _step("tally_roadshow", OnRoadshow, "计分", "Tally; warnings of spread and outliers"),
    _step("seal_roadshow", OnRoadshow, "封存", "Seal the tally by hash"),
    _step("publish_roadshow", OnRoadshow, "公布得分", "Publish the scores, once the result is on notice"),
)
