"""Deliveries: what was sent outside the platform, traceable to its event, and how notify is doing."""

from __future__ import annotations

from marshmallow import Schema, fields

from chassis.fields import Id, Instant, PageQuery, Text, one_of
from chassis.operations import Operation, command, rpc
from contracts.notify import kinds
from contracts.roles import ADMINISTRATOR, AUDITOR, BUREAU, OPERATOR, SPECIALIST

WATCHERS = (OPERATOR, BUREAU, ADMINISTRATOR, AUDITOR)


class DeliveryQuery(Schema):
    """One delivery."""

    delivery_id = Id("dlv", required=True)


class ListDeliveries(PageQuery):
    """Deliveries, newest first."""

    status = one_of(*kinds.DELIVERY_STATUSES)
    channel = one_of(*kinds.DELIVERY_CHANNELS)
    event_id = Id("evt")
    event_name = Text(at_most=80)
    endpoint_id = Id("whk")
    account_id = Id("acc")
    trace_id = Text(at_most=64)


class AttemptView(Schema):
    """One try."""

    at = fields.String()
    outcome = fields.String()
    answer = fields.String(metadata={"description": "对方的回答，不含地址 / the peer's answer, without addresses"})


class DeliveryView(Schema):
    """One intent to send, its state and its tries. No address: registry keeps those."""

    delivery_id = Id("dlv", attribute="id")
    status = one_of(*kinds.DELIVERY_STATUSES)
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    channel = one_of(*kinds.DELIVERY_CHANNELS)
    message_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    endpoint_id = fields.String(allow_none=True)
    event_id = fields.String()
    event_name = fields.String()
    subject = fields.String()
    trace_id = fields.String()
    reason = fields.String(allow_none=True)
    attempts = fields.List(fields.Nested(AttemptView))
    due_at = Instant(allow_none=True)
    sent_at = Instant(allow_none=True)
    created_at = Instant()


class ChannelCount(Schema):
    """Deliveries of a channel in a state."""

    channel = fields.String()
    status = fields.String()
    count = fields.Integer()


class KindCount(Schema):
    """Messages of a kind."""

    kind = fields.String()
    kind_zh = fields.String()
    count = fields.Integer()
    unread = fields.Integer()


class NotifyDashboardView(Schema):
    """How notify is doing."""

    messages = fields.Integer()
    unread = fields.Integer()
    by_kind = fields.List(fields.Nested(KindCount))
    deliveries = fields.List(fields.Nested(ChannelCount))
    waiting = fields.Integer(metadata={"description": "尚未有结果的投递 / deliveries without an outcome yet"})
    oldest_waiting_at = Instant(allow_none=True)
    endpoints_active = fields.Integer()
    endpoints_disabled = fields.Integer()
    held = fields.Integer(metadata={"description": "收件组织尚无账号 / waiting for the recipient to have an account"})


OPERATIONS: tuple[Operation, ...] = (
    rpc("get_delivery", DeliveryQuery, DeliveryView, roles=WATCHERS, zh="查看投递", en="Look at a delivery"),
    rpc("list_deliveries", ListDeliveries, DeliveryView, roles=WATCHERS, zh="投递记录", en="Deliveries", many=True),
    command(
        "requeue_delivery",
        DeliveryQuery,
        DeliveryView,
        roles=(OPERATOR, BUREAU, ADMINISTRATOR),
        zh="重新投递",
        en="Send a delivery again that had ended without success",
        reread="get_delivery",
    ),
    rpc(
        "get_notify_dashboard",
        None,
        NotifyDashboardView,
        roles=(*WATCHERS, SPECIALIST),
        zh="消息概览",
        en="How notify is doing",
    ),
)
