"""Changes of a plan, closing checklists and early ends of one project, every event delivered twice."""

from __future__ import annotations

import base64
import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from chassis import clock, ids
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError, NotFoundError, StaleError
from chassis.events import Envelope
from chassis.runtime.inprocess import InProcessHost
from services.projects.delivery.models import Project
from services.projects.proposals.models import Proposal
from services.projects.recoveries.models import Recovery
from tests import kit
from tests.service.projects.test_delivery import PERIOD, Story, evidence, spend


def register(host: InProcessHost, organisation_id: str) -> None:
    """What the registry says of an organisation of Zhuhai Street."""
    facts = {
        "organisation_id": organisation_id,
        "name": "演示组织",
        "kind": "cso",
        "legal_tier": "filed",
        "fields": ["elder_care"],
        "street_code": kit.ZHUHAI,
        "hub_id": None,
        "status": "active",
        "in_breach": False,
    }
    envelope = Envelope(
        id=ids.new_id("evt"),
        name="organisation_registered",
        source="registry",
        subject=organisation_id,
        subject_version=1,
        district_code=kit.DISTRICT,
        occurred_at=clock.system_now(),
        payload=facts,
    )
    host.executors["projects"].handle(envelope)


class End(Story):
    """A project that runs for some months yet."""

    def __init__(self) -> None:
        super().__init__()
        register(self.host, self.organisation_id)
        self.today = clock.day_of(clock.system_now())
        self.ends_on = self.today + timedelta(days=100)
        with self.host.executors["projects"].sessions.begin() as session:
            project = session.scalars(select(Project)).one()
            project.starts_on, project.ends_on = self.today - timedelta(days=10), self.ends_on
            session.scalars(select(Proposal)).one().plan = {"activities": "每周义诊", "beneficiary_count": 100}

    def change(self, kind: str, after: dict[str, Any], *, plan_number: int = 1, **more: Any) -> dict[str, Any]:
        given = {"kind": kind, "after": after, "reason": "实际情况变化", "plan_number": plan_number}
        found: dict[str, Any] = self.do(self.cso, "request_project_change", **given, **more)
        return found

    def decide(self, who: kit.Caller, change: dict[str, Any], *, approved: bool = True) -> Any:
        return who("projects.decide_project_change", project_change_id=change["project_change_id"], approved=approved)

    def plan(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do(self.staff, "get_project_plan")
        return found

    def propose(self, who: kit.Caller, cause: str = "agreement") -> str:
        made = self.do(who, "propose_termination", cause=cause, reason="负责人离任，无法继续")
        self.end_id: str = made["termination_id"]
        return self.end_id

    def on(self, who: kit.Caller, verb: str, **given: Any) -> Any:
        return who(f"projects.{verb}", termination_id=self.end_id, **given)


@pytest.fixture
def end(monkeypatch: pytest.MonkeyPatch, trail_key: object) -> End:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
    return End()


def test_a_change_that_is_only_told_is_in_force_at_once(end: End) -> None:
    told = end.change("place", {"place": "社区活动室"})
    assert (told["status"], end.project()["status"]) == ("told", "active")
    assert told["changed"] == [{"part": "place", "before": None, "after": "社区活动室"}]
    assert (end.plan()["number"], end.plan()["place"], end.plan()["activities"]) == (2, "社区活动室", "每周义诊")
    versions = end.do(end.staff, "list_project_plans")["items"]
    assert [one["source"] for one in versions] == ["place", "awarded"]


def test_a_longer_project_is_the_bureaus_decision_and_gets_more_reports(end: End) -> None:
    end.bureau("projects.set_report_policy", rhythm="monthly")
    before = end.do(end.staff, "plan_reports")["slots"]
    longer = end.ends_on + timedelta(days=90)
    asked = end.change("time", {"ends_on": longer.isoformat()})
    assert end.project()["status"] == "changing"
    with pytest.raises(ForbiddenError, match="project_change_needs_bureau"):
        end.decide(end.staff, asked)
    assert end.decide(end.bureau, asked)["status"] == "approved"
    project = end.project()
    assert (project["status"], project["ends_on"]) == ("active", longer.isoformat())
    after = end.do(end.staff, "get_report_plan")["slots"]
    assert len(after) == len(before) + 3
    assert [one["due_on"] for one in after[: len(before)]] == [one["due_on"] for one in before]
    assert [one["original_due_on"] for one in after[: len(before)]] == [one["due_on"] for one in before]
    with pytest.raises(ConflictError, match="project_extension_too_long"):
        end.change("time", {"ends_on": (end.ends_on + timedelta(days=181)).isoformat()}, plan_number=2)


def test_a_refused_or_withdrawn_change_leaves_the_plan_and_the_project_goes_on(end: End) -> None:
    asked = end.change("targets", {"beneficiary_count": 80})
    assert end.decide(end.bureau, asked, approved=False)["status"] == "refused"
    asked = end.change("activities", {"activities": "隔周义诊"})
    with pytest.raises(ConflictError, match="project_state_conflict"):
        end.change("place", {"place": "广场"})
    end.cso("projects.withdraw_project_change", project_change_id=asked["project_change_id"])
    assert (end.project()["status"], end.plan()["number"], end.plan()["beneficiary_count"]) == ("active", 1, 100)


def test_a_change_on_top_of_an_old_plan_or_project_is_refused(end: End) -> None:
    version = end.project()["version"]
    end.change("place", {"place": "广场"})
    with pytest.raises(ConflictError, match="project_change_outdated"):
        end.change("place", {"place": "礼堂"})
    with pytest.raises(InvalidError, match="project_change_empty"):
        end.change("place", {"place": "广场"}, plan_number=2)
    end.change("partners", {"partners": ["社区卫生站"]}, plan_number=2)
    with pytest.raises(StaleError):
        end.change("place", {"place": "礼堂"}, plan_number=2, expected_version=version)


def test_of_many_who_change_the_same_plan_at_once_one_is_taken(end: End) -> None:
    start, said = threading.Barrier(8), []

    def run(number: int) -> None:
        start.wait()
        try:
            end.change("place", {"place": f"第 {number} 活动室"})
            said.append("done")
        except FootprintError as error:
            said.append(error.code)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["done"] + ["project_change_outdated"] * 7
    assert end.plan()["number"] == 2


def test_a_policy_says_what_is_decided_by_whom(end: End) -> None:
    deciders = [{"kind": "place", "decider": "street"}]
    policy = end.bureau("projects.change_delivery_policy", deciders=deciders, hearing_days=3)
    assert {one["kind"]: one["decider"] for one in policy["deciders"]}["place"] == "street"
    asked = end.change("place", {"place": "广场"})
    assert end.decide(end.staff, asked)["status"] == "approved"


def missing(end: End) -> list[str]:
    found = end.do(end.cso, "get_closing_checklist")
    assert found["ready"] is not any(not one["met"] for one in found["items"])
    return [one["key"] for one in found["items"] if not one["met"]]


def test_a_checklist_names_everything_that_is_missing_until_nothing_is(end: End) -> None:
    end.bureau("projects.set_report_policy", rhythm="monthly", due_days=0)
    end.do(end.staff, "plan_reports", anchor_on=(end.today - timedelta(days=75)).isoformat())
    end.host.settle()
    spend(end, "a", "3000.00")
    assert missing(end) == ["status", "milestones", "reports", "evaluation", "unspent", "trail"]
    end.host.settle()
    assert "trail" not in missing(end)
    end.do(end.cso, "submit_report", kind="tranche", tranche_number=1, text="第一期", **PERIOD)
    end.to_final_report()
    end.do(end.staff, "record_evaluation", kind="final", score=90)
    end.host.settle()
    assert missing(end) == ["reports", "unspent"]
    with pytest.raises(ConflictError, match="project_reports_open") as refused:
        end.do(end.staff, "accept_project")
    numbers = refused.value.details["numbers"]
    for slot in end.do(end.staff, "get_report_plan")["slots"][: len(numbers)]:
        content = {"text": "补交", "activity_count": 1, "beneficiary_count": 1, "service_minutes": 1}
        about = {"report_slot_id": slot["report_slot_id"]}
        end.cso("projects.submit_periodic_report", **about, **content, deviation="平台补录")
        end.staff("projects.accept_periodic_report", **about)
    assert "reports" not in missing(end)


def test_an_early_end_by_agreement_is_settled_and_nothing_is_left_open(end: End) -> None:
    end.do(end.staff, "plan_reports")
    spend(end, "a", "3000.00")
    spend(end, "b", "500.00", line="场地")
    spent = {one["line"]: one["spending_id"] for one in end.do(end.staff, "list_spendings")["items"]}
    end.propose(end.staff)
    draft = end.on(end.cso, "get_termination")["settlement"]
    assert (draft["paid"], draft["allowed"], draft["recover"]) == ("5000.00", "3500.00", "1500.00")
    with pytest.raises(ConflictError, match="termination_unagreed"):
        end.on(end.bureau, "approve_termination", recovery_plan="分两期退回")
    with pytest.raises(ForbiddenError, match="termination_own_answer"):
        end.on(end.staff, "answer_termination", agrees=True, statement="同意")
    end.on(end.cso, "answer_termination", agrees=True, statement="同意终止")
    instalments = [
        {"due_on": (end.today + timedelta(days=30)).isoformat(), "amount": "1000.00"},
        {"due_on": (end.today + timedelta(days=60)).isoformat(), "amount": "1000.00"},
    ]
    done = end.on(
        end.bureau,
        "approve_termination",
        disallowed=[{"spending_id": spent["场地"], "reason": "无发票"}],
        recovery_plan="分两期退回",
        instalments=instalments,
    )
    settled = done["settlement"]
    assert (done["status"], settled["recover"], settled["released"]) == ("approved", "2000.00", "5000.00")
    assert (end.project()["status"], end.tranches()) == ("terminated", ["paid", "cancelled", "cancelled"])
    with end.host.executors["projects"].sessions() as session:
        recovery = session.scalars(select(Recovery)).one()
        assert (recovery.amount_fen, len(recovery.instalments)) == (200_000, 2)
    assert {slot["status"] for slot in end.do(end.staff, "get_report_plan")["slots"]} == {"dropped"}
    for kind, magic in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        found = end.on(end.cso, "get_settlement_document", format=kind)
        assert base64.b64decode(found["content"]).startswith(magic)


def test_a_breach_is_heard_before_it_ends_a_project(end: End) -> None:
    with pytest.raises(ForbiddenError, match="termination_cause_forbidden"):
        end.propose(end.cso, "breach")
    end.propose(end.staff, "breach")
    with pytest.raises(ConflictError, match="termination_open"):
        end.propose(end.cso, "force_majeure")
    with pytest.raises(ConflictError, match="termination_unheard"):
        end.on(end.bureau, "approve_termination", recovery_plan="全部退回")
    with pytest.raises(ConflictError, match="termination_open"):
        end.do(end.bureau, "terminate_project", reason="违约", recovery_plan="退回", recover="1.00")
    operator = kit.Caller(end.host, kit.actor("operator"))
    operator("projects.advance_clock", seconds=int(timedelta(days=11).total_seconds()))
    done = end.on(end.bureau, "approve_termination", recovery_plan="全部退回", propose_debarment=True)
    assert done["settlement"]["recover"] == "5000.00"
    debarments = end.bureau("projects.list_debarments", organisation_id=end.organisation_id)["items"]
    assert [(one["status"], one["award_id"]) for one in debarments] == [("proposed", end.award_id)]


def test_only_a_breach_is_a_ground_for_a_debarment(end: End) -> None:
    end.propose(end.cso, "force_majeure")
    with pytest.raises(InvalidError, match="termination_debarment_unfounded"):
        end.on(end.bureau, "approve_termination", recovery_plan="全部退回", propose_debarment=True)
    assert end.project()["status"] == "active"


def test_a_refused_early_end_lets_the_project_go_on(end: End) -> None:
    end.propose(end.cso, "force_majeure")
    with pytest.raises(ForbiddenError):
        end.on(end.staff, "withdraw_termination")
    end.on(end.bureau, "refuse_termination", reason="条件未改变")
    end.propose(end.cso)
    end.on(end.cso, "withdraw_termination")
    assert end.project()["status"] == "active"
    end.change("place", {"place": "广场"})


def test_what_was_under_way_ends_with_the_project(end: End) -> None:
    asked = end.change("activities", {"activities": "隔周义诊"})
    end.propose(end.cso, "force_majeure")
    end.on(end.bureau, "approve_termination", recovery_plan="全部退回")
    found = end.staff("projects.get_project_change", project_change_id=asked["project_change_id"])
    assert found["status"] == "withdrawn"


def test_strangers_find_neither_changes_nor_ends(end: End) -> None:
    asked = end.change("place", {"place": "广场"})
    end.propose(end.cso)
    for who in (
        end.caller("street_staff", street=kit.CHANGJIANG),
        end.caller("cso", organisation_id="org_" + "0" * 26),
    ):
        with pytest.raises(NotFoundError, match="termination_not_found"):
            end.on(who, "get_termination")
        with pytest.raises(NotFoundError, match="project_change_not_found"):
            who("projects.get_project_change", project_change_id=asked["project_change_id"])
        assert who("projects.list_terminations")["items"] == who("projects.list_project_changes")["items"] == []
        with pytest.raises(NotFoundError):
            end.do(who, "get_closing_checklist")
        with pytest.raises(NotFoundError):
            end.do(who, "get_project_plan")


def test_evidence_of_a_report_is_seen_by_its_people_only(end: End) -> None:
    plan = end.do(end.staff, "plan_reports", anchor_on=end.today.replace(day=1).isoformat())
    content = {"text": "本期", "activity_count": 1, "beneficiary_count": 1, "service_minutes": 1}
    slot_id = plan["slots"][0]["report_slot_id"]
    end.cso("projects.submit_periodic_report", report_slot_id=slot_id, evidence=evidence("e"), **content)
    assert end.cso("projects.get_file_access", sha256="e" * 64)["allowed"] is True
    stranger = end.caller("cso", organisation_id="org_" + "0" * 26)
    assert stranger("projects.get_file_access", sha256="e" * 64)["allowed"] is False
