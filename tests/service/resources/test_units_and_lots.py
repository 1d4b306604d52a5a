"""Offers in boxes serve needs in pieces; lots stay whole; a need may ask for one provider, or all or nothing."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import ConflictError, ForbiddenError, InvalidError
from tests.kit import ZHUHAI
from tests.service.resources.conftest import World, counters


def boxes(world: World, **fields: Any) -> dict[str, Any]:
    return world.offer(quantity=5, unit="箱", pack_size=24, pack_unit="个", **fields)


def reserve(world: World, allocation: str) -> Any:
    return world.bureau("resources.reserve_allocation", allocation_id=allocation)


def test_an_offer_in_boxes_serves_a_need_in_pieces(world: World) -> None:
    offer, need = boxes(world), world.need(quantity=30, unit="件")
    assert (offer["quantity"], offer["unit"]) == (120, "件")
    assert offer["entered"] == {"quantity": 5, "unit": "箱", "size": "24"}
    reserve(world, world.proposed(offer, need, 30))
    assert counters(world.shown_offer(offer)) == (120, 90, 30, 0)


def test_kilograms_and_tonnes_meet_in_grams(world: World) -> None:
    offer, need = world.offer(quantity=1, unit="吨"), world.need(quantity=30, unit="公斤")
    assert ((offer["quantity"], offer["unit"]), need["quantity"]) == ((1_000_000, "g"), 30_000)
    reserve(world, world.proposed(offer, need, 30_000))


def test_only_whole_lots_are_set_aside_and_never_too_little(world: World) -> None:
    offer = boxes(world, lot_size=1, minimum_lot=2)
    assert (offer["lot_size"], offer["minimum_lot"]) == (24, 48)
    need = world.need(quantity=120, unit="件")
    with pytest.raises(ConflictError, match="lot_broken"):
        reserve(world, world.proposed(offer, need, 50))
    with pytest.raises(ConflictError, match="lot_too_small"):
        reserve(world, world.proposed(offer, need, 24))
    reserve(world, world.proposed(offer, need, 96))
    reserve(world, world.proposed(offer, need, 24))  # the last rest may go
    with pytest.raises(InvalidError, match="lot_invalid"):
        boxes(world, minimum_lot=6)


def test_a_need_that_may_not_be_split_takes_one_offer(world: World) -> None:
    first, second = world.offer(), world.offer("foundation")
    need = world.need(quantity=10, splittable=False)
    one, other = world.proposed(first, need, 6), world.proposed(second, need, 4)
    reserve(world, one)
    with pytest.raises(ConflictError, match="need_not_splittable"):
        reserve(world, other)
    whole = world.need("garden", quantity=10, splittable=False, all_or_nothing=True)
    with pytest.raises(ConflictError, match="need_all_or_nothing"):
        reserve(world, world.proposed(first, whole, 9))
    reserve(world, world.proposed(first, whole, 10))


def test_nothing_moves_before_all_of_an_all_or_nothing_need_is_promised(world: World) -> None:
    first, second = world.offer(quantity=6), world.offer("foundation", quantity=6)
    need = world.need(quantity=10, all_or_nothing=True)
    one = world.reserved(first, need, 6)
    giver = world.provider("enterprise")
    giver("resources.confirm_allocation", allocation_id=one)
    with pytest.raises(ConflictError, match="need_all_or_nothing"):
        giver("resources.hand_over_allocation", allocation_id=one)
    world.reserved(second, need, 4)
    assert giver("resources.hand_over_allocation", allocation_id=one)["handed_over"] == 6


def test_a_district_defines_a_unit_once(world: World) -> None:
    dozen = {"code": "dozen", "base": "件", "numerator": 12, "zh": "打", "en": "dozen"}
    made = world.bureau("resources.define_unit", **dozen)
    assert world.bureau("resources.get_unit", unit_id=made["unit_id"])["size"] == "12"
    with pytest.raises(InvalidError, match="unit_exists"):
        world.bureau("resources.define_unit", **dozen)
    with pytest.raises(ForbiddenError):
        world.staff(ZHUHAI)("resources.define_unit", **dozen)
    assert world.offer(quantity=2, unit="打")["quantity"] == 24
    shown = world.staff()("resources.list_units", limit=1)
    assert shown["items"][-1]["code"] == "dozen"
    assert {"kg", "day"} <= {unit["code"] for unit in shown["items"]}
    world.bureau("resources.define_unit", code="day", base="hour", numerator=7, zh="天")
    days = [unit for unit in world.staff()("resources.list_units")["items"] if unit["code"] == "day"]
    assert [unit["size"] for unit in days] == ["7"]
    world.host.settle()
