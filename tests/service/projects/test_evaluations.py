"""Evaluations by several evaluators, every event delivered twice: conflicts, sheets, result, comment, appeal, grade."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, NotFoundError
from chassis.events import Envelope
from services.projects.evaluations import domain
from tests import kit
from tests.service.projects.test_delivery import Story

POINTS = {one["key"]: 9 for one in domain.DEFAULT_RUBRIC["criteria"]}


class Panel(Story):
    """A project under mid-term review, and people who evaluate."""

    def __init__(self) -> None:
        super().__init__()
        self.hub_id = ids.new_id("org")
        self.register()
        self.judges = [self.caller("judge") for _ in range(4)]
        self.reach(1)
        self.do(self.staff, "begin_mid_review")

    def register(self) -> None:
        facts = {
            "organisation_id": self.organisation_id,
            "name": "演示组织",
            "kind": "cso",
            "legal_tier": "filed",
            "fields": ["elder_care"],
            "street_code": kit.ZHUHAI,
            "hub_id": self.hub_id,
            "status": "active",
            "in_breach": False,
        }
        envelope = Envelope(
            id=ids.new_id("evt"),
            name="organisation_registered",
            source="registry",
            subject=self.organisation_id,
            subject_version=1,
            district_code=kit.DISTRICT,
            occurred_at=clock.system_now(),
            payload=facts,
        )
        self.host.executors["projects"].handle(envelope)

    def evaluators(self, count: int, **more: Any) -> list[dict[str, Any]]:
        return [{"account_id": who.who.account_id, **more} for who in self.judges[:count]]  # type: ignore[union-attr]

    def convene(self, evaluators: list[dict[str, Any]], kind: str = "mid_term") -> str:
        made = self.do(self.staff, "convene_evaluation", kind=kind, evaluators=evaluators)
        self.run_id: str = made["evaluation_run_id"]
        return self.run_id

    def on(self, who: kit.Caller, verb: str, **given: Any) -> Any:
        return who(f"projects.{verb}", evaluation_run_id=self.run_id, **given)

    def score(self, count: int = 3, **changed: int) -> None:
        for who in self.judges[:count]:
            self.on(who, "fill_evaluation_sheet", scores={**POINTS, **changed}, comment="扎实", lock=True)

    def announced(self) -> dict[str, Any]:
        self.convene(self.evaluators(3))
        self.score()
        found: dict[str, Any] = self.on(self.staff, "announce_evaluation")
        return found


@pytest.fixture
def panel(monkeypatch: pytest.MonkeyPatch, trail_key: object) -> Panel:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
    return Panel()


def test_the_days_pass_without_an_appeal_and_the_result_is_final(panel: Panel) -> None:
    result = panel.announced()
    assert (result["score"], result["grade"], result["status"]) == (90, "A", "announced")
    assert panel.project()["status"] == "mid_review"
    operator = kit.Caller(panel.host, kit.actor("operator"))
    operator("projects.advance_clock", seconds=int(timedelta(days=30).total_seconds()))
    panel.host.settle()
    assert panel.on(panel.staff, "get_evaluation")["status"] == "final"
    project = panel.project()
    assert project["status"] == "active"
    assert [(one["kind"], one["score"], one["grade"]) for one in project["evaluations"]] == [("mid_term", 90, "A")]


def test_points_are_their_evaluators_alone_until_the_result_is_announced(panel: Panel) -> None:
    panel.convene(panel.evaluators(3))
    panel.score(1)
    own = panel.on(panel.judges[0], "get_evaluation")["sheets"]
    assert [one["scores"] for one in own] == [POINTS]
    seen = panel.on(panel.staff, "get_evaluation")
    assert [one["scores"] for one in seen["sheets"]] == [None] * 3
    assert (seen["locked"], seen["evaluators"], seen["score"]) == (1, 3, None)
    assert panel.on(panel.cso, "get_evaluation")["sheets"] == []
    with pytest.raises(ConflictError, match="evaluation_sheets_open"):
        panel.on(panel.staff, "announce_evaluation")
    with pytest.raises(ConflictError, match="evaluation_sheet_conflict"):
        panel.on(panel.judges[0], "fill_evaluation_sheet", scores=POINTS)


def test_who_is_bound_is_out_and_too_few_make_no_panel(panel: Panel) -> None:
    mine = panel.evaluators(4)
    mine[0]["organisation_id"] = panel.organisation_id
    mine[1]["organisation_id"] = panel.hub_id
    with pytest.raises(ConflictError, match="evaluation_evaluators_too_few"):
        panel.convene(mine)
    mine[1] = {"account_id": mine[1]["account_id"]}
    panel.convene(mine)
    sheets = {one["account_id"]: one for one in panel.on(panel.staff, "get_evaluation")["sheets"]}
    assert sheets[mine[0]["account_id"]]["conflict"] == "same_organisation"
    with pytest.raises(ConflictError, match="evaluation_sheet_conflict"):
        panel.on(panel.judges[0], "fill_evaluation_sheet", scores=POINTS)
    panel.on(panel.judges[1], "declare_evaluation_conflict", reason="亲属在该组织任职")
    for who in panel.judges[2:]:
        panel.on(who, "fill_evaluation_sheet", scores=POINTS, lock=True)
    with pytest.raises(ConflictError, match="evaluation_evaluators_too_few"):
        panel.on(panel.staff, "announce_evaluation")
    panel.on(panel.staff, "cancel_evaluation", reason="另行组织")
    panel.convene(panel.evaluators(3))


def test_an_upheld_appeal_opens_the_sheets_again_and_there_is_no_second_one(panel: Panel) -> None:
    panel.announced()
    panel.on(panel.cso, "comment_evaluation", reason="感谢评估")
    panel.on(panel.cso, "appeal_evaluation", reason="受益人数有误")
    with pytest.raises(ConflictError, match="evaluation_state_conflict"):
        panel.on(panel.cso, "accept_evaluation")
    opened = panel.on(panel.bureau, "settle_evaluation_appeal", upheld=True, reason="情况属实")
    assert (opened["status"], opened["score"], opened["locked"]) == ("scoring", None, 0)
    panel.score(goals=10)
    again = panel.on(panel.staff, "announce_evaluation")
    assert again["score"] == 93
    with pytest.raises(ConflictError, match="evaluation_appealed_once"):
        panel.on(panel.cso, "appeal_evaluation", reason="仍有异议")
    final = panel.on(panel.cso, "accept_evaluation")
    assert (final["status"], final["organisation_comment"]) == ("final", "感谢评估")
    assert panel.project()["evaluations"][0]["score"] == 93


def test_a_rejected_appeal_makes_the_result_final_and_grade_c_has_its_measures(panel: Panel) -> None:
    panel.convene(panel.evaluators(3))
    low = dict.fromkeys(POINTS, 4)
    panel.score(**low)
    assert panel.on(panel.staff, "announce_evaluation")["grade"] == "C"
    panel.on(panel.cso, "appeal_evaluation", reason="评分偏低")
    with pytest.raises(ForbiddenError):
        panel.on(panel.staff, "settle_evaluation_appeal", upheld=False, reason="维持")
    final = panel.on(panel.bureau, "settle_evaluation_appeal", upheld=False, reason="维持原结果")
    assert (final["status"], final["measures"]) == ("final", ["improvement_plan", "follow_up_visit"])


def test_an_appeal_after_its_days_is_too_late(panel: Panel) -> None:
    until = panel.announced()["appeal_until_on"]
    with panel.host.executors["projects"].sessions.begin() as session:
        session.execute(
            kit.text("UPDATE evaluation_run SET appeal_until_on = appeal_until_on - 30"),
        )
    assert until
    with pytest.raises(ConflictError, match="evaluation_appeal_too_late"):
        panel.on(panel.cso, "appeal_evaluation", reason="逾期")


def test_a_result_written_down_by_staff_does_not_pass_a_running_evaluation(panel: Panel) -> None:
    panel.convene(panel.evaluators(3))
    with pytest.raises(ConflictError, match="evaluation_running"):
        panel.do(panel.staff, "record_evaluation", kind="mid_term", score=99)
    with pytest.raises(ConflictError, match="evaluation_running"):
        panel.convene(panel.evaluators(3))
    with pytest.raises(ConflictError, match="project_state_conflict"):
        panel.convene(panel.evaluators(3), kind="final")


def test_a_rubric_is_versioned_and_a_run_keeps_the_one_it_began_with(panel: Panel) -> None:
    assert panel.bureau("projects.get_evaluation_rubric", kind="mid_term")["number"] == 0
    panel.convene(panel.evaluators(3))
    one = {"key": "all", "name_zh": "总体", "name_en": "All", "weight": 100, "max_points": 100}
    given = {"evaluators_min": 1, "appeal_working_days": 3, "grade_a_from": 90, "grade_b_from": 70}
    made = panel.bureau("projects.set_evaluation_rubric", kind="mid_term", criteria=[one], **given)
    assert (made["number"], made["grade_a_from"]) == (1, 90)
    assert panel.on(panel.staff, "get_evaluation")["rubric_number"] == 0
    panel.on(panel.staff, "cancel_evaluation", reason="换用新标准")
    panel.convene(panel.evaluators(1))
    panel.on(panel.judges[0], "fill_evaluation_sheet", scores={"all": 89}, lock=True)
    assert panel.on(panel.staff, "announce_evaluation")["grade"] == "B"


def test_strangers_find_no_evaluation(panel: Panel) -> None:
    panel.convene(panel.evaluators(3))
    strangers = [
        panel.judges[3],
        panel.caller("cso", organisation_id=ids.new_id("org")),
        panel.caller("street_staff", street=kit.CHANGJIANG),
    ]
    for who in strangers:
        with pytest.raises(NotFoundError, match="evaluation_not_found"):
            panel.on(who, "get_evaluation")
        assert who("projects.list_evaluations")["items"] == []
    with pytest.raises(NotFoundError, match="evaluation_not_found"):
        panel.on(panel.judges[3], "fill_evaluation_sheet", scores=POINTS)
    with pytest.raises(ForbiddenError, match="evaluation_not_yours"):
        panel.on(panel.staff, "fill_evaluation_sheet", scores=POINTS)
