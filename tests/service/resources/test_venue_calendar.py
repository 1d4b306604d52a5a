"""A venue's time is given once, in whole windows or in parts, however many ask at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from chassis import clock
from chassis.errors import ConflictError
from chassis.runtime.jobrunner import run_one
from tests.service.resources.conftest import World, counters, instant
from tests.service.resources.test_deliveries import ledger


def hall(world: World, **fields: Any) -> dict[str, Any]:
    start = datetime.fromisoformat(instant(3)).replace(microsecond=0)
    windows = [{"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=6)).isoformat()}]
    return world.offer("foundation", **{"kind": "venue", "title": "活动室", "windows": windows, "tags": [], **fields})


def hour(offer: dict[str, Any], first: int, last: int) -> dict[str, str]:
    start = datetime.fromisoformat(offer["windows"][0]["starts_at"])
    return {name: (start + timedelta(hours=n)).isoformat() for name, n in (("starts_at", first), ("ends_at", last))}


def ask(world: World, offer: dict[str, Any], part: dict[str, str], organisation: str = "sunset") -> str:
    need = world.need(organisation, kind="venue", title="场地", quantity=1, tags=[])
    body = {"offer_id": offer["offer_id"], "need_id": need["need_id"], "quantity": 1, "windows": [part]}
    return str(world.bureau("resources.propose_allocation", **body)["allocation_id"])


def taken(world: World, allocation: str) -> bool:
    try:
        world.bureau("resources.reserve_allocation", allocation_id=allocation)
    except ConflictError:
        return False
    return True


def test_a_part_of_a_window_is_taken_and_the_rest_stays_free(world: World) -> None:
    offer = hall(world)
    first, overlapping = ask(world, offer, hour(offer, 2, 4)), ask(world, offer, hour(offer, 3, 5))
    reserved = world.bureau("resources.reserve_allocation", allocation_id=first)
    assert reserved["windows"] == [hour(offer, 2, 4)]
    assert not taken(world, overlapping)
    shown = world.shown_offer(offer)
    assert counters(shown) == (3, 2, 1, 0)
    assert sorted(one["starts_at"] for one in shown["windows"]) == [hour(offer, n, 6)["starts_at"] for n in (0, 2, 4)]
    assert taken(world, ask(world, offer, hour(offer, 4, 6)))
    assert ledger(world, offer) == ["taken_in", "split", "reserved", "reserved"]
    world.bureau("resources.release_allocation", allocation_id=first)
    assert taken(world, ask(world, offer, hour(offer, 2, 3)))


def test_of_many_who_want_overlapping_times_at_once_none_meet(world: World) -> None:
    offer = hall(world)
    asked = [ask(world, offer, hour(offer, n % 5, n % 5 + 2), ("sunset", "garden")[n % 2]) for n in range(8)]
    with ThreadPoolExecutor(4) as pool:
        won = list(pool.map(lambda one: taken(world, one), asked))
    assert 1 <= sum(won) <= 3
    held = [
        world.bureau("resources.get_allocation", allocation_id=one)["windows"][0]
        for one, got in zip(asked, won, strict=True)
        if got
    ]
    held.sort(key=lambda window: window["starts_at"])
    assert all(before["ends_at"] <= after["starts_at"] for before, after in pairwise(held))
    ledger(world, offer)


def test_the_database_refuses_an_overlap_whatever_the_code_does(world: World) -> None:
    offer = hall(world)
    allocation = ask(world, offer, hour(offer, 1, 3))
    assert taken(world, allocation)
    copied = text(
        "INSERT INTO venue_hold (id, district_code, offer_id, allocation_id, starts_at, ends_at)"
        " SELECT gen_random_uuid(), district_code, offer_id, allocation_id, starts_at + interval '1 hour',"
        " ends_at + interval '1 hour' FROM venue_hold"
    )
    with pytest.raises(IntegrityError), world.host.executors["resources"].sessions.begin() as session:
        session.execute(copied)


def test_opening_hours_make_the_windows(world: World) -> None:
    first = clock.day_of(clock.system_now()) + timedelta(2)
    hours = [{"weekday": day, "from_time": "09:00", "to_time": "11:00"} for day in range(1, 8)]
    days = [(first + timedelta(n)).isoformat() for n in range(5)]
    opening = {"hours": hours, "first_on": days[0], "last_on": days[4], "blackout_on": [days[2]]}
    offer = hall(world, windows=[], opening=opening)
    assert [one["starts_at"][:16] for one in offer["windows"]] == [f"{days[n]}T09:00" for n in (0, 1, 3, 4)]
    assert offer["quantity"] == 4


def test_gates_hold_at_the_proposal_and_again_at_the_reservation(world: World) -> None:
    people: dict[str, Any] = {"kind": "volunteers", "title": "志愿者（演示）", "hours": 40, "tags": []}
    trained = {"kind": "training", "name": "急救", "valid_until": None}
    able = world.offer(**people, qualifications=[trained], youngest_age=18)
    unable = world.offer(**people)
    need = world.need(
        kind="volunteers", title="陪诊", hours=8, tags=[], gates={"trainings": ["急救"], "minimum_age": 18}
    )
    with pytest.raises(ConflictError) as refused:
        world.proposed(unable, need, 8)
    assert refused.value.details["reasons"] == ["training_missing", "too_young"]
    allocation = world.proposed(able, need, 8)
    with world.host.executors["resources"].sessions.begin() as session:
        session.execute(text("UPDATE offer SET qualifications = '[]'"))
    with pytest.raises(ConflictError) as refused:
        world.bureau("resources.reserve_allocation", allocation_id=allocation)
    assert refused.value.details["reasons"] == ["training_missing"]


def test_an_accepted_substitute_serves_and_an_earmark_binds(world: World) -> None:
    noodles = world.offer(tags=["面条"], earmarked_organisation_ids=[world.organisations["sunset"]])
    asked: dict[str, Any] = {"tags": ["大米"], "substitutes": ["面条"]}
    world.proposed(noodles, world.need(**asked), 2)
    with pytest.raises(ConflictError) as refused:
        world.proposed(noodles, world.need("garden", **asked), 2)
    assert refused.value.details["reasons"] == ["earmarked_organisation"]
    with pytest.raises(ConflictError) as refused:
        world.proposed(noodles, world.need(tags=["大米"]), 2)
    assert refused.value.details["reasons"] == ["no_shared_tag"]


def nine_to_noon(day: int) -> dict[str, str]:
    there = (clock.day_of(clock.system_now()) + timedelta(day)).isoformat()
    return {"starts_at": f"{there}T09:00:00+08:00", "ends_at": f"{there}T12:00:00+08:00"}


def weekly(day: int, begin: str, until: str) -> dict[str, Any]:
    there = clock.day_of(clock.system_now()) + timedelta(day)
    return {"weekday": there.isoweekday(), "from_time": begin, "to_time": until}


def test_a_need_of_a_time_of_the_week_gets_a_window_that_holds_it(world: World) -> None:
    offer = hall(world, windows=[nine_to_noon(day) for day in (3, 4, 5)])
    asked: dict[str, Any] = {"kind": "venue", "title": "场地", "tags": [], "quantity": 2}
    need = world.need(**asked, times=[weekly(4, "09:30", "11:30")])
    [found] = world.bureau("resources.list_suggestions", need_id=need["need_id"])["candidates"]
    assert found["quantity"] == 1, "of the three windows one is on that day"
    reserved = world.bureau("resources.reserve_allocation", allocation_id=world.proposed(offer, need, 1))
    assert reserved["windows"] == [nine_to_noon(4)]
    late = world.need("garden", **asked, times=[weekly(5, "11:00", "13:00")])
    with pytest.raises(ConflictError) as refused:
        world.proposed(offer, late, 1)
    assert refused.value.details["reasons"] == ["no_shared_time"]
    [out] = world.bureau("resources.list_suggestions", need_id=late["need_id"])["excluded"]
    [fits] = out["fits_if"]
    assert (fits["code"], [one["starts_at"][:10] for one in fits["detail"]["offer"]]) == (
        "no_shared_time",
        [nine_to_noon(day)["starts_at"][:10] for day in (3, 5)],
    )


def test_people_may_agree_on_another_time_by_name(world: World) -> None:
    offer = hall(world, windows=[nine_to_noon(3)])
    need = world.need(kind="venue", title="场地", tags=[], quantity=1, times=[weekly(4, "09:00", "10:00")])
    body = {"offer_id": offer["offer_id"], "need_id": need["need_id"], "quantity": 1, "windows": [nine_to_noon(3)]}
    allocation = world.bureau("resources.propose_allocation", **body)["allocation_id"]
    reserved = world.bureau("resources.reserve_allocation", allocation_id=allocation)
    assert reserved["windows"] == [nine_to_noon(3)]


def test_a_round_gives_each_the_window_of_its_time(world: World) -> None:
    offer = hall(world, windows=[nine_to_noon(day) for day in (3, 4)])
    asked: dict[str, Any] = {"kind": "venue", "title": "场地", "tags": [], "quantity": 1}
    later_one = world.need(**asked, times=[weekly(4, "09:00", "12:00")], urgency=1)
    either = world.need("garden", **asked, urgency=3)
    made = world.bureau("resources.create_matching_round", title="场地对接", kind="venue")
    world.bureau("resources.solve_matching_round", matching_round_id=made["matching_round_id"])
    assert run_one(world.host.executors["resources"])
    page = world.bureau("resources.list_allocations", matching_round_id=made["matching_round_id"])["items"]
    got = {row["need_id"]: row["windows"] for row in page}
    assert got == {later_one["need_id"]: [nine_to_noon(4)], either["need_id"]: [nine_to_noon(3)]}
    assert {row["offer_id"] for row in page} == {offer["offer_id"]}
