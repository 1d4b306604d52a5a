"""Load shedding: above a bound of calls under way the gateway refuses at once instead of queueing for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from prometheus_client import Counter

from chassis.errors import UnavailableError
from gateway.codes import GatewayCode
from gateway.rpc import Rpc

SHED = Counter("footprint_calls_shed", "Calls refused because too many were under way.")


class Bounded:
    """The same bus, with at most ``limit`` calls of this process under way.

    A queue without a bound would answer everybody late: whoever waits longer than the deadline costs the service work
    that nobody reads. A refusal costs next to nothing, and ``Retry-After`` says when to come back.
    """

    def __init__(self, rpc: Rpc, *, limit: int) -> None:
        self.unbounded = rpc
        self._limit = limit
        self.under_way = 0

    @property
    def connected(self) -> bool:
        return self.unbounded.connected

    async def fetch(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> bytes:
        with self._place():
            return await self.unbounded.fetch(operation, arguments, headers, deadline=deadline)

    async def call(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Any:
        with self._place():
            return await self.unbounded.call(operation, arguments, headers, deadline=deadline)

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self.under_way >= self._limit:
            SHED.inc()
            raise UnavailableError(GatewayCode.GATEWAY_OVERLOADED)
        self.under_way += 1
        try:
            yield
        finally:
            self.under_way -= 1
