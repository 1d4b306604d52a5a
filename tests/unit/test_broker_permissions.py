"""The accounts' rights fit the topology: each name is somebody's, and nobody else's."""

from __future__ import annotations

import ast
import re

import pytest

from chassis.runtime import topology
from chassis.runtime.names import PARK, RPC_EXCHANGE, TIERS
from chassis.runtime.permissions import BrokerUser, rights
from contracts.broker_users import CALLS, MIGRATE, SERVICES, TRAIL, broker_users, user_of
from tests import kit
from tests.house.kit import sources

CLOUD = "gateway-cloud"
USERS = {user.name: user for user in broker_users(gateways=[CLOUD], district=kit.DISTRICT)}


def matching(right: str, name: str) -> set[str]:
    return {user.name for user in USERS.values() if re.search(getattr(user, right), name)}


def test_migrate_alone_declares_the_topology() -> None:
    for name in (*SERVICES, TRAIL):
        service = kit.load_service(name)
        for one in (*topology.exchanges_of(service), *topology.queues_of(service)):
            assert matching("configure", str(one.name)) == {MIGRATE}, one.name


def test_a_queue_is_read_by_its_own_service_and_by_nobody_else() -> None:
    for name in (*SERVICES, TRAIL):
        for queue in topology.consumed_by(kit.load_service(name)):
            assert matching("read", queue) == {MIGRATE, name}, queue


def test_events_are_published_by_their_owner_and_heard_by_gateways() -> None:
    for service in SERVICES:
        assert matching("write", f"{service}.events") == {MIGRATE, service}
        assert matching("read", f"{service}.events") == {MIGRATE, CLOUD}


def test_no_pattern_matches_within_a_longer_name() -> None:
    for name in ("registry.events", f"park.{TRAIL}", "rpc-registry", PARK, RPC_EXCHANGE, "retry.1s", "amq.default"):
        for longer in (f"x{name}", f"{name}x", name.replace(".", "x") if "." in name else f"x.{name}"):
            for right in ("configure", "write", "read"):
                assert not matching(right, longer), (right, longer)


def test_only_who_sends_on_may_write_to_retry_and_parking() -> None:
    for exchange in (PARK, *(f"retry.{tier}" for tier in TIERS)):
        assert matching("write", exchange) == {MIGRATE, TRAIL, *SERVICES}
        assert matching("read", exchange) == {MIGRATE}


@pytest.mark.parametrize("user", USERS.values(), ids=lambda user: user.name)
def test_a_topic_right_is_narrower_than_the_right_it_narrows(user: BrokerUser) -> None:
    for topic in user.topics:
        for right, keys in (("write", topic.write), ("read", topic.read)):
            if keys != "^$":
                assert re.search(getattr(user, right), topic.exchange), (topic.exchange, right)


def test_nobody_may_bind_to_anothers_calls() -> None:
    for user in USERS.values():
        for topic in user.topics:
            if topic.exchange == RPC_EXCHANGE:
                assert not any(re.search(topic.read, key) for key in ("#", "*", "registry.*", "registry.get_place"))
    assert matching("read", RPC_EXCHANGE) == {MIGRATE, CLOUD, *CALLS}, "who is not narrowed cannot bind at all"


def test_every_service_that_asks_another_is_allowed_to() -> None:
    """An RPC client in a service's code, and its place in ``CALLS``."""
    asking = {
        name.split("/")[1]
        for name, tree in sources("services")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "RpcClient"
    }
    assert asking == set(CALLS)


def test_every_process_has_an_account() -> None:
    names = ["registry", "registry-relay", "notify-jobs", TRAIL, CLOUD, "migrate-projects", "bootstrap"]
    assert [user_of(name) for name in names] == ["registry", "registry", "notify", TRAIL, CLOUD, MIGRATE, MIGRATE]


def test_the_definitions_name_every_right_in_one_virtual_host() -> None:
    made = rights(USERS.values(), vhost="district")
    assert [row["user"] for row in made["permissions"]] == list(USERS)
    assert {row["vhost"] for rows in made.values() for row in rows} == {"district"}
