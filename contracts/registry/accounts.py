"""Accounts and sign-in. Personal fields are masked but in ``get_me`` and the system's own address look-up."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.actor import SYSTEM
from chassis.fields import Id, Instant, PageQuery, Text, community_code, one_of, street_code
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.personal import personal
from contracts.registry.shapes import expected_version, phone, storable

OPENERS = (roles.ADMINISTRATOR, roles.BUREAU, roles.STREET_STAFF, roles.GRID_WORKER)
VERIFIERS = (roles.STREET_STAFF, roles.GRID_WORKER)
SEERS = (*OPENERS, roles.SPECIALIST, roles.SECURITY, roles.AUDITOR)
STATUSES = ("pending", "active", "closed", "rejected", "erased")
LOCALES = ("zh-CN", "en")


def _password(*, least: int) -> fields.String:
    return fields.String(required=True, load_only=True, validate=[validate.Length(min=least, max=200), storable])


def seen() -> fields.String:
    """What the gateway saw of whoever signs in; never the whole address or the whole User-Agent."""
    about = "由网关填写 / filled in by the gateway"
    return fields.String(load_only=True, validate=[validate.Length(max=60), storable], metadata={"description": about})


def _token() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{20,200}\Z"))


class OpenAccount(Schema):
    """One person, one role. ``street_codes`` defaults to the street of the organisation."""

    role = one_of(*roles.EVERY_ROLE, required=True)
    login = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._@+-]{2,63}\Z"))
    password = _password(least=8)
    name = Text(required=True, at_least=1, at_most=60)
    phone = phone()
    email = fields.Email(validate=[validate.Length(max=200), storable])
    organisation_id = Id("org")
    street_codes = fields.List(street_code(), validate=validate.Length(max=40), load_default=list)
    community_code = community_code()
    locale = one_of(*LOCALES, load_default="zh-CN")
    verified = fields.Boolean(
        load_default=False, metadata={"description": "居民：开通时已当面核验 / resident verified in person"}
    )
    must_change_password = fields.Boolean(
        metadata={"description": "首次登录须改密；默认按政策参数 / default: policy password_first_change"}
    )


class AccountPath(Schema):
    """One account."""

    account_id = Id("acc", required=True)


class VerifyResident(AccountPath):
    """The resident lives in this community, as somebody saw."""

    community_code = community_code(required=True)
    expected_version = expected_version()


class AccountQuery(PageQuery):
    """Filters; scope is applied besides."""

    status = one_of(*STATUSES)
    role = one_of(*roles.EVERY_ROLE)
    organisation_id = Id("org")
    community_code = community_code()
    verified = fields.Boolean()
    erasure_requested = fields.Boolean(
        metadata={"description": "本人已申请删除、尚待办理 / asked for erasure and still waits for it"}
    )


class AccountView(Schema):
    """An account. Names, phones and e-mails are masked (``张**``). ``pending``: waits for a second person."""

    account_id = fields.String()
    role = fields.String()
    name = personal("account.name", "name", allow_none=True)
    login = personal("account.login", "login", allow_none=True)
    phone = personal("account.phone", "phone", allow_none=True)
    email = personal("account.email", "email", allow_none=True)
    organisation_id = fields.String(allow_none=True)
    street_codes = fields.List(fields.String())
    community_code = fields.String(allow_none=True)
    locale = fields.String()
    verified = fields.Boolean()
    opened_by = fields.String(allow_none=True)
    status = fields.String(metadata={"enum": list(STATUSES)})
    must_change_password = fields.Boolean()
    erasure_requested_at = Instant(allow_none=True)
    version = fields.Integer()
    district_code = fields.String()
    street_code = fields.String(allow_none=True)
    created_at = Instant()


class SignIn(Schema):
    """Login and password. ``new_password``: where the answer was ``password_change_required``.

    The gateway fills in ``device`` and ``address_prefix``; what a client sends there is overwritten.
    """

    login = fields.String(required=True, validate=[validate.Length(min=1, max=64), storable])
    password = _password(least=1)
    new_password = fields.String(load_only=True, validate=[validate.Length(min=1, max=200), storable])
    device = seen()
    address_prefix = seen()


class RefreshSession(Schema):
    """The refresh token of the session; it is replaced by a new one. The gateway fills in the rest."""

    refresh_token = _token()
    device = seen()
    address_prefix = seen()


class SessionView(Schema):
    """Tokens of one session. The access token lives ten minutes."""

    session_id = fields.String()
    access_token = fields.String()
    token_type = fields.String()
    expires_in = fields.Integer(metadata={"description": "秒 / seconds"})
    refresh_token = fields.String()
    refresh_expires_at = Instant()
    account = fields.Nested(AccountView)


class SessionEnded(Schema):
    """The session that has ended."""

    session_id = fields.String()
    status = fields.String()


class AddressQuery(Schema):
    """Whose addresses notify needs to send a message."""

    account_ids = fields.List(Id("acc"), required=True, validate=validate.Length(min=1, max=500))


class Address(Schema):
    """Where one person is reached."""

    account_id = fields.String()
    email = personal("account.email", "email", allow_none=True)
    phone = personal("account.phone", "phone", allow_none=True)
    locale = fields.String()


class AddressesView(Schema):
    """Only accounts that exist and are active."""

    items = fields.List(fields.Nested(Address))


OPERATIONS: tuple[Operation, ...] = (
    command(
        "open_account",
        OpenAccount,
        AccountView,
        roles=OPENERS,
        reread="get_account",
        zh="开通账号",
        en="Open an account",
    ),
    command(
        "verify_resident",
        VerifyResident,
        AccountView,
        roles=VERIFIERS,
        reread="get_account",
        zh="核验居民",
        en="Verify a resident",
    ),
    rpc("list_accounts", AccountQuery, AccountView, roles=SEERS, many=True, zh="账号列表", en="Accounts"),
    rpc("get_account", AccountPath, AccountView, roles=SEERS, zh="查看账号", en="One account"),
    rpc("get_me", None, AccountView, roles=roles.SIGNED_IN, zh="我的账号", en="My own account"),
    command("sign_in", SignIn, SessionView, roles=roles.PUBLIC, secret=True, zh="登录", en="Sign in"),
    command(
        "refresh_session",
        RefreshSession,
        SessionView,
        roles=roles.PUBLIC,
        secret=True,
        zh="续期登录",
        en="Refresh a session",
    ),
    command("sign_out", None, SessionEnded, roles=roles.SIGNED_IN, zh="退出登录", en="Sign out"),
    rpc(
        "get_addresses",
        AddressQuery,
        AddressesView,
        roles=(SYSTEM,),
        zh="查询收件地址（仅系统）",
        en="Addresses for delivery (system only)",
    ),
)
