"""An activity from its plan to its locked records, every event delivered twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.tables import OutboxEvent
from tests import kit
from tests.service.projects.activity_hall import Hall, account_of

SAID = {"reason": "场地检修（演示）"}


@pytest.fixture
def hall(trail_key: object) -> Hall:
    return Hall()


def test_an_activity_is_held_and_the_trail_tells_it(hall: Hall) -> None:
    guest = hall.resident()
    hall.step(guest, "sign_up_for_activity")
    hall.late_by(minutes=-10)
    assert hall.activity()["status"] == "open", "its clock opened it"
    came = hall.come(guest)
    assert (came["status"], came["late"], came["walk_in"], came["minutes"]) == ("present", False, False, None)
    hall.late_by(minutes=60)
    gone = hall.step(guest, "check_out_of_activity", code=hall.code())
    assert gone["status"] == "left"
    hall.at(hall.ends_at + timedelta(minutes=31))
    assert hall.activity()["status"] == "held", "its clock ended it"
    record = guest("projects.get_platform_record")
    assert record["title"] == "平台记录 Platform record"
    assert (record["records"], record["minutes"]) == (1, 60)
    hall.at(hall.ends_at + timedelta(days=8))
    assert hall.activity()["status"] == "closed"
    entries = hall.staff("projects.list_trail_entries", subject=hall.activity_id)["items"]
    assert [entry["event"] for entry in reversed(entries)] == [
        "activity_planned",
        "activity_signed_up",
        "activity_opened",
        "activity_attended",
        "activity_left",
        "activity_held",
        "activity_closed",
    ]


def test_a_full_activity_has_a_queue_and_a_free_seat_goes_to_its_first(hall: Hall) -> None:
    guests = [hall.resident() for _ in range(4)]
    made = [hall.step(one, "sign_up_for_activity") for one in guests]
    assert [one["status"] for one in made] == ["signed_up", "signed_up", "waiting", "waiting"]
    with pytest.raises(ConflictError, match="sign_up_exists"):
        hall.step(guests[0], "sign_up_for_activity")
    hall.step(guests[1], "withdraw_sign_up", sign_up_id=made[1]["sign_up_id"])
    found = {one["sign_up_id"]: one["status"] for one in hall.step(hall.cso, "list_sign_ups")["items"]}
    assert [found[one["sign_up_id"]] for one in made] == ["signed_up", "withdrawn", "signed_up", "waiting"]
    again = hall.step(guests[1], "sign_up_for_activity")
    assert again["status"] == "waiting", "behind the one who waited all the time"
    with pytest.raises(ConflictError, match="activity_capacity_below"):
        hall.step(hall.cso, "change_activity", capacity=1)
    hall.step(hall.cso, "change_activity", capacity=3)
    assert hall.activity()["counts"] == {"signed_up": 3, "waiting": 1, "attended": 0}
    assert hall.step(guests[3], "get_sign_up", sign_up_id=made[3]["sign_up_id"])["status"] == "signed_up"


def test_the_others_see_their_own_sign_up_only_and_names_are_masked(hall: Hall) -> None:
    guest, other = hall.resident(), hall.resident()
    own = hall.step(guest, "sign_up_for_activity", name="演示居民甲")
    assert own["name"] == "演**"
    assert hall.step(other, "list_sign_ups")["items"] == []
    with pytest.raises(NotFoundError, match="sign_up_not_found"):
        hall.step(other, "get_sign_up", sign_up_id=own["sign_up_id"])
    with pytest.raises(NotFoundError, match="sign_up_not_found"):
        hall.step(other, "withdraw_sign_up", sign_up_id=own["sign_up_id"])
    with pytest.raises(NotFoundError, match="sign_up_not_found"):
        hall.step(hall.cso, "get_entry_pass", sign_up_id=own["sign_up_id"])
    assert len(hall.step(guest, "get_entry_pass", sign_up_id=own["sign_up_id"])["entry_pass"]) == 10


def test_organisers_sign_up_somebody_without_an_account(hall: Hall) -> None:
    with pytest.raises(ForbiddenError, match="activity_not_yours"):
        hall.step(hall.resident(), "sign_up_for_activity", for_other=True, name="演示居民乙")
    with pytest.raises(InvalidError, match="sign_up_invalid"):
        hall.step(hall.cso, "sign_up_for_activity", for_other=True)
    with pytest.raises(InvalidError, match="sign_up_invalid"):
        hall.step(hall.resident(), "sign_up_for_activity", phone="13800000001")
    who = {"for_other": True, "name": "演示居民乙", "phone": "13800000001"}
    made = hall.step(hall.cso, "sign_up_for_activity", **who)
    assert (made["account_id"], made["phone"]) == (None, "138****0001")
    with pytest.raises(ConflictError, match="sign_up_exists"):
        hall.step(hall.staff, "sign_up_for_activity", **who)


def test_moving_an_activity_keeps_its_old_times_and_old_clocks_do_not_ring(hall: Hall) -> None:
    later = {"starts_at": (hall.starts_at + timedelta(days=1)).isoformat()}
    later |= {"ends_at": (hall.ends_at + timedelta(days=1)).isoformat()}
    with pytest.raises(InvalidError, match="activity_time_invalid"):
        hall.step(hall.cso, "reschedule_activity", **{**later, "starts_at": hall.now().isoformat()}, **SAID)
    assert hall.step(hall.cso, "postpone_activity", **SAID)["status"] == "postponed"
    with pytest.raises(ConflictError, match="activity_state_conflict"):
        hall.step(hall.resident(), "sign_up_for_activity")
    moved = hall.step(hall.staff, "reschedule_activity", **later, **SAID)
    assert (moved["status"], moved["reason"]) == ("planned", SAID["reason"])
    hall.late_by(minutes=1)
    assert hall.activity()["status"] == "planned", "the clock of the old times rang in vain"
    kept = hall.step(hall.resident(), "list_reschedules")["items"]
    assert [one["new_starts_at"] is None for one in kept] == [False, True]
    assert {one["old_starts_at"] for one in kept} == {hall.plan_time()}
    hall.late_by(days=1, minutes=-5)
    assert hall.activity()["status"] == "open"


def told(hall: Hall, name: str) -> list[dict[str, Any]]:
    """Payloads of the activity's events of this name, in their order."""
    mine = select(OutboxEvent.payload).where(OutboxEvent.name == name, OutboxEvent.subject == hall.activity_id)
    with hall.host.executors["projects"].sessions() as session:
        return list(session.scalars(mine.order_by(OutboxEvent.position)))


def test_a_change_names_the_accounts_of_those_who_mean_to_come_and_nothing_else_of_them(hall: Hall) -> None:
    first, second, third, gone = (hall.resident() for _ in range(4))
    made = [hall.step(one, "sign_up_for_activity") for one in (first, second, third, gone)]
    hall.step(gone, "withdraw_sign_up", sign_up_id=made[3]["sign_up_id"])
    hall.step(hall.cso, "sign_up_for_activity", for_other=True, name="演示居民丙", phone="13800000003")
    hall.step(first, "withdraw_sign_up", sign_up_id=made[0]["sign_up_id"])
    (seat,) = told(hall, "seat_given")
    assert (seat["account_id"], seat["sign_up_id"]) == (account_of(third), made[2]["sign_up_id"])
    assert datetime.fromisoformat(seat["starts_at"]) == hall.starts_at
    hall.step(hall.cso, "change_activity", capacity=3)
    assert told(hall, "seat_given")[1]["account_id"] is None, "who has no account is told by the organisers"
    hall.step(hall.cso, "postpone_activity", **SAID)
    later = {"starts_at": (hall.starts_at + timedelta(days=1)).isoformat()}
    later |= {"ends_at": (hall.ends_at + timedelta(days=1)).isoformat()}
    hall.step(hall.staff, "reschedule_activity", **later, **SAID)
    hall.step(first, "sign_up_for_activity")
    hall.step(hall.cso, "cancel_activity", **SAID)
    coming = {account_of(second), account_of(third)}
    for name, expected in (
        ("activity_postponed", coming),
        ("activity_rescheduled", coming),
        ("activity_cancelled", {*coming, account_of(first)}),
    ):
        (one,) = told(hall, name)
        assert one["account_ids"] == sorted(expected)
        assert "演示居民" not in str(one)
        assert "1380000" not in str(one)


def test_activities_belong_to_projects_that_run(hall: Hall) -> None:
    hall.to_final_report()
    with pytest.raises(ConflictError, match="project_state_conflict"):
        hall.plan()
    hall.late_by(minutes=-5)
    assert hall.activity()["status"] == "planned", "the clock opens nothing of a project that is over"
    with pytest.raises(ConflictError, match="project_state_conflict"):
        hall.step(hall.cso, "open_activity")


def test_check_in_opens_in_its_time_and_only_an_activity_nobody_came_to_is_called_off(hall: Hall) -> None:
    with pytest.raises(ConflictError, match="check_in_closed"):
        hall.step(hall.cso, "open_activity")
    with pytest.raises(ConflictError, match="activity_state_conflict"):
        hall.step(hall.cso, "get_activity_code")
    hall.late_by(minutes=-20)
    with pytest.raises(ConflictError, match="activity_too_early"):
        hall.step(hall.cso, "hold_activity")
    came = hall.come(hall.resident())
    with pytest.raises(ConflictError, match="activity_attended"):
        hall.step(hall.cso, "cancel_activity", **SAID)
    hall.cso("projects.correct_attendance", attendance_id=came["attendance_id"], void=True, reason="误签（演示）")
    assert hall.step(hall.cso, "cancel_activity", **SAID)["status"] == "cancelled"


def test_neighbours_and_other_organisations_are_kept_out(hall: Hall) -> None:
    stranger = hall.caller("cso", organisation_id="org_" + "0" * 26)
    with pytest.raises(ForbiddenError, match="activity_not_yours"):
        hall.step(stranger, "change_activity", title="改名（演示）")
    with pytest.raises(ForbiddenError, match="activity_not_yours"):
        hall.step(stranger, "get_activity_code")
    neighbour = hall.caller("street_staff", street=kit.CHANGJIANG)
    for verb in ("get_activity", "get_activity_code", "list_sign_ups", "list_attendances", "issue_offline_list"):
        with pytest.raises(NotFoundError, match="activity_not_found"):
            hall.step(neighbour, verb)
    assert neighbour("projects.list_activities")["items"] == []
    assert account_of(neighbour) != account_of(stranger)


def test_the_districts_numbers_are_its_own(hall: Hall) -> None:
    with pytest.raises(ForbiddenError):
        hall.staff("projects.change_activity_policy", late_minutes=5)
    with pytest.raises(InvalidError, match="activity_policy_invalid"):
        hall.bureau("projects.change_activity_policy", late_minutes=240, longest_hours=1)
    changed = hall.bureau("projects.change_activity_policy", late_minutes=0, round_minutes=30)
    assert (changed["late_minutes"], changed["round_minutes"], changed["code_seconds"]) == (0, 30, 30)
    hall.late_by(minutes=1)
    assert hall.come(hall.resident())["late"] is True
    hall.at(hall.ends_at + timedelta(minutes=31))
    found = hall.step(hall.cso, "list_attendances")["items"]
    assert [one["minutes"] for one in found] == [90], "118 minutes, the remainder below thirty dropped"


def test_coordinates_are_kept_to_a_hundred_metres(hall: Hall) -> None:
    made = hall.plan(latitude=35.963712, longitude=120.184561)
    assert (made["latitude"], made["longitude"]) == (35.964, 120.185)
    with pytest.raises(InvalidError, match="activity_place_invalid"):
        hall.plan(latitude=35.9)
