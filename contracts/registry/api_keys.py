"""API keys: ``fpk_<prefix>_<secret>``. The registry keeps the prefix and a hash; a key is shown once."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery, Text, day
from chassis.operations import Operation, command, rpc
from contracts import roles

KEEPERS = (roles.SECURITY,)
SEERS = (roles.SECURITY, roles.AUDITOR)
PATTERN = r"^fpk_[a-z0-9]{8}_[A-Za-z0-9_-]{43}\Z"


class IssueApiKey(Schema):
    """For an account of role ``api_client``. ``scopes``: the only operations it may call (``registry.get_place``)."""

    account_id = Id("acc", required=True)
    name = Text(required=True, at_least=2, at_most=60)
    scopes = fields.List(
        fields.String(validate=validate.Regexp(r"^[a-z]{2,20}\.[a-z_]{2,60}\Z")),
        required=True,
        validate=validate.Length(min=1, max=100),
    )
    expires_on = day(required=True)


class ApiKeyPath(Schema):
    """One key."""

    api_key_id = Id("apk", required=True)


class ApiKeyQuery(PageQuery):
    """Of one account, or all."""

    account_id = Id("acc")


class ApiKeyView(Schema):
    """A key without its secret. ``last_used_on`` is a day, not an instant."""

    api_key_id = fields.String()
    account_id = fields.String()
    name = fields.String()
    prefix = fields.String()
    scopes = fields.List(fields.String())
    expires_on = fields.Date()
    last_used_on = fields.Date(allow_none=True)
    rotated_at = Instant(allow_none=True)
    previous_until = Instant(allow_none=True)
    status = fields.String(metadata={"enum": ["active", "revoked"]})
    version = fields.Integer()
    created_at = Instant()


class IssuedApiKeyView(ApiKeyView):
    """The key itself, this once."""

    api_key = fields.String()


class ExchangeApiKey(Schema):
    """A gateway has been shown this key."""

    api_key = fields.String(required=True, load_only=True, validate=validate.Regexp(PATTERN))


class ApiKeyTokenView(Schema):
    """What the gateway calls with instead: an access token of the account, limited to the key's scopes."""

    api_key_id = fields.String()
    access_token = fields.String()
    expires_in = fields.Integer(metadata={"description": "秒 / seconds"})


OPERATIONS: tuple[Operation, ...] = (
    command(
        "issue_api_key",
        IssueApiKey,
        IssuedApiKeyView,
        roles=KEEPERS,
        secret=True,
        zh="签发接口密钥",
        en="Issue an API key",
    ),
    command(
        "rotate_api_key",
        ApiKeyPath,
        IssuedApiKeyView,
        roles=KEEPERS,
        secret=True,
        zh="轮换接口密钥",
        en="Give an API key a new secret",
    ),
    command(
        "revoke_api_key",
        ApiKeyPath,
        ApiKeyView,
        roles=KEEPERS,
        reread="get_api_key",
        zh="吊销接口密钥",
        en="Revoke an API key",
    ),
    rpc("get_api_key", ApiKeyPath, ApiKeyView, roles=SEERS, zh="查看接口密钥", en="One API key"),
    rpc("list_api_keys", ApiKeyQuery, ApiKeyView, roles=SEERS, many=True, zh="接口密钥", en="API keys"),
    command(
        "exchange_api_key",
        ExchangeApiKey,
        ApiKeyTokenView,
        roles=roles.PUBLIC,
        secret=True,
        zh="兑换接口密钥（仅网关）",
        en="Exchange an API key (for gateways)",
    ),
)
