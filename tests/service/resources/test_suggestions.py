"""Suggestions: exact, explained, scoped; for a need and for an offer."""

from __future__ import annotations

import random
from typing import Any

import pytest

from chassis import clock
from chassis.errors import NotFoundError
from contracts.registry.events_places import PlaceOpened, PlaceRetired
from services.resources.grid.domain import metres
from services.resources.matching import queries as facts
from services.resources.needs.models import Need
from services.resources.offers.models import Offer
from services.resources.policy.domain import WEIGHTS
from services.resources.suggestions import domain
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.resources.conftest import World, instant, later


def _ids(reply: dict[str, Any], name: str = "offer_id") -> list[str]:
    return [row[name] for row in reply["candidates"]]


def test_a_paraphrase_finds_its_offer_and_another_thing_is_out(world: World) -> None:
    offer = world.offer(kind="volunteers", title="义务理发志愿队", hours=40, skills=[], tags=[])
    other = world.offer(kind="volunteers", title="四点半课堂托管", hours=40, skills=[], tags=[])
    need = world.need(kind="volunteers", title="老人行动不便，想剃个头", hours=4, tags=[])
    assert need["topics"] == ["haircut"]
    reply = world.cso("sunset")("resources.list_suggestions", need_id=need["need_id"])
    assert _ids(reply) == [offer["offer_id"]]
    [out] = reply["excluded"]
    assert (out["offer_id"], [reason["code"] for reason in out["reasons"]]) == (other["offer_id"], ["no_shared_tag"])


def test_a_need_without_known_words_still_sees_all_of_its_kind(world: World) -> None:
    offer = world.offer()
    need = world.need(title="急需若干", tags=[])
    assert need["topics"] == []
    assert _ids(world.bureau("resources.list_suggestions", need_id=need["need_id"])) == [offer["offer_id"]]


def test_a_near_miss_says_what_would_make_it_fit(world: World) -> None:
    world.offer(unit="台")
    world.offer(earmark={"street_codes": [CHANGJIANG], "fields_of_work": []})
    need = world.need()
    reply = world.bureau("resources.list_suggestions", need_id=need["need_id"])
    found = {fit["code"]: fit["detail"] for row in reply["excluded"] for fit in row["fits_if"]}
    assert found == {
        "unit_differs": {"offer": "台", "need": "辆"},
        "earmarked_street": {"allowed": [CHANGJIANG], "need": ZHUHAI},
    }


def test_windows_too_late_say_by_how_many_days(world: World) -> None:
    windows = [{"starts_at": instant(35), "ends_at": instant(35, 2)}]
    world.offer("foundation", kind="venue", title="活动室", windows=windows, tags=[])
    need = world.need(kind="venue", title="缺个活动室", quantity=1, tags=[], due_on=later(30))
    [out] = world.bureau("resources.list_suggestions", need_id=need["need_id"])["excluded"]
    [fit] = out["fits_if"]
    assert fit["code"] == "no_free_window"
    assert fit["detail"]["days"] in {5, 6}, "by the hour of the day"


def test_an_interested_party_is_told_no_way_round(world: World) -> None:
    world.offer(interested_organisation_ids=[world.organisations["garden"]])
    need = world.need("garden")
    [out] = world.bureau("resources.list_suggestions", need_id=need["need_id"])["excluded"]
    assert ([reason["code"] for reason in out["reasons"]], out["fits_if"]) == (["interested_party"], [])


def test_an_offer_finds_its_needs_and_each_score_is_the_sum_of_its_terms(world: World) -> None:
    offer = world.offer(tags=[], title="轮椅十台")
    urgent, calm = world.need(urgency=3), world.need("garden", urgency=1)
    world.need(tags=["大米"], title="米面油")
    elsewhere = world.need("elsewhere", street=CHANGJIANG, urgency=2)
    reply = world.provider("enterprise")("resources.list_need_suggestions", offer_id=offer["offer_id"])
    assert _ids(reply, "need_id") == [urgent["need_id"], elsewhere["need_id"], calm["need_id"]]
    for row in reply["candidates"]:
        assert row["score"] == sum(term["points"] for term in row["terms"]) > 0
        assert all(term["zh"] and term["en"] for term in row["terms"])


def test_a_street_is_suggested_nothing_of_another_street(world: World) -> None:
    offer = world.offer()
    need = world.need("elsewhere", street=CHANGJIANG)
    assert world.staff(ZHUHAI)("resources.list_need_suggestions", offer_id=offer["offer_id"])["candidates"] == []
    theirs = world.offer(street_code=CHANGJIANG)
    for operation, argument in (("list_need_suggestions", theirs), ("list_suggestions", need)):
        key = "offer_id" if argument is theirs else "need_id"
        with pytest.raises(NotFoundError):
            world.staff(ZHUHAI)(f"resources.{operation}", **{key: argument[key]})
    mine = world.need()
    seen = world.bureau("resources.list_suggestions", need_id=mine["need_id"])
    assert theirs["offer_id"] not in {*_ids(seen), *(row["offer_id"] for row in seen["excluded"])}


def test_a_spent_offer_is_suggested_no_need(world: World) -> None:
    offer, need = world.offer(quantity=10), world.need()
    world.reserved(offer, need, 10)
    assert world.bureau("resources.list_need_suggestions", offer_id=offer["offer_id"])["candidates"] == []


def test_a_tag_that_the_vocabulary_knows_is_read_as_its_concept(world: World) -> None:
    offer = world.offer(tags=["手推轮椅"])
    assert "wheelchair" in offer["topics"]
    assert _ids(world.bureau("resources.list_suggestions", need_id=world.need()["need_id"])) == [offer["offer_id"]]


def _random_offer(world: World, dice: random.Random) -> None:
    kind = dice.choice(["materials", "materials", "venue"])
    body: dict[str, Any] = {
        "title": dice.choice(["轮椅", "拐杖", "辅助器具", "棉被", "一批东西"]),
        "tags": dice.choice([[], [], ["wheelchair"], ["自家标签"]]),
        "street_code": dice.choice([None, ZHUHAI, ZHUHAI, CHANGJIANG]),
        "earmark": {
            "fields_of_work": dice.choice([[], [], ["elder_care"], ["youth"]]),
            "street_codes": dice.choice([[], [], [ZHUHAI], [CHANGJIANG]]),
        },
        "expires_on": dice.choice([None, later(2), later(20), later(60)]),
    }
    if body["street_code"]:
        body["community_code"] = body["street_code"] + dice.choice(["001", "002", "003"])
    if kind == "venue":
        days = sorted(dice.sample(range(1, 50), 3))
        windows = [{"starts_at": instant(day), "ends_at": instant(day, 2)} for day in days]
        world.offer(**body | {"kind": "venue", "title": "活动室", "windows": windows, "expires_on": None})
    else:
        world.offer(**body, unit=dice.choice(["辆", "辆", "台"]), quantity=dice.randint(1, 30))


MIDDLE = {"001": (120_100_000, 35_900_000), "002": (120_120_000, 35_900_000), "003": (120_200_000, 35_900_000)}
"""Communities of the street: the second 1.8 km from the first, the third nine, out of reach; of others nothing is
known."""


def _draw(world: World) -> None:
    """Two cells each, on both sides of the middle, and one that is no more."""
    for community, (x, y) in MIDDLE.items():
        for number, shift in (("001", -700), ("002", 700), ("003", 90_000)):
            code = f"{ZHUHAI}{community}{number}"
            facts: dict[str, Any] = {"level": "grid_cell", "parent_code": code[:12], "street_code": ZHUHAI}
            point = {"longitude_e6": x + shift, "latitude_e6": y, "name": code[-3:], "boundary": ""}
            world.hear(PlaceOpened(place_code=code, valid_from="2026-01-01", **facts, **point))
        gone = {"level": "grid_cell", "valid_until": "2026-12-31", "successor_code": None}
        world.hear(PlaceRetired(place_code=code, **gone), version=2)


def _nearness(one: str | None, other: str | None) -> int:
    here, there = (MIDDLE.get((code or "")[9:]) if (code or "").startswith(ZHUHAI) else None for code in (one, other))
    far = metres(here, there)
    return 0 if far is None else max(0, 80 * (3000 - far) // 3000)


def _brute_force(world: World, need_id: str, limit: int) -> list[tuple[str, int]]:
    """Every offer of the kind, judged and scored one by one."""
    with world.host.executors["resources"].sessions() as session:
        row = session.get_one(Need, need_id)
        at = facts.moment(clock.now(session, row.district_code))
        need = facts.need_facts(row, by_text=True)
        offers = [one for one in session.query(Offer) if one.kind == row.kind and one.status == "open"]
        judged = []
        for offer in facts.offer_facts(session, offers, by_text=True):
            pairs = facts.interested_pairs(session, [offer.provider_id], [need.organisation_id])
            if not domain.reasons(offer, need, at, pairs):
                near = _nearness(need.community_code, offer.community_code)
                terms = domain.terms(offer, need, at, WEIGHTS, due_on=row.due_on, verified=True, distance=near)
                judged.append((offer.id, sum(terms.values())))
        return sorted(judged, key=lambda pair: (-pair[1], pair[0]))[:limit]


@pytest.mark.parametrize("seed", range(3))
def test_the_best_are_exactly_those_of_judging_every_offer(
    world: World, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.resources.suggestions.queries.PAGE", 4)
    dice = random.Random(seed)
    _draw(world)
    for _ in range(40):
        _random_offer(world, dice)
    wanted: tuple[dict[str, Any], ...] = (
        {"tags": [], "title": "老人腿脚不好，要个轮椅"},
        {"tags": [], "title": "轮椅和拐杖", "community_code": ZHUHAI + "001", "due_on": later(10)},
        {"tags": [], "title": "急需若干", "urgency": 3},
        {"tags": ["自家标签"]},
        {"kind": "venue", "title": "缺个活动室", "tags": [], "quantity": 2},
    )
    for body in wanted:
        need = world.need(**body)
        for limit in (1, 3, 50):
            reply = world.bureau("resources.list_suggestions", need_id=need["need_id"], limit=limit)
            shown = [(row["offer_id"], row["score"]) for row in reply["candidates"]]
            assert shown == _brute_force(world, need["need_id"], limit)


def test_windows_that_are_taken_are_not_suggested_again(world: World) -> None:
    windows = [{"starts_at": instant(3), "ends_at": instant(3, 2)}]
    hall = world.offer("foundation", kind="venue", title="活动室", windows=windows, tags=[])
    first, second = (
        world.need(name, kind="venue", title="活动室", quantity=1, tags=[]) for name in ("sunset", "garden")
    )
    assert _ids(world.bureau("resources.list_suggestions", need_id=second["need_id"])) == [hall["offer_id"]]
    world.reserved(hall, first, 1)
    assert _ids(world.bureau("resources.list_suggestions", need_id=second["need_id"])) == []


def test_of_two_alike_the_nearer_comes_first_and_says_by_how_much(world: World) -> None:
    _draw(world)
    places = [None, *(f"{ZHUHAI}{community}" for community in ("003", "002", "001"))]
    offers = [world.offer(street_code=ZHUHAI, community_code=place) for place in places]
    need = world.need(community_code=f"{ZHUHAI}001")
    found = world.bureau("resources.list_suggestions", need_id=need["need_id"])["candidates"]
    assert [row["offer_id"] for row in found] == [offers[at]["offer_id"] for at in (3, 2, 0, 1)]
    points = [{term["term"]: term["points"] for term in row["terms"]}.get("distance") for row in found]
    assert points == [80, 80 * (3000 - 1801) // 3000, None, None]
    assert found[0]["score"] - found[1]["score"] == 100 + 80 - 31, "the same community counts besides"
    back = world.bureau("resources.list_need_suggestions", offer_id=offers[2]["offer_id"])["candidates"]
    assert {term["term"]: term["points"] for term in back[0]["terms"]}["distance"] == points[1]
    unknown = world.need(community_code=f"{ZHUHAI}009")
    rows = world.bureau("resources.list_suggestions", need_id=unknown["need_id"])["candidates"]
    assert not any(term["term"] == "distance" for row in rows for term in row["terms"])


def test_a_district_that_weighs_no_distance_is_asked_for_none(world: World) -> None:
    _draw(world)
    world.bureau("resources.change_resources_policy", weights={"distance": 0})
    world.offer(street_code=ZHUHAI, community_code=f"{ZHUHAI}001")
    need = world.need(community_code=f"{ZHUHAI}001")
    [row] = world.bureau("resources.list_suggestions", need_id=need["need_id"])["candidates"]
    assert "distance" not in {term["term"] for term in row["terms"]}
