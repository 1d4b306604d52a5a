"""Webhook endpoints: where an organisation or a client system wants events posted (Standard Webhooks)."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts.notify import kinds
from contracts.roles import ADMINISTRATOR, API_CLIENT, AUDITOR, BUREAU, CSO, HUB, OPERATOR, PROVIDER

OWNERS = (PROVIDER, BUREAU, API_CLIENT, ADMINISTRATOR, HUB, CSO)


class AddWebhookEndpoint(Schema):
    """Post these events (all, where none is named) of these streets (all of mine, where none is named)."""

    url = Text(required=True, at_least=8, at_most=500)
    event_names = fields.List(
        fields.String(validate=validate.Length(max=80)), load_default=list, validate=validate.Length(max=100)
    )
    street_codes = fields.List(street_code(), load_default=list, validate=validate.Length(max=50))
    note = Text(at_most=200, load_default="")


class WebhookEndpointQuery(Schema):
    """One endpoint."""

    endpoint_id = Id("whk", required=True)


class ListWebhookEndpoints(PageQuery):
    """Endpoints: mine, or the district's for those who supervise."""

    status = one_of(*kinds.ENDPOINT_STATUSES)


class WebhookEndpointView(Schema):
    """An endpoint, without its secret."""

    endpoint_id = Id("whk", attribute="id")
    status = one_of(*kinds.ENDPOINT_STATUSES)
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    street_codes = fields.List(fields.String())
    organisation_id = fields.String(allow_none=True)
    account_id = fields.String(allow_none=True)
    url = fields.String()
    event_names = fields.List(fields.String())
    note = fields.String()
    failures = fields.Integer(metadata={"description": "连续失败次数 / failures in a row"})
    resume_at = Instant(allow_none=True)
    created_at = Instant()


class NewWebhookEndpointView(WebhookEndpointView):
    """The answer to adding one: the only time its signing secret is shown."""

    secret = fields.String(metadata={"description": "签名密钥，只显示一次 / signing secret, shown once"})


OPERATIONS: tuple[Operation, ...] = (
    command(
        "add_webhook_endpoint",
        AddWebhookEndpoint,
        NewWebhookEndpointView,
        roles=OWNERS,
        zh="登记回调地址",
        en="Add a webhook endpoint",
        secret=True,
    ),
    rpc(
        "get_webhook_endpoint",
        WebhookEndpointQuery,
        WebhookEndpointView,
        roles=(*OWNERS, OPERATOR, AUDITOR),
        zh="查看回调地址",
        en="Look at a webhook endpoint",
    ),
    rpc(
        "list_webhook_endpoints",
        ListWebhookEndpoints,
        WebhookEndpointView,
        roles=(*OWNERS, OPERATOR, AUDITOR),
        zh="回调地址列表",
        en="Webhook endpoints",
        many=True,
    ),
    command(
        "resume_webhook_endpoint",
        WebhookEndpointQuery,
        WebhookEndpointView,
        roles=(*OWNERS, OPERATOR),
        zh="恢复回调地址",
        en="Switch a disabled webhook endpoint on again",
        reread="get_webhook_endpoint",
    ),
    command(
        "remove_webhook_endpoint",
        WebhookEndpointQuery,
        WebhookEndpointView,
        roles=(*OWNERS, OPERATOR),
        zh="移除回调地址",
        en="Remove a webhook endpoint",
        reread="get_webhook_endpoint",
    ),
)
