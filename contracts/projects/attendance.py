"""Attendance (到场记录): check-in by code, at the gate, offline."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.activities import (
    ORGANISERS,
    PARTS,
    ActivityPath,
    OfActivityQuery,
    OnActivity,
    ReasonedActivity,
    step,
)
from contracts.registry.personal import personal
from contracts.registry.shapes import phone

STATUSES = ("present", "left", "void", "merged")
METHODS = ("code", "gate", "offline")
ROW_ID = r"^[A-Za-z0-9_-]{8,64}\Z"
_CODE = r"^(act_[0-7][0-9a-hjkmnp-tv-z]{25}\.)?[0-9]{6}\Z"


def _code() -> fields.String:
    return fields.String(
        required=True, validate=validate.Regexp(_CODE), metadata={"description": "六位签到码或二维码内容"}
    )


class CheckIn(ActivityPath):
    """The code on the organiser's screen: six digits, or what its QR image says."""

    code = _code()
    part = one_of(*PARTS, load_default="participant")


class CheckOut(ActivityPath):
    """A later code than the one used before."""

    code = _code()


class WalkIn(ActivityPath):
    """At the gate's screen: somebody of the list, an account, or a name."""

    sign_up_id = Id("sgu")
    account_id = Id("acc")
    name = Text(at_least=1, at_most=60, load_only=True)
    phone = phone(load_only=True)
    part = one_of(*PARTS, load_default="participant")


class OfflineRowIn(Schema):
    """One arrival noted without a network, under an id the phone made."""

    row_id = fields.String(required=True, validate=validate.Regexp(ROW_ID))
    sign_up_id = Id("sgu")
    name = Text(at_least=1, at_most=60)
    phone = phone()
    part = one_of(*PARTS, load_default="participant")
    arrived_at = Instant(required=True)
    left_at = Instant(allow_none=True)
    entry_pass = Text(at_most=40)


class UploadOffline(ActivityPath):
    """One batch; a row that was uploaded before is answered as it was then."""

    list_id = Id("ofl", required=True)
    signature = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    rows = fields.List(
        fields.Nested(OfflineRowIn), required=True, load_only=True, validate=validate.Length(min=1, max=500)
    )


class ListedPerson(Schema):
    """Somebody on the list; ``verifier``: HMAC-SHA-256 of the entry pass under the list's key, in hex."""

    sign_up_id = fields.String()
    number = fields.Integer()
    name = personal("activity_sign_up.name", "name", allow_none=True)
    part = fields.String(metadata={"enum": list(PARTS)})
    status = fields.String()
    verifier = fields.String()


class OfflineListView(Schema):
    """A list for a phone without a network. ``signature`` covers list, activity, times and people."""

    list_id = fields.String()
    activity_id = fields.String()
    title = fields.String()
    starts_at = Instant()
    ends_at = Instant()
    issued_at = Instant()
    valid_until = Instant()
    list_key = fields.String()
    people = fields.List(fields.Nested(ListedPerson))
    signature = fields.String()


class OfflineAnswer(Schema):
    """What became of a row; ``repeated``: it had been uploaded before."""

    row_id = fields.String()
    status = fields.String(metadata={"enum": ["accepted", "refused"]})
    repeated = fields.Boolean()
    code = fields.String(allow_none=True)
    attendance_id = fields.String(allow_none=True)


class OfflineAnswers(Schema):
    """Row by row."""

    list_id = fields.String()
    accepted = fields.Integer()
    refused = fields.Integer()
    repeated = fields.Integer()
    rows = fields.List(fields.Nested(OfflineAnswer))


class AttendancePath(Schema):
    """One record."""

    attendance_id = Id("atn", required=True)


class RecordDeparture(AttendancePath):
    """Somebody leaves, says the organiser."""

    left_at = Instant()


class AttendanceQuery(OfActivityQuery):
    """Records of one activity."""

    status = one_of(*STATUSES)
    part = one_of(*PARTS)


class OwnQuery(PageQuery):
    """One's own records."""

    project_id = Id("prj")


class AttendanceView(Schema):
    """A record of attendance, masked. ``minutes`` count once the activity is held."""

    attendance_id = fields.String(attribute="id")
    activity_id = fields.String()
    project_id = fields.String()
    organisation_id = fields.String()
    sign_up_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    name = personal("activity_attendance.name", "name", allow_none=True)
    phone = personal("activity_attendance.phone", "phone", allow_none=True)
    part = fields.String(metadata={"enum": list(PARTS)})
    method = fields.String(metadata={"enum": list(METHODS)})
    walk_in = fields.Boolean()
    late = fields.Boolean()
    status = fields.String(metadata={"enum": list(STATUSES)})
    version = fields.Integer()
    arrived_at = Instant()
    left_at = Instant(allow_none=True)
    minutes = fields.Integer(allow_none=True)
    district_code = fields.String()
    street_code = fields.String(allow_none=True)


def own(name: str, takes: type[Schema], gives: type[Schema], zh: str, en: str, *, many: bool = False) -> Operation:
    """A read for everybody: of what concerns them."""
    return rpc(name, takes, gives, roles=roles.SIGNED_IN, many=many, zh=zh, en=en)


def _record(name: str, takes: type[Schema], who: tuple[str, ...], zh: str, en: str) -> Operation:
    return command(name, takes, AttendanceView, roles=who, zh=zh, en=en, reread="get_attendance")


OPERATIONS: tuple[Operation, ...] = (
    step("hold_activity", OnActivity, "活动结束", "The activity is over: minutes are counted"),
    step("close_activity", OnActivity, "活动归档", "Lock the records of an activity"),
    step("cancel_activity", ReasonedActivity, "取消活动", "Call an activity off"),
    _record("check_in_to_activity", CheckIn, roles.SIGNED_IN, "扫码签到", "Check in by the code of now"),
    _record("check_out_of_activity", CheckOut, roles.SIGNED_IN, "扫码签退", "Check out by the code of now"),
    _record("record_walk_in", WalkIn, ORGANISERS, "现场登记", "Record somebody at the gate"),
    _record("record_departure", RecordDeparture, ORGANISERS, "登记离场", "Record that somebody leaves"),
    _record(
        "erase_attendance", AttendancePath, ORGANISERS, "删除到场人信息", "Forget who came; that somebody did stays"
    ),
    command(
        "issue_offline_list",
        ActivityPath,
        OfflineListView,
        roles=ORGANISERS,
        zh="下载离线名单",
        en="A signed list for a phone without a network",
        secret=True,
    ),
    command(
        "upload_offline_check_ins",
        UploadOffline,
        OfflineAnswers,
        roles=ORGANISERS,
        zh="补传离线签到",
        en="Upload what was noted offline",
        secret=True,
        repeats=True,
    ),
    own("get_attendance", AttendancePath, AttendanceView, "查看到场记录", "One record of attendance, masked"),
    own(
        "list_attendances",
        AttendanceQuery,
        AttendanceView,
        "到场名单",
        "Who came, masked; others than organisers see their own",
        many=True,
    ),
    own("list_own_attendances", OwnQuery, AttendanceView, "我的到场记录", "One's own attendance", many=True),
)
