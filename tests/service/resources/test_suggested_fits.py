"""Whatever a suggestion or a round proposes, a reservation accepts; near misses say what would make them fit."""

from __future__ import annotations

import random
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chassis import clock
from services.resources.matching import domain as matching
from services.resources.matching import queries as facts
from services.resources.needs.models import Need
from services.resources.offers.models import Offer
from services.resources.policy.domain import WEIGHTS
from services.resources.suggestions import domain
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.resources.conftest import World, instant, later

MORNING = {"weekday": 6, "from_time": "09:00", "to_time": "12:00"}
EVENING = {"weekday": 3, "from_time": "18:00", "to_time": "20:00"}
HELD = (
    {"kind": "training", "name": "急救", "valid_until": later(60)},
    {"kind": "training", "name": "急救", "valid_until": later(5)},
    {"kind": "certificate", "name": "社工证"},
    {"kind": "insurance", "name": "意外险", "valid_until": later(40)},
)


def _offer(world: World, dice: random.Random) -> None:
    kind = dice.choice(["materials", "venue", "volunteers", "volunteers", "know_how"])
    body: dict[str, Any] = {
        "kind": kind,
        "title": dice.choice(["轮椅", "拐杖", "一批东西"]),
        "tags": dice.choice([[], ["wheelchair"], ["wheelchair"], ["拐杖"], ["自家标签"]]),
        "street_code": dice.choice([None, None, ZHUHAI, ZHUHAI, CHANGJIANG]),
        "earmark": {"fields_of_work": [], "street_codes": [], "groups": dice.choice([[], [], [], ["老人"], ["儿童"]])},
        "earmarked_organisation_ids": dice.choice(
            [[], [], [], [world.organisations["garden"]], [world.organisations["hub"]]]
        ),
        "languages": dice.choice([[], ["普通话", "手语"]]),
        "mode": dice.choice(["either", "either", "onsite", "online"]),
    }
    if kind == "materials":
        lot = dice.choice([1, 1, 4, 6])
        body |= {"unit": "辆", "quantity": dice.randint(12, 30), "lot_size": lot, "minimum_lot": dice.choice([1, 8])}
    elif kind == "venue":
        days = sorted(dice.sample(range(1, 50), 3))
        windows = [{"starts_at": instant(day), "ends_at": instant(day, 2)} for day in days]
        body |= {"windows": windows, "capacity": dice.choice([None, 20, 80])}
    elif kind == "volunteers":
        body |= {"hours": dice.randint(4, 40), "hours_per_week": dice.choice([None, 2, 8])}
        body |= {
            "availability": dice.choice([[], [MORNING], [EVENING]]),
            "youngest_age": dice.choice([None, 16, 20, 20]),
        }
        body["qualifications"] = dice.sample(HELD, dice.randint(1, 4))
    else:
        body["quantity"] = dice.randint(1, 9)
    provider = dice.choice(["enterprise", "foundation"])
    if provider == "enterprise" and dice.random() < 0.2:
        body["interested_organisation_ids"] = [world.organisations["hub"]]
    world.offer(provider, **body)


def _half_hours(days: list[int]) -> list[dict[str, Any]]:
    """Inside of every window of an offer's day, which are two hours from now."""
    hour = clock.system_now().astimezone(clock.SHANGHAI) + timedelta(hours=1)
    return [{"weekday": day, "from_time": f"{hour:%H}:00", "to_time": f"{hour:%H}:30"} for day in days]


def _need(world: World, dice: random.Random, kind: str) -> dict[str, Any]:
    body: dict[str, Any] = {
        "kind": kind,
        "title": dice.choice(["需要轮椅", "急需若干"]),
        "tags": dice.choice([[], ["wheelchair"], ["wheelchair"], ["自家标签"]]),
        "substitutes": dice.choice([[], ["手杖"], ["自家标签"]]),
        "due_on": later(dice.choice([3, 30])),
        "beneficiary_groups": dice.choice([[], ["老人"]]),
        "all_or_nothing": dice.choice([False, False, True]),
        "splittable": dice.choice([True, True, True, False]),
        "languages": dice.choice([[], [], ["手语"]]),
        "mode": dice.choice(["either", "onsite"]),
    }
    amount = dice.choice([1, 3, 10, 25])
    body["hours" if kind == "volunteers" else "quantity"] = amount
    if kind == "venue":
        body["times"] = dice.choice([[], _half_hours(dice.sample(range(1, 8), 4))])
    if kind == "volunteers":
        body |= {"hours_per_week": dice.choice([None, 4]), "times": dice.choice([[], [MORNING]])}
        gates = {"trainings": dice.choice([[], [], ["急救"]]), "certificates": dice.choice([[], [], ["社工证"]])}
        body["gates"] = {**gates, "insured": dice.random() < 0.3, "minimum_age": dice.choice([None, 18])}
    if kind == "venue":
        body["persons"] = dice.choice([None, 40])
    if dice.random() < 0.4:
        return _residents_need(world, dice, body)
    return world.need(dice.choice(["sunset", "garden"]), **body)


def _residents_need(world: World, dice: random.Random, body: dict[str, Any]) -> dict[str, Any]:
    asked = {name: body.pop(name) for name in ("kind", "title", "due_on", "hours", "quantity") if name in body}
    unit = {"unit": "辆"} if asked["kind"] == "materials" else {}
    shape = {name: value for name, value in body.items() if value is not None}
    return world.residents_need(shape={**shape, "handler_benefits": dice.random() < 0.5}, **asked, **unit)


def _suggested_by_force(world: World, need_id: str) -> list[tuple[str, int, int]]:
    """Every offer of the kind, judged one by one."""
    with world.host.executors["resources"].sessions() as session:
        row = session.get_one(Need, need_id)
        at, need = facts.moment(clock.now(session, row.district_code)), facts.need_facts(row, by_text=True)
        rows = [one for one in session.query(Offer) if one.kind == row.kind]
        found = []
        for offer in facts.offer_facts(session, rows, by_text=True):
            pairs = facts.interested_pairs(session, [offer.provider_id], [need.organisation_id])
            if not domain.reasons(offer, need, at, pairs):
                terms = domain.terms(offer, need, at, WEIGHTS, due_on=row.due_on, verified=True)
                found.append((offer.id, sum(terms.values()), matching.portion(offer, need, at)))
        return sorted(found, key=lambda one: (-one[1], one[0]))


@pytest.mark.parametrize("seed", range(2))
def test_suggestions_are_all_that_fits_and_each_of_them_can_be_reserved(world: World, seed: int) -> None:
    dice, tried = random.Random(seed), 0
    for _ in range(40):
        _offer(world, dice)
    for kind in ("materials", "venue", "volunteers", "know_how") * 3:
        need = _need(world, dice, kind)
        reply = world.bureau("resources.list_suggestions", need_id=need["need_id"], limit=100)
        shown = [(row["offer_id"], row["score"], row["quantity"]) for row in reply["candidates"]]
        assert shown == _suggested_by_force(world, need["need_id"])
        assert all(row["reasons"] for row in reply["excluded"])
        for offer_id, score, quantity in shown:
            other = world.bureau("resources.list_need_suggestions", offer_id=offer_id, limit=100)["candidates"]
            assert [(row["score"], row["quantity"]) for row in other if row["need_id"] == need["need_id"]] == [
                (score, quantity)
            ]
            allocation = world.reserved({"offer_id": offer_id}, need, quantity)
            world.bureau("resources.release_allocation", allocation_id=allocation, reason="改期再办")
            tried += 1
    assert tried > 5


@pytest.mark.parametrize("seed", range(2))
def test_whatever_a_round_proposes_can_be_reserved(
    world: World, seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    monkeypatch.setenv("MATCHING_ROUND_SECONDS", "2")
    dice = random.Random(seed)
    for _ in range(30):
        _offer(world, dice)
    for kind in ("materials", "materials", "materials", "venue", "venue", *("volunteers",) * 4, "know_how"):
        _need(world, dice, kind)
    made = world.bureau("resources.create_matching_round", title="条件俱全（演示）")["matching_round_id"]
    world.bureau("resources.solve_matching_round", matching_round_id=made)
    world.host.settle()
    page = world.bureau("resources.list_matching_results", matching_round_id=made, limit=100)
    proposed = [match["allocation_id"] for row in page["items"] for match in row["matches"]]
    assert len(proposed) > 3
    dice.shuffle(proposed)
    for allocation in proposed:
        reply = world.bureau("resources.reserve_allocation", allocation_id=allocation)
        assert reply["status"] == "reserved"


def test_a_substitute_is_read_by_its_concept_and_scores_below_the_thing_itself(world: World) -> None:
    stick, chair = world.offer(title="一批拐杖", tags=["拐杖"]), world.offer()
    world.offer(title="大米", tags=["大米"])
    need = world.need(tags=["wheelchair"], substitutes=["手杖"])
    reply = world.bureau("resources.list_suggestions", need_id=need["need_id"])
    assert [row["offer_id"] for row in reply["candidates"]] == [chair["offer_id"], stick["offer_id"]]
    back = world.bureau("resources.list_need_suggestions", offer_id=stick["offer_id"])["candidates"]
    assert [row["need_id"] for row in back] == [need["need_id"]]
    assert "topic" not in {term["term"] for term in back[0]["terms"]}
    world.reserved(stick, need, 3)


def test_a_gate_and_a_lot_say_what_would_open_them(world: World) -> None:
    world.offer(kind="volunteers", title="陪伴", hours=20, tags=["wheelchair"], qualifications=[HELD[1]])
    asked: dict[str, Any] = {"gates": {"trainings": ["急救"], "minimum_age": 18}, "languages": ["手语"]}
    need = world.need(kind="volunteers", hours=5, due_on=later(30), **asked)
    [out] = world.bureau("resources.list_suggestions", need_id=need["need_id"])["excluded"]
    details = {fit["code"]: fit["detail"] for fit in out["fits_if"]}
    assert details == {
        "language_missing": {"offer": [], "need": ["手语"]},
        "training_missing": {"missing": ["急救"], "until": later(30)},
        "too_young": {"offer": None, "need": 18},
    }
    world.offer(quantity=40, lot_size=12)
    few = world.need(quantity=5)
    [out] = world.bureau("resources.list_suggestions", need_id=few["need_id"])["excluded"]
    assert [(fit["code"], fit["detail"]["lot_size"]) for fit in out["fits_if"]] == [("lots_do_not_fit", 12)]


def test_a_need_that_has_its_one_provider_is_suggested_no_other(world: World) -> None:
    first, second = world.offer(quantity=6), world.offer("foundation")
    need = world.need(quantity=10, splittable=False)
    world.reserved(first, need, 6)
    reply = world.bureau("resources.list_suggestions", need_id=need["need_id"])
    assert reply["candidates"] == []
    assert {reason["code"] for row in reply["excluded"] for reason in row["reasons"]} >= {"served_by_another"}
    assert world.bureau("resources.list_need_suggestions", offer_id=second["offer_id"])["candidates"] == []
