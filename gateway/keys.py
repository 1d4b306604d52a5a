"""API keys at the door: ``Authorization: Bearer fpk_…`` becomes a short access token, which the services verify.

The token is kept as long as it lives, less a minute, under a digest of the key; it goes when the key is revoked.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from falcon.asgi import Request, Response

from chassis import ids
from chassis.errors import UnauthenticatedError
from gateway import auth
from gateway.limits import KeyLimits
from gateway.rpc import Rpc

PREFIX = "fpk_"
EARLY_SECONDS = 60
KEPT = 2000


@dataclass(frozen=True)
class Exchanged:
    """A token for a key."""

    token: str
    api_key_id: str
    until: float


class ApiKeys:
    """Exchanges keys, once per key and token's life; concurrent requests share an exchange."""

    def __init__(self, rpc: Rpc, limits: KeyLimits, now: Callable[[], float] = time.monotonic) -> None:
        self._rpc = rpc
        self._limits = limits
        self._now = now
        self._kept: OrderedDict[str, Exchanged] = OrderedDict()
        self._turns: dict[str, asyncio.Lock] = {}

    async def token(self, req: Request, key: str) -> str:
        """Raises 429 beyond the limits, :class:`UnauthenticatedError` for a key that is none."""
        digest = hashlib.sha256(key.encode()).hexdigest()
        await self._limits.check(req, digest)
        kept = self._fresh(digest)
        if kept is not None:
            return kept.token
        turn = self._turns.setdefault(digest, asyncio.Lock())
        try:
            async with turn:
                kept = self._fresh(digest) or await self._exchange(req, digest, key)
        finally:
            if not turn.locked():
                self._turns.pop(digest, None)
        return kept.token

    def forget(self, api_key_id: str) -> None:
        """The key was revoked."""
        for digest in [digest for digest, kept in self._kept.items() if kept.api_key_id == api_key_id]:
            del self._kept[digest]

    def _fresh(self, digest: str) -> Exchanged | None:
        kept = self._kept.get(digest)
        return kept if kept is not None and kept.until > self._now() else None

    async def _exchange(self, req: Request, digest: str, key: str) -> Exchanged:
        await self._limits.check_guess(req)
        asked, began = {"api_key": key}, self._now()
        headers = {"command_id": str(ids.new_uuid()), "trace_id": str(req.context["trace_id"])}
        reply = await self._rpc.call("registry.exchange_api_key", asked, headers)
        until = began + reply["expires_in"] - EARLY_SECONDS
        made = self._kept[digest] = Exchanged(reply["access_token"], reply["api_key_id"], until)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return made


class KeyExchange:
    """Falcon middleware, before any route: from here on the request carries the token instead of the key."""

    def __init__(self, keys: ApiKeys) -> None:
        self._keys = keys

    async def process_request(self, req: Request, resp: Response) -> None:
        try:
            shown = auth.token_of(req.get_header("Authorization"))
        except UnauthenticatedError:
            return  # the route says what is wrong with it, if it asks at all
        if shown is not None and shown.startswith(PREFIX):
            req.context["bearer"] = await self._keys.token(req, shown)
