"""A resident's need: asked for, by phone too, taken on, shaped, matched, given, received by them or for them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis import ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.registry.events import AccountOpened
from contracts.registry.events_identity import AccountErased
from services.resources.allocations.models import Allocation
from services.resources.bulk.queries import RESIDENT
from services.resources.needs.models import Need, NeedCaller
from services.resources.one_list.models import PersonalReading
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry import sheets
from tests.service.resources.conftest import World, later

WORDS, DOOR = "腿脚不便，想借一辆轮椅（演示）", "演示楼 3 单元 501"
COMMUNITY = f"{ZHUHAI}001"


@dataclass
class Person:
    """A resident who signed in."""

    account_id: str
    call: Caller


def resident(world: World, street: str = ZHUHAI) -> Person:
    """An account that registry told us of."""
    account_id = ids.new_id("acc")
    world.hear(
        AccountOpened(
            account_id=account_id,
            role="resident",
            organisation_id=None,
            account_streets=[street],
            community_code=f"{street}001",
            verified=True,
        )
    )
    return Person(account_id, Caller(world.host, actor("resident", streets=[street], account_id=account_id)))


def asked(person: Person | Caller, **fields: Any) -> dict[str, Any]:
    """A wheelchair, unless told otherwise."""
    call = person.call if isinstance(person, Person) else person
    body = {"kind": "materials", "title": "需要轮椅（演示）", "quantity": 2, "unit": "辆", "due_on": later(30)}
    reply: dict[str, Any] = call(
        "resources.request_need", **{**body, "text": WORDS, "place": DOOR, "community_code": COMMUNITY, **fields}
    )
    return reply


def opened(handler: Caller, staff: Caller, need: dict[str, Any], **shape: Any) -> dict[str, Any]:
    """Taken on, shaped, verified, open."""
    key = {"need_id": need["need_id"]}
    handler("resources.take_on_need", **key)
    handler("resources.shape_need", **key, summary="借用轮椅两辆", tags=["wheelchair"], place="珠海街道服务站", **shape)
    staff("resources.verify_need", **key)
    reply: dict[str, Any] = handler("resources.open_need", **key)
    return reply


def given(world: World, need: dict[str, Any], quantity: int = 2) -> str:
    """Handed over by the enterprise."""
    allocation = world.reserved(world.offer(), need, quantity)
    for step in ("confirm_allocation", "hand_over_allocation"):
        world.provider("enterprise")(f"resources.{step}", allocation_id=allocation)
    return allocation


def test_a_resident_asks_and_sees_what_became_of_it(world: World) -> None:
    person, staff = resident(world), world.staff()
    need = asked(person)
    assert (need["needer"], need["organisation_id"], need["street_code"], need["status"]) == (
        *("resident", None, ZHUHAI),
        "draft",
    )
    assert (need["text"], need["resident_place"]) == (WORDS, DOOR)
    need = opened(staff, staff, need)
    allocation = given(world, need)
    got = person.call("resources.receive_allocation", allocation_id=allocation)
    assert (got["status"], got["received_by"], got["recipient_organisation_id"]) == ("received", "resident", None)
    assert got["recipient_account_id"] == person.account_id
    reported = person.call("resources.report_allocation", allocation_id=allocation, report="很好用（演示）")
    assert reported["status"] == "reported"
    assert person.call("resources.get_need", need_id=need["need_id"])["status"] == "met"
    [row] = person.call("resources.list_allocations")["items"]
    assert row["allocation_id"] == allocation
    assert staff("resources.close_allocation", allocation_id=allocation)["status"] == "closed"


def test_what_is_personal_is_ciphertext_and_nobody_elses_to_read(world: World) -> None:
    person, staff = resident(world), world.staff()
    caller = {"name": "演示来电人", "phone": "138 0000-0001", "consent": True}
    by_phone = asked(staff, caller=caller, title="需要助行器（演示）")
    assert by_phone["caller"] == {"name": "演**", "phone": "138****0001"}
    need = asked(person)
    for reader in (staff, world.bureau, world.hub("hub")):
        shown = reader("resources.get_need", need_id=need["need_id"])
        assert (shown["text"], shown["resident_place"]) == (None, None)
        assert shown["requester_account_id"] == person.account_id
    opened(staff, staff, need)
    shown = world.provider("enterprise")("resources.get_need", need_id=need["need_id"])
    who = ("requester_account_id", "requested_by_account_id", "linked_account_id", "caller", "text", "resident_place")
    assert [shown[name] for name in who] == [None] * 6
    assert shown["place"] == "珠海街道服务站"
    with world.host.executors["resources"].sessions() as session:
        raw = str([session.execute(text(f"SELECT * FROM {table}")).all() for table in ("need", "need_caller")])
    assert WORDS not in raw
    assert not [word for word in (WORDS, DOOR, "演示来电人", "0000-0001") if word in raw]


def test_reading_it_in_full_leaves_a_line_in_the_log_and_in_the_trail(world: World) -> None:
    staff = world.staff()
    need = asked(staff, caller={"name": "演示来电人", "phone": "13800000001", "consent": True})
    key = {"need_id": need["need_id"], "reason": "回电核实"}
    shown = staff("resources.disclose_need_requester", **key)
    assert {row["field"]: row["value"] for row in shown["items"]} == {
        **{"name": "演示来电人", "phone": "13800000001"},
        **{"text": WORDS, "place": DOOR},
    }
    giver = world.provider("enterprise")
    opened(staff, staff, need)
    with pytest.raises(ForbiddenError, match="need_not_yours"):
        giver("resources.disclose_need_requester", **key)
    allocation = world.reserved(world.offer(), need, 1)
    giver("resources.confirm_allocation", allocation_id=allocation)
    assert giver("resources.disclose_need_requester", **key)["items"]
    with pytest.raises(NotFoundError):
        giver("resources.disclose_need_requester", need_id=ids.new_id("ned"), reason="无关")
    with pytest.raises(ForbiddenError):
        world.provider("foundation")("resources.disclose_need_requester", **key)
    with world.host.executors["resources"].sessions() as session:
        lines = session.scalars(select(PersonalReading).order_by(PersonalReading.id)).all()
    assert [(line.role, line.subject_id) for line in lines] == [
        ("street_staff", need["need_id"]),
        ("provider", need["need_id"]),
    ]


def test_neighbours_and_other_residents_get_nothing(world: World) -> None:
    person, other = resident(world), resident(world)
    need = opened(world.staff(), world.staff(), asked(person))
    allocation = given(world, need)
    strangers = (other.call, world.staff(CHANGJIANG), world.cso("sunset"), world.hub("hub", CHANGJIANG))
    for stranger in (*strangers, world.hub("hub")):  # the street centre has it: a hub of the street sees it no more
        with pytest.raises(NotFoundError):
            stranger("resources.get_need", need_id=need["need_id"])
        assert stranger("resources.list_needs")["items"] == []
        with pytest.raises(NotFoundError):
            stranger("resources.get_allocation", allocation_id=allocation)
        assert stranger("resources.list_allocations")["items"] == []
    for step in ("cancel_need", "confirm_need"):
        with pytest.raises(NotFoundError):
            other.call(f"resources.{step}", need_id=need["need_id"])
    with pytest.raises(NotFoundError):
        other.call("resources.receive_allocation", allocation_id=allocation)
    mine = world.need("sunset")
    with pytest.raises(NotFoundError):
        person.call("resources.get_need", need_id=mine["need_id"])
    grid = Caller(world.host, actor("grid_worker", streets=[ZHUHAI]))
    assert [row["need_id"] for row in grid("resources.list_needs")["items"]] == [need["need_id"]]


def test_a_hub_takes_on_what_nobody_has_and_the_street_takes_it_over_with_a_reason(world: World) -> None:
    person, hub, staff = resident(world), world.hub("hub"), world.staff()
    need = asked(person)
    key = {"need_id": need["need_id"]}
    assert [row["need_id"] for row in hub("resources.list_needs", waiting=True)["items"]] == [need["need_id"]]
    with pytest.raises(ConflictError, match="need_not_taken_on"):
        staff("resources.shape_need", **key, summary="轮椅")
    with pytest.raises(ConflictError, match="need_not_taken_on"):
        staff("resources.verify_need", **key)
    with pytest.raises(ForbiddenError, match="need_not_yours"):
        hub("resources.shape_need", **key, summary="轮椅")
    taken = hub("resources.take_on_need", **key)
    assert taken["handler_organisation_id"] == world.organisations["hub"]
    assert staff("resources.list_needs", waiting=True)["items"] == []
    with pytest.raises(ConflictError, match="need_not_shaped"):
        staff("resources.verify_need", **key)
    assert hub("resources.shape_need", **key, summary="轮椅", handler_benefits=True)["handler_benefits"]
    with pytest.raises(ConflictError, match="need_taken_on"):
        staff("resources.take_on_need", **key)
    over = staff("resources.take_on_need", **key, reason="枢纽人手不足（演示）")
    assert (over["handler_organisation_id"], over["handler_benefits"]) == (None, False)
    with pytest.raises(NotFoundError):
        hub("resources.get_need", **key)
    staff("resources.verify_need", **key)
    with pytest.raises(ConflictError, match="need_wrong_status"):
        staff("resources.shape_need", **key, summary="另一种")
    own = world.need("sunset")
    with pytest.raises(ConflictError, match="need_not_of_a_resident"):
        staff("resources.take_on_need", need_id=own["need_id"])


def test_who_asks_for_somebody_says_for_whom_and_has_their_consent(world: World) -> None:
    person, staff = resident(world), world.staff()
    assert asked(staff, requester_account_id=person.account_id)["requester_account_id"] == person.account_id
    with pytest.raises(InvalidError, match="need_requester_missing"):
        asked(staff)
    with pytest.raises(InvalidError, match="need_requester_unknown"):
        asked(staff, requester_account_id=ids.new_id("acc"))
    no_consent = {"name": "演示", "phone": "13800000002", "consent": False}
    with pytest.raises(InvalidError, match="need_caller_invalid"):
        asked(staff, caller=no_consent)
    with pytest.raises(ForbiddenError, match="need_not_yours"):
        asked(person, requester_account_id=ids.new_id("acc"))
    with pytest.raises(ForbiddenError, match="need_not_yours"):
        asked(person, caller={**no_consent, "consent": True})
    with pytest.raises(ForbiddenError, match="street_forbidden"):
        asked(person, street_code=CHANGJIANG, community_code=None)
    with pytest.raises(InvalidError, match="need_street_differs"):
        asked(person, street_code=ZHUHAI, community_code=f"{CHANGJIANG}001")
    with pytest.raises(InvalidError, match="need_deadline_passed"):
        asked(person, due_on=later(-1))


def test_a_caller_is_met_again_and_linked_to_the_account_they_open(world: World) -> None:
    staff = world.staff()
    caller = {"name": "演示来电人", "phone": "+86 138-0000-0003", "consent": True}
    first = asked(staff, caller=caller)
    second = asked(staff, caller={**caller, "phone": "13800000003", "name": "另一种写法"}, title="需要轮椅 （演示）")
    with world.host.executors["resources"].sessions() as session:
        assert len(session.scalars(select(NeedCaller)).all()) == 1
    [same] = staff("resources.list_need_duplicates", need_id=first["need_id"])["items"]
    assert same["need_id"] == second["need_id"]
    need = opened(staff, staff, first)
    allocation = given(world, need)
    person = resident(world)
    linked = staff("resources.link_need_requester", need_id=need["need_id"], account_id=person.account_id)
    assert (linked["linked_account_id"], linked["requester_account_id"]) == (person.account_id, None)
    seen = {row["need_id"] for row in person.call("resources.list_needs")["items"]}
    assert seen == {first["need_id"], second["need_id"]}
    got = person.call("resources.receive_allocation", allocation_id=allocation)
    assert (got["received_by"], got["recipient_account_id"]) == ("resident", person.account_id)
    with pytest.raises(ConflictError, match="need_requester_linked"):
        staff("resources.link_need_requester", need_id=need["need_id"], account_id=person.account_id)
    assert asked(staff, caller=caller)["linked_account_id"] == person.account_id


def test_staff_or_the_handler_acknowledge_for_a_resident_and_say_why(world: World) -> None:
    staff, hub = world.staff(), world.hub("hub")
    need = opened(hub, staff, asked(resident(world), quantity=4))
    allocation = given(world, need, 4)
    key = {"allocation_id": allocation}
    with pytest.raises(InvalidError, match="need_proxy_reason"):
        staff("resources.receive_allocation", **key)
    part = staff("resources.receive_allocation", **key, quantity=1, final=False, proxy_reason="老人不会操作（演示）")
    assert (part["received_by"], part["proxy_relation"]) == ("proxy", "staff")
    with pytest.raises(NotFoundError):
        world.cso("sunset")("resources.receive_allocation", **key, proxy_reason="不相干")
    got = hub("resources.receive_allocation", **key, proxy_reason="上门看过（演示）", relation="neighbour")
    assert (got["received"], got["proxy_relation"]) == (4, "neighbour")
    use = {"quantity": 4, "used_on": later(0), "purpose": "出行（演示）", "people_served": 1}
    with pytest.raises(ForbiddenError, match="need_story_not_yours"):
        staff("resources.record_gift_use", **key, **use, story_public=True)
    staff("resources.record_gift_use", **key, **use)
    giver = world.provider("enterprise")
    [gift] = giver("resources.list_gifts")["items"]
    assert (gift["recipients"], gift["used"], gift["people_served"]) == (1, 4, 1)
    [seen] = giver("resources.list_gift_parts", offer_id=gift["offer_id"])["items"]
    assert (seen["recipient_organisation_id"], seen["recipient_name"], seen["used"]) == (None, None, 4)
    assert "老人不会操作" not in str(seen)


def test_staff_still_acknowledge_nothing_for_an_organisation(world: World) -> None:
    allocation = given(world, world.need("sunset"))
    for step, extra in (("receive_allocation", {"proxy_reason": "代签"}), ("report_allocation", {"report": "代写"})):
        with pytest.raises(ForbiddenError, match="allocation_not_recipient"):
            world.staff()(f"resources.{step}", allocation_id=allocation, **extra)


def test_a_handler_is_a_party_only_if_it_benefits(world: World) -> None:
    hub, staff = world.hub("hub"), world.staff()
    own = world.organisations["hub"]
    offer = world.offer(interested_organisation_ids=[own])
    plain = opened(hub, staff, asked(resident(world)))
    paid = opened(hub, staff, asked(resident(world)), handler_benefits=True)
    for need, found in ((plain, [offer["offer_id"]]), (paid, [])):
        shown = hub("resources.list_suggestions", need_id=need["need_id"])
        assert [row["offer_id"] for row in shown["candidates"]] == found
    back = world.bureau("resources.list_need_suggestions", offer_id=offer["offer_id"])
    assert [row["need_id"] for row in back["candidates"]] == [plain["need_id"]]
    with pytest.raises(ConflictError, match="match_interested_party"):
        world.proposed(offer, paid, 1)
    made = world.bureau("resources.create_matching_round", title="全区（演示）")["matching_round_id"]
    world.bureau("resources.solve_matching_round", matching_round_id=made)
    world.host.settle()
    rows = world.bureau("resources.list_allocations", matching_round_id=made)["items"]
    assert [(row["need_id"], row["recipient_organisation_id"]) for row in rows] == [(plain["need_id"], None)]
    free = world.offer("foundation")
    allocation = world.proposed(free, paid, 1)
    assert world.bureau("resources.get_allocation", allocation_id=allocation)["recipient_organisation_id"] == own


def test_a_handler_that_gives_does_not_also_acknowledge(world: World) -> None:
    hub, staff = world.hub("hub"), world.staff()
    need = opened(hub, staff, asked(resident(world)))
    body = {"kind": "materials", "title": "枢纽的轮椅（演示）", "tags": ["wheelchair"], "quantity": 5, "unit": "辆"}
    offer = hub("resources.draft_offer", **body)
    world.bureau("resources.verify_offer", offer_id=offer["offer_id"])
    hub("resources.open_offer", offer_id=offer["offer_id"])
    allocation = world.reserved(offer, need, 2)
    for step in ("confirm_allocation", "hand_over_allocation"):
        hub(f"resources.{step}", allocation_id=allocation)
    with pytest.raises(ForbiddenError, match="need_giver_receives"):
        hub("resources.receive_allocation", allocation_id=allocation, proxy_reason="已送到")
    got = staff("resources.receive_allocation", allocation_id=allocation, proxy_reason="电话核实（演示）")
    assert got["status"] == "received"


def test_an_offer_for_named_organisations_is_not_for_residents(world: World) -> None:
    hub, staff = world.hub("hub"), world.staff()
    offer = world.offer(earmarked_organisation_ids=[world.organisations["hub"]])
    plain = opened(hub, staff, asked(resident(world)))
    paid = opened(hub, staff, asked(resident(world)), handler_benefits=True)
    [row] = world.bureau("resources.list_need_suggestions", offer_id=offer["offer_id"])["candidates"]
    assert row["need_id"] == paid["need_id"]
    for need, found in ((plain, []), (paid, [offer["offer_id"]])):
        shown = world.bureau("resources.list_suggestions", need_id=need["need_id"])
        assert [one["offer_id"] for one in shown["candidates"]] == found


def test_sheets_and_sums_take_residents_needs_without_naming_anybody(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FILES_URL", (tmp_path / "files").as_uri())
    person, staff = resident(world), world.staff()
    need = opened(staff, staff, asked(person))
    job = staff("resources.export_needs", format="csv")
    world.host.settle()
    file = staff("resources.get_job", job_id=job["job_id"])["result"]["file"]
    [cells] = sheets.rows_of(sheets.fetch(file), "csv")[1:]
    assert (cells[0], cells[1]) == (need["need_id"], RESIDENT)
    assert not [word for word in (WORDS, DOOR, person.account_id) if word in "".join(cells)]
    numbers = staff("resources.get_resources_dashboard")
    assert numbers["needed"] == [{"kind": "materials", "unit": "辆", "quantity": 2, "allotted": 0, "received": 0}]
    asked_for = world.bureau("resources.list_need_suggestions", offer_id=world.offer()["offer_id"])
    [row] = asked_for["candidates"]
    assert (row["need_id"], row["organisation_id"], row["organisation_name"]) == (need["need_id"], None, None)
    assert "verified" in {term["term"] for term in row["terms"]}


def test_the_persons_erasure_takes_words_and_open_needs_away(world: World) -> None:
    person, staff = resident(world), world.staff()
    waiting, running = asked(person), opened(staff, staff, asked(person, title="第二件（演示）"))
    allocation = given(world, running, 1)
    person.call("resources.receive_allocation", allocation_id=allocation, quantity=1)
    moving = given(world, running, 1)
    world.hear(AccountErased(account_id=person.account_id, ground="own_request"), version=9)
    with world.host.executors["resources"].sessions() as session:
        rows = {row.id: row for row in session.scalars(select(Need))}
        gifts = {row.id: row for row in session.scalars(select(Allocation))}
    assert rows[waiting["need_id"]].status == "cancelled"
    assert rows[running["need_id"]].status == "partly_met"
    for row in rows.values():
        assert (row.resident_text, row.resident_place) == (None, None)
        assert "演示" not in row.title + row.summary + row.place + row.title_key
    assert gifts[moving].status == "handed_over"
    staff("resources.receive_allocation", allocation_id=moving, proxy_reason="已送达（演示）")
    assert staff("resources.get_need", need_id=running["need_id"])["status"] == "met"
