"""Rules of API keys."""

from __future__ import annotations

import hmac
from collections.abc import Collection
from datetime import date, datetime, timedelta

from chassis.errors import ConflictError, InvalidError
from contracts import roles
from contracts.registry.codes_identity import IdentityCode

TRANSITIONS = {("active", "rotate"): "active", ("active", "revoke"): "revoked"}


def next_status(status: str, action: str) -> str:
    """Raises :class:`ConflictError` for what the table does not allow."""
    after = TRANSITIONS.get((status, action))
    if after is None:
        raise ConflictError(IdentityCode.API_KEY_REVOKED)
    return after


def check_account(role: str, status: str) -> None:
    """People sign in; only machines have keys."""
    if role != roles.API_CLIENT or status != "active":
        raise InvalidError(IdentityCode.API_KEY_ACCOUNT_INVALID)


def check_scopes(scopes: Collection[str], allowed: Collection[str]) -> None:
    """Each names an operation the role may call anyway: a key narrows, it never widens."""
    for scope in scopes:
        if scope not in allowed:
            raise InvalidError(IdentityCode.API_KEY_SCOPE_UNKNOWN, scope=scope)


def check_expiry(expires_on: date, *, today: date, most_days: int) -> None:
    """After today, and no later than the policy allows."""
    if not today < expires_on <= today + timedelta(days=most_days):
        raise InvalidError(IdentityCode.API_KEY_EXPIRY_INVALID, most_days=most_days)


def is_valid(
    presented: str, *, secret_hash: str, previous_hash: str | None, previous_until: datetime | None, now: datetime
) -> bool:
    """``presented``: the hash of the secret that was shown; compared in constant time."""
    current = hmac.compare_digest(presented, secret_hash)
    overlap = previous_hash is not None and previous_until is not None and now < previous_until
    return current or (overlap and hmac.compare_digest(presented, previous_hash or ""))
