"""Too much at once, services that are away, and callers who have given up: refused early, never queued for ever."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from falcon import testing

from chassis import ids
from chassis.errors import UnavailableError
from gateway.app import create_app
from gateway.deps import Deps
from gateway.route import Route
from gateway.rpc import AmqpRpc
from tests import kit
from tests.gateway import notes
from tests.gateway.kit import make_deps
from tests.gateway.test_amqp import _ready, bus, service
from tests.gateway.test_herd import Gated, gated_deps, turns

__all__ = ["service"]
NAPS = "/v1/note-naps"


def slow_deps(rpc: AmqpRpc, *, limit: int) -> Deps:
    host: Any = None
    made = make_deps(host, routes=(*notes.ROUTES, *notes.SLOW), catalogue=notes.CATALOGUE, in_flight_max=limit)
    return replace(made, rpc=rpc)


def test_one_call_too_many_is_refused_at_once_and_health_still_answers() -> None:
    async def scenario() -> None:
        rpc = Gated()
        async with testing.ASGIConductor(create_app(gated_deps(rpc, in_flight_max=2))) as http:
            paths = [f"/v1/organisations/{ids.new_id('org')}/contact" for _ in range(3)]
            signed = {"Authorization": f"Bearer {kit.token(kit.actor('bureau'))}"}
            accepted = [asyncio.create_task(http.simulate_get(path, headers=signed)) for path in paths[:2]]
            while len(rpc.calls) < 2:
                await turns()
            refused = await http.simulate_get(paths[2], headers=signed)
            assert (refused.status_code, refused.json["code"]) == (503, "gateway_overloaded")
            assert int(refused.headers["Retry-After"]) >= 1
            assert (await http.simulate_get("/healthz")).status_code == 200
            assert b"footprint_calls_shed_total" in (await http.simulate_get("/metrics")).content
            rpc.gate.set()
            assert [(await task).status_code for task in accepted] == [200, 200]
            assert (await http.simulate_get(paths[2], headers=signed)).status_code == 200

    asyncio.run(asyncio.wait_for(scenario(), 20))


@pytest.mark.rabbitmq
@pytest.mark.postgres
def test_under_four_times_its_load_the_accepted_are_answered_and_the_others_refused_meanwhile(service: None) -> None:
    async def scenario() -> None:
        async with bus(deadline=8) as rpc:
            await _ready(rpc)
            order: list[int] = []
            async with testing.ASGIConductor(create_app(slow_deps(rpc, limit=8))) as http:

                async def ask() -> Any:
                    reply = await http.simulate_get(NAPS, query_string="seconds=0.5")
                    order.append(reply.status_code)
                    return reply

                replies = await asyncio.gather(*(ask() for _ in range(32)))
                assert order == [503] * 24 + [200] * 8
                assert {reply.json["code"] for reply in replies if reply.status_code == 503} == {"gateway_overloaded"}
                after = await asyncio.gather(*(http.simulate_get(NAPS, query_string="seconds=0") for _ in range(8)))
                assert {reply.status_code for reply in after} == {200}

    asyncio.run(asyncio.wait_for(scenario(), 60))


@pytest.mark.rabbitmq
@pytest.mark.postgres
def test_a_call_whose_caller_has_given_up_is_not_carried_out(service: None) -> None:
    async def scenario() -> None:
        async with bus(deadline=20) as rpc:
            await _ready(rpc)
            signed = {"authorization": kit.token(kit.actor("bureau"))}
            naps = [asyncio.create_task(rpc.fetch("notes.take_nap", {"seconds": 2}, {})) for _ in range(8)]
            await asyncio.sleep(0.5)  # every worker of the service is busy now
            title = str(ids.new_uuid())
            values = {"title": title, "street_code": kit.ZHUHAI}
            drafts = [rpc.fetch("notes.draft_note", values, signed, deadline=0.3) for _ in range(20)]
            late = await asyncio.gather(*drafts, return_exceptions=True)
            assert {getattr(error, "code", "done") for error in late} == {"deadline_exceeded"}
            await asyncio.gather(*naps)
            await rpc.call("notes.draft_note", {**values, "title": "after"}, signed)
            assert (await rpc.call("notes.list_notes", {"title": title}, signed))["items"] == []

    asyncio.run(asyncio.wait_for(scenario(), 60))


@pytest.mark.rabbitmq
def test_a_service_that_is_away_is_a_503_that_says_when_to_come_back() -> None:
    async def scenario() -> None:
        async with bus(deadline=30) as rpc:
            deps = slow_deps(rpc, limit=8)
            away = {name.replace("notes.", "away."): row for name, row in deps.catalogue.items()}
            routes = [Route(route.method, route.path, f"away.{route.name}") for route in notes.SLOW]
            app = create_app(replace(deps, catalogue=away, routes=routes))
            async with testing.ASGIConductor(app) as http:
                reply = await http.simulate_get(NAPS, query_string="seconds=0")
            assert (reply.status_code, reply.json["code"]) == (503, "service_unavailable")
            assert int(reply.headers["Retry-After"]) >= 1
            with pytest.raises(UnavailableError):
                await rpc.call("away.take_nap", {}, {})

    asyncio.run(asyncio.wait_for(scenario(), 15))
