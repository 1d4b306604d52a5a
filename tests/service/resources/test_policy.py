"""The district's numbers for offers and needs: who changes them, within which bounds, and what follows at once."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.errors import FootprintError, ForbiddenError, InvalidError, StaleError
from chassis.tables import OutboxEvent
from services.resources.live.keeper import Keeper
from services.resources.policy import domain
from tests.kit import Caller
from tests.service.resources.conftest import World, later
from tests.service.resources.test_live_market import turn
from tests.service.resources.test_story import _advance

DAY = 86_400


def change(world: World, **given: Any) -> dict[str, Any]:
    shown: dict[str, Any] = world.bureau("resources.change_resources_policy", **given)
    return shown


def told(world: World) -> list[list[str]]:
    with world.host.executors["resources"].sessions() as session:
        rows = select(OutboxEvent).where(OutboxEvent.name == "resources_policy_changed").order_by(OutboxEvent.id)
        return [row.payload["changed"] for row in session.scalars(rows)]


def test_the_bureau_changes_only_what_it_names_and_everybody_reads_it(world: World) -> None:
    before = world.cso("sunset")("resources.get_resources_policy")
    assert (before["reservation_hours"], before["need_confirm_days"], before["need_grace_days"]) == (72, 60, 14)
    assert (before["weights"], before["version"]) == (domain.WEIGHTS, 0)
    shown = change(world, reservation_hours=24, weights={"topic": 500, "base": 50}, expected_version=0)
    assert (shown["reservation_hours"], shown["need_confirm_days"], shown["version"]) == (24, 60, 1)
    assert shown["weights"] == {**domain.WEIGHTS, "topic": 500}
    assert world.cso("sunset")("resources.get_resources_policy") == shown
    assert told(world) == [["reservation_hours", "weights.topic"]]
    with pytest.raises(StaleError):
        change(world, reservation_hours=48, expected_version=0)
    assert change(world, reservation_hours=24)["version"] == 1, "nothing became another"
    assert len(told(world)) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"reservation_hours": 0},
        {"reservation_hours": 2161},
        {"need_confirm_days": 6},
        {"need_grace_days": 0},
        {"weights": {"topic": -1}},
        {"weights": {"topic": 10_001}},
        {"weights": {"beauty": 1}},
        {"weights": {"perishing_days": 366}},
        {"reservation_hours": "24"},
    ],
)
def test_numbers_have_bounds(world: World, given: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        change(world, **given)
    assert told(world) == []


def test_only_the_bureau_of_the_whole_district_changes_them(world: World) -> None:
    callers: list[Caller] = [world.staff(), world.cso("sunset"), world.provider("enterprise")]
    for caller in callers:
        with pytest.raises(ForbiddenError):
            caller("resources.change_resources_policy", reservation_hours=24)


def test_of_two_who_read_the_same_version_one_changes_it(world: World) -> None:
    results: list[str] = []
    ready = threading.Barrier(4)

    def try_once(hours: int) -> None:
        ready.wait()
        try:
            change(world, reservation_hours=hours, expected_version=0)
            results.append("changed")
        except FootprintError as error:
            results.append(error.code)

    threads = [threading.Thread(target=try_once, args=(hours,)) for hours in (10, 11, 12, 13)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == ["changed", "row_stale", "row_stale", "row_stale"]
    assert world.bureau("resources.get_resources_policy")["version"] == 1


def test_a_reservation_made_from_now_on_waits_as_long_as_the_policy_says(world: World) -> None:
    change(world, reservation_hours=5)
    allocation = world.reserved(world.offer(), world.need(), 3)
    until = datetime.fromisoformat(world.bureau("resources.get_allocation", allocation_id=allocation)["reserved_until"])
    assert timedelta(hours=4.9) < until - clock.system_now() <= timedelta(hours=5)


def test_needs_are_asked_after_and_closed_in_the_districts_own_time(world: World) -> None:
    change(world, need_confirm_days=10, need_grace_days=3)
    need = world.need(due_on=later(300))
    _advance(world, 11 * DAY)
    assert world.shown_need(need)["confirm_by"] == later(11 + 3)
    _advance(world, 4 * DAY)
    assert world.shown_need(need)["status"] == "unmet_closed"


def test_the_live_market_is_weighed_anew_when_the_points_change(world: World) -> None:
    keeper = Keeper()
    world.offer(quantity=8)
    world.need(quantity=10)
    before = turn(world, keeper)["value"]
    weights = {name: 2 * points for name, points in domain.WEIGHTS.items() if name != "perishing_days"}
    change(world, weights=weights)
    assert turn(world, keeper)["value"] == 2 * before > 0
