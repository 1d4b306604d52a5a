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

_UNCOUNTED = frozenset(  # neither a guess nor what comes with it may make it another name's
    {"password", "new_password", "refresh_token", "code", "secret", "device", "address_prefix"}
)


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
        address = self.address(req)
        await self._hit(self._per_address, address)
        named = sorted((key, value) for key, value in values.items() if key not in _UNCOUNTED)
        if named:  # a refresh names nobody: its token cannot be guessed
            await self._hit(self._per_name, address, hashlib.sha256(repr(named).encode(errors="replace")).hexdigest())

    async def check_address(self, req: Request) -> None:
        """Counts an attempt of this address that names nobody."""
        await self._hit(self._per_address, self.address(req))

    async def _hit(self, item: RateLimitItem, *keys: str) -> None:
        if not await self._limiter.hit(item, *keys):
            raise HttpError(429, GatewayCode.TOO_MANY_ATTEMPTS, retry_after=item.get_expiry())

    def address(self, req: Request) -> str:
        """Only what trusted proxies appended to X-Forwarded-For is believed: all else (Forwarded too) may be forged."""
        told = [part.strip() for part in (req.get_header("X-Forwarded-For") or "").split(",") if part.strip()]
        route = [*told, req.remote_addr]
        return route[max(len(route) - 1 - self._proxies, 0)]


class KeyLimits:
    """Requests of one API key, and keys an address tries."""

    def __init__(self, *, per_key: str, store: str, guesses: SignInLimits) -> None:
        storage = storage_from_string(store)
        if not isinstance(storage, Storage):
            raise SystemExit(f"LIMITS_STORE={store!r} must be an async+ storage")
        self._limiter = MovingWindowRateLimiter(storage)
        self._per_key = parse(per_key)
        self._guesses = guesses

    async def check(self, req: Request, digest: str) -> None:
        """Counts one request with the key of this digest; raises 429 beyond the limit."""
        if not await self._limiter.hit(self._per_key, "key", digest):
            raise HttpError(429, GatewayCode.TOO_MANY_REQUESTS, retry_after=self._per_key.get_expiry())

    async def check_guess(self, req: Request) -> None:
        """Counts one key that is not known yet."""
        await self._guesses.check_address(req)


def keys_from_settings(guesses: SignInLimits) -> KeyLimits:
    """As configured."""
    return KeyLimits(per_key=settings.KEY_LIMIT.get(), store=settings.LIMITS_STORE.get(), guesses=guesses)


def from_settings() -> SignInLimits:
    """As configured."""
    return SignInLimits(
        per_name=settings.SIGN_IN_LIMIT.get(),
        per_address=settings.SIGN_IN_ADDRESS_LIMIT.get(),
        store=settings.LIMITS_STORE.get(),
        proxies=settings.TRUSTED_PROXIES.get(),
    )
