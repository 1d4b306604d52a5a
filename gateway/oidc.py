"""The gateway's half of single sign-on: it carries the code to the provider and the ID token to the registry."""

from __future__ import annotations

import asyncio
import time
from typing import Any

import httpx
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri

from chassis import logging
from chassis.errors import UnauthenticatedError, UnavailableError
from chassis.providers import Provider, check_address, known
from gateway.codes import GatewayCode

SECONDS = 5.0
METADATA_SECONDS = 3600.0
_log = logging.get("gateway.oidc")


class Providers:
    """Asks providers over HTTP; what they say of themselves is kept for an hour."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport
        self._known: dict[str, tuple[float, dict[str, Any]]] = {}

    async def authorization_url(self, name: str, begun: dict[str, Any], redirect_uri: str) -> str:
        """Where the browser goes (RFC 6749 §4.1.1, with PKCE S256 and the nonce)."""
        provider = known()[name]
        metadata = await self._metadata(provider)
        url: str = prepare_grant_uri(
            metadata["authorization_endpoint"],
            provider.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=" ".join(provider.scopes),
            state=begun["state"],
            nonce=begun["nonce"],
            code_challenge=begun["code_challenge"],
            code_challenge_method="S256",
        )
        return url

    async def exchange(self, claimed: dict[str, Any], code: str) -> str:
        """The ID token for the code; raises :class:`UnauthenticatedError` where the provider refuses."""
        provider = known()[claimed["provider"]]
        metadata = await self._metadata(provider)
        secret = provider.client_secret()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": claimed["redirect_uri"],
            "code_verifier": claimed["code_verifier"],
        }
        form |= {} if secret else {"client_id": provider.client_id}
        auth = httpx.BasicAuth(provider.client_id, secret) if secret else None
        told = await self._ask("POST", metadata["token_endpoint"], data=form, auth=auth)
        token = told.get("id_token")
        if not isinstance(token, str):
            raise UnauthenticatedError(GatewayCode.PROVIDER_REFUSED)
        return token

    async def _metadata(self, provider: Provider) -> dict[str, Any]:
        kept = self._known.get(provider.name)
        if kept is not None and kept[0] > time.monotonic():
            return kept[1]
        told = await self._ask("GET", provider.discovery_url)
        try:
            if told["issuer"] != provider.issuer:
                raise ValueError("another issuer")
            for endpoint in ("authorization_endpoint", "token_endpoint"):
                check_address(told[endpoint])
        except (KeyError, ValueError, SystemExit) as error:
            _log.warning("provider_metadata_refused", provider=provider.name, error=repr(error))
            raise UnavailableError(GatewayCode.PROVIDER_UNAVAILABLE) from error
        self._known[provider.name] = (time.monotonic() + METADATA_SECONDS, told)
        return told

    async def _ask(self, method: str, url: str, **kwargs: Any) -> dict[str, Any]:
        try:
            async with httpx.AsyncClient(timeout=SECONDS, trust_env=False, transport=self._transport) as http:
                response = await http.request(method, url, **kwargs)
                told = response.json()
        except (httpx.HTTPError, ValueError) as error:
            _log.warning("provider_unreachable", url=url, error=repr(error))
            raise UnavailableError(GatewayCode.PROVIDER_UNAVAILABLE) from error
        if response.status_code >= 500 or not isinstance(told, dict):
            raise UnavailableError(GatewayCode.PROVIDER_UNAVAILABLE)
        if response.status_code >= 400:
            _log.info("provider_refused", url=url, error=str(told.get("error"))[:60])
            raise UnauthenticatedError(GatewayCode.PROVIDER_REFUSED)
        return told


async def patiently(call: Any, *, code: str, tries: int = 8, pause: float = 0.5) -> Any:
    """``call`` again while it is refused with ``code``: the registry's job process is fetching the keys."""
    for _ in range(tries - 1):
        try:
            return await call()
        except UnavailableError as error:
            if error.code != code:
                raise
        await asyncio.sleep(pause)
    return await call()
