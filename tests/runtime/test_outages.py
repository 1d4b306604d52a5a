"""Broker or database away: processes live, nothing is lost, nothing happens twice."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from kombu.utils.url import parse_url
from sqlalchemy import create_engine, text

from chassis import config
from chassis.errors import UnavailableError
from chassis.runtime import topology
from tests.runtime.proxy import Proxy
from tests.runtime.world import Processes, broker_left_as_found, effects, headers, parked, server, unsent

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]


@pytest.fixture(scope="module", autouse=True)
def _broker() -> Iterator[None]:
    with broker_left_as_found():
        yield


@pytest.fixture
def wire() -> Iterator[Proxy]:
    parts = parse_url(topology.bus_uri(config.AMQP_URI.get()))
    made = Proxy(parts["hostname"], parts["port"] or 5672)
    yield made
    made.cut()


@pytest.fixture
def world(tmp_path: Path, wire: Proxy) -> Iterator[Processes]:
    parts = parse_url(topology.bus_uri(config.AMQP_URI.get()))
    user, password, vhost = parts["userid"] or "guest", parts["password"] or "guest", parts["virtual_host"] or "/"
    uri = f"pyamqp://{user}:{password}@127.0.0.1:{wire.port}/{vhost}"
    made = Processes(tmp_path, amqp_uri=uri)
    try:
        made.start("serve", "relay")
        yield made
    finally:
        made.close()


def raised(world: Processes, **how: object) -> str:
    counter: str = world.call("make_counter", headers())["counter_id"]
    world.call("raise_counter", headers(), counter_id=counter, **how)
    return counter


def test_processes_come_back_after_the_broker_was_away(world: Processes, wire: Proxy) -> None:
    before = raised(world)
    world.eventually(lambda: effects(world, "raised", before) == 1)
    counter = raised(world, seconds=2)
    world.eventually(lambda: unsent(world) == 0)
    time.sleep(0.5)
    wire.cut()
    time.sleep(4)
    assert [command for command, process in world.running.items() if process.poll() is not None] == []
    wire.mend()
    world.eventually(world.served)
    world.eventually(lambda: effects(world, "raised", counter) == 1)
    later = raised(world)
    world.eventually(lambda: effects(world, "raised", later) == 1)
    assert world.waiting(f"{world.name}.on_counter_raised") == 0
    assert not parked(world)


def test_a_process_can_be_stopped_while_the_broker_is_away(world: Processes, wire: Proxy) -> None:
    wire.cut()
    time.sleep(1)
    assert world.stop("relay") == 0
    assert world.stop("serve") == 0, world.log("serve")[-3000:]
    wire.mend()


def test_a_database_outage_is_answered_waited_for_and_outlived(world: Processes) -> None:
    counter = raised(world)
    world.eventually(lambda: effects(world, "raised", counter) == 1)
    _allow_connections(world, False)
    for _ in range(3):
        with pytest.raises(UnavailableError) as caught:
            world.call("get_counter", headers(), counter_id=counter)
        assert caught.value.code == "service_unavailable"
    time.sleep(2)
    assert [command for command, process in world.running.items() if process.poll() is not None] == []
    _allow_connections(world, True)
    world.eventually(lambda: _answers(world, counter))
    later = raised(world)
    world.eventually(lambda: effects(world, "raised", later) == 1)


def test_an_event_delivered_during_a_database_outage_waits_without_losing_an_attempt(world: Processes) -> None:
    counter = raised(world, seconds=1.5)
    world.eventually(lambda: unsent(world) == 0)
    time.sleep(0.3)
    _allow_connections(world, False)
    time.sleep(2)
    _allow_connections(world, True)
    world.eventually(lambda: effects(world, "raised", counter) == 1)
    assert not parked(world)


def test_an_event_that_nobody_would_get_stays_unsent_and_visible(world: Processes) -> None:
    """A lost binding: the broker returns it, the relay keeps it, and what nobody handles still passes."""
    queue, exchange = f"{world.name}.on_counter_raised", f"{world.name}.events"
    with topology.connection(world.uri) as conn, conn.channel() as channel:
        channel.queue_unbind(queue, exchange, routing_key="*.counter_raised")
    counter = raised(world)
    world.call("look_at_counter", headers(), counter_id=counter)
    world.eventually(lambda: unsent(world) == 1)
    world.eventually(lambda: "returned: no queue is bound" in world.log("relay"))
    with topology.connection(world.uri) as conn, conn.channel() as channel:
        channel.queue_bind(queue, exchange, routing_key="*.counter_raised")
    world.eventually(lambda: effects(world, "raised", counter) == 1)
    assert unsent(world) == 0


def _answers(world: Processes, counter: str) -> bool:
    try:
        world.call("get_counter", headers(), counter_id=counter)
    except UnavailableError:
        return False
    return True


def _allow_connections(world: Processes, allowed: bool) -> None:
    """Refuse new connections and end those there are: what a stopped server looks like from here."""
    engine = create_engine(server().set(database="postgres"), isolation_level="AUTOCOMMIT")
    name = str(world.url.database)
    with engine.connect() as connection:
        connection.execute(text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS {str(allowed).lower()}'))
        if not allowed:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(ended), {"name": name})
    engine.dispose()
