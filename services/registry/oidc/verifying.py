"""The ID token's signature, against the keys the job process fetched."""

from __future__ import annotations

from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session

from chassis.errors import UnauthenticatedError, UnavailableError
from contracts.registry.codes_identity import IdentityCode
from services.registry.oidc.models import ProviderKeys

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA", "Ed25519"]  # none of them symmetric


def claims_of(session: Session, provider: str, id_token: str) -> dict[str, Any]:
    """The claims of a token the provider signed; nothing of them is checked yet."""
    row = session.get(ProviderKeys, provider)
    if row is None:
        raise UnavailableError(IdentityCode.OIDC_KEYS_MISSING)
    try:
        keys = KeySet.import_key_set(row.jwks)  # type: ignore[arg-type]
        claims: dict[str, Any] = jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise UnauthenticatedError(IdentityCode.OIDC_TOKEN_INVALID) from error
    return claims
