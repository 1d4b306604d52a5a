"""An organisation's own list follows its stage, capacity gaps and history, by the published rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from chassis.errors import NotFoundError
from chassis.runtime.inprocess import InProcessHost
from tests.service.registry.cast import DOCUMENTS, Cast

TODAY = clock.day_of(clock.system_now())


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def rules(shown: dict[str, Any], name: str) -> list[str]:
    return [item["rule"] for item in shown[name]]


def test_the_list_follows_an_organisation_from_application_to_graduation(cast: Cast) -> None:
    organisation = cast.organisation()
    cso, here = cast.cso(organisation), {"organisation_id": organisation["organisation_id"]}

    def shown() -> dict[str, Any]:
        return cso("registry.get_guidance", **here)  # type: ignore[no-any-return]

    first = shown()
    assert (first["stage"], rules(first, "suggestions")) == ("new", ["apply", "join_hub"])
    assert first["suggestions"][0]["reasons"] == {"stage": "new", "kind": "cso"}
    case = cso("registry.draft_case", **here)
    assert rules(shown(), "todo") == ["complete_documents"]
    for one in DOCUMENTS:
        cso("registry.add_case_document", case_id=case["case_id"], **one)
    assert (shown()["stage"], rules(shown(), "todo")) == ("applying", ["submit_application"])
    cso("registry.withdraw_case", case_id=case["case_id"], reason="重新填写")
    assert shown()["stage"] == "new"
    case = cast.incubating_case(organisation)
    incubating = shown()
    assert incubating["stage"] == "incubating"
    assert rules(incubating, "todo") == ["draft_plan"]
    assert rules(incubating, "service_plan") == [
        "link_resources",
        "gap_publicity",
        "gap_resources",
        "gap_finance",
        "gap_team",
        "gap_governance",
    ]
    gap = incubating["service_plan"][3]
    assert gap["reasons"] == {"dimension": "finance", "score": 30, "below": 60}
    assert (gap["services"], gap["in_hand"]) == (["finance"], False)
    cast.specialist("registry.link_case_resource", case_id=case["case_id"], kind="finance", title="代账")
    linked = {item["rule"]: item["in_hand"] for item in shown()["service_plan"]}
    assert "link_resources" not in linked
    assert linked["gap_finance"]
    assert not linked["gap_team"]
    cast.specialist("registry.request_case_exit", case_id=case["case_id"], sought="graduation", reason="达标")
    assert (shown()["stage"], "assess_exit" in rules(shown(), "todo")) == ("leaving", True)
    scores = dict.fromkeys(("governance", "team", "service", "finance", "resources", "publicity"), 80)
    cast.specialist("registry.assess_case_capacity", case_id=case["case_id"], kind="exit", scores=scores)
    assert rules(shown(), "service_plan") == []
    cast.specialist("registry.graduate_case", case_id=case["case_id"], reason="达标")
    assert (shown()["stage"], rules(shown(), "suggestions")) == ("graduated", ["join_hub", "register"])


def test_what_is_late_or_due_is_on_the_list_with_its_day(cast: Cast) -> None:
    organisation = cast.organisation()
    cso, here = cast.cso(organisation), {"organisation_id": organisation["organisation_id"]}
    case = cast.incubating_case(organisation)
    day = (TODAY + timedelta(days=30)).isoformat()
    goals = [{"stage": "start", "goal": "建章立制", "due_on": day}]
    plan = cso("registry.draft_plan", case_id=case["case_id"], summary="一年方案", goals=goals)
    cso("registry.submit_plan", plan_id=plan["plan_id"])
    cast.specialist("registry.approve_plan", plan_id=plan["plan_id"])
    visit = cast.street("registry.plan_visit", **here, planned_on=day, topic="走访")
    found = [{"severity": "low", "text": "台账不全", "due_on": day}]
    cast.street("registry.hold_visit", visit_id=visit["visit_id"], summary="已走访", findings=found)
    asked = cso("registry.ask_consultation", topic="tax", question="如何免税？")
    cast.street(
        "registry.answer_consultation",
        consultation_id=asked["consultation_id"],
        answer="见文件",
        citations=[{"title": "免税办法"}],
    )
    before = {item["rule"]: item["due_on"] for item in cso("registry.get_guidance", **here)["todo"]}
    assert before == {"rectify_findings": day, "close_consultations": None}
    cast.wait(100)
    after = cso("registry.get_guidance", **here)
    late = {item["rule"]: item["due_on"] for item in after["todo"]}
    assert late == {"rectify_findings": day, "reach_goals": day, "close_consultations": None}
    assert rules(after, "service_plan")[0] == "visit"
    cast.street("registry.review_stage_goal", plan_id=plan["plan_id"], goal=1, outcome="met", note="已完成")
    assert "reach_goals" not in rules(cso("registry.get_guidance", **here), "todo")
    cast.wait(160)
    soon = cast.street("registry.get_guidance", **here)
    assert "assess_again" in rules(soon, "suggestions")
    cast.wait(90)
    assert "prepare_exit" in rules(cso("registry.get_guidance", **here), "todo")


def test_nobody_reads_anothers_list_and_everybody_the_rules(cast: Cast) -> None:
    organisation = cast.organisation()
    here = {"organisation_id": organisation["organisation_id"]}
    for who in (cast.other_street, cast.cso(cast.organisation("另一家（演示）"))):
        with pytest.raises(NotFoundError):
            who("registry.get_guidance", **here)
    published = cast.other_street("registry.list_guidance_rules")
    shown = cast.street("registry.get_guidance", **here)
    assert shown["rules_version"] == published["rules_version"]
    assert set(rules(shown, "suggestions")) <= {one["rule"] for one in published["items"]}
    assert {one["list"] for one in published["items"]} == {"todo", "suggestions", "service_plan"}
