"""Training sessions: enrolment, check-in by a code that changes, the paper list, attendance."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from chassis.views import View
from contracts import roles
from contracts.registry.personal import personal
from contracts.registry.shapes import NounView, Reason, evidence_list, expected_version, phone

STATUSES = ("planned", "published", "closed", "cancelled")
ATTENDANCE_STATUSES = ("enrolled", "withdrawn", "present", "late", "absent")
METHODS = ("code", "offline")
KINDS = ("policy", "management", "project", "finance", "service_skill", "publicity", "party", "other")
TRAINERS = (roles.HUB, roles.STREET_STAFF, roles.STEWARD, roles.SPECIALIST, roles.BUREAU)
LEARNERS = (roles.CSO, roles.HUB, roles.TALENT, roles.RESIDENT, roles.STEWARD, roles.STREET_STAFF, roles.GRID_WORKER)
QUALIFIERS = (roles.STREET_STAFF, roles.BUREAU)  # who records credentials
SEERS = tuple(dict.fromkeys((*roles.READERS, *LEARNERS)))


class TrainingContent(Schema):
    """When, where, about what."""

    topic = Text(required=True, at_least=2, at_most=100)
    kind = one_of(*KINDS, required=True)
    venue = Text(required=True, at_least=2, at_most=100)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    capacity = fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=10_000))
    walk_ins = fields.Boolean(load_default=True)


class PlanTraining(TrainingContent):
    """A hub plans its own; without a street it is for the whole district. ``programme_id``: it counts towards it."""

    hub_id = Id("org")
    street_code = street_code()
    programme_id = Id("prg")


class TrainingPath(Schema):
    """One session."""

    training_id = Id("trs", required=True)


class OnTraining(TrainingPath):
    """A step of one session."""

    expected_version = expected_version()


class ChangeTraining(OnTraining, TrainingContent):
    """Before it begins; those enrolled stay enrolled."""


class QualifyTraining(OnTraining):
    """Whoever comes counts as trained for ``months``, in orders of these kinds, or of any; ``null``: not any more."""

    months = fields.Integer(required=True, allow_none=True, strict=True, validate=validate.Range(min=1, max=60))
    service_kinds = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z][a-z_]{1,39}\Z")),
        validate=validate.Length(max=5),
        load_default=list,
    )


class CancelTraining(TrainingPath, Reason):
    """It does not take place."""


class CloseTraining(OnTraining):
    """Who was enrolled and did not come is absent."""

    summary = Text(at_most=2000, load_default="")
    evidence = evidence_list()


class EnrolInTraining(TrainingPath):
    """Oneself; or, by those who run it, somebody without an account, with name and organisation."""

    organisation_id = Id("org")
    name = Text(at_least=1, at_most=60)
    phone = phone()


class AttendancePath(TrainingPath):
    """One enrolment."""

    attendance_id = Id("att", required=True)


class CheckIn(TrainingPath):
    """The code that is shown in the room; it changes every few seconds."""

    code = Text(required=True, at_least=4, at_most=40)


class OfflineLine(Schema):
    """A line of the paper list: the number of an enrolment, or a walk-in's name and organisation."""

    number = fields.Integer(strict=True, validate=validate.Range(min=1, max=100_000))
    organisation_id = Id("org")
    name = Text(at_least=1, at_most=60)
    at = Instant(required=True)


class RecordAttendance(TrainingPath):
    """The paper list, written down afterwards."""

    lines = fields.List(fields.Nested(OfflineLine), required=True, validate=validate.Length(min=1, max=200))


class TrainingQuery(PageQuery):
    """Filters; scope is applied besides."""

    hub_id = Id("org")
    programme_id = Id("prg")
    kind = one_of(*KINDS)
    status = one_of(*STATUSES)
    street_code = street_code()


class AttendanceQuery(PageQuery, TrainingPath):
    """Those who run the session see everybody, others themselves."""

    status = one_of(*ATTENDANCE_STATUSES)
    organisation_id = Id("org")


class TrainingView(NounView):
    """A session and its counts."""

    training_id = fields.String()
    hub_id = fields.String(allow_none=True)
    programme_id = fields.String(allow_none=True)
    topic = fields.String()
    kind = fields.String(metadata={"enum": list(KINDS)})
    venue = fields.String()
    starts_at = Instant()
    ends_at = Instant()
    capacity = fields.Integer()
    walk_ins = fields.Boolean()
    summary = fields.String()
    closing_reason = fields.String(allow_none=True)
    qualifies_months = fields.Integer(allow_none=True)
    qualifies_kinds = fields.List(fields.String(), allow_none=True)
    counts = fields.Dict(keys=fields.String(), values=fields.Integer())


class AttendanceView(View):
    """An enrolment; name and phone are masked."""

    attendance_id = fields.String()
    training_id = fields.String()
    number = fields.Integer()
    organisation_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    name = personal("training_attendance.name", "name", allow_none=True)
    phone = personal("training_attendance.phone", "phone", allow_none=True)
    status = fields.String(metadata={"enum": list(ATTENDANCE_STATUSES)})
    walk_in = fields.Boolean()
    method = fields.String(allow_none=True)
    checked_in_at = Instant(allow_none=True)


class CheckInCode(View):
    """For a screen in the room: the code, the text of its QR code, and when to ask for the next."""

    training_id = fields.String()
    code = fields.String()
    text = fields.String()
    valid_until = Instant()
    seconds = fields.Integer()


def _step(name: str, takes: type[Schema], zh: str, en: str, who: tuple[str, ...] = TRAINERS) -> Operation:
    return command(name, takes, TrainingView, roles=who, reread="get_training", zh=zh, en=en)


def _one(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, AttendanceView, roles=who, reread="get_training_attendance", zh=zh, en=en)


_ANYBODY = tuple(dict.fromkeys((*TRAINERS, *LEARNERS)))
OPERATIONS: tuple[Operation, ...] = (
    _step("plan_training", PlanTraining, "安排培训", "Plan a session"),
    _step("change_training", ChangeTraining, "变更培训", "Change a session"),
    _step("publish_training", OnTraining, "发布培训", "Open enrolment"),
    _step("close_training", CloseTraining, "结束培训", "Close a session"),
    _step("qualify_training", QualifyTraining, "认定培训资质", "Say what a session qualifies for", QUALIFIERS),
    _step("cancel_training", CancelTraining, "取消培训", "Cancel a session"),
    _step("record_training_attendance", RecordAttendance, "补录签到表", "Record the paper list"),
    _one("enrol_in_training", EnrolInTraining, _ANYBODY, "报名", "Enrol"),
    _one("withdraw_enrolment", AttendancePath, _ANYBODY, "取消报名", "Withdraw an enrolment"),
    _one("check_in_to_training", CheckIn, LEARNERS, "扫码签到", "Check in by code"),
    rpc("get_training_code", TrainingPath, CheckInCode, roles=TRAINERS, zh="签到码", en="The code to show"),
    rpc("get_training", TrainingPath, TrainingView, roles=SEERS, zh="查看培训", en="One session"),
    rpc("list_trainings", TrainingQuery, TrainingView, roles=SEERS, many=True, zh="培训列表", en="Sessions"),
    rpc("get_training_attendance", AttendancePath, AttendanceView, roles=SEERS, zh="查看报名", en="One enrolment"),
    rpc(
        "list_training_attendance",
        AttendanceQuery,
        AttendanceView,
        roles=SEERS,
        many=True,
        zh="签到名单",
        en="Enrolments and attendance",
    ),
)
