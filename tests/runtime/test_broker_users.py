"""Every process works under its own account of the broker, and is refused what is not its business."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import amqp
import pytest
from amqp.exceptions import AccessRefused

from chassis import ids
from chassis.errors import UnavailableError
from chassis.runtime import topology
from chassis.runtime.client import RpcClient
from chassis.runtime.names import PARK, RPC_EXCHANGE
from chassis.runtime.permissions import gateway_user, migrate_user, service_user
from contracts.broker_users import MIGRATE, SERVICES, TRAIL, broker_users
from deploy.accounts import Accounts
from deploy.local.broker import on_disk
from deploy.local.rabbit_node import RabbitNode
from gateway.broker import Broker
from gateway.rpc import AmqpRpc
from tests import kit
from tests.runtime.world import Processes, effects, headers, parked, unsent

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]
DEMO = f"demo{os.getpid()}x{os.urandom(2).hex()}"
CLOUD = "gateway-cloud"
# In a process of its own: here the trail would bind itself to the demo's exchange too.
DECLARE = """
import os
from chassis.runtime import topology
from contracts.broker_users import SERVICES, TRAIL
from tests import kit
for name in (*SERVICES, TRAIL):
    topology.declare(os.environ["AMQP_URI"], kit.load_service(name))
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitNode]:
    """A node of its own, which loaded the accounts at boot; the run's broker may be one we have no rights on."""
    installation = on_disk()
    if installation is None:
        pytest.skip("RabbitMQ is not on this machine's disk")
    folder = tmp_path_factory.mktemp("node")
    users = (
        *broker_users(gateways=[CLOUD], district=kit.DISTRICT),
        service_user(DEMO),
        gateway_user("gateway-demo", services=[DEMO], district=kit.DISTRICT),
    )
    migrate = migrate_user([*SERVICES, DEMO], beside=[TRAIL])
    users = (migrate, *(user for user in users if user.name != MIGRATE))
    accounts = Accounts(users=users, file=folder / "passwords.json")
    made = RabbitNode(installation, home=folder / "home", log=folder / "node.log", accounts=accounts)
    made.start()
    try:
        subprocess.run([sys.executable, "-c", DECLARE], env=os.environ | {"AMQP_URI": made.url_of(MIGRATE)}, check=True)
        yield made
    finally:
        made.stop()


class AccountedProcesses(Processes):
    """The demo on that node: migrate declares, the processes run as the service."""

    def __init__(self, folder: Path, node: RabbitNode) -> None:
        self._migrate = node.url_of(MIGRATE)
        super().__init__(folder, amqp_uri=node.url_of(DEMO), name=DEMO)

    def eventually(self, condition: Callable[[], bool], *, seconds: float = 90) -> None:
        """Three processes and a node more than the other tests' servers: a busy machine starts them slowly."""
        super().eventually(condition, seconds=seconds)

    def _declare(self) -> None:
        code = (
            "from chassis import config; from chassis.runtime import topology;"
            "from tests.runtime.demo.service import SERVICE; topology.declare(config.AMQP_URI.get(), SERVICE)"
        )
        env = self.env | {"AMQP_URI": self._migrate}
        self.run_alone([sys.executable, "-c", code], env)


@pytest.fixture(scope="module")
def world(node: RabbitNode, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AMQP_URI", node.url)  # what the test itself asks and tidies up with
        made = AccountedProcesses(tmp_path_factory.mktemp("demo"), node)
        try:
            made.start("serve", "relay", "jobs")
            yield made
        finally:
            made.close()


def test_a_service_lives_its_whole_life_under_its_own_account(world: Processes) -> None:
    """Calls, events, retry, parking and the relay: nothing in it needs to declare anything."""
    counter = world.call("make_counter", headers())["counter_id"]
    for mood in ("ok", "fail"):
        world.call("raise_counter", headers(), counter_id=counter, mood=mood)
    world.eventually(lambda: effects(world, "raised", counter) == 1)
    world.eventually(lambda: len(parked(world)) == 1)  # by way of retry.1s
    world.eventually(lambda: unsent(world) == 0)
    assert "ACCESS_REFUSED" not in world.log("serve") + world.log("relay")


def test_a_gateways_account_can_call_and_be_answered(world: Processes, node: RabbitNode) -> None:
    async def ask() -> Any:
        broker = Broker(node.url_of("gateway-demo"))
        rpc = AmqpRpc(broker, deadline=30)
        await broker.open()
        try:
            async with asyncio.timeout(60):
                while not rpc.connected:
                    await asyncio.sleep(0.02)
            return await rpc.call(f"{DEMO}.make_counter", {}, headers())
        finally:
            await broker.close()

    assert asyncio.run(ask())["value"] == 0


def test_a_gateways_account_hears_its_districts_events(node: RabbitNode) -> None:
    with channel_of(node, CLOUD) as channel:
        queue = f"gateway.events-{ids.new_uuid()}"
        channel.queue_declare(queue, exclusive=True)
        for service in SERVICES:
            channel.queue_bind(queue, f"{service}.events", routing_key=f"{kit.DISTRICT}.#")
        heard: list[str] = []
        channel.basic_consume(
            queue, no_ack=True, callback=lambda message: heard.append(message.delivery_info["routing_key"])
        )
        publish(node, "registry", "registry.events", f"{kit.DISTRICT}.place_added")
        channel.connection.drain_events(timeout=60)
    assert heard == [f"{kit.DISTRICT}.place_added"]


def test_a_job_process_that_asks_another_service_may_do_that(node: RabbitNode) -> None:
    client = RpcClient(node.url_of("notify"))
    with pytest.raises(UnavailableError) as caught:
        client.call("registry", "get_addresses", {}, timeout=0.5)
    client.close()
    assert caught.value.code == "deadline_exceeded", "sent, to a queue that nobody consumes here"


# what is refused -------------------------------------------------------------------------------------------------


@contextmanager
def channel_of(node: RabbitNode, user: str) -> Iterator[Any]:
    confirming = {"confirm_publish": True}
    with topology.connection(node.url_of(user), transport_options=confirming) as connection:
        yield connection.channel()


def publish(node: RabbitNode, user: str, exchange: str, key: str) -> None:
    with channel_of(node, user) as channel:
        channel.basic_publish(amqp.Message(b"{}"), exchange=exchange, routing_key=key)


REFUSED_PUBLISHES = [
    (CLOUD, "registry.events", f"{kit.DISTRICT}.account_opened"),
    (CLOUD, PARK, "registry.on_proposal_submitted"),
    (CLOUD, "retry.1s", "notify.on_proposal_submitted"),
    (CLOUD, "", "notify.on_proposal_submitted"),
    ("registry", "projects.events", f"{kit.DISTRICT}.proposal_submitted"),
    ("registry", PARK, "projects.on_account_opened"),
    (CLOUD, RPC_EXCHANGE, "nobody.get_round"),
    (TRAIL, "projects.events", f"{kit.DISTRICT}.proposal_submitted"),
    (TRAIL, RPC_EXCHANGE, "projects.get_round"),
    (TRAIL, "", "notify.on_proposal_submitted"),
]


@pytest.mark.parametrize(("user", "exchange", "key"), REFUSED_PUBLISHES)
def test_an_account_cannot_publish_what_is_not_its_own(node: RabbitNode, user: str, exchange: str, key: str) -> None:
    with pytest.raises(AccessRefused):
        publish(node, user, exchange, key)


Attempt = Callable[[Any], object]


def overhear(channel: Any, exchange: str, key: str, kind: str = "gateway") -> None:
    replies = f"rpc.reply-{kind}-{ids.new_uuid()}"
    channel.queue_declare(replies, exclusive=True)
    channel.queue_bind(replies, exchange, routing_key=key)


ATTEMPTS: dict[str, tuple[str, Attempt]] = {
    "a gateway consumes a handler's queue": (CLOUD, lambda c: c.basic_consume("registry.on_debarment_recorded")),
    "a gateway consumes another's calls": (CLOUD, lambda c: c.basic_consume("rpc-registry")),
    "a gateway declares a queue": (CLOUD, lambda c: c.queue_declare("rpc-nobody")),
    "a gateway declares an exchange": (CLOUD, lambda c: c.exchange_declare("mine", "topic")),
    "a gateway deletes a queue": (CLOUD, lambda c: c.queue_delete("rpc-registry")),
    "a gateway overhears every call": (CLOUD, lambda c: overhear(c, RPC_EXCHANGE, "#")),
    "a gateway overhears one service": (CLOUD, lambda c: overhear(c, RPC_EXCHANGE, "registry.*")),
    "a gateway hears other districts": (CLOUD, lambda c: overhear(c, "registry.events", "#")),
    "a gateway hears what is parked": (CLOUD, lambda c: overhear(c, PARK, "#")),
    "a service consumes another's events": ("registry", lambda c: c.basic_consume("notify.on_proposal_submitted")),
    "a service consumes another's calls": ("registry", lambda c: c.basic_consume("rpc-projects")),
    "a service declares a queue": ("registry", lambda c: c.queue_declare("registry.on_something_new")),
    "a service binds to another's events": (
        "registry",
        lambda c: c.queue_bind("park.registry", "projects.events", routing_key="#"),
    ),
    "a job process overhears calls": ("notify", lambda c: overhear(c, RPC_EXCHANGE, "registry.*", "client")),
    "the trail consumes the calls of projects": (TRAIL, lambda c: c.basic_consume("rpc-projects")),
}


@pytest.mark.parametrize("attempt", ATTEMPTS)
def test_an_account_is_refused(node: RabbitNode, attempt: str) -> None:
    user, act = ATTEMPTS[attempt]
    with pytest.raises(AccessRefused), channel_of(node, user) as channel:
        act(channel)


def test_the_refusals_are_not_for_want_of_the_things(node: RabbitNode) -> None:
    """The owner of the broker may do every one of them: what is refused exists."""
    for user, exchange, key in REFUSED_PUBLISHES:
        publish(node, "footprint", exchange, key)
        assert user != "footprint"


def test_an_old_nodes_accounts_are_added_at_its_next_start(tmp_path: Path) -> None:
    """Data of a release without accounts: the owner stays as it was, the accounts come."""
    installation = on_disk()
    if installation is None:
        pytest.skip("RabbitMQ is not on this machine's disk")
    old = RabbitNode(installation, home=tmp_path / "home", log=tmp_path / "node.log")
    old.start()
    url = old.url
    users = tuple(broker_users(gateways=[CLOUD], district=kit.DISTRICT))
    accounts = Accounts(users=users, file=tmp_path / "passwords.json")
    new = RabbitNode(installation, home=tmp_path / "home", log=tmp_path / "node.log", accounts=accounts)
    try:
        new.start()  # it still runs, without them
        assert new.url == url
        for address in (new.url, new.url_of(MIGRATE), new.url_of(CLOUD)):
            with topology.connection(address, connect_timeout=5) as connection:
                connection.connect()
    finally:
        new.stop()
        old.stop()
