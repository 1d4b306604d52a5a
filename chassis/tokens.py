"""Access tokens: JWT signed with Ed25519 by registry, verified by every service's own runtime."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from chassis import clock, config
from chassis.actor import PUBLIC, SYSTEM, Actor
from chassis.codes import ChassisCode
from chassis.errors import UnauthenticatedError

ISSUER = "footprint-registry"
LIFETIME_SECONDS = 600
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
    return jwt.encode({"alg": "Ed25519", "typ": "at+jwt", "kid": key.thumbprint()}, claims, key, algorithms=_ALGORITHMS)


class Verifier:
    """Turns a token into an :class:`Actor`; a verified signature is remembered until the token expires."""

    def __init__(self, key: OKPKey, *, remember: int = 10_000) -> None:
        self._key = key
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
        return hit[1]

    def _verify(self, token: str) -> tuple[int, Actor]:
        try:
            claims = jwt.decode(token, self._key, algorithms=_ALGORITHMS).claims
            if claims["iss"] != ISSUER or claims["role"] in {SYSTEM, PUBLIC}:
                raise ValueError("not a token of ours")
            return int(claims["exp"]), _actor(claims)
        except (JoseError, ValueError, KeyError, TypeError) as error:
            raise UnauthenticatedError(ChassisCode.ACTOR_UNAUTHENTICATED) from error


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
    )


def load_key(path: str) -> OKPKey:
    """An Ed25519 key from a PEM file, private or public."""
    return OKPKey.import_key(Path(path).read_bytes())


def verifier() -> Verifier:
    """The verifier of this process, from ``TOKEN_PUBLIC_KEY_FILE``."""
    return Verifier(load_key(config.TOKEN_PUBLIC_KEY_FILE.get()))
