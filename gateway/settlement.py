"""When is a district at rest? Databases answer, never the broker (docs/decisions/0004)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chassis.events import TYPES
from gateway.catalogue import SERVICES
from gateway.codes import GatewayCode
from gateway.problems import SettlementError
from gateway.rpc import Rpc

TRAIL = "projects-trail.on_event"
_AT_REST = ("unsent", "jobs", "timers_due")
_BATCH = 1000
Pair = tuple[str, str]


@dataclass(frozen=True)
class Look:
    """One look at the district: outbox positions, what is open, and how many events have not arrived."""

    positions: Mapping[str, int]
    open: Mapping[str, Any]

    @property
    def at_rest(self) -> bool:
        return not self.open


class Settlement:
    """Waits for rest. ``headers`` carry the operator's token: the services decide whether they answer."""

    def __init__(self, rpc: Rpc, *, seconds: float, pause: float = 0.1) -> None:
        self._rpc = rpc
        self._seconds = seconds
        self._pause = pause
        self._rested = dict.fromkeys(SERVICES, 0)

    async def states(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """``get_bus_state`` of each service."""
        calls = (self._rpc.call(f"{service}.get_bus_state", {}, headers) for service in SERVICES)
        return dict(zip(SERVICES, await asyncio.gather(*calls), strict=True))

    async def wait(self, headers: Mapping[str, str]) -> dict[str, Any]:
        """Returns ``{settled, waited_seconds, positions}``; raises 503 with what is missing after the time-out."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        since = dict(self._rested)
        while True:
            look = await self._look(headers, since)
            # A second look: a handler may have written an event between the counts of the first.
            if look.at_rest and (again := await self._look(headers, look.positions)).at_rest:
                self._rested = dict(again.positions)
                return {
                    "settled": True,
                    "waited_seconds": round(loop.time() - start, 3),
                    "positions": dict(again.positions),
                }
            if loop.time() - start > self._seconds:
                raise SettlementError(GatewayCode.CLOCK_NOT_SETTLED, open=dict(look.open))
            await asyncio.sleep(self._pause)

    async def _look(self, headers: Mapping[str, str], since: Mapping[str, int]) -> Look:
        states = await self.states(headers)
        still: dict[str, Any] = {
            service: busy
            for service, state in states.items()
            if (busy := {name: state[name] for name in _AT_REST if state[name]})
        }
        sent = await self._sent(headers, since)
        for service, answer in sent.items():
            if answer["unsent"]:
                still.setdefault(service, {})["unsent"] = answer["unsent"]
        if not still:
            still.update(await self._missing(headers, sent))
        return Look({service: answer["position"] for service, answer in sent.items()}, still)

    async def _sent(self, headers: Mapping[str, str], since: Mapping[str, int]) -> dict[str, Any]:
        calls = (
            self._rpc.call(f"{service}.list_sent_events", {"after": since[service]}, headers) for service in SERVICES
        )
        return dict(zip(SERVICES, await asyncio.gather(*calls), strict=True))

    async def _missing(self, headers: Mapping[str, str], sent: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for service, pairs in expected(sent).items():
            for start in range(0, len(pairs), _BATCH):
                batch = [list(pair) for pair in pairs[start : start + _BATCH]]
                reply = await self._rpc.call(f"{service}.count_missing_events", {"pairs": batch}, headers)
                if reply["missing"]:
                    found.setdefault(service, {"missing": 0})["missing"] += reply["missing"]
        return found


def expected(sent: Mapping[str, Any]) -> dict[str, list[Pair]]:
    """Which (handler, event id) each service's inbox must hold; the trail's inbox is in projects' database."""
    wanted: dict[str, list[Pair]] = {service: [] for service in SERVICES}
    for answer in sent.values():
        for event_id, name in answer["events"]:
            wanted["projects"].append((TRAIL, event_id))
            for service in TYPES[name].handled_by if name in TYPES else ():
                wanted[service].append((f"{service}.on_{name}", event_id))
    return wanted


async def advance(
    rpc: Rpc, values: Mapping[str, Any], headers: Mapping[str, str], command_ids: Mapping[str, str]
) -> dict[str, Any]:
    """Move the four clocks in turn; a retry with the same ids moves none of them twice."""
    view: dict[str, Any] = {}
    for service in SERVICES:
        both = {**headers, "command_id": command_ids[service]}
        view = await rpc.call(f"{service}.advance_clock", values, both)
    return view
