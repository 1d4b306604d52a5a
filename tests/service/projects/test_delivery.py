"""A project from its agreement to its closing, every event delivered twice."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from services.projects.awards import ledger
from services.projects.awards.models import Award, Tranche
from services.projects.delivery.models import Project
from services.projects.delivery.starting import start_project
from services.projects.proposals.models import Proposal
from services.projects.rounds.models import PoolLine, Round
from tests import kit

AWARD_FEN = 1_000_000
BUDGET = [{"line": "物资", "amount_fen": 600_000}, {"line": "场地", "amount_fen": 400_000}]
PERIOD = {"period_from": "2026-03-01", "period_until": "2026-05-31"}


def evidence(letter: str) -> list[dict[str, Any]]:
    return [{"sha256": letter * 64, "size": 10, "media_type": "image/png"}]


def blank_round(**values: Any) -> Round:
    now = clock.system_now()
    rules: dict[str, Any] = {"eligibility": {}, "rubric": [], "allocation": {}, "tranche_plan": [], "defence": {}}
    limits = {"judges_per_proposal": 3, "notice_days": 7, "approvals_limit": 3, "cap_fen": AWARD_FEN}
    return Round(
        district_code=kit.DISTRICT,
        name="微创投（演示）",
        scale="micro",
        fields=["elder_care"],
        description="",
        status="executing",
        budget_fen=AWARD_FEN,
        pool_fen=AWARD_FEN,
        has_roadshow=False,
        has_vote=False,
        opens_at=now,
        closes_at=now + timedelta(days=1),
        amendments=[],
        created_at=now,
        **{**rules, **limits, **values},
    )


def fund(session: Session, venture: Round, award: Award, now: datetime) -> None:
    """One funder pledged the award's amount; it is committed, and its first tranche is paid."""
    line = PoolLine(
        district_code=kit.DISTRICT,
        street_code=kit.ZHUHAI,
        round_id=venture.id,
        offer_id=ids.new_id("ofr"),
        funder_organisation_id=ids.new_id("org"),
        amount_fen=award.amount_fen,
        status="reserved",
        created_at=now,
    )
    session.add(line)
    session.flush()
    ledger.pledge(session, venture, line, now=now)
    ledger.commit(session, award, now=now)
    session.refresh(award, ["tranches"])
    ledger.order(session, award, award.tranches[0], now=now)
    ledger.disburse(session, award, award.tranches[0], now=now)


class Story:
    """One project of one organisation in Zhuhai, as an agreement leaves it: the first tranche is paid."""

    def __init__(self) -> None:
        self.host: InProcessHost = kit.make_host("projects", "projects-trail")
        self.organisation_id = ids.new_id("org")
        self.cso = self.caller("cso", organisation_id=self.organisation_id)
        self.staff = self.caller("street_staff")
        self.bureau = kit.Caller(self.host, kit.actor("bureau"))
        self.project_id = self.start()

    def caller(self, role: str, *, street: str = kit.ZHUHAI, **kwargs: Any) -> kit.Caller:
        return kit.Caller(self.host, kit.actor(role, streets=[street], **kwargs))

    def start(self) -> str:
        now = clock.system_now()
        place = {"district_code": kit.DISTRICT, "street_code": kit.ZHUHAI, "created_at": now}
        with self.host.executors["projects"].system_session("sign", kit.DISTRICT) as session:
            session.info["scenery"] = True  # no command of the product wrote these rows
            venture = blank_round()
            session.add(venture)
            session.flush()
            proposal = Proposal(
                **place,
                round_id=venture.id,
                organisation_id=self.organisation_id,
                title="牵手夕阳（演示）",
                field="elder_care",
                status="active",
                amount_fen=AWARD_FEN,
                plan={},
                budget=BUDGET,
                plan_number=1,
                flags=[],
            )
            session.add(proposal)
            session.flush()
            award = Award(
                **place,
                round_id=venture.id,
                proposal_id=proposal.id,
                organisation_id=self.organisation_id,
                status="agreed",
                amount_fen=AWARD_FEN,
                disbursed_fen=500_000,
                returned_fen=0,
                agreement_hash="0" * 64,
            )
            session.add(award)
            session.flush()
            self.award_id = award.id
            for number, percent, status in ((1, 50, "paid"), (2, 30, "planned"), (3, 20, "planned")):
                amount = AWARD_FEN * percent // 100
                share = {"number": number, "percent": percent, "amount_fen": amount, "status": status}
                session.add(Tranche(**place, award_id=award.id, **share))
            session.flush()
            fund(session, venture, award, now)
            award.project_id = start_project(
                session,
                now=now,
                district_code=kit.DISTRICT,
                street_code=kit.ZHUHAI,
                proposal_id=proposal.id,
                round_id=venture.id,
                award_id=award.id,
                organisation_id=self.organisation_id,
                title=proposal.title,
                fields=["elder_care"],
                award_fen=AWARD_FEN,
                budget=BUDGET,
                milestones=[
                    {"title": "中期", "due_on": "2026-06-01", "tranche_number": 2},
                    {"title": "终期", "due_on": "2026-10-01", "tranche_number": 3},
                ],
            )
            self.proposal_id = proposal.id
            return award.project_id

    def do(self, who: kit.Caller, verb: str, **kwargs: Any) -> Any:
        return who(f"projects.{verb}", project_id=self.project_id, **kwargs)

    def project(self) -> dict[str, Any]:
        found: dict[str, Any] = self.do(self.staff, "get_project")
        return found

    def tranches(self) -> list[str]:
        with self.host.executors["projects"].sessions() as session:
            return [row.status for row in session.get_one(Award, self.award_id).tranches]

    def reach(self, number: int) -> None:
        milestone_id = self.project()["milestones"][number - 1]["milestone_id"]
        shown = {"milestone_id": milestone_id, "summary": "已完成", "evidence": evidence(str(number))}
        self.do(self.cso, "submit_milestone", **shown)
        self.do(self.staff, "accept_milestone", milestone_id=milestone_id)

    def to_final_report(self) -> None:
        self.reach(1)
        self.do(self.staff, "begin_mid_review")
        self.do(self.staff, "record_evaluation", kind="mid_term", score=80)
        self.reach(2)
        self.do(self.cso, "submit_final_report", text="结项报告", beneficiary_count=120)


@pytest.fixture
def story(trail_key: object) -> Story:
    return Story()


def spend(story: Story, letter: str, amount: str, line: str = "物资") -> Any:
    return story.do(
        story.cso,
        "record_spending",
        line=line,
        amount=amount,
        spent_on="2026-04-01",
        purpose="血压计",
        receipts=evidence(letter),
    )


def test_a_project_runs_to_its_closing_and_the_trail_tells_it(story: Story) -> None:
    spend(story, "a", "3000.00")
    report = story.do(story.cso, "submit_report", kind="tranche", tranche_number=1, text="第一期", **PERIOD)
    assert report["tranche_number"] == 1
    assert story.tranches() == ["paid", "planned", "planned"]
    story.to_final_report()
    assert story.tranches() == ["paid", "released", "planned"]
    assert story.do(story.staff, "record_evaluation", kind="final", score=91)["grade"] == "A"
    with pytest.raises(ConflictError, match="unspent_not_returned"):
        story.do(story.staff, "accept_project")
    story.staff("projects.return_unspent", award_id=story.award_id, amount="2000.00", bank_reference="演示-退回")
    with pytest.raises(ConflictError, match="trail_behind"):
        story.do(story.staff, "accept_project")
    story.host.settle()
    assert story.do(story.staff, "accept_project")["status"] == "acceptance"
    closed = story.do(story.staff, "close_project")
    assert (closed["status"], closed["spent"], closed["grade"]) == ("closed", "3000.00", "A")
    story.host.settle()
    entries = story.staff("projects.list_trail_entries", subject=story.project_id)["items"]
    assert [entry["event"] for entry in reversed(entries)] == [
        "project_started",
        "spending_recorded",
        "report_submitted",
        "milestone_submitted",
        "milestone_accepted",
        "mid_review_opened",
        "evaluation_recorded",
        "milestone_submitted",
        "milestone_accepted",
        "report_submitted",
        "evaluation_recorded",
        "project_accepted",
        "project_closed",
    ]
    with story.host.executors["projects"].sessions() as session:
        assert session.get_one(Proposal, story.proposal_id).status == "closed"
        assert session.get_one(Award, story.award_id).status == "closed"


def test_the_second_tranche_waits_for_the_report_on_the_first(story: Story) -> None:
    story.reach(1)
    assert story.tranches() == ["paid", "planned", "planned"]
    story.do(story.cso, "submit_report", kind="tranche", tranche_number=1, text="第一期", **PERIOD)
    assert story.tranches() == ["paid", "released", "planned"]


def test_only_a_paid_tranche_is_reported_on(story: Story) -> None:
    with pytest.raises(ConflictError, match="tranche_not_paid"):
        story.do(story.cso, "submit_report", kind="tranche", tranche_number=2, text="没有", **PERIOD)
    with pytest.raises(InvalidError, match="report_invalid"):
        story.do(story.cso, "submit_report", kind="tranche", text="哪一期", **PERIOD)


def test_a_milestone_needs_evidence_and_may_be_returned(story: Story) -> None:
    milestone_id = story.project()["milestones"][0]["milestone_id"]
    with pytest.raises(ConflictError, match="milestone_without_evidence"):
        story.do(story.cso, "submit_milestone", milestone_id=milestone_id, summary="口说无凭")
    with pytest.raises(ConflictError, match="milestone_state_conflict"):
        story.do(story.staff, "accept_milestone", milestone_id=milestone_id)
    story.do(story.cso, "submit_milestone", milestone_id=milestone_id, summary="好了", evidence=evidence("e"))
    returned = story.do(story.staff, "return_milestone", milestone_id=milestone_id, reason="照片不清")
    assert (returned["status"], returned["note"]) == ("returned", "照片不清")
    story.reach(1)


def test_spending_keeps_to_its_line_and_a_receipt_counts_once(story: Story) -> None:
    spend(story, "a", "6000.00")
    with pytest.raises(ConflictError, match="budget_exceeded"):
        spend(story, "b", "0.01")
    with pytest.raises(ConflictError, match="receipt_reused"):
        spend(story, "a", "1.00", line="场地")
    with pytest.raises(InvalidError, match="budget_line_unknown"):
        spend(story, "b", "1.00", line="宴请")
    assert [row["amount"] for row in story.do(story.staff, "list_spendings")["items"]] == ["6000.00"]


def test_money_moves_between_lines_by_an_approved_change_only(story: Story) -> None:
    spend(story, "a", "6000.00")
    wanted = [{"line": "物资", "amount": "7000.00"}, {"line": "场地", "amount": "3000.00"}]
    change = story.do(story.cso, "request_budget_change", lines=wanted, reason="多买物资")
    assert story.project()["status"] == "changing"
    with pytest.raises(ConflictError, match="project_state_conflict"):
        spend(story, "b", "1.00")
    decided = {"budget_change_id": change["budget_change_id"], "approved": True}
    assert story.do(story.staff, "decide_budget_change", **decided)["status"] == "approved"
    project = story.project()
    assert (project["status"], project["budget"]) == ("active", wanted)
    spend(story, "b", "1000.00")
    with pytest.raises(ConflictError):
        story.do(story.staff, "decide_budget_change", **decided)
    with pytest.raises(InvalidError, match="budget_sum_wrong"):
        story.do(story.cso, "request_budget_change", lines=wanted[:1], reason="减少")


def test_a_refused_change_leaves_the_budget(story: Story) -> None:
    wanted = [{"line": "物资", "amount": "10000.00"}]
    change = story.do(story.cso, "request_budget_change", lines=wanted, reason="全买物资")
    decided = {"budget_change_id": change["budget_change_id"], "approved": False, "note": "不合理"}
    assert story.do(story.staff, "decide_budget_change", **decided)["status"] == "refused"
    assert [line["line"] for line in story.project()["budget"]] == ["物资", "场地"]


def test_evaluations_come_in_their_time_and_once(story: Story) -> None:
    with pytest.raises(ConflictError, match="project_state_conflict"):
        story.do(story.staff, "record_evaluation", kind="mid_term", score=80)
    with pytest.raises(ConflictError, match="evaluation_missing"):
        story.do(story.cso, "submit_final_report", text="太早", beneficiary_count=1)
    story.to_final_report()
    story.do(story.staff, "record_evaluation", kind="final", score=59)
    assert story.project()["grade"] == "C"
    with pytest.raises(ConflictError, match="project_state_conflict"):
        story.do(story.staff, "record_evaluation", kind="final", score=99)


def test_an_open_milestone_stops_acceptance(story: Story) -> None:
    story.do(story.staff, "begin_mid_review")
    story.do(story.staff, "record_evaluation", kind="mid_term", score=80)
    story.do(story.cso, "submit_final_report", text="结项", beneficiary_count=1)
    story.do(story.staff, "record_evaluation", kind="final", score=80)
    with pytest.raises(ConflictError, match="milestones_open"):
        story.do(story.staff, "accept_project")


def test_a_terminated_project_has_a_recovery_plan_and_pays_nothing_more(story: Story) -> None:
    plan = {"reason": "组织解散", "recovery_plan": "三个月内退回", "recover": "5000.00"}
    with pytest.raises(ForbiddenError):
        story.do(story.staff, "terminate_project", **plan)
    ended = story.do(story.bureau, "terminate_project", **plan)
    assert (ended["status"], ended["recover"]) == ("terminated", "5000.00")
    with pytest.raises(ConflictError, match="project_state_conflict"):
        spend(story, "a", "1.00")


def test_another_street_or_organisation_neither_sees_nor_touches_it(story: Story) -> None:
    neighbour = story.caller("cso", organisation_id=ids.new_id("org"))
    stranger = story.caller("street_staff", street=kit.CHANGJIANG)
    for outsider in (neighbour, stranger):
        assert outsider("projects.list_projects")["items"] == []
        for verb in ("get_project", "list_spendings", "list_reports", "list_budget_changes"):
            with pytest.raises(NotFoundError):
                story.do(outsider, verb)
    with pytest.raises(NotFoundError):
        story.do(stranger, "begin_mid_review")
    with pytest.raises(NotFoundError):
        story.do(neighbour, "submit_report", kind="periodic", text="冒名", **PERIOD)


def test_a_repeated_command_is_carried_out_once(story: Story) -> None:
    command_id = str(ids.new_uuid())
    for _ in range(2):
        story.do(story.staff, "begin_mid_review", command_id=command_id)
    story.host.settle()
    entries = story.staff("projects.list_trail_entries", subject=story.project_id, event="mid_review_opened")
    assert len(entries["items"]) == 1


def test_a_second_mid_term_review_does_not_begin(story: Story) -> None:
    story.do(story.staff, "begin_mid_review")
    story.do(story.staff, "record_evaluation", kind="mid_term", score=80)
    with pytest.raises(ConflictError, match="project_state_conflict"):
        story.do(story.staff, "begin_mid_review")
    assert story.project()["status"] == "active"


def test_no_more_is_recovered_than_was_paid(story: Story) -> None:
    plan = {"reason": "组织解散", "recovery_plan": "三个月内退回", "recover": "5000.01"}
    with pytest.raises(ConflictError, match="budget_exceeded"):
        story.do(story.bureau, "terminate_project", **plan)
    assert story.project()["status"] == "active"


def test_money_paid_after_the_acceptance_stops_the_closing_until_it_is_back(story: Story) -> None:
    with story.host.executors["projects"].sessions.begin() as session:
        session.get_one(Project, story.project_id).status = "acceptance"
        session.get_one(Proposal, story.proposal_id).status = "acceptance"
    with pytest.raises(ConflictError, match="unspent"):
        story.do(story.staff, "close_project")
    story.bureau("projects.return_unspent", award_id=story.award_id, amount="5000.00", bank_reference="DEMO-1")
    assert story.do(story.staff, "close_project")["status"] == "closed"
