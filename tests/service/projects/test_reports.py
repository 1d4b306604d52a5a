"""Periodic reports of one project, every event delivered twice: due days, clocks, corrections, figures, documents."""

from __future__ import annotations

import base64
import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis import clock
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError
from services.projects.delivery.models import Project
from services.projects.reports import planning
from services.projects.reports.models import ReportPlan
from tests import kit
from tests.service.projects.purse import Purse
from tests.service.projects.test_delivery import Story, evidence, spend

CONTENT = {"text": "本期开展义诊两次", "activity_count": 2, "beneficiary_count": 40, "service_minutes": 300}


class Desk(Story):
    """A project whose reports were planned monthly from the first of last month."""

    def __init__(self) -> None:
        super().__init__()
        today = clock.day_of(clock.system_now())
        self.anchor = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
        self.bureau("projects.set_report_policy", rhythm="monthly", horizon_periods=6, reminder_days=[3])
        self.plan = self.do(self.staff, "plan_reports", anchor_on=self.anchor.isoformat())

    def slots(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.do(self.staff, "get_report_plan")["slots"]
        return found

    def due(self) -> list[str]:
        return [slot["due_on"] for slot in self.slots()]

    def on(self, number: int, who: kit.Caller, verb: str, **given: Any) -> Any:
        slot_id = self.plan["slots"][number - 1]["report_slot_id"]
        return who(f"projects.{verb}", report_slot_id=slot_id, **given)

    def submit(self, number: int, **given: Any) -> Any:
        return self.on(number, self.cso, "submit_periodic_report", **{**CONTENT, **given})

    def advance_to(self, day: date) -> None:
        operator = kit.Caller(self.host, kit.actor("operator"))
        now = operator("projects.get_clock")["now"]
        seconds = int((clock.end_of(day) - clock.datetime.fromisoformat(now)).total_seconds()) + 60
        if seconds > 0:
            operator("projects.advance_clock", seconds=seconds)
        self.host.settle()

    def told(self, name: str) -> list[dict[str, Any]]:
        """Events of the project in the trail."""
        self.host.settle()
        page = self.staff("projects.list_trail_entries", subject=self.project_id, limit=200)
        return [row for row in page["items"] if row["event"] == name]


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, trail_key: object) -> Desk:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
    return Desk()


def test_a_report_is_due_handed_in_returned_corrected_and_accepted(desk: Desk) -> None:
    assert [slot["number"] for slot in desk.slots()] == [1, 2, 3, 4, 5, 6]
    assert desk.plan["anchor_on"] == desk.anchor.isoformat()
    desk.submit(1, evidence=evidence("a"))
    returned = desk.on(1, desk.staff, "return_periodic_report", reason="请补充签到表")
    assert (returned["status"], returned["versions"][0]["note"]) == ("returned", "请补充签到表")
    desk.submit(1, text="已补充签到表", evidence=evidence("b"))
    accepted = desk.on(1, desk.staff, "accept_periodic_report", note="通过")
    assert [one["outcome"] for one in accepted["versions"]] == ["returned", "accepted"]
    reports = desk.do(desk.staff, "list_reports")["items"]
    assert [(one["kind"], one["beneficiary_count"]) for one in reports] == [("periodic", 40)]
    with pytest.raises(ConflictError, match="report_slot_state_conflict"):
        desk.submit(1)


def test_no_report_early_or_late_moves_the_day_of_another(desk: Desk) -> None:
    before = desk.due()
    desk.submit(2)  # before the first
    desk.advance_to(date.fromisoformat(before[0]) + timedelta(days=5))
    late = desk.submit(1)
    assert late["late"] is True
    assert desk.due() == before
    third = date.fromisoformat(before[2])
    moved = desk.on(3, desk.staff, "extend_report", due_on=(third + timedelta(days=9)).isoformat(), reason="暴雨")
    assert moved["original_due_on"] == before[2]
    assert moved["extensions"] == [
        {"from_on": before[2], "until_on": (third + timedelta(days=9)).isoformat(), "reason": "暴雨"}
    ]
    assert [day for number, day in enumerate(desk.due()) if number != 2] == before[:2] + before[3:]


def test_clocks_fire_once_and_an_extended_one_not_on_the_old_day(desk: Desk) -> None:
    second = date.fromisoformat(desk.due()[1])
    later = second + timedelta(days=7)
    desk.on(2, desk.staff, "extend_report", due_on=later.isoformat(), reason="活动改期")
    desk.submit(1)
    desk.advance_to(second)
    assert desk.slots()[1]["status"] == "expected"
    assert [row["event"] for row in desk.told("report_overdue")] == []
    desk.advance_to(later)
    desk.advance_to(later + timedelta(days=1))
    assert desk.slots()[1]["status"] == "overdue"
    assert len(desk.told("report_overdue")) == 1
    assert len(desk.told("report_reminded")) == 1
    assert desk.submit(2)["late"] is True


def test_figures_are_the_platforms_and_what_differs_is_explained(desk: Desk) -> None:
    spend(desk, "c", "12.00")  # spent on 2026-04-01: outside of the first period
    inside = desk.anchor + timedelta(days=3)
    desk.do(
        desk.cso,
        "record_spending",
        line="物资",
        amount="30.00",
        spent_on=inside.isoformat(),
        purpose="血压计",
        receipts=evidence("d"),
    )
    figures = desk.on(1, desk.cso, "get_report_figures")
    assert figures["spending"] == [{"line": "物资", "amount": "30.00"}]
    with pytest.raises(InvalidError, match="report_deviation_unexplained"):
        desk.submit(1)
    with pytest.raises(InvalidError, match="report_line_unknown"):
        desk.submit(1, spending=[{"line": "差旅", "amount": "1.00"}])
    report = desk.submit(1, spending=[{"line": "物资", "amount": "30.00"}])
    assert report["versions"][0]["figures"]["spending"] == [{"line": "物资", "amount": "30.00"}]


def test_a_report_is_a_pdf_and_a_workbook(desk: Desk) -> None:
    with pytest.raises(ConflictError, match="report_slot_state_conflict"):
        desk.on(1, desk.cso, "get_report_document", format="pdf")
    desk.submit(1, text="=1+1")
    for kind, magic in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        found = desk.on(1, desk.cso, "get_report_document", format=kind)
        assert base64.b64decode(found["content"]).startswith(magic)
        assert found["file_name"].endswith(f"-v1.{kind}")


def test_only_the_project_s_own_people_and_its_street_have_a_part(desk: Desk) -> None:
    other = desk.caller("cso", organisation_id="org_" + "0" * 26)
    neighbour = desk.caller("street_staff", street=kit.CHANGJIANG)
    for who in (other, neighbour):
        with pytest.raises(NotFoundError, match="report_slot_not_found"):
            desk.on(1, who, "get_report_slot")
        assert who("projects.list_report_slots")["items"] == []
    with pytest.raises(NotFoundError):
        desk.on(1, other, "submit_periodic_report", **CONTENT)
    with pytest.raises(ForbiddenError):
        desk.on(1, desk.cso, "accept_periodic_report")
    assert len(desk.cso("projects.list_report_slots", limit=4)["items"]) == 4


def test_a_plan_that_is_in_use_stays_and_a_later_policy_leaves_it_alone(desk: Desk) -> None:
    before = desk.due()
    desk.bureau("projects.set_report_policy", due_days=20)
    assert desk.due() == before
    anew = desk.do(desk.staff, "plan_reports", anchor_on=desk.anchor.isoformat())
    assert [slot["due_on"] for slot in anew["slots"]] != before
    desk.plan = anew
    for far in ("1990-01-01", "2199-12-31"):
        with pytest.raises(InvalidError, match="report_anchor_invalid"):
            desk.do(desk.staff, "plan_reports", anchor_on=far)
    desk.submit(1)
    with pytest.raises(ConflictError, match="report_plan_in_use"):
        desk.do(desk.staff, "plan_reports")


def test_of_many_who_hand_in_the_same_report_at_once_one_is_taken(desk: Desk) -> None:
    start, said = threading.Barrier(8), []

    def run() -> None:
        start.wait()
        try:
            desk.submit(1)
            said.append("done")
        except FootprintError as error:
            said.append(error.code)

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done"] + ["report_slot_state_conflict"] * 7
    assert len(desk.on(1, desk.staff, "get_report_slot")["versions"]) == 1


def test_the_agreement_brings_the_reports_with_it_and_a_longer_one_brings_more() -> None:
    purse = Purse()
    purse.sign()
    project_id = purse.staff("projects.get_award", award_id=purse.award_ids[0])["project_id"]
    plan = purse.staff("projects.get_report_plan", project_id=project_id)
    assert (plan["anchor_on"], plan["source"], plan["rhythm"]) == ("2026-03-01", "district", "quarterly")
    assert [(one["period_from"], one["period_until"]) for one in plan["slots"]] == [
        ("2026-03-01", "2026-05-31"),
        ("2026-06-01", "2026-08-31"),
        ("2026-09-01", "2026-11-30"),
        ("2026-12-01", "2026-12-31"),
    ]
    before = [one["due_on"] for one in plan["slots"]]
    given = {"award_id": purse.award_ids[0], "reason": "延长服务", "ends_on": "2027-06-30"}
    purse.staff("projects.propose_agreement_change", **given)
    purse.staff("projects.sign_agreement", award_id=purse.award_ids[0])
    purse.author()("projects.sign_agreement", award_id=purse.award_ids[0])
    after = purse.staff("projects.get_report_plan", project_id=project_id)["slots"]
    assert [one["due_on"] for one in after[:4]] == before
    assert (after[3]["period_until"], after[-1]["period_until"]) == ("2027-02-28", "2027-06-30")
    shown = purse.staff("projects.get_project_plan", project_id=project_id)
    assert (shown["number"], shown["ends_on"]) == (1, "2027-06-30")


def test_a_project_that_is_over_when_it_is_signed_is_signed_without_reports(desk: Desk) -> None:
    with desk.host.executors["projects"].system_session("sign", kit.DISTRICT) as session:
        project = session.get_one(Project, desk.project_id)
        before = session.get_one(ReportPlan, session.scalars(select(ReportPlan.id)).one())
        session.delete(before)
        session.flush()
        project.starts_on, project.ends_on = None, desk.anchor - timedelta(days=400)
        planning.plan_at_start(session, project.id, now=clock.system_now())
        assert session.scalars(select(ReportPlan.id)).all() == []
