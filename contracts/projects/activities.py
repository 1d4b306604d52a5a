"""Activities of a project (项目活动): planning, moving, signing up, the code on the screen, the district's numbers."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, community_code, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.delivery import DOERS, STREET, ProjectPath
from contracts.projects.evidence import expected_version
from contracts.registry.personal import personal
from contracts.registry.shapes import phone

STATUSES = ("planned", "postponed", "open", "held", "closed", "cancelled")
SIGN_UP_STATUSES = ("signed_up", "waiting", "withdrawn", "attended", "missed", "lapsed", "merged")
KINDS = ("service", "visit", "class", "meeting", "culture", "publicity", "volunteering", "other")
PARTS = ("participant", "volunteer")
ORGANISERS = (*DOERS, *STREET)


class ActivityContent(Schema):
    """What, where and for how many; without ``capacity`` everybody may come."""

    title = Text(required=True, at_least=2, at_most=200)
    kind = one_of(*KINDS, required=True)
    place = Text(required=True, at_least=2, at_most=200)
    community_code = community_code(allow_none=True)
    latitude = fields.Float(allow_none=True, validate=validate.Range(min=-90, max=90))
    longitude = fields.Float(allow_none=True, validate=validate.Range(min=-180, max=180))
    capacity = fields.Integer(allow_none=True, strict=True, validate=validate.Range(min=1, max=100_000))
    walk_ins = fields.Boolean(load_default=True)


class PlanActivity(ProjectPath, ActivityContent):
    """An activity of a running project."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class ActivityPath(Schema):
    """One activity."""

    activity_id = Id("act", required=True)


class OnActivity(ActivityPath):
    """A step of one activity."""

    expected_version = expected_version()


class ChangeActivity(OnActivity):
    """Only what is sent changes; its times change by moving it."""

    title = Text(at_least=2, at_most=200)
    kind = one_of(*KINDS)
    place = Text(at_least=2, at_most=200)
    community_code = community_code(allow_none=True)
    latitude = fields.Float(allow_none=True, validate=validate.Range(min=-90, max=90))
    longitude = fields.Float(allow_none=True, validate=validate.Range(min=-180, max=180))
    capacity = fields.Integer(allow_none=True, strict=True, validate=validate.Range(min=1, max=100_000))
    walk_ins = fields.Boolean()


class ReasonedActivity(OnActivity):
    """A step that says why."""

    reason = Text(required=True, at_least=2, at_most=500)


class RescheduleActivity(ReasonedActivity):
    """New times; those who signed up stay signed up."""

    starts_at = Instant(required=True)
    ends_at = Instant(required=True)


class ActivityQuery(PageQuery):
    """Filters; scope is applied besides."""

    project_id = Id("prj")
    organisation_id = Id("org")
    street_code = street_code()
    community_code = community_code()
    kind = one_of(*KINDS)
    status = one_of(*STATUSES)


class OfActivityQuery(PageQuery):
    """Things of one activity."""

    activity_id = Id("act", required=True)


class SignUpForActivity(ActivityPath):
    """Oneself, if one likes with a name for the list; organisers also somebody without an account, by name."""

    part = one_of(*PARTS, load_default="participant")
    name = Text(at_least=1, at_most=60, load_only=True)
    phone = phone(load_only=True)
    for_other = fields.Boolean(load_default=False, metadata={"description": "代他人报名 / for somebody else"})


class SignUpPath(ActivityPath):
    """One sign-up."""

    sign_up_id = Id("sgu", required=True)


class SignUpQuery(OfActivityQuery):
    """Sign-ups of one activity."""

    status = one_of(*SIGN_UP_STATUSES)


class ActivityCounts(Schema):
    """Seats and people now."""

    signed_up = fields.Integer()
    waiting = fields.Integer()
    attended = fields.Integer()


class ActivityView(Schema):
    """An activity."""

    activity_id = fields.String(attribute="id")
    project_id = fields.String()
    organisation_id = fields.String()
    title = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    place = fields.String()
    community_code = fields.String(allow_none=True)
    latitude = fields.Float(allow_none=True)
    longitude = fields.Float(allow_none=True)
    starts_at = Instant()
    ends_at = Instant()
    capacity = fields.Integer(allow_none=True)
    walk_ins = fields.Boolean()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    opened_at = Instant(allow_none=True)
    held_at = Instant(allow_none=True)
    closed_at = Instant(allow_none=True)
    reason = fields.String(allow_none=True)
    counts = fields.Nested(ActivityCounts)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class RescheduleView(Schema):
    """An activity was put off or moved."""

    reschedule_id = fields.String(attribute="id")
    activity_id = fields.String()
    old_starts_at = Instant()
    old_ends_at = Instant()
    new_starts_at = Instant(allow_none=True)
    new_ends_at = Instant(allow_none=True)
    reason = fields.String()
    changed_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class SignUpView(Schema):
    """A sign-up, masked."""

    sign_up_id = fields.String(attribute="id")
    activity_id = fields.String()
    number = fields.Integer()
    account_id = fields.String(allow_none=True)
    name = personal("activity_sign_up.name", "name", allow_none=True)
    phone = personal("activity_sign_up.phone", "phone", allow_none=True)
    part = fields.String(metadata={"enum": list(PARTS)})
    status = fields.String(metadata={"enum": list(SIGN_UP_STATUSES)})
    version = fields.Integer()
    queued_at = Instant()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


class PassView(Schema):
    """One's own pass for a gate without a network: shown to the organiser, who can check it against the list."""

    sign_up_id = fields.String()
    number = fields.Integer()
    entry_pass = fields.String()


class ActivityCode(Schema):
    """The code that is good now; ``text`` is what the QR image says."""

    activity_id = fields.String()
    code = fields.String()
    text = fields.String()
    valid_until = Instant()
    seconds = fields.Integer()


def step(name: str, takes: type[Schema], zh: str, en: str) -> Operation:
    """A step of an activity by those who organise it."""
    return command(name, takes, ActivityView, roles=ORGANISERS, zh=zh, en=en, reread="get_activity")


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_activity", ActivityPath, ActivityView, roles=roles.SIGNED_IN, zh="查看活动", en="One activity"),
    rpc(
        "list_activities",
        ActivityQuery,
        ActivityView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="活动列表",
        en="Activities in scope",
    ),
    rpc(
        "list_reschedules",
        OfActivityQuery,
        RescheduleView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="活动改期记录",
        en="How often and why an activity was moved",
    ),
    step("plan_activity", PlanActivity, "安排活动", "Plan an activity"),
    step("change_activity", ChangeActivity, "修改活动", "Change an activity"),
    step("open_activity", OnActivity, "开始签到", "Open check-in"),
    step("postpone_activity", ReasonedActivity, "活动延期", "Put an activity off, its new time to be found"),
    step("reschedule_activity", RescheduleActivity, "活动改期", "Give an activity new times"),
    command(
        "sign_up_for_activity",
        SignUpForActivity,
        SignUpView,
        roles=roles.SIGNED_IN,
        zh="活动报名",
        en="Sign up for an activity",
        reread="get_sign_up",
    ),
    command(
        "withdraw_sign_up",
        SignUpPath,
        SignUpView,
        roles=roles.SIGNED_IN,
        zh="取消报名",
        en="Withdraw a sign-up",
        reread="get_sign_up",
    ),
    rpc("get_sign_up", SignUpPath, SignUpView, roles=roles.SIGNED_IN, zh="查看报名", en="One sign-up, masked"),
    rpc("get_entry_pass", SignUpPath, PassView, roles=roles.SIGNED_IN, zh="本人入场码", en="One's own entry pass"),
    rpc(
        "list_sign_ups",
        SignUpQuery,
        SignUpView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="报名名单",
        en="Sign-ups, masked; others than organisers see their own",
    ),
    rpc("get_activity_code", ActivityPath, ActivityCode, roles=ORGANISERS, zh="当前签到码", en="The code of now"),
)
