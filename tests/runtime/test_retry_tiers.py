"""A due retry whose queue is full just then comes a few seconds later; RabbitMQ's own default is three minutes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator

import pytest
from kombu import Connection, Queue

from chassis import config
from chassis.runtime import topology
from tests.runtime.world import broker_left_as_found

OURS = os.environ.get("FOOTPRINT_TEST_BROKER") != "given"
pytestmark = [
    pytest.mark.rabbitmq,
    pytest.mark.skipif(not OURS, reason="a given broker has its own dead_letter_worker_publisher_confirm_timeout"),
]
FULL = "tests.retry_tiers.full"


class Tier:
    """The shortest tier, and before it a queue that takes next to nothing."""

    def __init__(self, connection: Connection) -> None:
        self._channel = connection.channel()
        self._producer = connection.Producer(self._channel)
        tier = topology.retry_queue("1s")
        for bound in tier.bindings:
            bound.declare(self._channel)
        tier(self._channel).declare()
        arguments = {"x-queue-type": "quorum", "x-overflow": "reject-publish", "x-max-length": 1}
        Queue(FULL, durable=True, queue_arguments=arguments)(self._channel).declare()

    def send(self, body: str) -> None:
        self._producer.publish(body, routing_key=FULL)

    def send_later(self, body: str) -> None:
        self._producer.publish(body, exchange=topology.retry_exchange("1s"), routing_key=FULL)

    def ready(self) -> int:
        return int(self._channel.queue_declare(FULL, passive=True).message_count)

    def take(self) -> str:
        return str(self._channel.basic_get(FULL, no_ack=True).body)

    def close(self) -> None:
        self._channel.queue_delete(FULL)


@pytest.fixture
def tier() -> Iterator[Tier]:
    with broker_left_as_found(), topology.connection(config.AMQP_URI.get()) as connection:
        made = Tier(connection)
        yield made
        made.close()


def test_a_retry_that_was_refused_is_sent_again_soon(tier: Tier) -> None:
    for _ in range(3):  # a quorum queue takes a little more than its length
        tier.send("in the way")
        time.sleep(0.2)
    before = tier.ready()
    assert before >= 1
    tier.send_later("due")
    time.sleep(2.5)  # it was due after 1 s, and refused
    assert [tier.take() for _ in range(tier.ready())] == ["in the way"] * before
    wait_for(lambda: tier.ready() == 1, seconds=20)
    assert tier.take() == "due"


def wait_for(condition: Callable[[], bool], *, seconds: float) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, f"not within {seconds:g} s"
        time.sleep(0.1)
