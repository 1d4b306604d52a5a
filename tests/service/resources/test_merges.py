"""Offers, needs and allocations follow a merge of organisations, exactly back when it is undone."""

from __future__ import annotations

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from chassis import chains, ids
from chassis.errors import ConflictError, NotFoundError
from contracts.registry.events import OrganisationChanged
from contracts.registry.events_organisations import MergeUndone, OrganisationsMerged
from contracts.registry.events_places import PlaceReinstated, PlaceRetired
from contracts.resources.codes import ResourcesCode
from services.resources.known.models import InterestedParty
from services.resources.needs.models import Need
from services.resources.redirects.models import RedirectMove
from tests import kit
from tests.kit import ZHUHAI
from tests.service.resources.conftest import World
from tests.service.resources.conftest import later as kept_until

Told = tuple[OrganisationsMerged | MergeUndone, int]


def merged(survivor: str, absorbed: str, key: str | None = None) -> Told:
    facts: dict[str, Any] = {"survivor_id": survivor, "merged_id": absorbed, "account_ids": []}
    return OrganisationsMerged(merge_id=key or ids.new_id("mrg"), moved=1, street_codes=[kit.ZHUHAI], **facts), 2


def undone(event: OrganisationsMerged | MergeUndone) -> Told:
    both = {name: getattr(event, name) for name in ("merge_id", "survivor_id", "merged_id", "account_ids")}
    return MergeUndone(restored=1, street_codes=[kit.ZHUHAI], **both), 3


def hear(world: World, told: Told) -> None:
    world.hear(told[0], version=told[1])


def owners(world: World) -> dict[str, str]:
    with world.host.executors["resources"].sessions() as session:
        return dict(session.execute(select(Need.id, Need.organisation_id)).all())


def test_needs_offers_and_allocations_follow_and_come_back(world: World) -> None:
    names = world.organisations
    need, offer = world.need("garden"), world.offer()
    allocation = world.reserved(offer, need, 4)
    told = merged(names["sunset"], names["garden"])
    hear(world, told)
    assert world.shown_need(need)["organisation_id"] == names["sunset"]
    assert world.cso("sunset")("resources.get_need", need_id=need["need_id"])["version"] > need["version"]
    got = world.cso("sunset")("resources.get_allocation", allocation_id=allocation)
    assert got["recipient_organisation_id"] == names["sunset"]
    later = world.need("sunset")
    hear(world, undone(told[0]))
    assert world.shown_need(need)["organisation_id"] == names["garden"]
    assert world.shown_need(later)["organisation_id"] == names["sunset"]  # what came after the merge stays
    with pytest.raises(NotFoundError):
        world.cso("sunset")("resources.get_allocation", allocation_id=allocation)
    with world.host.executors["resources"].sessions() as session:
        assert session.scalars(select(RedirectMove)).all() == []


def test_a_residents_need_follows_the_hub_that_handles_it(world: World) -> None:
    other = world.add("harbour", "hub", ZHUHAI)
    asked = {"kind": "materials", "title": "需要轮椅（演示）", "quantity": 2, "unit": "辆", "due_on": kept_until(30)}
    need = world.residents_need(shape={"handler_benefits": True, "tags": ["wheelchair"]}, **asked)
    allocation = world.proposed(world.offer(), need, 1)
    told = merged(other, world.organisations["hub"])
    hear(world, told)
    assert world.shown_need(need)["handler_organisation_id"] == other
    got = world.hub("harbour")("resources.get_allocation", allocation_id=allocation)
    assert got["recipient_organisation_id"] == other
    hear(world, undone(told[0]))
    assert world.shown_need(need)["handler_organisation_id"] == world.organisations["hub"]


def test_a_token_from_before_the_merge_acts_for_the_survivor(world: World) -> None:
    names = world.organisations
    hear(world, merged(names["sunset"], names["garden"]))
    assert world.need("garden")["organisation_id"] == names["sunset"]


def test_staff_who_name_the_merged_one_mean_the_survivor(world: World) -> None:
    names = world.organisations
    hear(world, merged(names["sunset"], names["garden"]))
    change = OrganisationChanged(
        organisation_id=names["garden"],
        name="garden",
        kind="cso",
        legal_tier="registered",
        fields=[],
        street_code=kit.ZHUHAI,
        hub_id=None,
        status="merged",
        in_breach=False,
        changed=["status"],
    )
    world.hear(change, version=2)
    body = {"kind": "materials", "title": "轮椅（演示）", "quantity": 1, "unit": "辆", "due_on": "2099-01-01"}
    made = world.staff()("resources.draft_need", organisation_id=names["garden"], **body)
    assert made["organisation_id"] == names["sunset"]


def test_who_gives_and_who_takes_became_one_so_nothing_is_given(world: World) -> None:
    """慈善法 art. 40 holds for what was set aside before."""
    names = world.organisations
    world.add("fund", "enterprise", None)
    allocation = world.reserved(world.offer(), world.need("sunset"), 2)
    told = merged(names["enterprise"], names["sunset"])
    hear(world, told)
    with pytest.raises(ConflictError) as caught:
        world.bureau("resources.confirm_allocation", allocation_id=allocation)
    assert caught.value.code == ResourcesCode.MATCH_INTERESTED_PARTY
    hear(world, undone(told[0]))
    world.bureau("resources.confirm_allocation", allocation_id=allocation)


def test_a_declared_interest_is_the_survivors_and_one_it_had_too_stays(world: World) -> None:
    names = world.organisations
    world.offer(interested_organisation_ids=[names["garden"]])
    world.offer("foundation", interested_organisation_ids=[names["garden"], names["sunset"]])
    told = merged(names["sunset"], names["garden"])

    def declared() -> list[tuple[str, str]]:
        with world.host.executors["resources"].sessions() as session:
            rows = session.execute(select(InterestedParty.provider_organisation_id, InterestedParty.organisation_id))
            return sorted((giver, party) for giver, party in rows)

    before = declared()
    hear(world, told)
    assert declared() == sorted(
        [
            (names["enterprise"], names["sunset"]),
            (names["foundation"], names["garden"]),
            (names["foundation"], names["sunset"]),
        ]
    )
    hear(world, undone(told[0]))
    assert declared() == before


@st.composite
def histories(draw: st.DrawFn) -> list[tuple[str, int, int]]:
    """Merges and undoings among six organisations, as the registry lets them happen."""
    steps: list[tuple[str, int, int]] = []
    gone: dict[int, int] = {}
    for _ in range(draw(st.integers(1, 8))):
        alive = [one for one in range(6) if one not in gone]
        undoable = [(old, new) for old, new in gone.items() if new not in gone]
        if undoable and (len(alive) < 2 or draw(st.booleans())):
            old, new = draw(st.sampled_from(undoable))
            steps.append(("undo", old, new))
            del gone[old]
        elif len(alive) > 1:
            old, new = draw(st.permutations(alive))[:2]
            steps.append(("merge", old, new))
            gone[old] = new
    return steps


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=histories(), seed=st.integers(0, 2**32))
def test_in_whatever_order_it_is_heard_all_is_where_the_registry_says(
    world: World, history: list[tuple[str, int, int]], seed: int
) -> None:
    crowd = [world.add(f"{seed}-{number}", "cso", kit.ZHUHAI) for number in range(6)]
    needs = {world.need(f"{seed}-{number}")["need_id"]: one for number, one in enumerate(crowd)}
    told: list[Told] = []
    for word, old, new in history:
        pair = (crowd[new], crowd[old])
        if word == "merge":
            told.append(merged(*pair))
        else:
            told.append(undone(next(e for e, _ in reversed(told) if (e.survivor_id, e.merged_id) == pair)))
    random.Random(seed).shuffle(told)
    for one in told:
        hear(world, one)
    last = {event.merge_id: event for event, _ in sorted(told, key=lambda one: (one[0].merge_id, one[1]))}
    standing = {e.merged_id: e.survivor_id for e in last.values() if isinstance(e, OrganisationsMerged)}
    found = owners(world)
    assert {key: found[key] for key in needs} == {key: chains.last(one, standing) for key, one in needs.items()}


def test_what_a_late_writer_left_is_swept_up(world: World) -> None:
    names = world.organisations
    need = world.need("garden")
    told = merged(names["sunset"], names["garden"])
    hear(world, told)
    executor = world.host.executors["resources"]
    with executor.sessions.begin() as session:
        session.get_one(Need, need["need_id"]).organisation_id = names["garden"]
    with executor.system_session("sweep_merged", kit.DISTRICT) as session:
        executor.service.cls().sweep_merged(session)
    assert owners(world)[need["need_id"]] == names["sunset"]
    hear(world, undone(told[0]))
    assert owners(world)[need["need_id"]] == names["garden"]


def test_a_gateway_of_the_new_street_shows_what_was_written_under_the_old_code(world: World) -> None:
    new = "370211099"
    need = world.need("garden")
    worker = kit.Caller(world.host, kit.actor("street_staff", streets=[new, kit.ZHUHAI])).at(new)
    with pytest.raises(NotFoundError):
        worker("resources.get_need", need_id=need["need_id"])
    retired = PlaceRetired(place_code=kit.ZHUHAI, level="street", valid_until="2026-01-01", successor_code=new)
    world.hear(retired, version=2)
    assert worker("resources.get_need", need_id=need["need_id"])["need_id"] == need["need_id"]
    stranger = kit.Caller(world.host, kit.actor("street_staff", streets=[kit.CHANGJIANG])).at(kit.CHANGJIANG)
    with pytest.raises(NotFoundError):
        stranger("resources.get_need", need_id=need["need_id"])
    world.hear(PlaceReinstated(place_code=kit.ZHUHAI, level="street"), version=3)
    world.hear(retired, version=2)  # late: it is known to be over
    with pytest.raises(NotFoundError):
        worker("resources.get_need", need_id=need["need_id"])
