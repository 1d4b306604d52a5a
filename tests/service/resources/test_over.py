"""What is over leaves nothing behind: proposals are let go, goods past their day are given to nobody."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import ConflictError
from chassis.runtime.jobrunner import run_one
from tests.service.resources.conftest import World, counters, later
from tests.service.resources.test_story import _advance

DAY = 86_400


def shown(world: World, allocation: str) -> dict[str, Any]:
    found: dict[str, Any] = world.bureau("resources.get_allocation", allocation_id=allocation)
    return found


def ends(world: World, allocation: str) -> tuple[str, str]:
    step = shown(world, allocation)["steps"][-1]
    return step["status"], step["note"]


def test_an_offer_that_expires_leaves_the_market_and_its_proposals_go(world: World) -> None:
    offer, need = world.offer(expires_on=later(5)), world.need()
    proposed, reserved = world.proposed(offer, need, 2), world.reserved(offer, need, 3)
    _advance(world, 5 * DAY)
    assert shown(world, reserved)["status"] == "released", "the reservation's own time was over before"
    assert (world.shown_offer(offer)["status"], ends(world, proposed)[0]) == ("partly_reserved", "proposed")
    _advance(world, DAY)
    gone = world.shown_offer(offer)
    assert (gone["status"], gone["free"], gone["retired"]) == ("expired", 0, 40)
    assert ends(world, proposed) == ("released", "offer_ended")
    assert world.bureau("resources.list_suggestions", need_id=need["need_id"])["candidates"] == []


@pytest.mark.parametrize("how", ["withdraw_offer", "cancel_need", "deadline", "nobody_answers"])
def test_proposals_go_with_the_offer_or_the_need(world: World, how: str) -> None:
    offer, need = world.offer(), world.need(due_on=later(200))
    proposed = world.proposed(offer, need, 2)
    other = world.proposed(offer, world.need("garden", due_on=later(400)), 1)
    if how == "withdraw_offer":
        world.provider("enterprise")("resources.withdraw_offer", offer_id=offer["offer_id"], reason="改作他用")
    elif how == "cancel_need":
        world.cso("sunset")("resources.cancel_need", need_id=need["need_id"], reason="已自行解决")
    elif how == "deadline":
        for days in (55, 55, 55):
            _advance(world, days * DAY)
            for one in (need, shown(world, other)):
                world.bureau("resources.confirm_need", need_id=one["need_id"])
        _advance(world, 37 * DAY)
    else:
        _advance(world, 61 * DAY)
        world.cso("garden")("resources.confirm_need", need_id=shown(world, other)["need_id"])
        _advance(world, 15 * DAY)
    world.host.settle()
    assert ends(world, proposed) == ("released", "offer_ended" if how == "withdraw_offer" else "need_ended")
    assert (ends(world, other)[0] == "proposed") == (how != "withdraw_offer")


def test_goods_past_their_day_are_neither_confirmed_nor_handed_over(world: World) -> None:
    world.bureau("resources.change_resources_policy", reservation_hours=2000)
    offer, need = world.offer(expires_on=later(2)), world.need()
    early, late = world.reserved(offer, need, 4), world.reserved(offer, need, 2)
    giver = world.provider("enterprise")
    giver("resources.confirm_allocation", allocation_id=early)
    giver("resources.hand_over_allocation", allocation_id=early, quantity=1)
    _advance(world, 3 * DAY)
    for step, allocation in (("confirm", late), ("hand_over", early)):
        with pytest.raises(ConflictError, match="goods_expired"):
            giver(f"resources.{step}_allocation", allocation_id=allocation)
    world.cso("sunset")("resources.receive_allocation", allocation_id=early)
    assert counters(world.shown_offer(offer))[2:] == (2, 1), "what was never given is not promised any more"


def test_a_promised_room_or_hour_outlives_the_offers_last_day(world: World) -> None:
    offer = world.offer(kind="know_how", title="讲座（演示）", quantity=3, tags=[], expires_on=later(1))
    need = world.need(kind="know_how", title="讲座", quantity=3, tags=[])
    allocation = world.reserved(offer, need, 2)
    giver = world.provider("enterprise")
    giver("resources.confirm_allocation", allocation_id=allocation)
    _advance(world, 3 * DAY)
    assert world.shown_offer(offer)["status"] == "expired"
    assert giver("resources.hand_over_allocation", allocation_id=allocation)["status"] == "handed_over"


def test_a_round_that_is_solved_again_may_propose_a_pair_whose_proposal_went_with_an_offer(world: World) -> None:
    offer, need = world.offer(quantity=10), world.need(quantity=10)
    made = world.bureau("resources.create_matching_round", title="再来一轮")["matching_round_id"]

    def solve() -> list[str]:
        world.bureau("resources.solve_matching_round", matching_round_id=made)
        assert run_one(world.host.executors["resources"])
        page = world.bureau("resources.list_allocations", matching_round_id=made, status="proposed")["items"]
        return [row["offer_id"] for row in page]

    assert solve() == [offer["offer_id"]]
    world.provider("enterprise")("resources.withdraw_offer", offer_id=offer["offer_id"], reason="改作他用")
    world.host.settle()
    other = world.offer(quantity=10)
    assert solve() == [other["offer_id"]]
    assert world.shown_need(need)["allotted"] == 0
