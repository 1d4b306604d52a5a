"""Many who ask the same at once cost one call, and nobody is answered for another's mistakes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from falcon import testing

from chassis.codes import ChassisCode
from chassis.errors import NotFoundError, UnauthenticatedError
from chassis.tokens import Verifier
from gateway import catalogue, hot
from gateway.api import organisations
from gateway.app import complete, create_app
from gateway.cache import Copy, ReadCache
from gateway.deps import Deps
from gateway.hot import Reads
from tests import kit
from tests.gateway.kit import make_deps

FIELDS = "/v1/fields"
OPERATION = catalogue.load()["registry.list_fields"]


class Gated:
    """A bus whose replies wait until the gate is opened."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.calls: list[str] = []
        self.connected = True

    async def fetch(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> bytes:
        self.calls.append(operation)
        await self.gate.wait()
        return b'{"items":[]}'

    async def call(
        self, operation: str, arguments: Mapping[str, Any], headers: Mapping[str, str], *, deadline: float | None = None
    ) -> Any:
        raise AssertionError("no route here answers by itself")


def gated_deps(rpc: Gated, **extra: Any) -> Deps:
    cache = ReadCache(entries=10, size=100_000, seconds=60)
    cache.bound()
    host: Any = None
    made = make_deps(host, routes=organisations.ROUTES, catalogue=catalogue.load(), cache=cache, **extra)
    return replace(made, rpc=rpc)


def new_reads() -> Reads:
    cache = ReadCache(entries=10, size=100_000, seconds=60)
    cache.bound()
    return Reads(cache, Verifier(kit.signing_key()), catalogue.load(), district=kit.DISTRICT, street="")


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def test_a_herd_makes_one_call() -> None:
    async def scenario() -> None:
        rpc = Gated()
        async with testing.ASGIConductor(create_app(gated_deps(rpc))) as http:
            herd = [asyncio.create_task(http.simulate_get(FIELDS)) for _ in range(20)]
            while not rpc.calls:
                await turns()
            await turns(50)
            rpc.gate.set()
            replies = await asyncio.gather(*herd)
        assert {reply.status_code for reply in replies} == {200}
        assert rpc.calls == ["registry.list_fields"]
        told = sorted(reply.headers["Cache-Status"] for reply in replies)
        assert told == ["footprint; fwd=miss"] + ["footprint; fwd=miss; collapsed"] * 19

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_people_of_another_scope_do_not_wait_for_this_ones_call() -> None:
    async def scenario() -> None:
        rpc = Gated()
        street = {"Authorization": f"Bearer {kit.token(kit.actor('street_staff', streets=[kit.ZHUHAI]))}"}
        async with testing.ASGIConductor(create_app(gated_deps(rpc))) as http:
            both = [asyncio.create_task(http.simulate_get(FIELDS, headers=each)) for each in ({}, street)]
            while len(rpc.calls) < 2:
                await turns()
            rpc.gate.set()
            await asyncio.gather(*both)

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_a_read_after_the_event_does_not_join_a_call_from_before_it() -> None:
    async def scenario() -> None:
        reads, gates = new_reads(), [asyncio.Event(), asyncio.Event()]
        contents = iter((b"old", b"new"))

        async def call() -> Copy:
            content, gate = next(contents), gates.pop(0)
            await gate.wait()
            return Copy(content)

        first_gate, second_gate = gates
        before = asyncio.create_task(reads.fetch("key", OPERATION, {}, call))
        joined = asyncio.create_task(reads.fetch("key", OPERATION, {}, call))
        await turns()
        reads.cache.stale("field_added")
        after = asyncio.create_task(reads.fetch("key", OPERATION, {}, call))
        await turns()
        first_gate.set()
        assert [(await task)[0].content for task in (before, joined)] == [b"old", b"old"]
        assert reads.cache.get("key") is None
        second_gate.set()
        assert await after == (Copy(b"new"), hot.MISS)
        assert reads.cache.get("key") == Copy(b"new")

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_whoever_waited_for_a_caller_that_hung_up_asks_for_itself() -> None:
    async def scenario() -> None:
        reads, gate, calls = new_reads(), asyncio.Event(), []

        async def call() -> Copy:
            calls.append(1)
            await gate.wait()
            return Copy(b"reply")

        first, second, third = (asyncio.create_task(reads.fetch("key", OPERATION, {}, call)) for _ in range(3))
        await turns()
        first.cancel()
        third.cancel()
        await turns()
        gate.set()
        assert (await second)[0].content == b"reply"
        assert len(calls) == 2
        with pytest.raises(asyncio.CancelledError):
            await first

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_anothers_expired_token_is_not_this_ones_error_but_a_missing_noun_is() -> None:
    async def scenario() -> None:
        reads, gate = new_reads(), asyncio.Event()
        outcomes: list[Exception | None] = [UnauthenticatedError(ChassisCode.TOKEN_EXPIRED), None]

        async def call() -> Copy:
            outcome = outcomes.pop(0)
            await gate.wait()
            if outcome is not None:
                raise outcome
            return Copy(b"reply")

        first, second = (asyncio.create_task(reads.fetch("key", OPERATION, {}, call)) for _ in range(2))
        await turns()
        gate.set()
        with pytest.raises(UnauthenticatedError):
            await first
        assert (await second)[0].content == b"reply"

        outcomes.append(NotFoundError(ChassisCode.JOB_NOT_FOUND))
        gate.clear()
        pair = [asyncio.create_task(reads.fetch("other", OPERATION, {}, call)) for _ in range(2)]
        await turns()
        gate.set()
        found = await asyncio.gather(*pair, return_exceptions=True)
        assert [type(each) for each in found] == [NotFoundError, NotFoundError]
        assert reads.cache.get("other") is None

    asyncio.run(asyncio.wait_for(scenario(), 20))


def test_a_gateway_whose_cache_is_switched_off_keeps_nothing() -> None:
    deps = complete(make_deps(kit.make_host("notes"), routes=organisations.ROUTES, catalogue=catalogue.load()))
    assert deps.reads is None
