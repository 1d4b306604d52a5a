"""Sign-in, sessions, passwords and lockouts. Everything here runs on the system clock."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Id, Instant, PageQuery
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.accounts import AccountPath, AccountView
from contracts.registry.personal import personal
from contracts.registry.shapes import storable

GUARDS = (roles.SECURITY,)
WATCHERS = (roles.SECURITY, roles.AUDITOR)


def secret_field(*, required: bool = True, least: int = 1) -> fields.String:
    """Only ever loaded. Rules beyond the length are the registry's (:mod:`services.registry.accounts.passwords`)."""
    return fields.String(required=required, load_only=True, validate=[validate.Length(min=least, max=200), storable])


class SessionQuery(PageQuery):
    """One's own sessions; security and auditors may name another account."""

    account_id = Id("acc")


class SessionPath(Schema):
    """One session."""

    session_id = Id("ses", required=True)


class EndSessions(Schema):
    """All of one's own, or of the account security names."""

    account_id = Id("acc")
    keep_current = fields.Boolean(load_default=False, metadata={"description": "保留当前会话 / but this one"})


class SignInSessionView(Schema):
    """A session. ``device`` is a browser and a system, ``address_prefix`` a network (/24 or /48), never more."""

    session_id = fields.String()
    account_id = fields.String()
    device = personal("sign_in_session.device", "own", allow_none=True)
    address_prefix = personal("sign_in_session.address_prefix", "own", allow_none=True)
    method = fields.String(metadata={"enum": ["password", "oidc"]})
    started_at = Instant()
    last_seen_at = Instant(allow_none=True)
    expires_at = Instant()
    ended_at = Instant(allow_none=True)
    end_reason = fields.String(allow_none=True)
    current = fields.Boolean()


class SessionsEnded(Schema):
    """How many sessions were ended."""

    ended = fields.Integer()


class SessionEndedView(Schema):
    """The session that has ended."""

    session_id = fields.String()
    status = fields.String()


class ChangePassword(Schema):
    """One's own; other sessions end."""

    password = secret_field()
    new_password = secret_field()


class ResetPassword(AccountPath):
    """A first password, to be changed at the next sign-in; all sessions end."""

    new_password = secret_field()


class PasswordView(Schema):
    """What became of it."""

    account_id = fields.String()
    must_change_password = fields.Boolean()
    sessions_ended = fields.Integer()


class LockoutView(Schema):
    """An account that waits after too many wrong passwords."""

    account_id = fields.String()
    role = fields.String()
    failures = fields.Integer()
    locked_until = Instant()


class RevokedView(Schema):
    """Sessions whose tokens are refused although they have not expired."""

    session_ids = fields.List(fields.String())


OPERATIONS: tuple[Operation, ...] = (
    rpc(
        "list_sessions",
        SessionQuery,
        SignInSessionView,
        roles=roles.SIGNED_IN,
        many=True,
        zh="登录会话",
        en="Sessions",
    ),
    command(
        "revoke_session",
        SessionPath,
        SessionEndedView,
        roles=roles.SIGNED_IN,
        zh="结束会话",
        en="End a session",
    ),
    command("revoke_sessions", EndSessions, SessionsEnded, roles=roles.SIGNED_IN, zh="结束全部会话", en="End sessions"),
    command(
        "change_password",
        ChangePassword,
        PasswordView,
        roles=roles.SIGNED_IN,
        secret=True,
        zh="修改密码",
        en="Change one's password",
    ),
    command(
        "reset_password",
        ResetPassword,
        PasswordView,
        roles=(roles.ADMINISTRATOR, roles.SECURITY),
        secret=True,
        zh="重置密码",
        en="Reset somebody's password",
    ),
    command(
        "require_password_change",
        AccountPath,
        PasswordView,
        roles=(roles.ADMINISTRATOR, roles.SECURITY),
        zh="要求修改密码",
        en="Force a change of password",
    ),
    rpc("list_lockouts", PageQuery, LockoutView, roles=WATCHERS, many=True, zh="登录锁定", en="Locked accounts"),
    command("unlock_account", AccountPath, AccountView, roles=GUARDS, zh="解除锁定", en="Unlock an account"),
    rpc(
        "list_revoked_sessions",
        None,
        RevokedView,
        roles=roles.PUBLIC,
        zh="已结束会话（仅网关）",
        en="Ended sessions (for gateways)",
    ),
)
