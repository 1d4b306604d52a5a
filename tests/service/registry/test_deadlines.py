"""Deadlines in working days: due lists, escalation level by level, years whose holidays come later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from chassis import clock, workdays
from chassis.errors import InvalidError
from chassis.runtime import timers
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import OutboxEvent
from services.registry.deadlines.models import Deadline
from tests.kit import CHANGJIANG, DISTRICT, ZHUHAI, Caller, actor
from tests.service.registry.cast import DOCUMENTS, Cast


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def due(cast: Cast, **asked: Any) -> list[dict[str, Any]]:
    return cast.specialist("registry.list_deadlines", **asked)["items"]  # type: ignore[no-any-return]


def told(cast: Cast, name: str) -> list[dict[str, Any]]:
    with cast.host.executors["registry"].sessions() as session:
        rows = session.scalars(select(OutboxEvent).where(OutboxEvent.name == name).order_by(OutboxEvent.position))
        return [row.payload for row in rows]


def submitted(cast: Cast, organisation: dict[str, Any]) -> dict[str, Any]:
    cso = cast.cso(organisation)
    case = cso("registry.draft_case", organisation_id=organisation["organisation_id"], documents=DOCUMENTS)
    return cso("registry.submit_case", case_id=case["case_id"])  # type: ignore[no-any-return]


def test_a_review_is_due_after_five_working_days_and_missed_upwards(cast: Cast) -> None:
    case = submitted(cast, cast.organisation())
    [row] = due(cast, kind="case_review")
    assert row["subject_id"] == case["case_id"]
    assert row["due_on"] == case["review_due_on"]
    assert (row["working_days"], row["overdue"], row["level"]) == (5, False, 0)
    cast.wait((date.fromisoformat(row["due_on"]) - date.fromisoformat(row["starts_on"])).days + 1)
    [row] = due(cast, kind="case_review", overdue=True)
    assert (row["level"], row["escalated_to"]) == (1, "specialist")
    for _ in range(3):  # further levels each wait for working days of their own, and end with the bureau
        cast.wait(15)
    assert [(one["level"], one["escalated_to"]) for one in told(cast, "deadline_missed")] == [
        (1, "specialist"),
        (2, "street_staff"),
        (3, "bureau"),
    ]
    cast.specialist("registry.reject_case", case_id=case["case_id"], reason="不符合条件")
    assert due(cast, kind="case_review") == []
    assert due(cast, kind="case_review", status="met")[0]["level"] == 3


def test_what_is_done_in_time_is_never_escalated(cast: Cast) -> None:
    case = cast.case_under_notice(cast.organisation())
    cast.wait(5)
    assert due(cast, kind="case_review") == []
    assert told(cast, "deadline_missed") == []
    cast.wait(3)
    [row] = due(cast)
    assert (row["kind"], row["working_days"]) == ("case_agreement", 10)
    cast.staff(case["case_id"])
    cast.specialist("registry.sign_case_agreement", case_id=case["case_id"])
    cast.specialist("registry.begin_case_incubation", case_id=case["case_id"])
    [row] = due(cast)
    assert (row["kind"], row["working_days"]) == ("case_term", None)
    cast.wait(60)
    assert told(cast, "deadline_missed") == []


def test_a_question_has_a_deadline_of_its_own(cast: Cast) -> None:
    organisation = cast.organisation()
    case = submitted(cast, organisation)
    cast.specialist("registry.request_case_info", case_id=case["case_id"], reason="补充章程")
    assert {row["kind"] for row in due(cast)} == {"case_review", "case_answer"}
    cast.cso(organisation)("registry.supply_case_info", case_id=case["case_id"], note="已补充")
    assert {row["kind"] for row in due(cast)} == {"case_review"}
    cast.cso(organisation)("registry.withdraw_case", case_id=case["case_id"], reason="不申请了")
    assert due(cast) == []
    assert {row["kind"] for row in due(cast, status="dropped")} == {"case_review"}


def test_visits_findings_and_consultations_are_on_the_list_too(cast: Cast) -> None:
    organisation = cast.organisation()
    day = (workdays.after(date.today(), 0)[0] + timedelta(days=3)).isoformat()  # noqa: DTZ011  any day ahead
    visit = cast.street(
        "registry.plan_visit", organisation_id=organisation["organisation_id"], planned_on=day, topic="走访"
    )
    cso = cast.cso(organisation)
    asked = cso("registry.ask_consultation", topic="tax", question="如何申请免税资格？")
    assert {row["kind"] for row in due(cast)} == {"visit", "consultation"}
    found = [{"severity": "low", "text": "台账不全", "due_on": day}]
    held = cast.street("registry.hold_visit", visit_id=visit["visit_id"], summary="已走访", findings=found)
    assert {row["kind"] for row in due(cast)} == {"finding", "consultation"}
    one = {"visit_id": visit["visit_id"], "finding_id": held["findings"][0]["finding_id"]}
    cso("registry.rectify_finding", **one, note="已补齐")
    cast.specialist(
        "registry.answer_consultation",
        consultation_id=asked["consultation_id"],
        answer="见文件",
        citations=[{"title": "免税资格认定办法"}],
    )
    assert due(cast) == []
    cast.street("registry.recheck_finding", **one, passed=False, due_on=day)
    assert {row["kind"] for row in due(cast)} == {"finding"}
    cast.wait(30)
    assert {one["kind"] for one in told(cast, "deadline_missed")} == {"finding"}


def test_the_list_is_paged_by_date_and_shows_nobody_anothers(cast: Cast) -> None:
    organisations = [cast.organisation(f"第 {number} 家（演示）") for number in range(5)]
    for organisation in organisations:
        submitted(cast, organisation)
    submitted(cast, cast.organisation("邻街（演示）", street=CHANGJIANG))
    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = cast.street("registry.list_deadlines", limit=2, **cursor)
        seen += [row["deadline_id"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert len(seen) == len(set(seen)) == 5
    assert len(cast.other_street("registry.list_deadlines")["items"]) == 1
    own = cast.cso(organisations[0])("registry.list_deadlines")["items"]
    assert [row["organisation_id"] for row in own] == [organisations[0]["organisation_id"]]
    with pytest.raises(InvalidError, match="cursor_invalid"):
        cast.street("registry.list_deadlines", cursor="bm9uc2Vuc2U")
    nobody = Caller(cast.host, actor("cso", streets=[ZHUHAI]))
    assert nobody("registry.list_deadlines")["items"] == []


def test_when_holidays_are_published_what_was_reckoned_without_them_moves(cast: Cast) -> None:
    case = submitted(cast, cast.organisation())
    executor = cast.host.executors["registry"]
    start = date(2025, 1, 26)  # as if it had been reckoned before 2025's holidays were known: Monday to Friday only
    with executor.sessions.begin() as session:
        session.execute(
            update(Deadline)
            .where(Deadline.subject_id == case["case_id"])
            .values(starts_on=start, due_on=date(2025, 1, 31), confirmed=False)
        )
    timers.run_periodic(executor, DISTRICT)
    [row] = due(cast, kind="case_review")
    assert (row["due_on"], row["confirmed"]) == (workdays.after(start, 5)[0].isoformat(), True)
    assert row["due_on"] > "2025-02-05"
    assert told(cast, "deadline_moved")[0]["was"] == "2025-01-31"
    moved = cast.specialist("registry.get_case", case_id=case["case_id"])
    assert (moved["review_due_on"], moved["review_due_confirmed"]) == (row["due_on"], True)


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whenever the test runs, its years' holidays are known."""
    monkeypatch.setattr(workdays, "is_workday", lambda day: (day.weekday() < 5, True))


def reckoned_too_early(cast: Cast, subject_id: str) -> None:
    """As if two weeks of holidays had become known by now: its day was reckoned without them."""
    with cast.host.executors["registry"].sessions.begin() as session:
        row = session.scalars(select(Deadline).where(Deadline.subject_id == subject_id)).one()
        row.starts_on, row.confirmed = row.starts_on + timedelta(days=14), False


@pytest.mark.usefixtures("published")
def test_a_case_is_late_by_the_day_its_deadline_moved_to(cast: Cast) -> None:
    case = submitted(cast, cast.organisation())
    first = date.fromisoformat(case["review_due_on"])
    reckoned_too_early(cast, case["case_id"])
    timers.run_periodic(cast.host.executors["registry"], DISTRICT)
    moved = cast.specialist("registry.get_case", case_id=case["case_id"])
    later = date.fromisoformat(moved["review_due_on"])
    assert later > first
    days = (first - date.fromisoformat(due(cast)[0]["starts_on"])).days + 15
    cast.wait(days)
    assert not cast.specialist("registry.get_case", case_id=case["case_id"])["review_late"]
    cast.wait((later - first).days)
    assert cast.specialist("registry.get_case", case_id=case["case_id"])["review_late"]
    assert [row["due_on"] for row in told(cast, "case_review_late")] == [later.isoformat()]


@pytest.mark.usefixtures("published")
def test_a_question_is_late_by_the_day_its_deadline_moved_to(cast: Cast) -> None:
    cso = cast.cso(cast.organisation())
    asked = cso("registry.ask_consultation", topic="tax", question="如何开票？")
    one = {"consultation_id": asked["consultation_id"]}
    reckoned_too_early(cast, asked["consultation_id"])
    timers.run_periodic(cast.host.executors["registry"], DISTRICT)
    moved = cso("registry.get_consultation", **one)
    first, later = (datetime.fromisoformat(shown["due_at"]) for shown in (asked, moved))
    assert clock.day_of(later - timedelta(seconds=1)).isoformat() == due(cast)[0]["due_on"]
    now = datetime.fromisoformat(cast.admin("registry.get_clock")["now"])
    cast.wait((first - now).days + 1)
    assert not cso("registry.get_consultation", **one)["late"]
    cast.wait((later - first).days)
    assert cso("registry.get_consultation", **one)["late"]
    assert len(told(cast, "consultation_late")) == 1
