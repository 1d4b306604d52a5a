"""The kept market: after whatever happened to offers and needs its value is that of a cold solve of what is open."""

from __future__ import annotations

import random
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from chassis import clock
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.tables import OutboxEvent
from services.resources.live import first, queries
from services.resources.live.book import Book
from services.resources.live.keeper import Keeper
from services.resources.live.models import LiveMarket, MarketChange
from services.resources.matching.engine import flow
from services.resources.offers.models import Offer
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI
from tests.service.resources.conftest import World, instant, later


def executor(world: World) -> Any:
    return world.host.executors["resources"]


def turn(world: World, keeper: Keeper) -> dict[str, Any]:
    """Until nothing waits; the row, checked against a cold solve of what is open now."""
    while keeper(executor(world)):
        pass
    with executor(world).sessions() as session:
        row = queries.market_of(session, DISTRICT)
        assert row is not None
        assert session.scalar(select(func.count()).select_from(MarketChange)) == 0
        assert keeper.book is not None
        fresh = one_by_one(session, keeper.book)
        cold = flow.solve(fresh.market.problem()).primal
        assert (row.value, row.bound, keeper.book.market.value()) == (cold, cold, cold)
        assert (keeper.book.offers, keeper.book.needs) == (fresh.offers, fresh.needs)
        assert sorted(keeper.book.market.utilities()) == sorted(fresh.market.utilities())
        return {name: getattr(row, name) for name in ("value", "offers", "needs", "matched", "wanted", "changes")}


def one_by_one(session: Session, like: Book) -> Book:
    """What is open now, each by itself."""
    made = Book(like.at, like.weights)
    for name, need in queries.open_needs(session, DISTRICT).items():
        made.put_need(name, need)
    for name, offer in queries.open_offers(session, DISTRICT).items():
        made.put_offer(name, offer)
    return made


def age(world: World, **past: timedelta) -> None:
    with executor(world).sessions.begin() as session:
        session.execute(update(LiveMarket).values({name: clock.system_now() - by for name, by in past.items()}))


def owner(world: World) -> str:
    with executor(world).sessions() as session:
        return session.scalars(select(LiveMarket.owner)).one()


def test_the_market_follows_each_step_of_an_offer_and_a_need(world: World) -> None:
    keeper = Keeper()
    assert turn(world, keeper) | {"changes": 0} == dict.fromkeys(
        ("value", "offers", "needs", "matched", "wanted", "changes"), 0
    )
    offer, need = world.offer(quantity=8), world.need(quantity=10)
    seen = turn(world, keeper)
    assert (seen["offers"], seen["needs"], seen["matched"], seen["wanted"]) == (1, 1, 8, 10)
    allocation = world.reserved(offer, need, 5)
    assert turn(world, keeper)["matched"] == 3
    world.bureau("resources.release_allocation", allocation_id=allocation, reason="改期再办")
    assert turn(world, keeper)["matched"] == 8
    world.bureau("resources.withdraw_offer", offer_id=offer["offer_id"], reason="不再提供")
    seen = turn(world, keeper)
    assert (seen["value"], seen["offers"], seen["matched"], seen["wanted"]) == (0, 0, 0, 10)
    world.bureau("resources.cancel_need", need_id=need["need_id"], reason="已不需要")
    assert turn(world, keeper)["wanted"] == 0


def test_the_market_gives_to_a_resident_and_not_to_a_barred_handler(world: World) -> None:
    keeper = Keeper()
    world.offer(quantity=3, interested_organisation_ids=[world.organisations["hub"]])
    asked = {"kind": "materials", "title": "需要轮椅（演示）", "quantity": 2, "unit": "辆", "due_on": later(30)}
    world.residents_need(shape={"tags": ["wheelchair"], "handler_benefits": True}, **asked)
    seen = turn(world, keeper)
    assert (seen["needs"], seen["matched"], seen["wanted"]) == (1, 0, 2)
    world.residents_need(shape={"tags": ["wheelchair"]}, **asked)
    seen = turn(world, keeper)
    assert (seen["needs"], seen["matched"], seen["wanted"]) == (2, 2, 4)


KINDS = ("offer", "need", "venue", "withdraw", "cancel", *("reserve",) * 4, "release")


def _happen(world: World, rng: random.Random, made: dict[str, list[dict[str, Any]]]) -> None:
    kind = rng.choice(KINDS)
    try:
        if kind == "offer":
            tags = rng.choice((["wheelchair"], ["bed"], ["wheelchair", "bed"]))
            made["offers"].append(
                world.offer(rng.choice(["enterprise", "foundation"]), quantity=rng.randint(1, 20), tags=tags)
            )
        elif kind == "need":
            street = rng.choice((ZHUHAI, CHANGJIANG))
            name = "elsewhere" if street == CHANGJIANG else rng.choice(("sunset", "garden"))
            tags = [rng.choice(("wheelchair", "bed"))]
            made["needs"].append(
                world.need(name, street=street, quantity=rng.randint(1, 20), urgency=rng.randint(1, 3), tags=tags)
            )
        elif kind == "venue":
            windows = [{"starts_at": instant(2, at), "ends_at": instant(2, at + 1)} for at in (0, 2, 4)]
            made["offers"].append(world.offer(kind="venue", windows=windows, tags=["wheelchair"]))
            made["needs"].append(world.need(kind="venue", quantity=2))
        elif kind == "reserve":
            pair = rng.choice(made["offers"]), rng.choice(made["needs"])
            made["held"].append({"id": world.reserved(*pair, rng.randint(1, 5))})
        elif kind == "release":
            held = rng.choice(made["held"])
            world.bureau("resources.release_allocation", allocation_id=held["id"], reason="改期再办")
        elif kind == "withdraw":
            offer = rng.choice(made["offers"])
            world.bureau("resources.withdraw_offer", offer_id=offer["offer_id"], reason="不再提供")
        else:
            need = rng.choice(made["needs"])
            world.bureau("resources.cancel_need", need_id=need["need_id"], reason="已不需要")
    except (ConflictError, IndexError):
        return  # what cannot happen now


@pytest.mark.parametrize("seed", [1, 2])
def test_after_whatever_happened_it_is_the_optimum_of_a_cold_solve(world: World, seed: int) -> None:
    rng, keeper = random.Random(seed), Keeper()
    made: dict[str, list[dict[str, Any]]] = {"offers": [], "needs": [], "held": []}
    for _ in range(12):
        for _ in range(4):
            _happen(world, rng, made)
        seen = turn(world, keeper)
    assert seen["changes"] > 20
    assert made["held"]


def test_who_declares_an_interest_is_bound_by_it_in_every_offer(world: World) -> None:
    keeper = Keeper()
    world.offer(quantity=5)
    world.need(quantity=10)
    assert turn(world, keeper)["matched"] == 5
    taker = world.organisations["sunset"]
    world.offer(quantity=3, interested_organisation_ids=[taker])
    assert turn(world, keeper)["matched"] == 0


def test_a_process_that_begins_anew_finds_the_same(world: World) -> None:
    first, second = Keeper(), Keeper()
    world.offer(quantity=8)
    world.need(quantity=10)
    before = turn(world, first)
    assert second(executor(world)) == 0
    assert second.book is None
    world.need("garden", quantity=3)
    age(world, lease_until=timedelta(seconds=1))
    after = turn(world, second)
    assert (before["matched"], after["wanted"]) == (8, 13)
    assert first(executor(world)) == 0
    world.need("garden", quantity=1)
    age(world, lease_until=timedelta(seconds=1))
    assert turn(world, first)["wanted"] == 14


def test_a_cold_solve_by_night_finds_the_same_or_raises_the_alarm(world: World) -> None:
    keeper = Keeper()
    offer = world.offer(quantity=8)
    world.need(quantity=10)
    turn(world, keeper)

    def check() -> tuple[int | None, int]:
        age(world, checked_at=timedelta(hours=25))
        keeper(executor(world))
        with executor(world).sessions() as session:
            row = queries.market_of(session, DISTRICT)
            told = select(func.count()).where(OutboxEvent.name == "live_market_diverged")
            assert row is not None
            return row.difference, session.scalar(told) or 0

    assert check() == (0, 0)
    with executor(world).sessions.begin() as session:  # past the ORM, so that nobody notes it
        session.execute(update(Offer).where(Offer.id == offer["offer_id"]).values(free=4, handed_over=4))
    difference, told = check()
    assert (difference or 0) > 0
    assert told == 1
    assert turn(world, keeper)["matched"] == 4
    assert check() == (0, 1)


def test_a_change_that_is_not_committed_yet_is_not_lost(world: World) -> None:
    keeper, offer = Keeper(), world.offer(quantity=8)
    world.need(quantity=10)
    turn(world, keeper)
    world.need("garden", quantity=1)  # something that waits
    held, go = threading.Event(), threading.Event()

    def change() -> None:
        with executor(world).system_session("test", DISTRICT) as session:
            row = session.get_one(Offer, offer["offer_id"])
            row.title = "轮椅（改名）"
            session.flush()
            row.quantity = row.free = 20
            session.flush()
            held.set()
            go.wait(10)

    thread = threading.Thread(target=change)
    thread.start()
    assert held.wait(10)
    keeper(executor(world))
    go.set()
    thread.join()
    assert turn(world, keeper)["matched"] == 11


def test_a_turn_that_fails_is_made_good(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper()
    world.offer(quantity=8)
    turn(world, keeper)
    world.need(quantity=10)
    with monkeypatch.context() as patch:
        patch.setattr(Keeper, "_apply", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            keeper(executor(world))
    assert keeper.book is None
    assert turn(world, keeper)["matched"] == 8


def test_readers_see_where_the_market_stands(world: World) -> None:
    with pytest.raises(NotFoundError):
        world.bureau("resources.get_live_market")
    world.offer(quantity=8)
    world.need(quantity=10)
    world.host.settle()
    seen = world.staff()("resources.get_live_market")
    assert seen["value"] == seen["bound"] > 0
    assert (seen["matched"], seen["wanted"], seen["difference"]) == (8, 10, None)
    with pytest.raises(ForbiddenError):
        world.provider("enterprise")("resources.get_live_market")


def test_a_building_takes_no_lock_and_what_changes_meanwhile_is_not_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper, other = Keeper(), Keeper()
    world.offer(quantity=8)
    world.need(quantity=10)
    seen: list[Any] = []
    real = first.solve

    def solve(*arguments: Any, **named: Any) -> Any:
        with pytest.raises(NotFoundError) as refused:
            world.bureau("resources.get_live_market")
        world.need("garden", quantity=3)
        seen.append((refused.value.details["building"], other(executor(world)), other.book))
        return real(*arguments, **named)

    with monkeypatch.context() as patch:
        patch.setattr(first, "solve", solve)
        keeper(executor(world))
    assert seen == [(0, 0, None)]
    assert keeper.book is not None
    assert keeper.book.wanted == 10
    assert turn(world, keeper)["wanted"] == 13
    assert world.bureau("resources.get_live_market")["building"] is None


def test_a_building_says_how_far_it_is_and_keeps_its_lease(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    keeper = Keeper()
    world.offer(quantity=8)
    world.need(quantity=10)
    turn(world, keeper)
    age(world, checked_at=timedelta(hours=25))
    seen: list[int] = []
    real = first.solve

    def solve(*arguments: Any, tell: Any, **named: Any) -> Any:
        tell._told -= 2
        age(world, lease_until=timedelta(seconds=1))
        tell(first.COMPARED)
        seen.append(world.bureau("resources.get_live_market")["building"])
        with executor(world).sessions() as session:
            until = session.scalars(select(LiveMarket.lease_until)).one()
        assert until > clock.system_now() + timedelta(minutes=1)
        return real(*arguments, tell=tell, **named)

    with monkeypatch.context() as patch:
        patch.setattr(first, "solve", solve)
        keeper(executor(world))
    assert seen == [first.COMPARED // 2, (100 + first.COMPARED) // 2]
    found = world.bureau("resources.get_live_market")
    assert (found["building"], found["difference"], found["matched"]) == (None, 0, 8)


@pytest.mark.parametrize("told", [True, False])
def test_who_lost_the_lease_while_it_built_leaves_the_market_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, told: bool
) -> None:
    keeper, other = Keeper(), Keeper()
    world.offer(quantity=8)
    world.need(quantity=10)
    real = first.solve

    def solve(*arguments: Any, tell: Any, **named: Any) -> Any:
        if tell.token == keeper.token:
            age(world, lease_until=timedelta(seconds=1))
            other(executor(world))
            tell._told -= 2 * told
            tell(first.COMPARED)  # it hears of it at once, or only at the end
        return real(*arguments, tell=tell, **named)

    with monkeypatch.context() as patch:
        patch.setattr(first, "solve", solve)
        assert keeper(executor(world)) == 0
    assert keeper.book is None
    assert owner(world) == other.token
    assert turn(world, other)["matched"] == 8
