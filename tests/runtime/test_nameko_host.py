"""The Nameko host on a real broker keeps the same promises, and those only a broker can break."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chassis import ids
from chassis.errors import InternalError, UnavailableError
from chassis.runtime import topology
from chassis.runtime.client import RpcClient
from chassis.runtime.names import RPC_EXCHANGE
from tests.runtime.behaviours import SeamBehaviours
from tests.runtime.world import (
    Processes,
    broker_left_as_found,
    command_id,
    effects,
    headers,
    parked,
    unsent,
)

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]


@pytest.fixture(scope="module", autouse=True)
def _broker() -> Iterator[None]:
    with broker_left_as_found():
        yield


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    made = Processes(tmp_path_factory.mktemp("demo"))
    try:
        made.start("serve", "relay", "jobs")
        yield made
    finally:
        made.close()


class TestNamekoHost(SeamBehaviours):
    """Three processes and RabbitMQ."""

    def test_a_defect_crosses_without_its_details(self, world: Processes) -> None:
        with pytest.raises(InternalError) as caught:
            world.call("break_down", headers())
        assert caught.value.to_wire()["details"] == {}
        assert "secret of the house" not in repr(caught.value.to_wire())
        assert "secret of the house" in world.log("serve")

    def test_a_lot_is_one_transaction(self, world: Processes) -> None:
        counter = self.make(world)
        world.call("draw_counter", headers(), counter_id=counter, moods=["ok"] * 100)
        world.eventually(lambda: effects(world, "drawn", counter) == 100)
        assert effects(world, "lot", counter) < 50

    def test_queries_run_side_by_side(self, world: Processes) -> None:
        """psycopg2 is green: the database has several queries of one process at once."""
        most = 0
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(call_alone, world, 1.0) for _ in range(4)]
            while not all(one.done() for one in asked):
                most = max(most, sleeping(world))
                time.sleep(0.02)
        assert [one.result() for one in asked] == [{"slept": 1.0}] * 4
        assert most > 1

    def test_stock_nameko_speaks_to_it(self, world: Processes) -> None:
        """The wire is Nameko's: body, keys, reply, error."""
        answer = raw_call(world, "break_down", b'{"args": [], "kwargs": {}}')
        assert answer["result"] is None
        assert answer["error"]["exc_type"] == "ServiceError"
        assert answer["error"]["exc_path"] == "chassis.runtime.wire.ServiceError"
        assert answer["error"]["exc_args"][:2] == ["internal", "internal_error"]

    def test_a_malformed_request_is_answered(self, world: Processes) -> None:
        for body in (b"\xff\x00 not json", b"[]", b'{"args": [1], "kwargs": {}}'):
            assert raw_call(world, "get_counter", body)["error"]["exc_args"][:2] == ["invalid", "request_invalid"]

    @pytest.mark.parametrize(
        "body", [b"\xff\xfe not json \x00", b'{"counter_id": 7}', b'{"unknown": "fields"}', b"[" * 5000]
    )
    def test_poison_is_parked_byte_for_byte_at_once(self, world: Processes, body: bytes) -> None:
        queue = f"{world.name}.on_counter_raised"
        key = ids.new_id("evt")
        world.publish(queue, body, headers=event_headers(key), content_type="application/json", message_id=key)
        world.eventually(lambda: len(parked(world, event_id=key)) == 1)
        (row,) = parked(world, event_id=key)
        assert row.body == body
        assert row.queue == queue
        assert row.error.startswith("PoisonError")
        self.forget_parked(world)

    def test_an_oversized_or_headless_message_is_parked(self, world: Processes) -> None:
        queue = f"{world.name}.on_counter_raised"
        bodies = (b"x" * 1024 * 1024, b"{}")
        for body in bodies:
            world.publish(queue, body, content_type="text/plain")
        world.eventually(lambda: {row.body for row in parked(world)} == set(bodies))
        assert world.running["serve"].poll() is None
        self.forget_parked(world)

    def test_an_event_nobody_handles_is_sent_too(self, world: Processes) -> None:
        counter = self.make(world)
        world.call("look_at_counter", headers(), counter_id=counter)
        world.eventually(lambda: unsent(world) == 0)

    def test_a_call_without_a_listener_fails_at_once(self, world: Processes) -> None:
        with pytest.raises(UnavailableError) as caught:
            world.client.call("nobody_at_all", "get_counter", {}, headers(), timeout=60)
        assert caught.value.code == "service_unavailable", "the broker returned it; no deadline was waited for"

    def test_a_call_has_a_deadline(self, world: Processes) -> None:
        client = RpcClient(world.uri)
        with pytest.raises(UnavailableError) as caught:
            client.call(world.name, "sleep_in_database", {"seconds": 3.0}, headers(), timeout=0.5)
        assert caught.value.code == "deadline_exceeded"
        client.close()


def call_alone(world: Processes, seconds: float) -> Any:
    """On a connection of its own, so that calls run side by side."""
    client = RpcClient(world.uri)
    try:
        return client.call(world.name, "sleep_in_database", {"seconds": seconds}, headers())
    finally:
        client.close()


def sleeping(world: Processes) -> int:
    """How many queries the database carries out for it right now."""
    active = text(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active'"
        " AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid()"
    )
    with world.sessions() as session:
        return int(session.scalar(active))


def event_headers(key: str) -> dict[str, Any]:
    return {
        "cloudEvents_id": key,
        "cloudEvents_source": "/370211/demo",
        "cloudEvents_type": "counter_raised",
        "cloudEvents_subject": ids.new_id("cnt"),
        "cloudEvents_subjectversion": 1,
        "cloudEvents_district": "370211",
        "cloudEvents_time": "2026-11-01T00:00:00+00:00",
    }


def raw_call(world: Processes, method: str, body: bytes) -> Any:
    """A call as any AMQP client would make it."""
    replies: list[bytes] = []
    with topology.connection(world.uri) as conn, conn.channel() as channel:
        queue = channel.queue_declare("", exclusive=True).queue
        channel.queue_bind(queue, RPC_EXCHANGE, routing_key=queue)
        channel.basic_consume(queue, no_ack=True, callback=lambda message: replies.append(message.body))
        conn.Producer(channel).publish(
            body,
            exchange=RPC_EXCHANGE,
            routing_key=f"{world.name}.{method}",
            reply_to=queue,
            correlation_id=command_id(),
            content_type="application/json",
            content_encoding="binary",
            expiration=10,
        )
        while not replies:
            conn.drain_events(timeout=60)
    return json.loads(replies[0])


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Processes]:
    """A world of its own for tests that break it."""
    made = Processes(tmp_path)
    try:
        made.start("serve", "relay")
        yield made
    finally:
        made.close()


def begin_slow_handler(world: Processes, seconds: float) -> str:
    """An event whose handler is in the middle of its work when this returns."""
    counter: str = world.call("make_counter", headers())["counter_id"]
    world.call("raise_counter", headers(), counter_id=counter, seconds=seconds)
    world.eventually(lambda: unsent(world) == 0)
    time.sleep(0.5)
    assert effects(world, "raised", counter) == 0
    return counter


def test_a_process_killed_in_the_middle_of_a_handler_leaves_one_effect(fragile: Processes) -> None:
    counter = begin_slow_handler(fragile, 3)
    assert fragile.stop("serve", signal.SIGKILL) == -signal.SIGKILL
    fragile.start("serve")
    fragile.eventually(lambda: effects(fragile, "raised", counter) == 1)
    assert not parked(fragile)


def test_sigterm_finishes_what_was_begun_and_answers_it(fragile: Processes) -> None:
    counter = begin_slow_handler(fragile, 2)
    answers: list[Any] = []

    def ask() -> None:
        answers.append(call_alone(fragile, 1.5))

    asking = threading.Thread(target=ask)
    asking.start()
    time.sleep(0.5)
    assert fragile.stop("serve") == 0
    asking.join(30)
    assert answers == [{"slept": 1.5}]
    assert effects(fragile, "raised", counter) == 1
    assert fragile.waiting(f"{fragile.name}.on_counter_raised") == 0, "acknowledged before the connection closed"


def test_the_relay_and_the_job_process_stop_when_told(fragile: Processes) -> None:
    fragile.start("jobs")
    fragile.eventually(lambda: '"working"' in fragile.log("jobs") and '"relaying"' in fragile.log("relay"))
    assert fragile.stop("jobs") == 0
    assert fragile.stop("relay") == 0


def test_of_two_relays_one_works_and_the_other_takes_over(fragile: Processes) -> None:
    fragile.running["first"] = fragile.running.pop("relay")
    (fragile.folder / "relay.log").rename(fragile.folder / "first.log")
    fragile.start("relay")
    time.sleep(2)
    assert "relaying" not in fragile.log("relay")
    assert fragile.stop("first", signal.SIGKILL) == -signal.SIGKILL
    counter = fragile.call("make_counter", headers())["counter_id"]
    fragile.call("raise_counter", headers(), counter_id=counter)
    fragile.eventually(lambda: effects(fragile, "raised", counter) == 1)
