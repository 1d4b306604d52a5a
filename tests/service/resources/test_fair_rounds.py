"""Matching rounds that are fair to streets: shares, published subsidies, and the plain optimum on request."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import InvalidError
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.resources.conftest import World


def _solved(world: World, **fields: Any) -> dict[str, Any]:
    made = world.bureau("resources.create_matching_round", title="公平对接（演示）", **fields)
    world.bureau("resources.solve_matching_round", matching_round_id=made["matching_round_id"])
    world.host.settle()
    reply: dict[str, Any] = world.bureau("resources.get_matching_round", matching_round_id=made["matching_round_id"])
    assert reply["status"] == "solved"
    return reply


def _results(world: World, solved: dict[str, Any]) -> dict[str, dict[str, Any]]:
    page = world.bureau("resources.list_matching_results", matching_round_id=solved["matching_round_id"])
    return {row["need_id"]: row for row in page["items"]}


def _two_streets(world: World) -> tuple[dict[str, Any], dict[str, Any]]:
    """Twenty wheelchairs; one street wants twenty urgently, the other as many without haste."""
    world.add("across", "cso", CHANGJIANG)
    world.offer(quantity=20)
    urgent = world.need(quantity=20, urgency=3)
    patient = world.need("across", street=CHANGJIANG, quantity=20, urgency=1)
    return urgent, patient


def test_a_round_gives_every_street_its_share_unless_told_otherwise(world: World) -> None:
    urgent, patient = _two_streets(world)
    solved = _solved(world)
    certificate, results = solved["certificate"], _results(world, solved)
    assert solved["fairness_percent"] == 90
    assert certificate["target_millionths"] == 450_000
    assert [results[need["need_id"]]["matched"] for need in (urgent, patient)] == [11, 9]
    assert certificate["subsidies"][CHANGJIANG] > certificate["subsidies"][ZHUHAI]
    assert certificate["primal"] == certificate["dual"]
    counted = 0
    for result in results.values():
        for match in result["matches"]:
            assert match["subsidy"] == certificate["subsidies"][result["street_code"]]
            assert match["utility"] + match["subsidy"] == match["offer_price"] + result["need_price"]
            counted += match["quantity"] * (match["utility"] + match["subsidy"])
    assert counted == certificate["primal"]


def test_a_round_may_ask_for_the_plain_optimum(world: World) -> None:
    urgent, patient = _two_streets(world)
    solved = _solved(world, fairness_percent=0)
    results = _results(world, solved)
    assert [results[need["need_id"]]["matched"] for need in (urgent, patient)] == [20, 0]
    assert (solved["certificate"]["subsidies"], solved["certificate"]["target_millionths"]) == ({}, None)
    assert all(row["behind"] >= 0 for row in results[patient["need_id"]]["alternatives"])


@pytest.mark.parametrize("percent", [-1, 101, "90"])
def test_a_share_is_a_whole_percentage(world: World, percent: Any) -> None:
    with pytest.raises(InvalidError):
        world.bureau("resources.create_matching_round", title="公平对接（演示）", fairness_percent=percent)
