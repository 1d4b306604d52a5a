"""Single sign-on: the OpenID Connect code flow with PKCE (RFC 7636).

The registry draws state, nonce and verifier, keeps them, and verifies the ID token itself, against keys it fetched
itself: a gateway carries the code to the provider but can vouch for nobody.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from chassis.fields import Instant
from chassis.operations import Operation, command, rpc
from contracts import roles
from contracts.registry.accounts import SessionView, seen

_NAME = validate.Regexp(r"^[a-z][a-z0-9-]{1,39}\Z")
_SECRET = validate.Regexp(r"^[A-Za-z0-9_-]{20,128}\Z")


def secret() -> fields.String:
    """256 random bits."""
    return fields.String(required=True, validate=_SECRET)


class ProviderView(Schema):
    """Whom one may sign in with."""

    name = fields.String()
    zh = fields.String()
    en = fields.String()


class ProvidersView(Schema):
    """All of them."""

    items = fields.List(fields.Nested(ProviderView))


class BeginOidc(Schema):
    """With whom, and where the browser comes back; the address must be registered."""

    provider = fields.String(required=True, validate=_NAME)
    redirect_uri = fields.String(required=True, validate=validate.Length(min=8, max=500))


class OidcBegunView(Schema):
    """What the authorisation request carries, and what only the browser that began keeps (``binding``)."""

    provider = fields.String()
    state = fields.String()
    nonce = fields.String()
    code_challenge = fields.String()
    binding = fields.String()
    expires_at = Instant()


class OidcState(Schema):
    """``binding``: what the browser kept, so that nobody is signed in by a link somebody else sends."""

    state = secret()
    binding = secret()


class OidcClaimedView(Schema):
    """What the exchange of the code needs; given once."""

    provider = fields.String()
    redirect_uri = fields.String()
    code_verifier = fields.String()


class FinishOidc(OidcState):
    """The ID token the provider gave for the code."""

    id_token = fields.String(required=True, load_only=True, validate=validate.Length(min=20, max=16_000))
    device = seen()
    address_prefix = seen()


OPERATIONS: tuple[Operation, ...] = (
    rpc("list_oidc_providers", None, ProvidersView, roles=roles.PUBLIC, zh="单点登录提供方", en="Identity providers"),
    command(
        "begin_oidc_sign_in",
        BeginOidc,
        OidcBegunView,
        roles=roles.PUBLIC,
        secret=True,
        zh="发起单点登录（仅网关）",
        en="Begin single sign-on (for gateways)",
    ),
    command(
        "claim_oidc_request",
        OidcState,
        OidcClaimedView,
        roles=roles.PUBLIC,
        secret=True,
        zh="取回单点登录请求（仅网关）",
        en="Claim a single sign-on request (for gateways)",
    ),
    command(
        "finish_oidc_sign_in",
        FinishOidc,
        SessionView,
        roles=roles.PUBLIC,
        secret=True,
        zh="完成单点登录（仅网关）",
        en="Finish single sign-on (for gateways)",
    ),
)
