"""Coming and going: the code of the moment, the gate, minutes, corrections, races; every event delivered twice."""

from __future__ import annotations

import base64
import io
import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from chassis.clock import SHANGHAI
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from services.projects.activities import domain as activities
from services.projects.activities.models import Activity
from tests import kit
from tests.service.projects.activity_hall import Hall, account_of


@pytest.fixture
def hall(trail_key: object) -> Hall:
    made = Hall()
    made.late_by(minutes=-10)
    return made


def at_once(calls: list[Callable[[], Any]]) -> Counter[str]:
    """All together; what became of each: ``done`` or the error's code."""
    found: list[str] = []
    start = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> None:
        start.wait()
        try:
            call()
            found.append("done")
        except FootprintError as error:
            found.append(error.code)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == len(calls)
    return Counter(found)


def wrong(code: str) -> str:
    """No code of the moment, whichever that is."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_is_good_for_its_moment_and_no_longer(hall: Hall) -> None:
    guest = hall.resident()
    old = hall.code()
    hall.at(hall.now() + timedelta(seconds=120))
    with pytest.raises(InvalidError, match="check_in_code_expired"):
        hall.step(guest, "check_in_to_activity", code=old)
    with pytest.raises(InvalidError, match="check_in_code_invalid"):
        hall.step(guest, "check_in_to_activity", code=f"{hall.plan()['activity_id']}.{hall.code()}")
    came = hall.step(guest, "check_in_to_activity", code=f"{hall.activity_id}.{hall.code()}")
    assert (came["method"], came["walk_in"]) == ("code", True)
    with pytest.raises(ConflictError, match="attendance_exists"):
        hall.come(guest)


def test_the_code_one_came_in_with_does_not_let_one_out(hall: Hall) -> None:
    guest = hall.resident()
    with pytest.raises(NotFoundError, match="attendance_not_found"):
        hall.step(guest, "check_out_of_activity", code=hall.code())
    code = hall.code()
    hall.step(guest, "check_in_to_activity", code=code)
    with pytest.raises(ConflictError, match="check_in_code_used"):
        hall.step(guest, "check_out_of_activity", code=code)
    hall.at(hall.now() + timedelta(seconds=90))
    assert hall.step(guest, "check_out_of_activity", code=hall.code())["status"] == "left"
    hall.at(hall.now() + timedelta(seconds=90))
    with pytest.raises(ConflictError, match="attendance_state_conflict"):
        hall.step(guest, "check_out_of_activity", code=hall.code())


def test_whoever_guesses_waits_and_nobody_else_does(hall: Hall) -> None:
    guest, other = hall.resident(), hall.resident()
    for _ in range(5):
        with pytest.raises(InvalidError, match="check_in_code_invalid"):
            hall.step(guest, "check_in_to_activity", code=wrong(hall.code()))
    with pytest.raises(ConflictError, match="check_in_locked"):
        hall.come(guest)
    assert hall.come(other)["status"] == "present"
    hall.at(hall.now() + timedelta(minutes=11))
    assert hall.come(guest)["status"] == "present"


def test_guesses_that_come_together_are_no_more_than_allowed(hall: Hall) -> None:
    guest, code = hall.resident(), hall.code()  # no more at once than the pool of a test has connections
    guesses = [
        lambda n=n: hall.step(guest, "check_in_to_activity", code=f"{(int(code) + n) % 1_000_000:06d}")
        for n in range(1, 8)
    ]
    assert at_once(guesses) == {"check_in_code_invalid": 5, "check_in_locked": 2}


def test_the_last_seat_goes_to_one_of_many(hall: Hall) -> None:
    code = hall.code()
    guests = [hall.resident() for _ in range(12)]
    come = [lambda who=who: hall.step(who, "check_in_to_activity", code=code) for who in guests]
    assert at_once(come) == {"done": 2, "activity_full": 10}
    assert hall.activity()["counts"]["attended"] == 2


def test_one_person_checks_in_once_however_often_at_once(hall: Hall) -> None:
    guest, code = hall.resident(), hall.code()
    come = [lambda: hall.step(guest, "check_in_to_activity", code=code) for _ in range(8)]
    assert at_once(come) == {"done": 1, "attendance_exists": 7}
    assert len(hall.step(hall.cso, "list_attendances")["items"]) == 1


def test_the_gate_records_walk_ins_by_name_or_account_and_people_of_the_list(hall: Hall) -> None:
    named = {"name": "演示居民丙", "phone": "13800000003"}
    came = hall.step(hall.cso, "record_walk_in", **named)
    assert (came["method"], came["name"], came["phone"]) == ("gate", "演**", "138****0003")
    with pytest.raises(ConflictError, match="attendance_exists"):
        hall.step(hall.staff, "record_walk_in", **named)
    for who in ({}, {"phone": "13800000004"}, {"name": "甲", "account_id": account_of(hall.resident())}):
        with pytest.raises(InvalidError, match="walk_in_invalid"):
            hall.step(hall.cso, "record_walk_in", **who)
    guest = hall.resident()
    with pytest.raises(InvalidError, match="walk_in_invalid"):
        hall.step(hall.cso, "record_walk_in", account_id=account_of(guest))
    hall.know(account_of(guest))
    hall.step(hall.cso, "record_walk_in", account_id=account_of(guest))
    with pytest.raises(ConflictError, match="attendance_exists"):
        hall.come(guest)
    with pytest.raises(ConflictError, match="activity_full"):
        hall.step(hall.cso, "record_walk_in", name="演示居民丁")


def test_an_activity_without_walk_ins_is_for_those_who_signed_up(hall: Hall) -> None:
    with hall.host.executors["projects"].sessions.begin() as session:
        session.get_one(Activity, hall.activity_id).walk_ins = False
    with pytest.raises(ConflictError, match="walk_in_refused"):
        hall.come(hall.resident())
    made = hall.step(hall.cso, "sign_up_for_activity", for_other=True, name="演示居民戊")
    came = hall.step(hall.cso, "record_walk_in", sign_up_id=made["sign_up_id"])
    assert (came["walk_in"], came["sign_up_id"]) == (False, made["sign_up_id"])


def test_minutes_follow_presence_within_the_activity(hall: Hall) -> None:
    early, late = hall.resident(), hall.resident()
    first = hall.come(early)
    hall.late_by(minutes=16)
    second = hall.come(late)
    assert (first["late"], second["late"]) == (False, True)
    hall.late_by(minutes=76)
    left = hall.cso("projects.record_departure", attendance_id=first["attendance_id"])
    assert left["minutes"] is None
    hall.at(hall.ends_at + timedelta(minutes=31))
    minutes = {one["attendance_id"]: one["minutes"] for one in hall.step(hall.cso, "list_attendances")["items"]}
    assert minutes == {first["attendance_id"]: 76, second["attendance_id"]: 103}
    record = hall.cso("projects.get_organisation_record", organisation_id=hall.organisation_id)
    assert (record["people"], record["activities"], record["minutes"]) == (2, 1, 179)
    other = hall.caller("cso", organisation_id="org_" + "0" * 26)
    assert hall.staff("projects.get_organisation_record", organisation_id=hall.organisation_id)["minutes"] == 179
    for who in (other, hall.caller("street_staff", street=kit.CHANGJIANG)):
        with pytest.raises(ForbiddenError, match="activity_not_yours"):
            who("projects.get_organisation_record", organisation_id=hall.organisation_id)


def test_two_activities_at_once_count_once(hall: Hall) -> None:
    guest = hall.resident()
    hall.come(guest, part="volunteer")
    other = hall.plan(
        starts_at=(hall.starts_at + timedelta(hours=1)).isoformat(),
        ends_at=(hall.ends_at + timedelta(hours=1)).isoformat(),
    )["activity_id"]
    hall.late_by(minutes=60)
    code = hall.step(hall.cso, "get_activity_code", activity_id=other)["code"]
    hall.step(guest, "check_in_to_activity", activity_id=other, code=code)
    hall.at(hall.ends_at + timedelta(minutes=95))
    record = guest("projects.get_platform_record")
    each = [one["minutes"] for one in guest("projects.list_own_attendances")["items"]]
    assert (sorted(each), record["minutes"], record["records"]) == ([119, 120], 180, 2)
    assert record["minutes_by_part"] == {"participant": 119, "volunteer": 120}
    day = hall.starts_at.astimezone(SHANGHAI).date()
    assert guest("projects.get_platform_record", from_on=(day + timedelta(days=2)).isoformat())["minutes"] == 0
    assert guest("projects.get_platform_record", until_on=(day + timedelta(days=2)).isoformat())["minutes"] == 180


def test_the_file_is_a_platform_record_and_no_certificate(hall: Hall) -> None:
    guest = hall.resident()
    hall.come(guest)
    hall.at(hall.ends_at + timedelta(minutes=31))
    for one in (guest, hall.cso):
        verb = "get_platform_record_file" if one is guest else "get_organisation_record_file"
        whose = {} if one is guest else {"organisation_id": hall.organisation_id}
        pdf = base64.b64decode(one(f"projects.{verb}", format="pdf", **whose)["content"])
        assert pdf.startswith(b"%PDF-")
        content = base64.b64decode(one(f"projects.{verb}", format="xlsx", **whose)["content"])
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        cells = [
            str(cell) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python() for cell in row
        ]
        text = "\n".join(cells)
        assert "平台记录 Platform record" in text
        assert "健康讲座（演示）" in text
        assert not [word for word in ("证明", "证书", "ertificate") if word in text]
        assert "120.0" in cells or "120" in cells


def test_a_correction_shows_what_stood_there_and_a_locked_record_needs_two(hall: Hall) -> None:
    guest = hall.resident()
    came = hall.come(guest)
    record = {"attendance_id": came["attendance_id"]}
    hall.at(hall.ends_at + timedelta(minutes=31))
    left = (hall.starts_at + timedelta(minutes=30)).isoformat()
    done = hall.cso("projects.correct_attendance", left_at=left, reason="提前离场（演示）", **record)
    assert (done["status"], done["old"]["minutes"], done["new"]["minutes"]) == ("applied", 120, 30)
    with pytest.raises(InvalidError, match="attendance_correction_empty"):
        hall.cso("projects.correct_attendance", left_at=left, reason="再来一次（演示）", **record)
    hall.step(hall.staff, "close_activity")
    asked = hall.staff("projects.correct_attendance", left_at=None, reason="其实没走（演示）", **record)
    assert (asked["status"], asked["decided_by"]) == ("proposed", None)
    which = {"attendance_correction_id": asked["attendance_correction_id"]}
    with pytest.raises(ConflictError, match="attendance_correction_same_person"):
        hall.staff("projects.approve_attendance_correction", **which)
    with pytest.raises(ForbiddenError):
        hall.cso("projects.approve_attendance_correction", **which)
    assert hall.bureau("projects.approve_attendance_correction", **which)["new"]["minutes"] == 120
    with pytest.raises(ConflictError, match="attendance_correction_state_conflict"):
        hall.bureau("projects.refuse_attendance_correction", **which)
    again = hall.cso("projects.correct_attendance", void=True, reason="并未到场（演示）", **record)
    refused = {"attendance_correction_id": again["attendance_correction_id"], "note": "不成立（演示）"}
    assert hall.staff("projects.refuse_attendance_correction", **refused)["status"] == "refused"
    seen = guest("projects.list_attendance_corrections", **record)["items"]
    assert [one["status"] for one in seen] == ["refused", "applied", "applied"]
    with pytest.raises(NotFoundError, match="attendance_not_found"):
        hall.resident()("projects.list_attendance_corrections", **record)
    assert guest("projects.get_attendance", **record)["minutes"] == 120


def test_a_record_cannot_say_what_cannot_be(hall: Hall) -> None:
    came = hall.come(hall.resident())
    record = {"attendance_id": came["attendance_id"], "reason": "试一试（演示）"}
    for given in (
        {"left_at": (hall.now() + timedelta(hours=1)).isoformat()},
        {"arrived_at": (hall.starts_at - timedelta(hours=1)).isoformat()},
        {"left_at": (hall.starts_at - timedelta(minutes=20)).isoformat()},
    ):
        with pytest.raises(InvalidError, match="attendance_time_invalid"):
            hall.cso("projects.correct_attendance", **given, **record)


def test_a_walk_in_can_be_forgotten_and_still_came(hall: Hall) -> None:
    came = hall.step(hall.cso, "record_walk_in", name="演示居民己", phone="13800000006")
    stranger = hall.caller("cso", organisation_id="org_" + "0" * 26)
    with pytest.raises(NotFoundError, match="attendance_not_found"):
        stranger("projects.erase_attendance", attendance_id=came["attendance_id"])
    gone = hall.cso("projects.erase_attendance", attendance_id=came["attendance_id"])
    assert (gone["name"], gone["phone"], gone["status"]) == (None, None, "present")
    assert [one["name"] for one in hall.step(hall.cso, "list_sign_ups")["items"]] == [None]
    assert hall.counts()["people"] == 1


def test_the_secret_is_ciphertext_and_leaves_the_service_in_no_reply(hall: Hall) -> None:
    with hall.host.executors["projects"].sessions() as session:
        row = session.get_one(Activity, hall.activity_id)
        stored = session.connection().exec_driver_sql("SELECT secret FROM activity").scalar_one()
        assert row.secret not in stored
        assert hall.code() == activities.code_of(row.secret, row.id, int(hall.now().timestamp()) // 30)
        assert row.secret not in repr([hall.activity(), hall.step(hall.cso, "issue_offline_list")])
    assert kit.DISTRICT in repr(hall.activity())
