"""Seed groups, organisations, cases, teams, plans, visits, consultations: the pilot's road through the registry."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis import clock
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError, StaleError
from chassis.runtime.inprocess import InProcessHost
from tests.kit import CHANGJIANG, ZHUHAI, Caller, actor
from tests.service.registry.cast import DOCUMENTS, SCORES, Cast, credit_code

TODAY = clock.day_of(clock.system_now())


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def soon(days: int = 10) -> str:
    """A day ahead."""
    return (TODAY + timedelta(days=days)).isoformat()


def test_a_seed_group_grows_over_the_threshold_and_becomes_an_organisation(cast: Cast) -> None:
    hub = cast.hub()
    group = hub("registry.start_seed_group", name="映山红邻里互助队（演示）", street_code=ZHUHAI)
    here = {"seed_group_id": group["seed_group_id"]}
    for index in range(10):
        kind = "backbone" if index < 2 else "resident"
        group = hub("registry.add_seed_member", **here, kind=kind, name=f"王{index}", phone=f"1380000000{index}")
    with pytest.raises(ConflictError, match="seed_member_duplicate"):
        hub("registry.add_seed_member", **here, kind="resident", name="王零", phone="13800000000")
    filing = {**here, "filing_number": "珠海备 001", "responsible_person": "王一一"}
    assert group["missing"] == {"meetings": 1}
    with pytest.raises(ConflictError, match="seed_group_state_conflict"):
        cast.street("registry.file_seed_group", **filing)
    group = hub("registry.hold_seed_meeting", **here, held_on=TODAY.isoformat(), attendance=10, topic="议事")
    assert group["status"] == "ready"
    member = group["member_list"][-1]["seed_member_id"]
    assert hub("registry.remove_seed_member", **here, seed_member_id=member)["status"] == "gathering"
    hub("registry.add_seed_member", **here, kind="resident", name="赵六")
    group = cast.street("registry.file_seed_group", **filing)
    assert group["status"] == "filed"
    organisation = cast.street("registry.get_organisation", organisation_id=group["organisation_id"])
    assert (organisation["legal_tier"], organisation["kind"]) == ("filed", "cso")
    assert organisation["hub_id"] == cast.made["hub"]["organisation_id"]
    contact = cast.street("registry.get_organisation_contact", organisation_id=group["organisation_id"])
    assert contact["responsible_person"] == "王**"
    history = cast.street("registry.list_organisation_changes", organisation_id=group["organisation_id"])
    assert group["seed_group_id"] in history["items"][0]["reason"]


def test_organisations_are_registered_once_and_changed_with_history(cast: Cast) -> None:
    code = credit_code()
    ask = {"kind": "hub", "legal_tier": "registered", "street_code": ZHUHAI, "name": "绿岛（演示）", "uscc": code}
    view = cast.bureau("registry.register_organisation", **ask)
    assert view["uscc"] == code
    with pytest.raises(ConflictError, match="organisation_duplicate"):
        cast.bureau("registry.register_organisation", **{**ask, "name": "另一家"})
    with pytest.raises(ConflictError, match="organisation_duplicate"):
        cast.bureau("registry.register_organisation", **{**ask, "name": "绿岛(演示)", "uscc": credit_code()})
    with pytest.raises(InvalidError, match="organisation_identity_invalid"):
        cast.bureau("registry.register_organisation", **{**ask, "name": "无码", "uscc": None} | {"uscc": ""})
    change = {"organisation_id": view["organisation_id"], "introduction": "新的介绍", "reason": "更正"}
    changed = cast.bureau("registry.change_organisation", **change, expected_version=view["version"])
    assert changed["version"] == view["version"] + 1
    with pytest.raises(StaleError):
        cast.bureau("registry.change_organisation", **change, expected_version=view["version"])
    history = cast.bureau("registry.list_organisation_changes", organisation_id=view["organisation_id"])["items"]
    assert [row["field"] for row in history] == ["introduction", "status"]
    found = cast.bureau("registry.list_organisations", name="绿岛")["items"]
    assert [row["organisation_id"] for row in found] == [view["organisation_id"]]


def test_who_may_register_what(cast: Cast) -> None:
    with pytest.raises(ForbiddenError):
        cast.street(
            "registry.register_organisation",
            name="企业",
            kind="enterprise",
            legal_tier="registered",
            uscc=credit_code("91"),
        )
    with pytest.raises(InvalidError, match="credit_code_kind_mismatch"):
        cast.bureau(
            "registry.register_organisation",
            name="基金",
            kind="foundation",
            legal_tier="registered",
            uscc=credit_code(),
        )
    with pytest.raises(InvalidError, match="field_unknown"):
        cast.bureau(
            "registry.register_organisation",
            name="企业",
            kind="enterprise",
            legal_tier="registered",
            uscc=credit_code("91"),
            fields=["no_such_field"],
        )
    cast.bureau("registry.add_field", code="no_such_field", zh="新领域", en="New")
    with pytest.raises(ConflictError, match="field_exists"):
        cast.bureau("registry.add_field", code="elder_care", zh="助老", en="Elder care")


def test_a_case_goes_from_application_to_incubation(cast: Cast) -> None:
    organisation = cast.organisation()
    case = cast.case_under_notice(organisation)
    case_id = case["case_id"]
    assert case["status"] == "public_notice"
    assert cast.public("registry.list_case_notices")["items"][0]["organisation_name"] == organisation["name"]
    with pytest.raises(ConflictError, match="case_notice_running"):
        cast.specialist("registry.sign_case_agreement", case_id=case_id)
    cast.wait(8)
    with pytest.raises(ConflictError, match="case_team_incomplete"):
        cast.specialist("registry.sign_case_agreement", case_id=case_id)
    people = {}
    for role in ("specialist", "steward"):
        people[role] = cast.account(role, f"the-{role}")["account_id"]
        cast.specialist("registry.assign_team_member", case_id=case_id, role=role, account_id=people[role])
    with pytest.raises(ConflictError, match="case_baseline_missing"):
        cast.specialist("registry.sign_case_agreement", case_id=case_id)
    cast.specialist("registry.assess_case_capacity", case_id=case_id, scores=SCORES)
    assert cast.specialist("registry.sign_case_agreement", case_id=case_id)["status"] == "agreed"
    incubating = cast.specialist("registry.begin_case_incubation", case_id=case_id)
    assert incubating["status"] == "incubating"
    with pytest.raises(ConflictError, match="case_state_conflict"):
        cast.specialist("registry.begin_case_incubation", case_id=case_id)
    loads = cast.specialist("registry.list_caseloads", role="steward")["items"]
    assert loads[0]["cases"] == 1
    mine = cast.specialist("registry.list_cases", account_id=people["steward"])["items"]
    assert [row["case_id"] for row in mine] == [case_id]


def test_a_case_needs_its_documents_and_no_other_open_case(cast: Cast) -> None:
    organisation = cast.organisation()
    cso = cast.cso(organisation)
    draft = cso("registry.draft_case", organisation_id=organisation["organisation_id"])
    with pytest.raises(ConflictError, match="case_documents_missing"):
        cso("registry.submit_case", case_id=draft["case_id"])
    for document in DOCUMENTS:
        cso("registry.add_case_document", case_id=draft["case_id"], **document)
    assert cso("registry.submit_case", case_id=draft["case_id"])["status"] == "received"
    asked = cast.specialist("registry.request_case_info", case_id=draft["case_id"], reason="请补充章程")
    assert (asked["status"], asked["asked_from"]) == ("more_info", "received")
    assert cso("registry.supply_case_info", case_id=draft["case_id"], note="已补充")["status"] == "received"
    other = cso("registry.draft_case", organisation_id=organisation["organisation_id"], documents=DOCUMENTS)
    with pytest.raises(ConflictError, match="case_other_open"):
        cso("registry.submit_case", case_id=other["case_id"])
    cast.wait(15)
    assert cso("registry.get_case", case_id=draft["case_id"])["review_late"]


def test_reviewers_vote_once_without_conflict_and_the_majority_decides(cast: Cast) -> None:
    hub = cast.hub()
    organisation = cast.organisation(hub_id=cast.made["hub"]["organisation_id"])
    case_id = cast.case_in_review(organisation)["case_id"]
    with pytest.raises(ConflictError, match="case_reviewer_recused"):
        hub("registry.vote_on_case", case_id=case_id, choice="approve")
    hub("registry.vote_on_case", case_id=case_id, choice="recuse")
    cast.vote(case_id, "approve", "reject")
    with pytest.raises(ConflictError, match="case_votes_missing"):
        cast.specialist("registry.decide_case_review", case_id=case_id)
    cast.specialist("registry.vote_on_case", case_id=case_id, choice="reject")
    with pytest.raises(ConflictError, match="case_vote_repeated"):
        cast.specialist("registry.vote_on_case", case_id=case_id, choice="reject")
    assert cast.specialist("registry.decide_case_review", case_id=case_id)["status"] == "rejected"


def test_the_base_takes_in_no_more_than_it_holds_but_offsite_ones(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="case_base_capacity", value=1)
    cast.case_under_notice(cast.organisation())
    second = cast.case_in_review(cast.organisation("第二家（演示）"))
    cast.vote(second["case_id"], "approve", "approve", "approve")
    with pytest.raises(ConflictError, match="case_base_full"):
        cast.specialist("registry.decide_case_review", case_id=second["case_id"])


def test_an_objection_upheld_stops_a_case(cast: Cast) -> None:
    case = cast.case_under_notice(cast.organisation())
    here = {"case_id": case["case_id"]}
    resident = Caller(cast.host, actor("resident", streets=[ZHUHAI]))
    objection = resident("registry.object_to_case", **here, text="不属实")
    stranger = Caller(cast.host, actor("resident", streets=[CHANGJIANG]))
    with pytest.raises(NotFoundError):
        stranger("registry.object_to_case", **here, text="不属实")
    cast.staff(case["case_id"])
    cast.wait(8)
    with pytest.raises(ConflictError, match="case_objection_open"):
        cast.specialist("registry.sign_case_agreement", **here)
    settled = cast.bureau(
        "registry.resolve_case_objection",
        **here,
        objection_id=objection["objection_id"],
        outcome="upheld",
        reason="属实",
    )
    assert settled["status"] == "rejected"
    assert all(member["valid_until"] for member in settled["team"])


def test_a_hand_over_leaves_no_gap(cast: Cast) -> None:
    case = cast.incubating_case(cast.organisation())
    successor = cast.account("steward", "successor")["account_id"]
    team = cast.specialist(
        "registry.hand_over_team_role", case_id=case["case_id"], role="steward", account_id=successor, reason="调岗"
    )
    stewards = [member for member in team["members"] if member["role"] == "steward"]
    assert team["complete"]
    assert stewards[0]["valid_until"] == stewards[1]["valid_from"]
    with pytest.raises(ConflictError, match="team_role_taken"):
        cast.specialist("registry.assign_team_member", case_id=case["case_id"], role="steward", account_id=successor)
    linked = cast.specialist("registry.link_case_resource", case_id=case["case_id"], kind="legal", title="公益律师")
    link = linked["resources"][0]["link_id"]
    released = cast.specialist("registry.release_case_resource", case_id=case["case_id"], link_id=link)
    assert released["resources"][0]["valid_until"]


def test_a_plan_is_commented_returned_revised_and_approved(cast: Cast) -> None:
    organisation = cast.organisation()
    case = cast.incubating_case(organisation)
    cso = cast.cso(organisation)
    content = {"summary": "一年成长方案", "goals": [{"stage": "start", "goal": "建章立制", "due_on": soon(90)}]}
    plan = cso("registry.draft_plan", case_id=case["case_id"], **content)
    here = {"plan_id": plan["plan_id"]}
    cast.street("registry.comment_plan", **here, text="目标再具体些")
    cso("registry.submit_plan", **here)
    assert cast.specialist("registry.return_plan", **here, reason="补充预算")["status"] == "returned"
    cso("registry.revise_plan", **here, **content)
    cso("registry.submit_plan", **here)
    approved = cast.specialist("registry.approve_plan", **here)
    assert (approved["status"], approved["approved_number"], len(approved["versions"])) == ("approved", 2, 2)
    assert approved["versions"][0]["goals"][0]["due_on"] == soon(90)
    assert [comment["role"] for comment in approved["comments"]] == ["street_staff", "specialist"]


def test_a_finding_is_rectified_rechecked_and_the_visit_closed(cast: Cast) -> None:
    hub = cast.hub()
    organisation = cast.organisation(hub_id=cast.made["hub"]["organisation_id"])
    cso = cast.cso(organisation)
    visit = hub(
        "registry.plan_visit", organisation_id=organisation["organisation_id"], planned_on=soon(0), topic="月度督导"
    )
    here = {"visit_id": visit["visit_id"]}
    finding = {"severity": "high", "text": "财务票据不全", "due_on": soon(5)}
    held = hub("registry.hold_visit", **here, summary="看了台账", findings=[finding])
    assert held["status"] == "findings"
    one = {**here, "finding_id": held["findings"][0]["finding_id"]}
    with pytest.raises(ConflictError, match="visit_findings_open"):
        hub("registry.close_visit", **here)
    cast.wait(6)
    assert hub("registry.get_visit", **here)["findings"][0]["overdue"]
    assert cso("registry.rectify_finding", **one, note="已补齐")["status"] == "rectification"
    assert hub("registry.recheck_finding", **one, passed=False)["status"] == "findings"
    cso("registry.rectify_finding", **one, note="再次补齐")
    checked = hub("registry.recheck_finding", **one, passed=True)
    assert (checked["findings"][0]["status"], checked["findings"][0]["failed_rechecks"]) == ("closed", 1)
    assert hub("registry.close_visit", **here)["status"] == "closed"


def test_leaving_goes_through_the_exit_review(cast: Cast) -> None:
    organisation = cast.organisation()
    case = cast.incubating_case(organisation)
    here = {"case_id": case["case_id"]}
    with pytest.raises(ConflictError, match="case_state_conflict"):
        cast.specialist("registry.graduate_case", **here, reason="期满")
    with pytest.raises(ConflictError, match="case_expulsion_unfounded"):
        cast.specialist("registry.request_case_exit", **here, sought="expulsion", reason="整改不力")
    cast.specialist("registry.request_case_exit", **here, sought="extension", reason="再给一年")
    extended = cast.specialist("registry.extend_case", **here, months=6, reason="再给半年")
    assert (extended["status"], extended["extended_months"]) == ("incubating", 6)
    cast.specialist("registry.request_case_exit", **here, sought="extension", reason="再来")
    with pytest.raises(ConflictError, match="case_already_extended"):
        cast.specialist("registry.extend_case", **here, months=6, reason="再来")
    with pytest.raises(ConflictError, match="case_exit_assessment_missing"):
        cast.specialist("registry.graduate_case", **here, reason="达标")
    cast.specialist("registry.assess_case_capacity", **here, kind="exit", scores=SCORES)
    graduated = cast.specialist("registry.graduate_case", **here, reason="达标")
    assert graduated["status"] == "graduated"
    assert all(member["valid_until"] for member in graduated["team"])


def test_a_consultation_is_answered_with_its_document_in_time(cast: Cast) -> None:
    organisation = cast.organisation()
    cso = cast.cso(organisation)
    asked = cso("registry.ask_consultation", topic="tax", question="免税资格如何申请？")
    here = {"consultation_id": asked["consultation_id"]}
    cast.wait(12)
    assert cso("registry.get_consultation", **here)["late"]
    cited = [{"title": "关于非营利组织免税资格认定管理有关问题的通知", "document_number": "财税〔2018〕13号"}]
    answered = cast.street("registry.answer_consultation", **here, answer="按通知办理", citations=cited)
    assert answered["status"] == "answered"
    assert cso("registry.reopen_consultation", **here, question="需要哪些材料？")["status"] == "asked"
    cast.street("registry.answer_consultation", **here, answer="见附件", citations=cited)
    assert cso("registry.close_consultation", **here)["status"] == "closed"
    with pytest.raises(ConflictError):
        cso("registry.close_consultation", **here)
