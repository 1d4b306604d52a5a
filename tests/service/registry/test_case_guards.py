"""When capacity is measured and agreements are signed, who may leave before an expulsion, and what the list follows."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis import clock
from chassis.errors import ConflictError, InvalidError
from chassis.runtime.inprocess import InProcessHost
from tests.service.registry.cast import SCORES, Cast


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def test_an_exit_assessment_made_before_incubation_graduates_nobody(cast: Cast) -> None:
    case = cast.case_under_notice(cast.organisation())
    here = {"case_id": case["case_id"]}
    for kind in ("interim", "exit"):
        with pytest.raises(ConflictError, match="case_assessment_untimely"):
            cast.specialist("registry.assess_case_capacity", **here, kind=kind, scores=SCORES)
    cast.staff(case["case_id"])
    cast.wait(8)
    cast.specialist("registry.sign_case_agreement", **here)
    cast.specialist("registry.begin_case_incubation", **here)
    with pytest.raises(ConflictError, match="case_assessment_untimely"):
        cast.specialist("registry.assess_case_capacity", **here, scores=SCORES)
    cast.specialist("registry.request_case_exit", **here, sought="graduation", reason="达标")
    with pytest.raises(ConflictError, match="case_exit_assessment_missing"):
        cast.specialist("registry.graduate_case", **here, reason="达标")
    cast.specialist("registry.assess_case_capacity", **here, kind="exit", scores=SCORES)
    assert cast.specialist("registry.graduate_case", **here, reason="达标")["status"] == "graduated"


def test_a_draft_is_not_measured(cast: Cast) -> None:
    organisation = cast.organisation()
    draft = cast.cso(organisation)("registry.draft_case", organisation_id=organisation["organisation_id"])
    with pytest.raises(ConflictError, match="case_state_conflict"):
        cast.specialist("registry.assess_case_capacity", case_id=draft["case_id"], scores=SCORES)


def test_nobody_signed_before_the_notice_was_over(cast: Cast) -> None:
    case = cast.case_under_notice(cast.organisation())
    here = {"case_id": case["case_id"]}
    cast.staff(case["case_id"])
    over = clock.day_of(clock.system_now()) + timedelta(days=8)  # seven days count from tomorrow, and this comes after
    cast.wait(10)
    with pytest.raises(InvalidError, match="case_signed_early") as refused:
        cast.specialist("registry.sign_case_agreement", **here, signed_on=(over - timedelta(days=1)).isoformat())
    assert refused.value.details["notice_over_on"] == over.isoformat()
    signed = cast.specialist("registry.sign_case_agreement", **here, signed_on=over.isoformat())
    assert (signed["status"], signed["agreed_on"]) == ("agreed", over.isoformat())


def test_an_expulsion_under_review_is_not_escaped_by_withdrawing(cast: Cast) -> None:
    organisation = cast.organisation()
    case = cast.incubating_case(organisation)
    here = {"case_id": case["case_id"], "reason": "整改不力"}
    cast.bureau("registry.set_policy", key="case_failed_rechecks", value=1)
    due_on = (clock.day_of(clock.system_now()) + timedelta(days=30)).isoformat()
    visit = cast.street(
        "registry.plan_visit", organisation_id=organisation["organisation_id"], planned_on=due_on, topic="督导"
    )
    finding = {"severity": "high", "text": "账目不清", "due_on": due_on}
    held = cast.street(
        "registry.hold_visit", visit_id=visit["visit_id"], summary="走访", attendance=3, findings=[finding]
    )
    one = {"visit_id": visit["visit_id"], "finding_id": held["findings"][0]["finding_id"]}
    cast.cso(organisation)("registry.rectify_finding", **one, note="已整改")
    cast.street("registry.recheck_finding", **one, passed=False, due_on=due_on)
    cast.specialist("registry.request_case_exit", **here, sought="expulsion")
    for applicant in (cast.cso(organisation), cast.street):
        with pytest.raises(ConflictError, match="case_expulsion_pending"):
            applicant("registry.withdraw_case", **here)
    assert cast.specialist("registry.withdraw_case", **here)["status"] == "withdrawn"


def test_a_draft_beside_a_case_under_way_does_not_hide_it_from_the_organisations_list(cast: Cast) -> None:
    organisation = cast.organisation()
    cso, here = cast.cso(organisation), {"organisation_id": organisation["organisation_id"]}
    cast.incubating_case(organisation)
    cso("registry.draft_case", **here)
    shown = cso("registry.get_guidance", **here)
    assert (shown["stage"], [item["rule"] for item in shown["todo"]]) == ("incubating", ["draft_plan"])


def test_the_growth_plan_of_a_case_that_is_over_stays_as_it_is(cast: Cast) -> None:
    organisation = cast.organisation()
    case = cast.incubating_case(organisation)
    due_on = (clock.day_of(clock.system_now()) + timedelta(days=60)).isoformat()
    content = {"summary": "一年方案", "goals": [{"stage": "start", "goal": "建章立制", "due_on": due_on}]}
    plan = cast.cso(organisation)("registry.draft_plan", case_id=case["case_id"], **content)
    here = {"plan_id": plan["plan_id"]}
    cast.specialist("registry.request_case_exit", case_id=case["case_id"], sought="withdrawal", reason="退出")
    cast.specialist("registry.withdraw_case", case_id=case["case_id"], reason="退出")
    for write, asked in (("revise_plan", content), ("submit_plan", {})):
        with pytest.raises(ConflictError, match="plan_case_closed"):
            cast.cso(organisation)(f"registry.{write}", **here, **asked)
    commented = cast.street("registry.comment_plan", **here, text="留作参考")
    assert (commented["status"], commented["number"]) == ("drafting", 1)
