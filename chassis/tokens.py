"""Access tokens: JWT signed with Ed25519 by registry, verified by every service's own runtime."""

from __future__ import annotations

import base64
from collections import OrderedDict
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis import clock, config
from chassis.actor import PUBLIC, SYSTEM, Actor, system_actor
from chassis.codes import ChassisCode
from chassis.errors import UnauthenticatedError

ISSUER = "footprint-registry"
INTERNAL_ISSUER = "footprint-internal"
LIFETIME_SECONDS = 600
INTERNAL_LIFETIME_SECONDS = 60
_ALGORITHMS = ["Ed25519", "EdDSA"]


def issue(key: OKPKey, actor: Actor, *, session_id: str) -> str:
    """A ten-minute token for one acting role."""
    now = int(clock.system_now().timestamp())
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "iat": now,
        "exp": now + LIFETIME_SECONDS,
        "sub": actor.account_id,
        "sid": session_id,
        "role": actor.role,
        "district": actor.district_code,
        "streets": list(actor.street_codes),
        "org": actor.organisation_id,
        "obo": actor.on_behalf_of,
        "purpose": actor.purpose,
    }
    if actor.scopes is not None:
        claims["scopes"] = list(actor.scopes)
    return jwt.encode({"alg": "Ed25519", "typ": "at+jwt", "kid": key.thumbprint()}, claims, key, algorithms=_ALGORITHMS)


def issue_internal(key: OKPKey, *, service: str, district_code: str) -> str:
    """A one-minute token with which a service reads from another one as the system (decision 0005)."""
    now = int(clock.system_now().timestamp())
    claims = {
        "iss": INTERNAL_ISSUER,
        "iat": now,
        "exp": now + INTERNAL_LIFETIME_SECONDS,
        "sub": service,
        "district": district_code,
    }
    return jwt.encode({"alg": "Ed25519", "typ": "at+jwt", "kid": key.thumbprint()}, claims, key, algorithms=_ALGORITHMS)


class Verifier:
    """Turns a token into an :class:`Actor`; a verified signature is remembered until the token expires.

    ``key`` verifies people's tokens; ``internal`` those of services, and nothing else. ``check`` is asked each time and
    raises for the actor of a session that has ended.
    """

    def __init__(
        self,
        key: OKPKey,
        *,
        internal: OKPKey | None = None,
        remember: int = 10_000,
        check: Callable[[Actor], None] = lambda actor: None,
    ) -> None:
        self.check = check
        self._key = key
        self._internal = internal
        self._seen: OrderedDict[str, tuple[int, Actor]] = OrderedDict()
        self._remember = remember

    def actor(self, token: str) -> Actor:
        """The verified actor; raises :class:`UnauthenticatedError` for a bad or expired token."""
        now = int(clock.system_now().timestamp())
        hit = self._seen.get(token)
        if hit is None:
            hit = self._verify(token)
            self._seen[token] = hit
            while len(self._seen) > self._remember:
                self._seen.popitem(last=False)
        if hit[0] <= now:
            raise UnauthenticatedError(ChassisCode.TOKEN_EXPIRED)
        self.check(hit[1])
        return hit[1]

    def _verify(self, token: str) -> tuple[int, Actor]:
        try:
            if self._internal is not None and _key_id(token) == self._internal.thumbprint():
                return _internal_actor(jwt.decode(token, self._internal, algorithms=_ALGORITHMS).claims)
            claims = jwt.decode(token, self._key, algorithms=_ALGORITHMS).claims
            if claims["iss"] != ISSUER or claims["role"] in {SYSTEM, PUBLIC}:
                raise ValueError("not a token of ours")
            return int(claims["exp"]), _actor(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise UnauthenticatedError(ChassisCode.ACTOR_UNAUTHENTICATED) from error


def _key_id(token: str) -> str | None:
    """The key a token says it was signed with: only a hint of which key to verify it against."""
    head = token.partition(".")[0]
    header = msgspec.json.decode(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    return header.get("kid") if isinstance(header, dict) else None


def _internal_actor(claims: Mapping[str, Any]) -> tuple[int, Actor]:
    if claims["iss"] != INTERNAL_ISSUER:
        raise ValueError("not a token of a service")
    return int(claims["exp"]), system_actor(claims["sub"], claims["district"])


def _actor(claims: Mapping[str, Any]) -> Actor:
    return Actor(
        account_id=claims["sub"],
        role=claims["role"],
        district_code=claims["district"],
        street_codes=tuple(claims["streets"]),
        organisation_id=claims["org"],
        on_behalf_of=claims["obo"],
        purpose=claims["purpose"],
        session_id=claims["sid"],
        scopes=tuple(claims["scopes"]) if claims.get("scopes") is not None else None,
    )


def load_key(path: str) -> OKPKey:
    """An Ed25519 key from a PEM file, private or public."""
    return OKPKey.import_key(Path(path).read_bytes())


def verifier() -> Verifier:
    """The verifier of this process, from ``TOKEN_PUBLIC_KEY_FILE`` and ``INTERNAL_PUBLIC_KEY_FILE``."""
    path = config.TOKEN_PUBLIC_KEY_FILE.get()
    if not path:
        raise SystemExit("TOKEN_PUBLIC_KEY_FILE is not set: nobody's token could be verified.")
    internal = config.INTERNAL_PUBLIC_KEY_FILE.get()
    return Verifier(load_key(path), internal=load_key(internal) if internal else None)


def service_token(service: str) -> str:
    """A fresh token with which ``service`` calls another service; needs ``INTERNAL_SIGNING_KEY_FILE``."""
    path = config.INTERNAL_SIGNING_KEY_FILE.get()
    if not path:
        raise SystemExit("INTERNAL_SIGNING_KEY_FILE is not set: this process may not call other services.")
    return issue_internal(_loaded(path), service=service, district_code=config.DISTRICT.get())


_loaded = cache(load_key)
