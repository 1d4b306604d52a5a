"""Sign-in attempts are counted: per name and address, and per address."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from falcon.asgi import Request
from limits import RateLimitItem, parse
from limits.aio.storage import Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.storage import storage_from_string

from gateway import settings
from gateway.codes import GatewayCode
from gateway.problems import HttpError

_SECRETS = frozenset({"password", "refresh_token", "code", "secret"})


class SignInLimits:
    """The name is whatever the body holds besides secrets; only its hash is kept."""

    def __init__(self, *, per_name: str, per_address: str, store: str, proxies: int = 0) -> None:
        storage = storage_from_string(store)
        if not isinstance(storage, Storage):
            raise SystemExit(f"LIMITS_STORE={store!r} must be an async+ storage")
        self._limiter = MovingWindowRateLimiter(storage)
        self._per_name = parse(per_name)
        self._per_address = parse(per_address)
        self._proxies = proxies

    async def check(self, req: Request, values: Mapping[str, Any]) -> None:
        """Counts one attempt; raises 429 beyond the limit."""
        address = self._address(req)
        await self._hit(self._per_address, address)
        named = sorted((key, value) for key, value in values.items() if key not in _SECRETS)
        if named:  # a refresh names nobody: its token cannot be guessed
            await self._hit(self._per_name, address, hashlib.sha256(repr(named).encode(errors="replace")).hexdigest())

    async def _hit(self, item: RateLimitItem, *keys: str) -> None:
        if not await self._limiter.hit(item, *keys):
            raise HttpError(429, GatewayCode.TOO_MANY_ATTEMPTS, retry_after=item.get_expiry())

    def _address(self, req: Request) -> str:
        """Only what trusted proxies appended to X-Forwarded-For is believed: all else (Forwarded too) may be forged."""
        told = [part.strip() for part in (req.get_header("X-Forwarded-For") or "").split(",") if part.strip()]
        route = [*told, req.remote_addr]
        return route[max(len(route) - 1 - self._proxies, 0)]


def from_settings() -> SignInLimits:
    """As configured."""
    return SignInLimits(
        per_name=settings.SIGN_IN_LIMIT.get(),
        per_address=settings.SIGN_IN_ADDRESS_LIMIT.get(),
        store=settings.LIMITS_STORE.get(),
        proxies=settings.TRUSTED_PROXIES.get(),
    )
