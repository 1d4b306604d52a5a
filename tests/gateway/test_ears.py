"""What makes kept replies stale comes over a real broker, and its loss is noticed."""

from __future__ import annotations

import asyncio
from typing import Any

import aio_pika
import msgspec
import pytest

from gateway.broker import Wire
from gateway.cache import Copy, ReadCache
from gateway.catalogue import SERVICES, load
from gateway.hot import Reads
from gateway.stream import EventHub
from tests import kit
from tests.gateway.test_amqp import bus, channel, until
from tests.gateway.test_stream import envelope

pytestmark = [pytest.mark.rabbitmq]


class Hub(EventHub):
    """Its connection can be cut."""

    wire: Wire | None = None

    def _on_ready(self, wire: Wire) -> None:
        self.wire = wire
        super()._on_ready(wire)


def keep(cache: ReadCache, subject: str) -> None:
    cache.finish(cache.begin("key", (subject,)), Copy(b"{}"))


def test_an_event_of_the_bus_spoils_what_is_kept_and_a_cut_connection_everything() -> None:
    async def scenario() -> None:
        cache = ReadCache(entries=10, size=100_000, seconds=60)
        verifier: Any = None
        hub = Hub(district=kit.DISTRICT)
        hub.listen(Reads(cache, verifier, load(), district=kit.DISTRICT, street=""))
        async with channel() as opened:
            exchanges = [
                await opened.declare_exchange(f"{service}.events", aio_pika.ExchangeType.TOPIC, durable=True)
                for service in SERVICES
            ]
            async with bus(hub=hub):
                await until(lambda: cache.on)
                told = envelope()
                keep(cache, told.subject)
                message = aio_pika.Message(msgspec.json.encode(told.payload), headers=told.to_headers())
                await exchanges[1].publish(message, f"{kit.DISTRICT}.{told.name}", mandatory=False)
                await until(lambda: cache.get("key") is None)
                keep(cache, told.subject)
                assert cache.get("key") is not None
                assert hub.wire is not None
                hub.wire.drop("cut")
                await until(lambda: not cache.on)
                assert cache.get("key") is None
                await until(lambda: cache.on)
                keep(cache, told.subject)
                assert cache.get("key") is not None
            assert (cache.on, len(cache)) == (False, 0)

    asyncio.run(asyncio.wait_for(scenario(), 60))
