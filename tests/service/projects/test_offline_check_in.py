"""A gate without a network: the signed list, what a phone brings back, and what becomes of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis import ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from services.projects.attendance import domain
from tests import kit
from tests.service.projects.activity_hall import Hall, row_id


@pytest.fixture
def hall(trail_key: object) -> Hall:
    return Hall()


def row(hall: Hall, minutes: float, **given: Any) -> dict[str, Any]:
    return {"row_id": row_id(), "arrived_at": (hall.starts_at + timedelta(minutes=minutes)).isoformat(), **given}


def upload(hall: Hall, listed: dict[str, Any], rows: list[dict[str, Any]], who: kit.Caller | None = None) -> Any:
    which = {"list_id": listed["list_id"], "signature": listed["signature"]}
    return hall.step(who or hall.cso, "upload_offline_check_ins", rows=rows, **which)


def record(hall: Hall, answer: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = hall.cso("projects.get_attendance", attendance_id=answer["attendance_id"])
    return found


def test_a_list_has_masked_people_and_verifies_their_passes(hall: Hall) -> None:
    guest = hall.resident()
    made = hall.step(guest, "sign_up_for_activity", name="演示居民甲")
    shown = hall.step(guest, "get_entry_pass", sign_up_id=made["sign_up_id"])["entry_pass"]
    listed = hall.step(hall.cso, "issue_offline_list")
    assert [one["name"] for one in listed["people"]] == ["演**"]
    assert listed["people"][0]["verifier"] == domain.verifier_of(listed["list_key"], shown)
    assert domain.verifier_of(listed["list_key"], shown[::-1]) != listed["people"][0]["verifier"]
    assert shown not in repr(listed)
    assert datetime.fromisoformat(listed["valid_until"]) == hall.ends_at + timedelta(hours=24)


def test_a_batch_is_answered_row_by_row_and_a_second_time_the_same(hall: Hall) -> None:
    guest = hall.resident()
    made = hall.step(guest, "sign_up_for_activity")
    shown = hall.step(guest, "get_entry_pass", sign_up_id=made["sign_up_id"])["entry_pass"]
    listed = hall.step(hall.cso, "issue_offline_list")
    hall.late_by(minutes=40)
    rows = [
        row(hall, 5, sign_up_id=made["sign_up_id"], entry_pass=shown, left_at=hall.now().isoformat()),
        row(hall, 20, name="演示居民乙", phone="13800000002", part="volunteer"),
        row(hall, -45, name="演示居民丙"),
        row(hall, 90, name="演示居民丁"),
        row(hall, 10, sign_up_id=made["sign_up_id"], entry_pass="0000000000"),
        row(hall, 10, sign_up_id=ids.new_id("sgu")),
        row(hall, 10),
        row(hall, 10, name="演示居民戊", left_at=hall.starts_at.isoformat()),
    ]
    answer = upload(hall, listed, rows)
    assert [one["code"] for one in answer["rows"]] == [
        None,
        None,
        "offline_time_implausible",
        "offline_time_implausible",
        "offline_pass_wrong",
        "offline_person_unknown",
        "walk_in_invalid",
        "offline_time_implausible",
    ]
    assert (answer["accepted"], answer["refused"], answer["repeated"]) == (2, 6, 0)
    first, second = (record(hall, one) for one in answer["rows"][:2])
    assert (first["method"], first["late"], first["walk_in"], first["status"]) == ("offline", False, False, "left")
    assert (second["late"], second["walk_in"], second["part"], second["name"]) == (True, True, "volunteer", "演**")
    again = upload(hall, listed, rows)
    assert (again["accepted"], again["refused"], again["repeated"]) == (0, 0, 8)
    assert [{**one, "repeated": False} for one in again["rows"]] == answer["rows"]
    assert len(hall.step(hall.cso, "list_attendances")["items"]) == 2
    hall.host.settle()
    told = hall.staff("projects.list_trail_entries", subject=hall.activity_id)["items"]
    assert sum(one["event"] == "offline_check_ins_uploaded" for one in told) == 1


def test_online_and_offline_agree_on_the_earliest_arrival_and_the_latest_departure(hall: Hall) -> None:
    guest = hall.resident()
    made = hall.step(guest, "sign_up_for_activity")
    listed = hall.step(hall.cso, "issue_offline_list")
    hall.late_by(minutes=20)
    came = hall.come(guest)
    assert came["late"] is True
    hall.late_by(minutes=60)
    earlier = row(hall, 5, sign_up_id=made["sign_up_id"], left_at=(hall.starts_at + timedelta(minutes=50)).isoformat())
    later = row(hall, 30, sign_up_id=made["sign_up_id"], left_at=(hall.starts_at + timedelta(minutes=40)).isoformat())
    answer = upload(hall, listed, [later, earlier])
    assert {one["attendance_id"] for one in answer["rows"]} == {came["attendance_id"]}
    found = record(hall, answer["rows"][0])
    assert (found["late"], found["status"], found["method"]) == (False, "left", "code")
    assert datetime.fromisoformat(found["arrived_at"]) == hall.starts_at + timedelta(minutes=5)
    assert datetime.fromisoformat(found["left_at"]) == hall.starts_at + timedelta(minutes=50)
    kept = guest("projects.list_attendance_corrections", attendance_id=came["attendance_id"])["items"]
    assert kept[-1]["old"]["arrived_at"] == came["arrived_at"], "what stood there before stays visible"


def test_after_the_end_minutes_count_at_once_and_after_closing_staff_must_upload(hall: Hall) -> None:
    listed = hall.step(hall.cso, "issue_offline_list")
    hall.late_by(minutes=-5)
    guest = hall.resident()
    came = hall.come(guest)
    hall.at(hall.ends_at + timedelta(minutes=31))
    answer = upload(hall, listed, [row(hall, 30, name="演示居民己", phone="13800000006")])
    assert record(hall, answer["rows"][0])["minutes"] == 90
    hall.step(hall.cso, "close_activity")
    with pytest.raises(ForbiddenError, match="offline_late"):
        upload(hall, listed, [row(hall, 30, name="演示居民庚")])
    same = {"sign_up_id": came["sign_up_id"], "left_at": hall.starts_at.isoformat()}
    answer = upload(hall, listed, [row(hall, 30, name="演示居民庚"), row(hall, -2, **same)], hall.staff)
    assert [one["code"] for one in answer["rows"]] == [None, "offline_record_locked"]


def test_what_the_list_did_not_cover_is_not_plausible(hall: Hall) -> None:
    hall.late_by(minutes=30)
    listed = hall.step(hall.cso, "issue_offline_list")
    hall.late_by(minutes=50)
    answer = upload(hall, listed, [row(hall, 10, name="演示居民辛"), row(hall, 40, name="演示居民壬")])
    assert [one["code"] for one in answer["rows"]] == ["offline_time_implausible", None], "before the list was taken"


def test_a_list_is_of_its_activity_and_signed(hall: Hall) -> None:
    listed = hall.step(hall.cso, "issue_offline_list")
    other = hall.plan()["activity_id"]
    hall.late_by(minutes=1)
    rows = [row(hall, 0, name="演示居民癸")]
    with pytest.raises(InvalidError, match="offline_list_forged"):
        upload(hall, {**listed, "signature": "0" * 64}, rows)
    with pytest.raises(NotFoundError, match="offline_list_not_found"):
        hall.step(
            hall.cso,
            "upload_offline_check_ins",
            activity_id=other,
            list_id=listed["list_id"],
            signature=listed["signature"],
            rows=rows,
        )
    with pytest.raises(ForbiddenError, match="activity_not_yours"):
        upload(hall, listed, rows, hall.caller("cso", organisation_id=ids.new_id("org")))
    hall.step(hall.cso, "hold_activity")
    hall.late_by(hours=1)
    with pytest.raises(ConflictError, match="activity_state_conflict"):
        hall.step(hall.cso, "issue_offline_list")
