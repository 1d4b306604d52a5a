"""The RPC client and the live updates against a real broker, and a real service process behind it."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aio_pika
import msgspec
import pytest
from yarl import URL

from chassis import config, frames, ids
from chassis.errors import ConflictError, InvalidError, UnavailableError
from gateway.broker import Broker
from gateway.catalogue import SERVICES
from gateway.rpc import AmqpRpc
from gateway.stream import EventHub
from tests import kit
from tests.gateway import notes
from tests.gateway.test_stream import envelope

pytestmark = [pytest.mark.rabbitmq, pytest.mark.postgres]
QUEUES = ("rpc-notes", "park.notes")


async def until(condition: object, *, seconds: float = 60) -> None:
    limit = time.monotonic() + seconds
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < limit, "it never happened"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def bus(*, deadline: float = 5, hub: EventHub | None = None) -> AsyncIterator[AmqpRpc]:
    broker = Broker(config.AMQP_URI.get())
    rpc = AmqpRpc(broker, deadline=deadline)
    if hub is not None:
        hub.attach(broker)
    await broker.open()
    await until(lambda: rpc.connected, seconds=60)  # a fresh broker has no exchange until the service declares it
    try:
        yield rpc
    finally:
        await broker.close()


@asynccontextmanager
async def channel() -> AsyncIterator[aio_pika.abc.AbstractChannel]:
    connection = await aio_pika.connect(URL(config.AMQP_URI.get().replace("pyamqp", "amqp", 1)))
    async with connection:
        yield await connection.channel()


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The notes service under Nameko, in a process of its own."""
    name = str(kit.database("notes").url.database)
    key = tmp_path_factory.mktemp("keys") / "token.pub.pem"
    key.write_bytes(kit.signing_key().as_pem(private=False))
    environment = {
        **os.environ,
        "DATABASE_PREFIX": name.removesuffix("notes"),
        "TOKEN_PUBLIC_KEY_FILE": str(key),
        "PYTHONPATH": str(Path.cwd()),
    }
    process = subprocess.Popen([sys.executable, "-m", "tests.gateway.notes_process", "serve"], env=environment)
    yield
    process.terminate()
    process.wait(30)
    asyncio.run(_forget_queues())


async def _forget_queues() -> None:
    async with channel() as opened:
        for queue in QUEUES:
            await opened.queue_delete(queue)


async def _ready(rpc: AmqpRpc) -> None:
    for _ in range(600):
        try:
            await rpc.call("notes.get_clock", {}, {}, deadline=1)
            return
        except UnavailableError:
            await asyncio.sleep(0.1)
    raise AssertionError("the service never answered")


def test_a_real_service_answers_and_refuses_over_the_bus(service: None) -> None:
    async def scenario() -> None:
        async with bus() as rpc:
            await _ready(rpc)
            headers = {
                "authorization": kit.token(kit.actor("bureau")),
                "trace_id": "0af7651916cd43dd8448eb211c80319c",
                "command_id": str(ids.new_uuid()),
            }
            values = {"title": "足迹", "street_code": kit.ZHUHAI}
            made = await rpc.call("notes.draft_note", values, headers)
            assert await rpc.call("notes.draft_note", values, headers) == made
            with pytest.raises(InvalidError) as reused:
                await rpc.call("notes.draft_note", {**values, "title": "x"}, headers)
            assert reused.value.code == "command_key_reused"
            seal = {key: value for key, value in headers.items() if key != "command_id"}
            await rpc.call("notes.seal_note", {"note_id": made["note_id"]}, seal)
            with pytest.raises(ConflictError) as sealed:
                await rpc.call("notes.seal_note", {"note_id": made["note_id"]}, seal)
            assert (sealed.value.code, sealed.value.zh) == (notes.NoteCode.NOTE_SEALED, notes.NoteCode.NOTE_SEALED.zh)
            assert sealed.value.details == {"status": "sealed"}
            replies = await asyncio.gather(*(rpc.call("notes.get_clock", {}, {}) for _ in range(100)))
            assert len(replies) == 100

    asyncio.run(scenario())


def test_a_service_that_nobody_runs_is_refused_at_once() -> None:
    async def scenario() -> None:
        async with bus(deadline=60) as rpc:
            with pytest.raises(UnavailableError) as caught:
                await rpc.call("nobody.get_clock", {}, {})
            assert caught.value.code == "service_unavailable", "the broker returned it; no deadline was waited for"

    asyncio.run(scenario())


def test_a_silent_service_costs_the_deadline_and_no_more() -> None:
    async def scenario() -> None:
        async with channel() as opened, bus(deadline=0.3) as rpc:
            queue = await opened.declare_queue(exclusive=True)
            await queue.bind("nameko-rpc", routing_key="silent.*")
            with pytest.raises(UnavailableError) as late:
                await rpc.call("silent.get_clock", {}, {})
            assert late.value.code == "deadline_exceeded"
            await asyncio.sleep(0.2)
            assert await queue.get(fail=False) is None  # expired with its caller's deadline

    asyncio.run(scenario())


def test_a_lost_connection_fails_calls_in_flight_and_comes_back() -> None:
    async def scenario() -> None:
        async with channel() as opened, bus(deadline=120) as rpc:
            queue = await opened.declare_queue(exclusive=True)
            await queue.bind("nameko-rpc", routing_key="silent2.*")
            lost = rpc._wire
            assert lost is not None
            call = asyncio.create_task(rpc.call("silent2.get_clock", {}, {}))
            await asyncio.sleep(0.2)
            lost._transport.abort()
            with pytest.raises(UnavailableError):
                await asyncio.wait_for(call, 60)
            await until(lambda: rpc.connected and rpc._wire is not lost)

    asyncio.run(scenario())


def test_a_channel_that_the_broker_closed_is_set_up_again() -> None:
    async def scenario() -> None:
        async with channel() as opened, bus(deadline=2) as rpc:
            queue = await opened.declare_queue(exclusive=True)
            await queue.bind("nameko-rpc", routing_key="silent3.*")
            lost = rpc._wire
            assert lost is not None
            lost.send(frames.publish(1, "no-such-exchange", "x", b"", {}))  # the broker closes the channel for it
            await until(lambda: rpc.connected and rpc._wire is not lost)
            with pytest.raises(UnavailableError) as late:
                await rpc.call("silent3.get_clock", {}, {}, deadline=0.3)
            assert late.value.code == "deadline_exceeded"

    asyncio.run(scenario())


def test_events_of_the_bus_reach_an_open_stream() -> None:
    async def scenario() -> None:
        hub = EventHub(district=kit.DISTRICT, heartbeat=0.1, lifetime=10)
        async with channel() as opened, bus(hub=hub):
            exchanges = [
                await opened.declare_exchange(f"{service}.events", aio_pika.ExchangeType.TOPIC, durable=True)
                for service in SERVICES
            ]
            stream = hub.read(kit.actor("street_staff", streets=[kit.ZHUHAI]))
            await anext(stream)
            sent = [envelope(streets=(kit.CHANGJIANG,)), envelope()]
            seen = None
            while seen is None:  # until the hub's queue is bound, what is published goes nowhere
                for made in sent:
                    message = aio_pika.Message(msgspec.json.encode(made.payload), headers=made.to_headers())
                    await exchanges[0].publish(message, f"{kit.DISTRICT}.{made.name}", mandatory=False)
                seen = (await anext(stream)).event_id
            assert seen == sent[1].id
            await stream.aclose()  # type: ignore[attr-defined]

    asyncio.run(asyncio.wait_for(scenario(), 15))
