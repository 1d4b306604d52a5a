"""Plans compared and reviewed, quorate meetings, rechecks by others, expulsion, re-entry, recusals that came later."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis import clock
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry.cast import DOCUMENTS, Cast

TODAY = clock.day_of(clock.system_now())


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def soon(days: int = 10) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def goal(text: str, stage: str = "start", **facts: Any) -> dict[str, Any]:
    return {"stage": stage, "goal": text, "due_on": soon(90), **facts}


def test_two_versions_of_a_plan_are_compared_goal_by_goal(cast: Cast) -> None:
    organisation = cast.organisation()
    cso = cast.cso(organisation)
    case = cast.incubating_case(organisation)
    goals = [goal("建章立制"), goal("骨干培训两期", "growth"), goal("对接资源", "maturity")]
    plan = cso("registry.draft_plan", case_id=case["case_id"], summary="第一年\n打基础", goals=goals)
    here = {"plan_id": plan["plan_id"]}
    changed = [goal("建章立制"), goal("骨干培训三期", "growth", measure="每期二十人"), goal("社区展演", "growth")]
    cso("registry.revise_plan", **here, summary="第一年\n打基础、强队伍", goals=changed)
    found = cast.street("registry.compare_plan_versions", **here, older=1, newer=2)
    assert found["summary"] == [
        {"change": "same", "text": "第一年"},
        {"change": "removed", "text": "打基础"},
        {"change": "added", "text": "打基础、强队伍"},
    ]
    assert [(one["change"], one["goal"]) for one in found["goals"]] == [
        ("changed", "骨干培训三期"),
        ("added", "社区展演"),
        ("removed", "对接资源"),
    ]
    assert found["goals"][0]["fields"] == {
        "goal": ["骨干培训两期", "骨干培训三期"],
        "measure": ["", "每期二十人"],
    }
    assert found["unchanged_goals"] == 1
    back = cast.street("registry.compare_plan_versions", **here, older=2, newer=1)
    assert {one["change"] for one in back["goals"]} == {"changed", "added", "removed"}
    with pytest.raises(NotFoundError, match="plan_version_not_found"):
        cast.street("registry.compare_plan_versions", **here, older=1, newer=3)
    with pytest.raises(NotFoundError):
        cast.other_street("registry.compare_plan_versions", **here, older=1, newer=2)


def test_a_plan_is_commented_by_section_and_its_goals_are_reviewed_once_approved(cast: Cast) -> None:
    organisation = cast.organisation()
    cso = cast.cso(organisation)
    case = cast.incubating_case(organisation)
    plan = cso("registry.draft_plan", case_id=case["case_id"], summary="一年方案", goals=[goal("建章立制")])
    here = {"plan_id": plan["plan_id"]}
    commented = cast.street("registry.comment_plan", **here, text="写明时间", section="start")
    assert commented["comments"][0]["section"] == "start"
    review = {**here, "goal": 1, "outcome": "partly", "note": "章程已通过，财务制度未定"}
    with pytest.raises(ConflictError, match="plan_state_conflict"):
        cast.street("registry.review_stage_goal", **review)
    cso("registry.submit_plan", **here)
    cast.specialist("registry.approve_plan", **here)
    cast.street("registry.review_stage_goal", **review)
    cso("registry.revise_plan", **here, summary="二稿", goals=[goal("建章立制"), goal("培训", "growth")])
    reviewed = cast.street("registry.review_stage_goal", **{**review, "outcome": "met"})
    assert [(one["number"], one["outcome"]) for one in reviewed["reviews"]] == [(1, "partly"), (1, "met")]
    with pytest.raises(NotFoundError, match="plan_goal_not_found"):
        cast.street("registry.review_stage_goal", **{**review, "goal": 2})
    with pytest.raises(ForbiddenError):
        cso("registry.review_stage_goal", **review)


def seed_group(cast: Cast, members: int = 10) -> tuple[Caller, dict[str, Any]]:
    hub = cast.hub()
    group = hub("registry.start_seed_group", name="映山红互助队（演示）", street_code=ZHUHAI)
    for index in range(members):
        kind = "backbone" if index < 2 else "resident"
        group = hub("registry.add_seed_member", seed_group_id=group["seed_group_id"], kind=kind, name=f"王{index}")
    return hub, group


def test_a_meeting_without_a_quorum_does_not_count(cast: Cast) -> None:
    hub, group = seed_group(cast)
    here = {"seed_group_id": group["seed_group_id"], "held_on": TODAY.isoformat(), "topic": "议事"}
    ids = [member["seed_member_id"] for member in group["member_list"]]
    thin = hub("registry.hold_seed_meeting", **here, attendance=30, member_ids=ids[:5])
    assert (thin["meetings"], thin["status"]) == (0, "gathering")
    meeting = thin["meeting_list"][0]
    assert (meeting["members"], meeting["needed"], meeting["quorate"]) == (10, 6, False)
    with pytest.raises(InvalidError, match="seed_meeting_members_invalid"):
        hub("registry.hold_seed_meeting", **here, attendance=3, member_ids=ids[:5])
    full = hub("registry.hold_seed_meeting", **here, attendance=6, member_ids=ids[:6])
    assert (full["meetings"], full["status"]) == (1, "ready")


def test_a_member_grows_into_another_part_and_the_threshold_follows(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="seed_capable", value=1)
    hub, group = seed_group(cast)
    here = {"seed_group_id": group["seed_group_id"]}
    group = hub("registry.hold_seed_meeting", **here, held_on=TODAY.isoformat(), attendance=10, topic="议事")
    assert group["missing"] == {"capable": 1}
    member = {**here, "seed_member_id": group["member_list"][-1]["seed_member_id"]}
    grown = hub("registry.change_seed_member", **member, kind="capable", duty="treasurer")
    assert (grown["status"], grown["capable"], grown["member_list"][-1]["duty"]) == ("ready", 1, "treasurer")
    assert hub("registry.change_seed_member", **member, duty=None)["member_list"][-1]["duty"] is None
    with pytest.raises(NotFoundError):
        cast.other_street("registry.change_seed_member", **member, kind="resident")
    assert hub("registry.change_seed_member", **member, kind="resident")["status"] == "gathering"


def test_a_group_that_became_an_organisation_keeps_its_steps(cast: Cast) -> None:
    hub, group = seed_group(cast)
    here = {"seed_group_id": group["seed_group_id"]}
    hub("registry.hold_seed_meeting", **here, held_on=TODAY.isoformat(), attendance=10, topic="议事")
    filed = cast.street("registry.file_seed_group", **here, filing_number="备 1", responsible_person="王一一")
    steps = cast.street("registry.list_seed_group_steps", organisation_id=filed["organisation_id"], limit=200)["items"]
    names = [step["step"] for step in reversed(steps)]
    assert names == [
        "seed_group_started",
        *["seed_member_added"] * 10,
        "seed_meeting_held",
        "seed_group_ready",
        "seed_group_filed",
    ]
    assert steps[0]["role"] == "street_staff"
    assert "王" not in str(steps)
    page = cast.street("registry.list_seed_group_steps", **here, limit=3)
    assert (len(page["items"]), page["next_cursor"] is not None) == (3, True)
    assert cast.other_street("registry.list_seed_group_steps", **here)["items"] == []
    with pytest.raises(ConflictError, match="seed_group_state_conflict"):
        hub("registry.add_seed_member", **here, kind="resident", name="迟到")


def visit_with_finding(cast: Cast, who: Caller, organisation: dict[str, Any]) -> dict[str, str]:
    today = clock.day_of(clock.system_now()) + timedelta(days=60)
    visit = who(
        "registry.plan_visit",
        organisation_id=organisation["organisation_id"],
        planned_on=today.isoformat(),
        topic="督导",
    )
    found = [{"severity": "high", "text": "挪用", "due_on": today.isoformat()}]
    held = who("registry.hold_visit", visit_id=visit["visit_id"], summary="已走访", findings=found)
    return {"visit_id": visit["visit_id"], "finding_id": held["findings"][0]["finding_id"]}


def test_nobody_rechecks_what_they_put_right_or_their_own_organisation(cast: Cast) -> None:
    hub = cast.hub()
    organisation = cast.organisation(hub_id=cast.made["hub"]["organisation_id"])
    one = visit_with_finding(cast, cast.street, organisation)
    hub("registry.rectify_finding", **one, note="代为补齐")
    with pytest.raises(ForbiddenError, match="finding_recheck_own"):
        hub("registry.recheck_finding", **one, passed=True)
    assert cast.street("registry.recheck_finding", **one, passed=True)["findings"][0]["status"] == "closed"
    own = visit_with_finding(cast, cast.street, cast.made["hub"])
    hub("registry.rectify_finding", **own, note="已补齐")
    colleague = Caller(cast.host, actor("hub", streets=[ZHUHAI], organisation_id=hub.who.organisation_id))
    with pytest.raises(ForbiddenError, match="finding_recheck_own"):
        colleague("registry.recheck_finding", **own, passed=True)


def test_two_failed_rechecks_expel_in_this_incubation_only_and_keep_the_door_shut(cast: Cast) -> None:
    organisation = cast.organisation()
    cso = cast.cso(organisation)
    case = cast.incubating_case(organisation)
    one = visit_with_finding(cast, cast.street, organisation)
    here = {"case_id": case["case_id"], "reason": "整改不力"}
    for _ in range(2):
        with pytest.raises(ConflictError, match="case_expulsion_unfounded"):
            cast.specialist("registry.request_case_exit", **here, sought="expulsion")
        cso("registry.rectify_finding", **one, note="已整改")
        later = clock.day_of(clock.system_now()) + timedelta(days=90)
        cast.street("registry.recheck_finding", **one, passed=False, due_on=later.isoformat())
    with pytest.raises(ConflictError, match="case_findings_open"):
        cast.specialist("registry.request_case_exit", **here, sought="graduation")
    cast.specialist("registry.request_case_exit", **here, sought="expulsion")
    assert cast.specialist("registry.expel_case", **here)["status"] == "expelled"
    again = cso("registry.draft_case", organisation_id=organisation["organisation_id"], documents=DOCUMENTS)
    with pytest.raises(ConflictError, match="case_reentry_early"):
        cso("registry.submit_case", case_id=again["case_id"])
    cast.wait(181)
    cso("registry.withdraw_case", case_id=again["case_id"], reason="重新填写")
    second = cast.incubating_case(organisation)
    with pytest.raises(ConflictError, match="case_expulsion_unfounded"):  # what failed before is not held against it
        cast.specialist("registry.request_case_exit", case_id=second["case_id"], reason="旧账", sought="expulsion")


def test_after_leaving_the_policy_says_when_one_may_come_back(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="case_reentry_withdrawn_days", value=30)
    organisation = cast.organisation()
    cso = cast.cso(organisation)
    case = cast.incubating_case(organisation)
    here = {"case_id": case["case_id"], "reason": "退出"}
    cso("registry.request_case_exit", **here, sought="withdrawal")
    cso("registry.withdraw_case", **here)
    again = cso("registry.draft_case", organisation_id=organisation["organisation_id"], documents=DOCUMENTS)
    with pytest.raises(ConflictError, match="case_reentry_early"):
        cso("registry.submit_case", case_id=again["case_id"])
    cast.wait(31)
    assert cso("registry.submit_case", case_id=again["case_id"])["status"] == "received"


def test_the_vote_of_a_hub_that_takes_the_organisation_in_afterwards_no_longer_counts(cast: Cast) -> None:
    cast.hub()
    hub_id = cast.made["hub"]["organisation_id"]
    account = cast.account("hub", "hub-reviewer", organisation_id=hub_id, street_codes=[ZHUHAI])
    reviewer = Caller(
        cast.host, actor("hub", streets=[ZHUHAI], organisation_id=hub_id, account_id=account["account_id"])
    )
    organisation = cast.organisation()
    case_id = cast.case_in_review(organisation)["case_id"]
    reviewer("registry.vote_on_case", case_id=case_id, choice="approve")
    cast.vote(case_id, "approve", "approve")
    cast.bureau(
        "registry.change_organisation",
        organisation_id=organisation["organisation_id"],
        hub_id=hub_id,
        reason="由枢纽组织联系",
    )
    with pytest.raises(ConflictError, match="case_votes_missing"):
        cast.specialist("registry.decide_case_review", case_id=case_id)
    cast.vote(case_id, "approve")
    assert cast.specialist("registry.decide_case_review", case_id=case_id)["status"] == "public_notice"


def document(cast: Cast, **facts: Any) -> dict[str, Any]:
    asked = {
        "title": "社会组织扶持办法（演示）",
        "document_number": "演民发〔2026〕1号",
        "issuer": "区民政局（演示）",
        "topics": ["funding"],
        "valid_from": soon(-30),
        "summary": "扶持范围与标准",
    }
    return cast.bureau("registry.publish_policy_document", **{**asked, **facts})  # type: ignore[no-any-return]


def test_an_answer_cites_the_version_in_force_on_its_day(cast: Cast) -> None:
    made = document(cast)
    here = {"document_id": made["document_id"]}
    with pytest.raises(ConflictError, match="policy_document_number_taken"):
        document(cast)
    with pytest.raises(InvalidError, match="policy_document_version_date"):
        cast.bureau("registry.revise_policy_document", **here, valid_from=soon(-30), summary="重复")
    revised = cast.bureau("registry.revise_policy_document", **here, valid_from=soon(20), summary="提高标准")
    assert [version["valid_until"] for version in revised["versions"]] == [soon(19), None]
    cso = cast.cso(cast.organisation())

    def answer(**cited: Any) -> dict[str, Any]:
        asked = cso("registry.ask_consultation", topic="funding", question="能否申请扶持？")
        citation = {"title": "随便写的题名", **here, **cited}
        return cast.specialist(  # type: ignore[no-any-return]
            "registry.answer_consultation",
            consultation_id=asked["consultation_id"],
            answer="可以",
            citations=[citation],
        )

    cited = answer()["citations"][0]
    assert (cited["number"], cited["title"]) == (1, "社会组织扶持办法（演示）")
    assert cited["document_number"] == "演民发〔2026〕1号"
    with pytest.raises(InvalidError, match="citation_invalid"):
        answer(number=2)
    cast.wait(21)
    assert answer()["citations"][0]["number"] == 2
    with pytest.raises(InvalidError, match="citation_invalid"):
        answer(number=1)
    cast.bureau("registry.withdraw_policy_document", **here, valid_until=soon(25), reason="废止")
    cast.wait(5)
    with pytest.raises(InvalidError, match="citation_invalid"):
        answer()
    with pytest.raises(ConflictError, match="policy_document_state_conflict"):
        cast.bureau("registry.revise_policy_document", **here, valid_from=soon(60), summary="再修")


def test_the_district_may_want_every_answer_to_cite_its_library(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="citation_documents", value=1)
    cso = cast.cso(cast.organisation())
    asked = cso("registry.ask_consultation", topic="tax", question="如何免税？")
    answer = {"consultation_id": asked["consultation_id"], "answer": "见文件"}
    with pytest.raises(InvalidError, match="citation_document_needed"):
        cast.specialist("registry.answer_consultation", **answer, citations=[{"title": "某文件"}])
    made = document(cast)
    cited = [{"title": "某文件"}, {"title": "文件", "document_id": made["document_id"]}]
    assert cast.specialist("registry.answer_consultation", **answer, citations=cited)["status"] == "answered"


def test_the_library_is_searched_by_topic_title_and_day(cast: Cast) -> None:
    made = document(cast)
    document(cast, title="税收优惠指引（演示）", document_number="", topics=["tax"], valid_from=soon(10))
    cso = cast.cso(cast.organisation(street=CHANGJIANG))

    def titles(**asked: Any) -> list[str]:
        return [row["title"] for row in cso("registry.list_policy_documents", **asked)["items"]]

    assert titles() == ["税收优惠指引（演示）", "社会组织扶持办法（演示）"]
    assert titles(topic="tax") == ["税收优惠指引（演示）"]
    assert titles(title="扶持") == ["社会组织扶持办法（演示）"]
    assert titles(valid_on=soon(0)) == ["社会组织扶持办法（演示）"]
    assert titles(title="%") == []
    assert cso("registry.get_policy_document", document_id=made["document_id"])["versions"][0]["number"] == 1
    with pytest.raises(ForbiddenError):
        cast.street(
            "registry.publish_policy_document", title="街道文件", issuer="街道", valid_from=soon(0), summary="无"
        )
