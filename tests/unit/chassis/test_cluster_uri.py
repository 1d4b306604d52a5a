"""One address of a cluster names several nodes; each connection may begin with any of them."""

from __future__ import annotations

import pytest

from chassis import config
from chassis.runtime import topology
from tests.kit import load_service

NODES = "amqp://a:b@one:5672/; amqp://a:b@two:5672/;amqp://a:b@three:5672/"


def test_each_node_of_an_address_is_made_kombus_pure_python_one() -> None:
    assert topology.bus_uri(NODES) == "pyamqp://a:b@one:5672/;pyamqp://a:b@two:5672/;pyamqp://a:b@three:5672/"
    assert topology.bus_uri("pyamqp://a:b@one//") == "pyamqp://a:b@one//"


def test_connections_begin_with_any_node_and_know_them_all() -> None:
    made = [topology.connection(NODES) for _ in range(100)]
    assert {one.hostname for one in made} == {"one", "two", "three"}
    assert {len(one.alt) for one in made} == {3}


def test_a_clusters_calls_wait_in_a_quorum_queue_and_a_single_nodes_in_nameko_s_own(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert topology.rpc_queue("registry").queue_arguments == {}
    monkeypatch.setenv("RPC_QUEUE_TYPE", "quorum")
    assert topology.rpc_queue("registry").queue_arguments["x-queue-type"] == "quorum"
    kinds = {queue.queue_arguments["x-queue-type"] for queue in topology.queues_of(load_service("registry"))}
    assert kinds == {"quorum"}, "nothing of a cluster hangs on one node"


def test_an_unknown_kind_of_queue_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RPC_QUEUE_TYPE", "mirrored")
    with pytest.raises(SystemExit, match="RPC_QUEUE_TYPE='mirrored' is not valid: use one of classic, quorum"):
        config.RPC_QUEUE_TYPE.get()
