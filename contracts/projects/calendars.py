"""Calendars (iCalendar, RFC 5545) of roadshows and appointments: a secret address per person; roadshows in public."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.projects.roadshows import RoadshowPath


class FeedPath(Schema):
    """One feed."""

    calendar_feed_id = Id("cfd", required=True)


class CalendarPath(Schema):
    """A secret address."""

    token = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{43}\Z"))


class FeedView(Schema):
    """A feed; ``token`` is told once, when it is opened, and is the address: ``/v1/calendars/{token}``."""

    calendar_feed_id = fields.String(attribute="id")
    account_id = fields.String()
    token = fields.String(allow_none=True)
    revoked_at = Instant(allow_none=True)
    version = fields.Integer()
    district_code = fields.String()


class FileView(Schema):
    """A file inside a reply, its content in base64."""

    file_name = fields.String()
    media_type = fields.String()
    content = fields.String()


READERS = (roles.JUDGE, roles.CSO, roles.HUB, roles.TALENT)
OPERATIONS: tuple[Operation, ...] = (
    command(
        "open_calendar_feed",
        None,
        FeedView,
        roles=READERS,
        zh="开通日历订阅",
        en="Open a calendar feed with a secret address",
        secret=True,
    ),
    command("revoke_calendar_feed", FeedPath, FeedView, roles=READERS, zh="停用日历订阅", en="Revoke a calendar feed"),
    rpc("list_calendar_feeds", PageQuery, FeedView, roles=READERS, many=True, zh="日历订阅", en="One's calendar feeds"),
    rpc(
        "read_calendar",
        CalendarPath,
        FileView,
        roles=roles.PUBLIC,
        zh="读取日历",
        en="The calendar of a secret address",
    ),
    rpc(
        "get_roadshow_calendar",
        RoadshowPath,
        FileView,
        roles=roles.PUBLIC,
        zh="路演公开日历",
        en="A roadshow's public calendar",
    ),
)
