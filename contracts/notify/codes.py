"""Error codes of notify."""

from __future__ import annotations

from chassis.codes import Code


class NotifyCode(Code):
    """What notify can refuse."""

    MESSAGE_NOT_FOUND = "message_not_found", "没有这条消息", "No such message"
    MESSAGE_STATUS = "message_status", "消息已读过", "The message has been read already"
    PREFERENCE_MANDATORY = (
        "preference_mandatory",
        "这类消息关系到您的权利或资金，不能关闭",
        "These messages concern rights or money and cannot be switched off",
    )
    TEMPLATE_NOT_FOUND = "template_not_found", "没有这个消息模板", "No such template"
    TEMPLATE_INVALID = "template_invalid", "模板无法渲染", "The template cannot be rendered"
    WEBHOOK_ENDPOINT_NOT_FOUND = "webhook_endpoint_not_found", "没有这个回调地址", "No such webhook endpoint"
    WEBHOOK_ENDPOINT_STATUS = (
        "webhook_endpoint_status",
        "回调地址当前状态不允许此操作",
        "The webhook endpoint's status does not allow this",
    )
    WEBHOOK_URL_REFUSED = (
        "webhook_url_refused",
        "回调地址必须是公网 https 地址",
        "A webhook address must be https on the public internet",
    )
    WEBHOOK_OWNER_REQUIRED = (
        "webhook_owner_required",
        "您的账号没有所属组织，不能登记回调地址",
        "Your account belongs to no organisation, so it cannot own a webhook endpoint",
    )
    WEBHOOK_LIMIT_REACHED = (
        "webhook_limit_reached",
        "回调地址数量已达上限",
        "No more webhook endpoints may be added",
    )
    WEBHOOK_EVENT_UNKNOWN = "webhook_event_unknown", "没有这种事件", "No such event"
    DELIVERY_NOT_FOUND = "delivery_not_found", "没有这条投递记录", "No such delivery"
    DELIVERY_STATUS = (
        "delivery_status",
        "投递当前状态不允许此操作",
        "The delivery's status does not allow this",
    )
