"""Never over-allocated, however many try at once."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis.errors import ConflictError
from tests.service.resources.conftest import World, counters


def _try(world: World, operation: str, **kwargs: Any) -> bool:
    try:
        world.bureau(operation, **kwargs)
    except ConflictError:
        return False
    return True


def test_many_reservations_at_once_take_what_is_there_and_no_more(world: World) -> None:
    offer = world.offer(quantity=10)
    needs = [world.need(name, quantity=9) for name in ("sunset", "garden")]
    allocations = [world.proposed(offer, needs[n % 2], 3) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(lambda one: _try(world, "resources.reserve_allocation", allocation_id=one), allocations))
    assert sum(won) == 3
    assert counters(world.shown_offer(offer)) == (10, 1, 9, 0)
    assert sum(world.shown_need(need)["allotted"] for need in needs) == 9


def test_a_need_is_never_promised_more_than_it_lacks(world: World) -> None:
    need = world.need(quantity=5)
    allocations = [world.proposed(world.offer(quantity=10), need, 2) for _ in range(5)]
    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(lambda one: _try(world, "resources.reserve_allocation", allocation_id=one), allocations))
    assert sum(won) == 2
    assert world.shown_need(need)["allotted"] == 4


def test_reserving_and_releasing_at_once_keeps_the_balance(world: World) -> None:
    offer = world.offer(quantity=12)
    needs = [world.need(name, quantity=30) for name in ("sunset", "garden")]
    allocations = [world.proposed(offer, needs[n % 2], 4) for n in range(8)]
    steps = [(name, one) for one in allocations for name in ("reserve", "release", "confirm")]
    random.Random(7).shuffle(steps)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda s: _try(world, f"resources.{s[0]}_allocation", allocation_id=s[1]), steps))
    rows = world.bureau("resources.list_allocations", offer_id=offer["offer_id"])["items"]
    held = sum(row["quantity"] for row in rows if row["status"] in {"reserved", "confirmed"})
    shown = world.shown_offer(offer)
    assert counters(shown) == (12, 12 - held, held, 0)
    assert sum(world.shown_need(need)["allotted"] for need in needs) == held


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE offer SET free = free + 1",
        "UPDATE offer SET free = free - 41, reserved = reserved + 41",
        "UPDATE need SET allotted = 7, received = 4",
        "UPDATE allocation SET handed_over = 6",
        "UPDATE allocation SET received = 1",
    ],
)
def test_the_database_itself_refuses_counters_that_do_not_balance(world: World, change: str) -> None:
    world.proposed(world.offer(), world.need(), 5)
    with (
        world.host.executors["resources"].sessions() as session,
        pytest.raises(IntegrityError, match="ck_"),
        session.begin(),
    ):
        session.execute(text(change))
