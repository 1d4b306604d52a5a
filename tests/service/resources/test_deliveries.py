"""Partial deliveries and receipts, returns, losses, disputes and batches; the ledger tells each of them."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis.errors import ConflictError, FootprintError, InvalidError, StaleError
from services.resources.offers.models import Offer
from services.resources.stock.models import StockMovement
from tests.service.resources.conftest import World, counters, later
from tests.service.resources.test_story import _advance

PLACES = ("free", "reserved", "handed_over", "retired")


def confirmed(world: World, offer: dict[str, Any], need: dict[str, Any], quantity: int) -> dict[str, str]:
    step = {"allocation_id": world.reserved(offer, need, quantity)}
    world.bureau("resources.confirm_allocation", **step)
    return step


def movements(session: Session, offer_id: str) -> list[StockMovement]:
    statement = select(StockMovement).where(StockMovement.offer_id == offer_id).order_by(StockMovement.number)
    return list(session.scalars(statement))


def ledger(world: World, offer: dict[str, Any]) -> list[str]:
    """The kinds of movements; each balance must follow from the one before, and the last be the offer's."""
    with world.host.executors["resources"].sessions() as session:
        rows = movements(session, offer["offer_id"])
        balance = dict.fromkeys(PLACES, 0)
        for number, row in enumerate(rows, 1):
            assert row.number == number
            assert {place: getattr(row, f"{place}_before") for place in PLACES} == balance
            balance = {place: getattr(row, f"{place}_after") for place in PLACES}
        offered = session.get_one(Offer, offer["offer_id"])
        assert balance == {place: getattr(offered, place) for place in PLACES}
        return [row.kind for row in rows]


def test_a_gift_comes_in_parts_is_acknowledged_in_parts_and_partly_returned(world: World) -> None:
    offer = world.offer(quantity=5, unit="箱", pack_size=24, pack_unit="件")
    need = world.need(quantity=60, unit="件")
    step = confirmed(world, offer, need, 60)
    giver, taker = world.provider("enterprise"), world.cso("sunset")
    giver("resources.hand_over_allocation", quantity=1, unit="箱", **step)
    shown = taker("resources.receive_allocation", quantity=20, final=False, **step)
    assert (shown["status"], shown["handed_over"], shown["received"]) == ("handed_over", 24, 20)
    assert world.shown_need(need)["received"] == 20
    giver("resources.lose_allocation", quantity=4, cause="damaged", reason="运输破损", **step)
    giver("resources.hand_over_allocation", quantity=30, **step)
    taker("resources.receive_allocation", **step)
    shown_need = world.shown_need(need)
    assert (shown_need["received"], shown_need["allotted"], shown_need["status"]) == (50, 0, "partly_met")
    giver("resources.return_allocation", quantity=10, condition="good", reason="多余", **step)
    shown = giver("resources.return_allocation", quantity=5, condition="expired", reason="临期", **step)
    assert (shown["status"], shown["received"], shown["returned"], shown["lost"]) == ("received", 35, 15, 4)
    assert world.shown_need(need)["received"] == 35
    offered = world.shown_offer(offer)
    assert (counters(offered), offered["retired"]) == ((111, 76, 0, 35), 9)
    assert ledger(world, offer) == [
        *("taken_in", "reserved", "handed_over", "written_off", "handed_over", "released", "returned", "written_off"),
    ]
    events = [one["event"] for one in shown["steps"]]
    assert events[-2:] == ["allocation_part_returned", "allocation_part_returned"]
    assert all(one["event_id"].startswith("evt_") for one in shown["steps"])
    world.host.settle()


def test_what_is_all_lost_ends_the_allocation(world: World) -> None:
    offer, need = world.offer(quantity=5), world.need(quantity=5)
    step = confirmed(world, offer, need, 5)
    world.provider("enterprise")("resources.hand_over_allocation", **step)
    with pytest.raises(ConflictError, match="allocation_quantity"):
        world.cso("sunset")("resources.lose_allocation", quantity=6, cause="lost", **step)
    shown = world.cso("sunset")("resources.lose_allocation", quantity=5, cause="lost", **step)
    assert (shown["status"], shown["lost"], world.shown_need(need)["allotted"]) == ("returned", 5, 0)
    assert world.shown_offer(offer)["retired"] == 5


@pytest.mark.parametrize(
    ("received", "rest", "status", "offered", "need"),
    [
        (4, "returned", "received", (10, 6, 0, 4, 0), (4, 0)),
        (4, "lost", "received", (8, 4, 0, 4, 2), (4, 0)),
        (0, "returned", "returned", (10, 10, 0, 0, 0), (0, 0)),
    ],
)
def test_staff_resolve_a_dispute(
    world: World, received: int, rest: str, status: str, offered: tuple[int, ...], need: tuple[int, int]
) -> None:
    offer, wanted = world.offer(quantity=10), world.need(quantity=8)
    step = confirmed(world, offer, wanted, 8)
    world.provider("enterprise")("resources.hand_over_allocation", quantity=6, **step)
    world.cso("sunset")("resources.dispute_allocation", reason="数量不符", **step)
    with pytest.raises(ConflictError, match="dispute_too_much"):
        world.bureau("resources.resolve_allocation", received=7, rest="lost", **step)
    shown = world.bureau("resources.resolve_allocation", received=received, rest=rest, reason="核对现场", **step)
    assert shown["status"] == status
    row = world.shown_offer(offer)
    assert (*counters(row), row["retired"]) == offered
    lacks = world.shown_need(wanted)
    assert (lacks["received"], lacks["allotted"]) == need
    ledger(world, offer)


def test_batches_go_out_by_their_day_and_leave_when_it_is_over(world: World) -> None:
    batches = [
        {"label": "B", "quantity": 10, "expires_on": later(40)},
        {"label": "A", "quantity": 6, "expires_on": later(10)},
        {"label": "C", "quantity": 4},
    ]
    offer, need = world.offer(quantity=20, batches=batches), world.need(quantity=20, due_on=later(60))
    step = confirmed(world, offer, need, 12)
    shown = world.provider("enterprise")("resources.hand_over_allocation", quantity=4, **step)
    assert shown["steps"][-1]["batches"] == [{"batch": "A", "quantity": 4, "expires_on": later(10)}]
    _advance(world, 12 * 86400)
    assert counters(world.shown_offer(offer)) == (18, 6, 8, 4), "two of batch A were left, and are gone"
    shown = world.provider("enterprise")("resources.hand_over_allocation", **step)
    assert [one["batch"] for one in shown["steps"][-1]["batches"]] == ["B"]
    _advance(world, 30 * 86400)
    row = world.shown_offer(offer)
    assert (row["free"], row["retired"]) == (4, 4), "two of batch B, too"
    world.provider("enterprise")("resources.return_allocation", reason="过期退回", **step)
    row = world.shown_offer(offer)
    assert (*counters(row), row["retired"]) == (4, 4, 0, 0, 16), "what is past its day is not given again"
    ledger(world, offer)
    with pytest.raises(InvalidError, match="batches_disagree"):
        world.offer(quantity=20, batches=batches[:2])


def test_expired_batches_are_not_handed_over(world: World) -> None:
    batches = [{"label": "A", "quantity": 6, "expires_on": later(3)}, {"label": "B", "quantity": 4}]
    offer, need = world.offer(quantity=10, batches=batches), world.need(quantity=10)
    step = confirmed(world, offer, need, 10)
    _advance(world, 5 * 86400)
    giver = world.provider("enterprise")
    with pytest.raises(ConflictError, match="batch_expired"):
        giver("resources.hand_over_allocation", **step)
    giver("resources.hand_over_allocation", quantity=4, **step)
    world.cso("sunset")("resources.receive_allocation", **step)
    row = world.shown_offer(offer)
    assert (*counters(row), row["retired"]) == (4, 0, 0, 4, 6)


def test_steps_of_many_at_once_leave_a_ledger_without_a_gap(world: World) -> None:
    offer = world.offer(quantity=30)
    needs = [world.need(name, quantity=30) for name in ("sunset", "garden")]
    steps = [confirmed(world, offer, needs[n % 2], 5) for n in range(6)]
    asked = [
        (operation, {**step, **more})
        for step in steps
        for operation, more in (
            ("hand_over_allocation", {"quantity": 2}),
            ("hand_over_allocation", {"quantity": 3}),
            ("return_allocation", {"quantity": 1, "condition": "damaged"}),
            ("lose_allocation", {"quantity": 1, "cause": "lost"}),
            ("release_allocation", {}),
        )
    ]
    random.Random(3).shuffle(asked)

    def take(one: tuple[str, dict[str, Any]]) -> bool:
        try:
            world.bureau(f"resources.{one[0]}", **one[1])
        except (ConflictError, StaleError):
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(take, asked))
    assert any(done)
    ledger(world, offer)
    rows = world.bureau("resources.list_allocations", offer_id=offer["offer_id"])["items"]
    live = [row for row in rows if row["status"] not in {"released", "returned"}]
    shown = world.shown_offer(offer)
    assert shown["handed_over"] == sum(row["handed_over"] for row in live)
    outstanding = sum(row["quantity"] - row["handed_over"] - row["returned"] - row["lost"] for row in live)
    assert shown["reserved"] == outstanding
    assert shown["quantity"] + shown["retired"] == 30


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE stock_movement SET free_after = free_after + 1 WHERE number = 2",
        "UPDATE stock_movement SET free_after = free_after + 1 WHERE number = 1",
        "UPDATE stock_movement SET free_before = free_before + 1, free_after = free_after + 1 WHERE number = 2",
        "DELETE FROM stock_movement WHERE number = 1",
        "UPDATE stock_movement SET number = 5 WHERE number = 2",
        "UPDATE allocation SET used = 1",
        "UPDATE allocation SET lost = 99",
    ],
)
def test_the_database_refuses_a_ledger_that_does_not_add_up(world: World, change: str) -> None:
    world.reserved(world.offer(), world.need(), 4)
    sessions = world.host.executors["resources"].sessions
    with pytest.raises(IntegrityError), sessions.begin() as session:
        session.execute(text(change))


def test_what_changed_without_an_entry_is_carried_over_in_sight(world: World) -> None:
    offer, need = world.offer(), world.need()
    with world.host.executors["resources"].sessions.begin() as session:
        session.execute(text("UPDATE offer SET free = free - 3, retired = retired + 3, quantity = quantity - 3"))
    world.reserved(offer, need, 4)
    assert ledger(world, offer) == ["taken_in", "carried", "reserved"]


def test_no_step_is_taken_twice(world: World) -> None:
    step = confirmed(world, world.offer(), world.need(), 4)
    with pytest.raises(FootprintError, match="allocation_wrong_status"):
        world.bureau("resources.resolve_allocation", received=1, rest="lost", **step)
    with pytest.raises(FootprintError, match="allocation_wrong_status"):
        world.bureau("resources.lose_allocation", quantity=1, cause="lost", **step)
