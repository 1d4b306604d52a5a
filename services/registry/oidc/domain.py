"""Rules of single sign-on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from chassis.errors import InvalidError, UnauthenticatedError
from chassis.providers import Provider, Rule
from contracts.registry.codes_identity import IdentityCode

# A claim may name an account only where the provider says that it verified it.
VERIFIED = {"email": "email_verified", "phone_number": "phone_number_verified"}


def check_redirect(provider: Provider, redirect_uri: str) -> None:
    """Exactly one of those registered (RFC 9700 §2.1): no prefix, no pattern."""
    if redirect_uri not in provider.redirect_uris:
        raise InvalidError(IdentityCode.OIDC_REDIRECT_UNKNOWN)


def check_step(*, expires_at: datetime, done: datetime | None, needed: bool, now: datetime) -> None:
    """Each step once, in order, in time."""
    if done is not None or not needed or expires_at <= now:
        raise UnauthenticatedError(IdentityCode.OIDC_REQUEST_INVALID)


def check_claims(provider: Provider, claims: dict[str, Any], *, nonce: str, now: datetime, leeway: int) -> None:
    """OpenID Connect Core 1.0 §3.1.3.7, of a token whose signature holds."""
    audience = claims.get("aud")
    audiences = audience if isinstance(audience, list) else [audience]
    instant = int(now.timestamp())
    good = (
        claims.get("iss") == provider.issuer
        and provider.client_id in audiences
        and (len(audiences) == 1 or claims.get("azp") == provider.client_id)
        and _number(claims.get("exp")) > instant - leeway
        and _number(claims.get("iat")) <= instant + leeway
        and claims.get("nonce") == nonce
        and isinstance(claims.get("sub"), str)
        and bool(claims["sub"])
    )
    if not good:
        raise UnauthenticatedError(IdentityCode.OIDC_TOKEN_INVALID)


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def match_of(provider: Provider, claims: dict[str, Any]) -> str | None:
    """What names an existing account, if the provider vouches for it."""
    if provider.match is None:
        return None
    value = claims.get(provider.match.claim)
    vouched = VERIFIED.get(provider.match.claim)
    if not isinstance(value, str) or not value or (vouched and claims.get(vouched) is not True):
        return None
    return value


def fitting(provider: Provider, claims: dict[str, Any]) -> list[Rule]:
    """The rules that say something about whoever has these claims."""
    return [rule for rule in provider.rules if rule.fits(claims)]


def check_role(provider: Provider, role: str, rules: Collection[Rule]) -> None:
    """Where a provider has rules, an account signs in through it only in a role they give."""
    if provider.rules and role not in {rule.role for rule in rules}:
        raise UnauthenticatedError(IdentityCode.OIDC_NO_ACCOUNT)


def creating(rules: Collection[Rule], *, never: Collection[str]) -> Rule:
    """The first rule that opens an account; raises where none does. ``never``: roles that no rule gives."""
    for rule in rules:
        if rule.create and rule.role not in never:
            return rule
    raise UnauthenticatedError(IdentityCode.OIDC_NO_ACCOUNT)
