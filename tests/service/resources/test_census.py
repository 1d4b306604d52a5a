"""The census: places, workers, records collected offline, verified by another, and listed; coverage and report."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis import clock, ids
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from contracts.registry.events import AccountOpened
from services.resources.census.models import CensusRecord
from services.resources.one_list.domain import fingerprint
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.resources.conftest import World
from tests.service.resources.test_one_list import NAME, PHONE, events, listed, service, step, volunteer

COMMUNITY, OTHER = ZHUHAI + "001", ZHUHAI + "002"
CELL = OTHER + "001"
QUESTIONS = [
    {
        "key": "ramp",
        "text": "有无障碍坡道吗",
        "kind": "single",
        "options": [{"key": "yes", "text": "有"}, {"key": "no", "text": "无"}],
        "required": True,
    },
    {"key": "note", "text": "其他情况", "kind": "text"},
]


def today(days: int = 0) -> str:
    return (clock.day_of(clock.system_now()) + timedelta(days=days)).isoformat()


def worker(world: World, street: str = ZHUHAI) -> Caller:
    """A grid worker that registry told us of."""
    account = ids.new_id("acc")
    facts: dict[str, Any] = {
        "role": "grid_worker",
        "organisation_id": None,
        "account_streets": [street],
        "community_code": None,
        "verified": True,
    }
    world.hear(AccountOpened(account_id=account, **facts))
    return Caller(world.host, actor("grid_worker", streets=[street], account_id=account))


def drafted(world: World, **given: Any) -> str:
    body = {"street_code": ZHUHAI, "title": "珠海街道全面摸排", "starts_on": today(), "ends_on": today(30), **given}
    reply = world.staff()("resources.draft_census", **{"questions": QUESTIONS, **body})
    return str(reply["census_id"])


def opened(world: World, who: Caller | None = None, expected: int = 4) -> str:
    census = drafted(world)
    staff = world.staff()
    staff("resources.set_census_place", census_id=census, place_code=COMMUNITY, expected=expected)
    staff("resources.set_census_place", census_id=census, place_code=CELL, expected=1)
    if who is not None and who.who is not None:
        staff("resources.assign_census", census_id=census, place_code=COMMUNITY, account_id=who.who.account_id)
    staff("resources.open_census", census_id=census)
    return census


def facts(key: str = "record-0001", **given: Any) -> dict[str, Any]:
    body = {"record_key": key, "place_code": COMMUNITY, "kind": "service", "title": "长者助餐点"}
    if "person_name" in given:
        del body["title"]
    return {**body, "answers": {"ramp": "yes"}, "visited_on": today(), **given}


def keep(who: Caller, census: str, **given: Any) -> dict[str, Any]:
    return who("resources.keep_census_record", census_id=census, **facts(**given))  # type: ignore[no-any-return]


def verified(world: World, who: Caller, census: str, **given: Any) -> str:
    record = keep(who, census, **given)["census_record_id"]
    who("resources.submit_census_record", census_record_id=record)
    world.staff()("resources.verify_census_record", census_record_id=record)
    return str(record)


def test_a_record_goes_from_the_door_to_the_list_and_leaves_nobody_behind(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    person = {"kind": "volunteer", "person_name": NAME, "contact_phone": PHONE, "category": "mediation"}
    agreed = {"publish_consent": True, "consent_how": "paper"}
    record = verified(world, me, census, **person, **agreed)
    reply = world.staff()("resources.list_census_record", census_record_id=record)
    assert (reply["status"], reply["person_name"], reply["contact_phone"]) == ("listed", None, None)
    entry = world.staff()("resources.get_list_entry", list_entry_id=reply["list_entry_id"])
    assert (entry["status"], entry["source"], entry["source_id"]) == ("listed", "census", record)
    assert (entry["person_name"], entry["community_code"], entry["category"]) == ("王**", COMMUNITY, "mediation")
    assert entry["publish_consented_at"] is not None
    assert entry["is_public"] is False
    with world.host.executors["resources"].sessions() as session:
        told = session.execute(text("SELECT string_agg(payload::text, '') FROM outbox")).scalar_one()
    assert NAME not in told
    assert PHONE not in told


def test_personal_fields_are_ciphertext_in_the_record_and_answers_are_for_staff_and_the_writer(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    record = keep(me, census, contact_phone=PHONE, answers={"ramp": "no", "note": "住户王秀英行动不便"})
    assert (record["contact_phone"], record["answers"]["note"]) == ("138****8000", "住户王秀英行动不便")
    shown = {"census_record_id": record["census_record_id"]}
    assert world.staff()("resources.get_census_record", **shown)["answers"]["ramp"] == "no"
    auditor = Caller(world.host, actor("auditor"))
    assert auditor("resources.get_census_record", **shown)["answers"] is None
    with pytest.raises(NotFoundError):
        worker(world)("resources.get_census_record", **shown)
    with world.host.executors["resources"].sessions() as session:
        raw = session.execute(text("SELECT row_to_json(r)::text FROM census_record r")).scalar_one()
    assert PHONE not in raw
    assert "行动不便" not in raw


def test_a_batch_sent_twice_changes_nothing_and_one_bad_record_spoils_no_other(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    batch = [
        facts("record-0001"),
        facts("record-0002", title="议事厅"),
        facts("record-0003", place_code=CELL),  # not assigned to this worker
        facts("record-0004", answers={}),  # a required answer is missing
        facts("record-0005", place_code=ZHUHAI + "009"),  # not a place of this census
        facts("record-0006", visited_on=today(-1)),  # before it started
    ]
    send = {"census_id": census, "records": batch, "submit": True}
    first = me("resources.upload_census_records", **send)
    assert (first["stored"], first["known"], first["refused"]) == (2, 0, 4)
    assert [one["code"] for one in first["items"]] == [
        *(None, None),
        *("census_not_assigned", "census_invalid", "census_not_a_target", "census_invalid"),
    ]
    again = me("resources.upload_census_records", **send)
    assert (again["stored"], again["known"], again["refused"]) == (0, 2, 4)
    assert [one["census_record_id"] for one in again["items"]] == [one["census_record_id"] for one in first["items"]]
    other = me("resources.upload_census_records", census_id=census, records=[facts("record-0001", title="换了")])
    assert other["items"][0]["code"] == "census_record_differs"
    assert len(events(world, "census_record_submitted")) == 2


def test_one_key_sent_by_many_at_once_is_one_record(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    replies: list[str] = []

    def send() -> None:
        replies.append(keep(me, census)["census_record_id"])

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(replies) == 5
    assert len(set(replies)) == 1
    with world.host.executors["resources"].sessions() as session:
        assert len(session.scalars(select(CensusRecord)).all()) == 1


def test_coverage_counts_visits_by_place_and_community_and_drafts_are_none(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    keep(me, census, key="record-draft")
    record = verified(world, me, census, key="record-done")
    world.staff()("resources.list_census_record", census_record_id=record)
    for number in range(3):
        made = keep(world.staff(), census, key=f"record-cell{number}", place_code=CELL, title=f"服务站{number}号")
        world.staff()("resources.submit_census_record", census_record_id=made["census_record_id"])
    found = world.staff()("resources.get_census_coverage", census_id=census)
    by_place = {row["place_code"]: (row["visited"], row["expected"], row["permille"]) for row in found["places"]}
    assert by_place == {COMMUNITY: (1, 4, 250), CELL: (3, 1, 1000)}
    assert [row["place_code"] for row in found["communities"]] == [COMMUNITY, OTHER]
    total = found["total"]
    assert (total["visited"], total["expected"], total["permille"], total["listed"]) == (4, 5, 400, 1)
    assert total["first_on"] == total["last_on"] == today()


def test_a_census_closes_with_its_report_when_every_record_is_decided(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    record = verified(world, me, census)
    staff = world.staff()
    with pytest.raises(ConflictError) as waiting:
        staff("resources.close_census", census_id=census)
    assert waiting.value.code == "census_records_open"
    staff("resources.reject_census_record", census_record_id=record, reason="重复走访")
    closed = staff("resources.close_census", census_id=census)
    assert closed["report"]["records"] == {"draft": 0, "submitted": 0, "verified": 0, "rejected": 1, "listed": 0}
    assert closed["report_digest"] == fingerprint(closed["report"])
    for call in (lambda: keep(me, census, key="too-late-01"), lambda: staff("resources.open_census", census_id=census)):
        with pytest.raises(ConflictError) as late:
            call()
        assert late.value.code == "census_state"


def test_nobody_verifies_what_they_wrote_down(world: World) -> None:
    census, staff = opened(world), world.staff()
    record = keep(staff, census)["census_record_id"]
    staff("resources.submit_census_record", census_record_id=record)
    with pytest.raises(ConflictError) as refused:
        staff("resources.verify_census_record", census_record_id=record)
    assert refused.value.code == "census_record_same_person"


def test_a_likely_duplicate_is_shown_and_merged_or_said_to_be_new(world: World) -> None:
    known = listed(world, service(world))
    listed(world, service(world, title="邻里维修站"))
    me = worker(world)
    census = opened(world, me)
    record = verified(world, me, census, title="长者助餐点位", summary="周一至周五供餐")
    like = world.staff()("resources.list_like_entries", census_record_id=record)["items"]
    assert [(one["list_entry_id"], one["by"]) for one in like] == [(known["list_entry_id"], ["name"])]
    with pytest.raises(ConflictError) as refused:
        world.staff()("resources.list_census_record", census_record_id=record)
    assert refused.value.details["list_entry_ids"] == [known["list_entry_id"]]
    into = {"census_record_id": record, "list_entry_id": known["list_entry_id"]}
    world.staff()("resources.list_census_record", **into)
    entry = world.staff()("resources.get_list_entry", list_entry_id=known["list_entry_id"])
    assert (entry["title"], entry["summary"], entry["rechecked_on"]) == ("长者助餐点位", "周一至周五供餐", today())
    new = verified(world, me, census, key="record-0002", title="长者助餐点")
    made = world.staff()("resources.list_census_record", census_record_id=new, is_new=True)
    assert made["list_entry_id"] != known["list_entry_id"]


def test_a_recheck_census_visits_what_is_due_and_retires_what_is_gone(world: World) -> None:
    world.bureau("resources.set_one_list_rule", key="recheck_days_service", value=10)
    stays = listed(world, service(world, cell_code=COMMUNITY + "001"))
    gone = listed(world, service(world, title="旧服务站"))
    listed(world, volunteer(world, community_code=OTHER))  # due much later
    census = drafted(world, is_recheck=True, questions=[])
    staff = world.staff()
    places = staff("resources.list_census_places", census_id=census)["items"]
    assert [(row["place_code"], row["expected"]) for row in places] == [(COMMUNITY, 2)]
    staff("resources.open_census", census_id=census)
    me = worker(world)
    staff("resources.assign_census", census_id=census, place_code=COMMUNITY, account_id=me.who.account_id)  # type: ignore[union-attr]
    for number, (entry, found) in enumerate(((stays, "present"), (gone, "gone"))):
        about = {"title": entry["title"], "answers": {}, "list_entry_id": entry["list_entry_id"], "found": found}
        record = verified(world, me, census, key=f"recheck-{number}", **about)
        staff("resources.list_census_record", census_record_id=record)
    rows = staff("resources.list_census_rechecks", census_id=census)["items"]
    assert {row["list_entry_id"]: row["visited"] for row in rows} == {
        stays["list_entry_id"]: True,
        gone["list_entry_id"]: True,
    }
    shown = [staff("resources.get_list_entry", list_entry_id=one["list_entry_id"]) for one in (stays, gone)]
    assert [one["status"] for one in shown] == ["listed", "retired"]
    assert shown[0]["cell_code"] == stays["cell_code"]  # the community was visited whole
    with pytest.raises(ConflictError):
        drafted(world, is_recheck=True, starts_on=today(-9), ends_on=today(-1))


def test_what_does_not_fit_is_refused(world: World) -> None:
    staff, census = world.staff(), drafted(world)
    place: dict[str, Any] = {"census_id": census, "expected": 3}
    with pytest.raises(ConflictError) as empty:
        staff("resources.open_census", census_id=census)
    assert empty.value.code == "census_targets_missing"
    staff("resources.set_census_place", **place, place_code=COMMUNITY)
    for code in (COMMUNITY + "001", CHANGJIANG + "001"):
        with pytest.raises(InvalidError):
            staff("resources.set_census_place", **place, place_code=code)
    stranger = worker(world, CHANGJIANG)
    with pytest.raises(NotFoundError):
        staff("resources.assign_census", census_id=census, place_code=COMMUNITY, account_id=stranger.who.account_id)  # type: ignore[union-attr]
    with pytest.raises(InvalidError):
        drafted(world, starts_on=today(2), ends_on=today(1))
    with pytest.raises(InvalidError):
        drafted(world, questions=[*QUESTIONS, QUESTIONS[0]])
    with pytest.raises(ForbiddenError):
        world.staff(CHANGJIANG)(
            "resources.draft_census",
            **{"street_code": ZHUHAI, "title": "越界"} | {"starts_on": today(), "ends_on": today(1)},
        )


def test_a_neighbour_sees_neither_campaign_nor_record(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    record = keep(me, census)["census_record_id"]
    neighbour = world.staff(CHANGJIANG)
    assert neighbour("resources.list_censuses")["items"] == []
    assert neighbour("resources.list_census_records")["items"] == []
    for call, given in (
        ("get_census", {"census_id": census}),
        ("get_census_coverage", {"census_id": census}),
        ("close_census", {"census_id": census}),
        ("get_census_record", {"census_record_id": record}),
        ("verify_census_record", {"census_record_id": record}),
    ):
        with pytest.raises(NotFoundError):
            neighbour(f"resources.{call}", **given)
    with pytest.raises(NotFoundError):
        keep(worker(world, CHANGJIANG), census)


def test_an_erased_entry_leaves_nothing_in_the_records_it_came_from(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    record = verified(world, me, census, kind="talent", person_name=NAME, answers={"ramp": "yes", "note": "住三楼"})
    entry = world.staff()("resources.list_census_record", census_record_id=record)["list_entry_id"]
    step(world, "erase", {"list_entry_id": entry}, reason="本人要求")
    with world.host.executors["resources"].sessions() as session:
        row = session.get_one(CensusRecord, record)
        assert (row.person_name, row.contact_phone, row.answers) == (None, None, None)


def test_a_record_and_the_end_of_its_census_cannot_pass_each_other(world: World) -> None:
    me = worker(world)
    census = opened(world, me)
    outcomes: list[str] = []

    def run(call: Any) -> None:
        try:
            call()
            outcomes.append("done")
        except FootprintError as error:
            outcomes.append(error.code)

    record = keep(me, census)["census_record_id"]
    calls = [
        lambda: me("resources.submit_census_record", census_record_id=record),
        lambda: world.staff()("resources.close_census", census_id=census),
    ]
    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    status = world.staff()("resources.get_census", census_id=census)["status"]
    submitted = world.staff()("resources.get_census_record", census_record_id=record)["status"] == "submitted"
    assert (status, submitted) in {("closed", False), ("open", True)}
    assert sorted(outcomes) in (["census_state", "done"], ["census_records_open", "done"])
