"""Scenario 11 in the long form, and what of it can be told without a cluster."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from deploy.local.layout import ROOT, Layout
from deploy.local.rabbit_node import Installation
from deploy.local.servers import ServerError
from tests.faults.cluster import Fault, Result
from tests.faults.cluster_net import Network
from tests.faults.cluster_node import ClusterNode
from tests.faults.cluster_report import play, report, spread
from tests.faults.verdict import Verdict


def node(folder: Path, number: int) -> ClusterNode:
    installation = Installation(script=folder / "rabbitmq-server")
    return ClusterNode(installation, Network("ab12cd34"), number, folder, password="secret", cookie="cookie")


def test_nodes_have_addresses_of_a_network_for_tests_and_names_that_fit(tmp_path: Path) -> None:
    network = Network("ab12cd34")
    assert [network.peer_address(number) for number in network.numbers] == [
        *("198.18.171.11", "198.18.171.12", "198.18.171.13"),
    ]
    assert network.client_address(2) == "198.19.171.12"
    assert all(len(network._port(side, number)) <= 15 for side in "pc" for number in network.numbers)
    assert network.inside(3)[:3] == ("ip", "netns", "exec")


def test_a_node_names_its_peers_and_pauses_in_a_minority(tmp_path: Path) -> None:
    text = node(tmp_path, 2).configuration()
    assert "cluster_partition_handling = pause_minority" in text
    assert "listeners.tcp.1 = 198.19.171.12:5672" in text
    for number in (1, 2, 3):
        assert f"classic_config.nodes.{number} = footprint@198.18.171.1{number}" in text
    assert "{198,18,171,12}" in node(tmp_path, 2).environment()["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"]


def test_without_network_namespaces_it_says_what_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(ServerError, match="Linux, root and iproute2"):
        Network("ab12cd34").make()


def test_the_report_counts_over_all_rounds_and_never_hides_a_violation() -> None:
    verdict = Verdict(events=990, effects=989, commands=10)
    faults = [Fault(1, "kill", 2, 8, 5.0, silent_seconds=seconds) for seconds in (1.0, 3.0, 2.0)]
    clean = report([Result(1, faults, verdict, 4, 0, 7, 100.0)] * 2, seed=7, versions={})
    assert (clean["rounds"], clean["replayed"], clean["redelivered"]) == (2, 8, 14)
    assert clean["violation_rate_below"] == 0.003
    assert clean["silent_seconds"] == {"p50": 2.0, "p95": 3.0, "max": 3.0}
    verdict.wrong("lost", "evt_1")
    dirty = report([Result(1, faults, verdict, 0, 0, 0, 1.0)], seed=7, versions={})
    assert (dirty["lost"], dirty["violations"], dirty["violation_rate_below"]) == (1, {"lost": 1}, None)


def test_of_few_values_the_largest_is_the_95th_percentile() -> None:
    assert spread([4.0, 1.0, 2.0]) == {"p50": 2.0, "p95": 4.0, "max": 4.0}


needs_namespaces = pytest.mark.skipif(
    not shutil.which("ip") or os.geteuid() != 0, reason="needs root and network namespaces"
)


@pytest.mark.faults
@needs_namespaces
def test_a_killed_leader_and_partitions_lose_nothing_and_double_nothing() -> None:
    made = play(Layout(root=ROOT, var=ROOT / "var" / "faults-cluster"), rounds=1, seed=11)
    assert made["violations"] == {}
    assert made["events"] > 500
    assert {fault["kind"] for fault in made["faults"]} >= {"kill"}


@pytest.mark.faults
@needs_namespaces
def test_without_the_inbox_the_scenario_fails() -> None:
    """What it injects does deliver twice: the verdict is not clean for want of trouble."""
    made = play(Layout(root=ROOT, var=ROOT / "var" / "faults-cluster"), rounds=1, seed=11, mutation="inbox_off")
    assert made["doubled_before_replay"] > 0, "by the faults alone; replays go out twice on purpose"
