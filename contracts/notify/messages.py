"""The inbox and its preferences."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, one_of
from chassis.operations import Operation, command, rpc
from contracts.notify import kinds
from contracts.roles import SIGNED_IN


class MessageQuery(Schema):
    """One message of mine."""

    message_id = Id("msg", required=True)


class ListMessages(PageQuery):
    """My messages, newest first."""

    unread = fields.Boolean(metadata={"description": "true：只看未读 / only unread ones"})
    kind = one_of(*kinds.KINDS)


class ReadMessage(Schema):
    """Mark one message of mine as read."""

    message_id = Id("msg", required=True)


class MessageView(Schema):
    """A message in its reader's inbox, traceable to the event it tells of."""

    message_id = Id("msg", attribute="id")
    status = one_of(*kinds.MESSAGE_STATUSES)
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    kind = one_of(*kinds.KINDS)
    priority = one_of(*kinds.PRIORITIES)
    title_zh = fields.String()
    body_zh = fields.String()
    title_en = fields.String()
    body_en = fields.String()
    event_id = fields.String()
    event_name = fields.String()
    subject = fields.String(metadata={"description": "事件所述对象的编号 / id of what the event is about"})
    trace_id = fields.String()
    occurred_at = Instant()
    created_at = Instant()
    read_at = Instant(allow_none=True)


class UnreadView(Schema):
    """How many messages of mine are unread."""

    unread = fields.Integer()


class SetPreference(Schema):
    """Whether messages of a kind reach me on a channel."""

    kind = one_of(*kinds.KINDS, required=True)
    channel = one_of(*kinds.PREFERENCE_CHANNELS, required=True)
    enabled = fields.Boolean(required=True)


class PreferenceView(Schema):
    """One kind of message on one channel; mandatory ones cannot be switched off."""

    kind = one_of(*kinds.KINDS)
    kind_zh = fields.String()
    channel = one_of(*kinds.PREFERENCE_CHANNELS)
    enabled = fields.Boolean()
    mandatory = fields.Boolean()


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_message", MessageQuery, MessageView, roles=SIGNED_IN, zh="查看消息", en="Read one message"),
    rpc("list_messages", ListMessages, MessageView, roles=SIGNED_IN, zh="我的消息", en="My messages", many=True),
    rpc("count_unread", None, UnreadView, roles=SIGNED_IN, zh="未读消息数", en="Count my unread messages"),
    command(
        "read_message",
        ReadMessage,
        MessageView,
        roles=SIGNED_IN,
        zh="标为已读",
        en="Mark a message as read",
        reread="get_message",
    ),
    rpc(
        "list_preferences",
        None,
        PreferenceView,
        roles=SIGNED_IN,
        zh="我的接收设置",
        en="My preferences",
        many=True,
    ),
    command("set_preference", SetPreference, PreferenceView, roles=SIGNED_IN, zh="更改接收设置", en="Set a preference"),
)
