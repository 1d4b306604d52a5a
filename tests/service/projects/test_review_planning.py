"""Planning a review end to end: judges by solver, sessions, a schedule, the draw, moves, the live clock, calendars."""

from __future__ import annotations

import base64
import hashlib
import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects import events, events_planning
from tests import kit
from tests.service.projects.round_road import Road


@pytest.fixture
def road() -> Road:
    """Screened, with a panel of six; nobody is assigned yet."""
    road = Road(judges=6)
    road.publish(judges_per_proposal=3)
    road.submit_all()
    road.advance(days=15)
    road.on_round("start_screening")
    for proposal_id in road.proposals.values():
        road.staff("projects.screen_in_proposal", proposal_id=proposal_id)
    for judge in road.judges:
        road.on_round("add_judge", account_id=account(judge), fields=["elder_care"])
    return road


def account(caller: kit.Caller) -> str:
    assert caller.who is not None
    return caller.who.account_id or ""


def plan(road: Road, operation: str, **given: Any) -> dict[str, Any]:
    """Asked for, solved by the job process, read."""
    job = road.staff(f"projects.{operation}", **given)
    road.host.settle()
    done = road.staff("projects.get_job", job_id=job["job_id"])
    assert done["status"] == "done", done
    found: dict[str, Any] = road.staff("projects.get_review_plan", review_plan_id=done["result"]["review_plan_id"])
    return found


def confirm(road: Road, found: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = road.staff("projects.confirm_review_plan", review_plan_id=found["review_plan_id"])
    return view


def pairs(road: Road) -> set[tuple[str, str]]:
    rows = road.on_round("list_assignments", limit=200)["items"]
    return {(row["proposal_id"], row["judge_account_id"]) for row in rows if not row["recused"]}


def in_roadshow(road: Road, **given: Any) -> str:
    """Judges assigned, all shortlisted, two half-days in two rooms."""
    confirm(road, plan(road, "plan_judges", round_id=road.round_id))
    road.shortlist()
    road.on_round("start_roadshow_phase")
    starts = road.now() + timedelta(days=3)
    made = road.on_round("plan_roadshow", road.staff, starts_at=starts.isoformat(), place="街道中心（演示）", **given)
    road.roadshow_id = made["roadshow_id"]
    for half, room in ((0, "一号厅"), (0, "二号厅"), (1, "一号厅")):
        add_session(road, starts + timedelta(hours=4 * half), room)
    return road.roadshow_id


def add_session(road: Road, starts: datetime, room: str, minutes: int = 45) -> dict[str, Any]:
    ends = (starts + timedelta(minutes=minutes)).isoformat()
    view: dict[str, Any] = road.staff(
        "projects.add_session", roadshow_id=road.roadshow_id, room=room, starts_at=starts.isoformat(), ends_at=ends
    )
    return view


def sessions(road: Road) -> list[dict[str, Any]]:
    rows = road.staff("projects.list_sessions", roadshow_id=road.roadshow_id)["items"]
    return sorted(rows, key=lambda row: (row["starts_at"], row["room"]))


def drawn(road: Road) -> dict[str, Any]:
    in_roadshow(road)
    confirm(road, plan(road, "plan_schedule", roadshow_id=road.roadshow_id))
    view: dict[str, Any] = road.staff("projects.draw_slots", roadshow_id=road.roadshow_id)
    return view


def test_judges_are_assigned_by_solver_and_again_with_one_change(road: Road) -> None:
    found = plan(road, "plan_judges", round_id=road.round_id, seed=3)
    assert (found["status"], found["optimal"]) == ("proposed", True)
    assert pairs(road) == set()  # a proposal of a plan binds nobody
    confirm(road, found)
    first = pairs(road)
    assert len(first) == 15
    assert set(Counter(judge for _, judge in first).values()) == {3}  # the hub's own judge cannot, five share
    assert account(road.judges[-1]) not in {judge for _, judge in first}
    rows = road.on_round("list_assignments", limit=200)["items"]
    assert {row["conflict"] for row in rows if row["recused"]} == {"hub"}
    paper, name = min(first)
    leaving = next(judge for judge in road.judges if account(judge) == name)
    leaving("projects.declare_conflict", proposal_id=paper, reason="亲属参与（演示）")
    again = plan(road, "plan_judges", round_id=road.round_id)
    confirm(road, again)
    assert first - pairs(road) == {(paper, name)}
    assert len(pairs(road) - first) == 1
    assert road.recorded(events_planning.ReviewPlanConfirmed) == 2
    road.on_round("start_review")


def test_proposals_that_cannot_have_their_judges_are_named(road: Road) -> None:
    paper = next(iter(road.proposals.values()))
    confirm(road, plan(road, "plan_judges", round_id=road.round_id))
    for judge in road.judges[:3]:
        for row in road.on_round("list_assignments", limit=200)["items"]:
            if row["judge_account_id"] == account(judge) and row["proposal_id"] == paper and not row["recused"]:
                judge("projects.declare_conflict", proposal_id=paper, reason="合作关系（演示）")
        road.on_round("add_judge", account_id=account(judge), mentored_organisation_ids=[road.organisations[0]])
    found = plan(road, "plan_judges", round_id=road.round_id)
    assert found["status"] == "infeasible"
    assert [(item["about"], item["kind"], item["needed"], item["available"]) for item in found["findings"]] == [
        (paper, "judges_conflicts", 3, 2)
    ]
    assert set(found["findings"][0]["conflicts"].values()) == {"mentor", "hub"}
    with pytest.raises(ConflictError):
        confirm(road, found)


def test_a_plan_that_was_overtaken_is_refused(road: Road) -> None:
    found = plan(road, "plan_judges", round_id=road.round_id)
    paper, judge = found["assignments"][0]["proposal_id"], found["assignments"][0]["judges"][0]
    organisation = road.organisations[list(road.proposals.values()).index(paper)]
    road.on_round("add_judge", account_id=judge, mentored_organisation_ids=[organisation])
    with pytest.raises(ConflictError, match="review_plan_outdated"):
        confirm(road, found)


def test_without_judges_there_is_no_plan_and_the_job_says_why() -> None:
    road = Road()
    road.publish()
    road.advance(days=15)
    job = road.staff("projects.plan_judges", round_id=road.round_id)
    road.host.settle()
    done = road.staff("projects.get_job", job_id=job["job_id"])
    assert (done["status"], done["error"]["code"]) == ("failed", "review_plan_empty")
    assert road.on_round("list_review_plans")["items"][0]["status"] == "discarded"


def test_a_schedule_is_found_confirmed_drawn_and_replanned(road: Road) -> None:
    view = drawn(road)
    rows = {row["session_id"]: row for row in sessions(road)}
    assert len(view["pitches"]) == 5
    assert {pitch["number"] for pitch in view["pitches"]} == {1, 2, 3, 4, 5}
    used = Counter(pitch["session_id"] for pitch in view["pitches"])
    assert max(used.values()) <= 3
    for pitch in view["pitches"]:
        assert rows[pitch["session_id"]]["starts_at"] <= pitch["starts_at"] < rows[pitch["session_id"]]["ends_at"]
        judges = {judge for paper, judge in pairs(road) if paper == pitch["proposal_id"]}
        assert judges == set(rows[pitch["session_id"]]["panel"])
        assert len(judges) >= 3
    room_of = max(used, key=lambda key: (used[key], key))
    ill = next(judge for judge in road.judges if account(judge) in rows[room_of]["panel"])
    at = rows[room_of]
    road.on_round("declare_absence", ill, starts_at=at["starts_at"], ends_at=at["ends_at"])
    again = plan(road, "plan_schedule", roadshow_id=road.roadshow_id)
    goals = {goal["name"]: goal for goal in again["goals"]}
    assert goals["pitches_moved"]["value"] == 0
    assert goals["judges_changed"]["value"] <= 2
    confirm(road, again)
    after = road.staff("projects.get_roadshow", roadshow_id=road.roadshow_id)
    assert [pitch["starts_at"] for pitch in after["pitches"]] == [pitch["starts_at"] for pitch in view["pitches"]]
    assert account(ill) not in next(row for row in sessions(road) if row["session_id"] == room_of)["panel"]
    there = {pitch["proposal_id"] for pitch in after["pitches"] if pitch["session_id"] == room_of}
    assert there
    assert not {(paper, account(ill)) for paper in there} & pairs(road)


def test_a_presenter_who_is_away_is_moved_and_nobody_else(road: Road) -> None:
    view = drawn(road)
    pitch = view["pitches"][0]
    owner = road.author(road.organisations[list(road.proposals.values()).index(pitch["proposal_id"])])
    at = next(row for row in sessions(road) if row["session_id"] == pitch["session_id"])
    road.on_round("declare_absence", owner, starts_at=at["starts_at"], ends_at=at["ends_at"])
    again = plan(road, "plan_schedule", roadshow_id=road.roadshow_id)
    assert {goal["name"]: goal["value"] for goal in again["goals"]}["pitches_moved"] == 1
    confirm(road, again)
    after = road.staff("projects.get_roadshow", roadshow_id=road.roadshow_id)
    before = {item["pitch_id"]: item["starts_at"] for item in view["pitches"]}
    assert {item["pitch_id"] for item in after["pitches"] if item["starts_at"] != before[item["pitch_id"]]} == {
        pitch["pitch_id"]
    }
    assert [item["number"] for item in after["pitches"]] == [1, 2, 3, 4, 5]
    assert road.recorded(events_planning.PitchesMoved) == 1


def test_a_judge_who_falls_ill_on_the_way_is_replaced_and_what_was_pitched_stays(road: Road) -> None:
    view = drawn(road)
    road.staff("projects.start_roadshow", roadshow_id=road.roadshow_id)
    road.pitch(view["pitches"][0], {})
    done = view["pitches"][0]
    judged = {judge for paper, judge in pairs(road) if paper == done["proposal_id"]}
    last = next(row for row in sessions(road) if row["session_id"] == view["pitches"][-1]["session_id"])
    ill = next(judge for judge in road.judges if account(judge) in last["panel"])
    road.on_round("declare_absence", ill, starts_at=last["starts_at"], ends_at=last["ends_at"])
    with pytest.raises(ConflictError, match="judges_follow_schedule"):
        road.staff("projects.plan_judges", round_id=road.round_id)
    again = plan(road, "plan_schedule", roadshow_id=road.roadshow_id)
    assert again["status"] == "proposed"
    confirm(road, again)
    assert {judge for paper, judge in pairs(road) if paper == done["proposal_id"]} == judged
    after = road.staff("projects.get_roadshow", roadshow_id=road.roadshow_id)
    kept = next(item for item in after["pitches"] if item["pitch_id"] == done["pitch_id"])
    assert (kept["status"], kept["starts_at"]) == ("locked", done["starts_at"])
    for pitch in after["pitches"]:
        if pitch["status"] == "waiting":
            road.pitch(pitch, {})
    road.staff("projects.tally_roadshow", roadshow_id=road.roadshow_id)
    road.seal()


def test_assigned_judges_are_all_there(road: Road) -> None:
    in_roadshow(road)
    before = pairs(road)
    confirm(road, plan(road, "plan_schedule", roadshow_id=road.roadshow_id, panels="assigned"))
    view = road.staff("projects.draw_slots", roadshow_id=road.roadshow_id)
    panels = {row["session_id"]: set(row["panel"]) for row in sessions(road)}
    assert pairs(road) == before
    for pitch in view["pitches"]:
        assert {judge for paper, judge in before if paper == pitch["proposal_id"]} <= panels[pitch["session_id"]]


def test_a_pitch_moves_to_a_free_place_and_its_judges_with_it(road: Road) -> None:
    view = drawn(road)
    used = Counter(pitch["session_id"] for pitch in view["pitches"])
    free = next(row for row in sessions(road) if 0 < used[row["session_id"]] < 3)
    pitch = next(item for item in view["pitches"] if item["session_id"] != free["session_id"])
    moved = road.staff(
        "projects.move_pitch",
        pitch_id=pitch["pitch_id"],
        session_id=free["session_id"],
        place=used[free["session_id"]] + 1,
        reason="答辩人请求（演示）",
    )
    assert moved["session_id"] == free["session_id"]
    assert {judge for paper, judge in pairs(road) if paper == pitch["proposal_id"]} == set(free["panel"])
    after = road.staff("projects.get_roadshow", roadshow_id=road.roadshow_id)["pitches"]
    assert [item["starts_at"] for item in after] == sorted(item["starts_at"] for item in after)


def test_what_collides_is_named(road: Road) -> None:
    in_roadshow(road)
    rows = sessions(road)
    for row in rows:
        for judge in road.judges[:3]:
            road.on_round("declare_absence", judge, starts_at=row["starts_at"], ends_at=row["ends_at"])
    found = plan(road, "plan_schedule", roadshow_id=road.roadshow_id)
    assert (found["status"], found["minimal"]) == ("infeasible", True)
    kinds = Counter(item["kind"] for item in found["findings"])
    assert kinds["proposal"] == 1
    assert kinds["conflicts"] == 1
    assert set(kinds) == {"proposal", "conflicts", "judge_absent"}
    with pytest.raises(ConflictError):
        confirm(road, found)


def test_the_draw_can_be_computed_again_by_anybody(road: Road) -> None:
    road_id = in_roadshow(road, draw_source="某日福彩双色球开奖号码（演示）")
    planned = road.staff("projects.get_roadshow", roadshow_id=road_id)
    assert planned["draw_secret"] is None
    with pytest.raises(InvalidError, match="draw_public_invalid"):
        road.staff("projects.draw_slots", roadshow_id=road_id)
    view = road.staff("projects.draw_slots", roadshow_id=road_id, draw_public="03 08 11 17 22 30 + 05")
    secret = view["draw_secret"]
    assert hashlib.sha256(secret.encode()).hexdigest() == planned["draw_commitment"]
    seed = hashlib.sha256(f"{secret}|{view['draw_public']}".encode()).hexdigest()
    assert seed == view["draw_seed"]
    order = sorted(road.proposals.values(), key=lambda name: hashlib.sha256(f"{seed}{name}".encode()).hexdigest())
    assert [pitch["proposal_id"] for pitch in view["pitches"]] == order


def test_moves_by_hand_are_checked_and_have_a_reason(road: Road) -> None:
    view = drawn(road)
    first, second = view["pitches"][0], view["pitches"][1]
    with pytest.raises(InvalidError):
        road.staff(
            "projects.swap_pitches",
            roadshow_id=road.roadshow_id,
            pitch_ids=[first["pitch_id"]] * 2,
            reason="误操作（演示）",
        )
    swapped = road.staff(
        "projects.swap_pitches",
        roadshow_id=road.roadshow_id,
        pitch_ids=[first["pitch_id"], second["pitch_id"]],
        reason="交通延误（演示）",
    )
    assert [pitch["pitch_id"] for pitch in swapped["pitches"]][:2] == [second["pitch_id"], first["pitch_id"]]
    assert swapped["pitches"][0]["starts_at"] == first["starts_at"]
    taken = swapped["pitches"][1]
    with pytest.raises(ConflictError, match="schedule_move_refused") as raised:
        road.staff(
            "projects.move_pitch",
            pitch_id=second["pitch_id"],
            session_id=taken["session_id"],
            place=taken["place"],
            reason="改期（演示）",
        )
    assert {item["code"] for item in raised.value.details["violations"]} & {"place_taken", "session_full"}
    empty = next(row for row in sessions(road) if not row["panel"])
    with pytest.raises(ConflictError) as raised:
        road.staff(
            "projects.move_pitch",
            pitch_id=second["pitch_id"],
            session_id=empty["session_id"],
            place=1,
            reason="改期（演示）",
        )
    assert "panel_short" in {item["code"] for item in raised.value.details["violations"]}
    assert road.recorded(events_planning.PitchesMoved) == 1


def test_two_rooms_are_live_at_once_and_clocks_pause(road: Road) -> None:
    view = drawn(road)
    road.staff("projects.start_roadshow", roadshow_id=road.roadshow_id)
    pitch = view["pitches"][0]["pitch_id"]
    with pytest.raises(ConflictError, match="pitch_clock_conflict"):
        road.staff("projects.pause_pitch", pitch_id=pitch)
    started = road.staff("projects.start_pitch", pitch_id=pitch)
    assert (started["clock"], started["timer"]["allowed"], started["timer"]["overtime"]) == ("running", 480, 0)
    same = [item for item in view["pitches"][1:] if item["session_id"] == view["pitches"][0]["session_id"]]
    if same:
        with pytest.raises(ConflictError):
            road.staff("projects.start_pitch", pitch_id=same[0]["pitch_id"])
    road.advance(minutes=2)
    road.staff("projects.pause_pitch", pitch_id=pitch)
    road.advance(minutes=30)
    assert 120 <= road.staff("projects.get_pitch", pitch_id=pitch)["timer"]["elapsed"] < 180
    with pytest.raises(ConflictError):
        road.staff("projects.pause_pitch", pitch_id=pitch)
    road.staff("projects.resume_pitch", pitch_id=pitch)
    road.advance(minutes=8)
    late = road.staff("projects.get_pitch", pitch_id=pitch)["timer"]
    assert late["remaining"] == 0
    assert 120 <= late["overtime"] < 180
    questions = road.staff("projects.open_questions", pitch_id=pitch)
    assert questions["timer"]["allowed"] == 300
    assert questions["timer"]["elapsed"] < 60
    scoring = road.staff("projects.open_scoring", pitch_id=pitch)
    assert (scoring["clock"], scoring["timer"]["allowed"]) == ("stopped", None)
    assert road.recorded(events_planning.PitchClockChanged) == 2
    with pytest.raises(ConflictError):
        road.staff(
            "projects.swap_pitches",
            roadshow_id=road.roadshow_id,
            pitch_ids=[pitch, view["pitches"][1]["pitch_id"]],
            reason="已经开始（演示）",
        )


def calendar(reply: dict[str, Any]) -> list[Any]:
    assert reply["media_type"].startswith("text/calendar")
    found = Calendar.from_ical(base64.b64decode(reply["content"]))
    assert [str(zone["TZID"]) for zone in found.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    return list(found.walk("VEVENT"))


def test_calendars_show_each_their_own_and_follow_every_change(road: Road) -> None:
    view = drawn(road)
    judge = next(judge for judge in road.judges if any(name == account(judge) for _, name in pairs(road)))
    mine = {paper for paper, name in pairs(road) if name == account(judge)}
    feed = judge("projects.open_calendar_feed")
    anybody = kit.Caller(road.host)
    before = calendar(anybody("projects.read_calendar", token=feed["token"]))
    wanted = {f"{pitch['pitch_id']}@footprint" for pitch in view["pitches"] if pitch["proposal_id"] in mine}
    assert {str(event["UID"]) for event in before} == wanted
    public = calendar(anybody("projects.get_roadshow_calendar", roadshow_id=road.roadshow_id))
    assert {str(event["UID"]) for event in public} == {f"{pitch['pitch_id']}@footprint" for pitch in view["pitches"]}
    assert {event["DTSTART"].dt.isoformat() for event in public} == {pitch["starts_at"] for pitch in view["pitches"]}
    first, second = view["pitches"][:2]
    road.staff(
        "projects.swap_pitches",
        roadshow_id=road.roadshow_id,
        pitch_ids=[first["pitch_id"], second["pitch_id"]],
        reason="交通延误（演示）",
    )
    owner = road.organisations[list(road.proposals.values()).index(first["proposal_id"])]
    presenter = road.account("cso", organisation_id=owner, street=road.street)
    own = presenter("projects.open_calendar_feed")
    presenter("projects.withdraw_proposal", proposal_id=first["proposal_id"])
    after = calendar(anybody("projects.read_calendar", token=own["token"]))
    old = next(event for event in public if str(event["UID"]).startswith(first["pitch_id"]))
    assert [str(event["UID"]) for event in after] == [f"{first['pitch_id']}@footprint"]
    assert after[0]["SEQUENCE"] > old["SEQUENCE"]
    assert after[0]["STATUS"] == "CANCELLED"
    judge("projects.revoke_calendar_feed", calendar_feed_id=feed["calendar_feed_id"])
    assert judge("projects.list_calendar_feeds")["items"][0]["token"] is None
    with pytest.raises(NotFoundError):
        anybody("projects.read_calendar", token=feed["token"])
    with pytest.raises(NotFoundError):
        presenter("projects.revoke_calendar_feed", calendar_feed_id=feed["calendar_feed_id"])


def test_absences_are_ones_own_and_staff_see_all(road: Road) -> None:
    judge, other = road.judges[:2]
    times = {"starts_at": "2031-01-06T09:00:00+08:00", "ends_at": "2031-01-06T12:00:00+08:00"}
    made = road.on_round("declare_absence", judge, **times)
    assert made["account_id"] == account(judge)
    with pytest.raises(ForbiddenError):
        road.on_round("declare_absence", judge, account_id=account(other), **times)
    with pytest.raises(InvalidError, match="absence_invalid"):
        road.on_round("declare_absence", road.staff, **times)
    with pytest.raises(InvalidError):
        road.on_round("declare_absence", judge, starts_at=times["ends_at"], ends_at=times["starts_at"])
    road.on_round("declare_absence", road.staff, room="一号厅", **times)
    author = road.author(road.organisations[0])
    assert road.on_round("declare_absence", author, **times)["organisation_id"] == road.organisations[0]
    assert len(road.on_round("list_absences", road.staff)["items"]) == 3
    assert [item["absence_id"] for item in road.on_round("list_absences", judge)["items"]] == [made["absence_id"]]
    with pytest.raises(NotFoundError):
        other("projects.withdraw_absence", absence_id=made["absence_id"])
    judge("projects.withdraw_absence", absence_id=made["absence_id"])
    assert road.on_round("list_absences", judge)["items"] == []


def test_a_session_in_use_stays_and_a_room_is_not_taken_twice(road: Road) -> None:
    drawn(road)
    rows = sessions(road)
    used = next(row for row in rows if row["panel"])
    with pytest.raises(ConflictError, match="roadshow_session_in_use"):
        road.staff("projects.remove_session", session_id=used["session_id"])
    starts = datetime.fromisoformat(used["starts_at"])
    with pytest.raises(ConflictError):
        add_session(road, starts + timedelta(minutes=30), used["room"])
    with pytest.raises(InvalidError):
        add_session(road, starts + timedelta(days=9), used["room"], minutes=10)
    spare = add_session(road, starts + timedelta(days=9), used["room"])
    road.staff("projects.remove_session", session_id=spare["session_id"])
    assert len(sessions(road)) == len(rows)


def test_staff_of_another_street_see_no_plan(road: Road) -> None:
    found = plan(road, "plan_judges", round_id=road.round_id)
    other = kit.Caller(road.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    with pytest.raises(NotFoundError):
        other("projects.get_review_plan", review_plan_id=found["review_plan_id"])
    with pytest.raises(NotFoundError):
        other("projects.discard_review_plan", review_plan_id=found["review_plan_id"])
    with pytest.raises(NotFoundError):
        other("projects.list_review_plans", round_id=road.round_id)
    road.staff("projects.discard_review_plan", review_plan_id=found["review_plan_id"])
    with pytest.raises(ConflictError):
        confirm(road, found)


def test_lists_of_proposals_are_filtered_by_flags(road: Road) -> None:
    plain = road.on_round("list_proposals", road.staff, flagged=False)["items"]
    assert len(plain) == 5
    assert road.on_round("list_proposals", road.staff, flagged=True)["items"] == []
    assert road.recorded(events.JudgeAdded) == 6


def test_of_many_who_confirm_at_once_one_does(road: Road) -> None:
    found = plan(road, "plan_judges", round_id=road.round_id)
    outcomes: list[str] = []

    def take() -> None:
        try:
            outcomes.append(str(confirm(road, found)["status"]))
        except ConflictError as error:
            outcomes.append(error.code)

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert Counter(outcomes) == {"confirmed": 1, "review_plan_state_conflict": 7}
    assert road.recorded(events_planning.ReviewPlanConfirmed) == 1
    assert len(pairs(road)) == 15
