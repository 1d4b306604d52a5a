"""Incubation, visits and consultations: who is told that it is their turn, and what became of it, in readable words."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import ids
from contracts.registry import consultations, deadlines, designations, organisations, teams, visits
from contracts.registry.events import OrganisationChanged
from contracts.registry.events_base import DeadlineMissed
from contracts.registry.events_care import (
    ConsultationAsked,
    FindingOverdue,
    FindingRechecked,
    FindingRecorded,
    PlanSubmitted,
    VisitCancelled,
    VisitPlanned,
)
from contracts.registry.events_cases import (
    CaseAdvanced,
    CaseExtended,
    CaseNoticePublished,
    CaseObjected,
    CaseSubmitted,
    TeamMemberAssigned,
    TeamMemberReplaced,
)
from contracts.registry.events_identity import ErasureRequested
from contracts.registry.events_party import DesignationGranted
from services.notify.catalogue.words import CHINESE
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.notify.world import Notify

STREETS: dict[str, Any] = {"street_codes": [ZHUHAI]}


@pytest.fixture
def mine(notify: Notify) -> str:
    return notify.register()


def about(organisation_id: str) -> dict[str, Any]:
    return {"case_id": ids.new_id("cas"), "organisation_id": organisation_id, **STREETS}


def titles(notify: Notify, who: Any) -> list[str]:
    return [one["title_zh"] for one in notify.inbox(who)]


@pytest.mark.parametrize(
    ("action", "status", "title"),
    [
        ("ask", "more_info", "请补充入孵材料"),
        ("reject", "rejected", "入孵申请未通过"),
        ("suspend", "suspended", "孵化已暂停"),
        ("graduate", "graduated", "祝贺出壳"),
        ("expel", "expelled", "已被清退"),
        ("pass", "review", None),
    ],
)
def test_an_organisation_hears_what_became_of_its_case(
    notify: Notify, mine: str, action: str, status: str, title: str | None
) -> None:
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    stranger = notify.open_account("cso", organisation_id=notify.register("别家（演示）"), streets=(ZHUHAI,))
    notify.hear(CaseAdvanced(**about(mine), action=action, was="screening", status=status))
    assert titles(notify, member) == ([title] if title else [])
    assert titles(notify, stranger) == []


def test_specialists_hear_of_applications_plans_and_objections(notify: Notify, mine: str) -> None:
    specialist = notify.open_account("specialist")
    case = about(mine)
    notify.hear(CaseSubmitted(**case, due_on="2026-12-03"))
    notify.hear(CaseObjected(case_id=case["case_id"], objection_id=ids.new_id("obj"), **STREETS))
    notify.hear(PlanSubmitted(**case, plan_id=ids.new_id("pln"), number=2))
    told = notify.inbox(specialist)
    assert sorted(one["title_zh"] for one in told) == [
        "入孵公示收到异议",
        "成长方案待审核：暖阳助老队（演示）",
        "新的入孵申请：暖阳助老队（演示）",
    ]
    assert any("请在 2026-12-03 前完成评审" in one["body_zh"] for one in told)


def test_a_notice_that_ends_with_the_third_does_not_say_the_fourth(notify: Notify, mine: str) -> None:
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    notify.hear(CaseNoticePublished(**about(mine), notice_until="2026-12-03T16:00:00+00:00"))
    (message,) = notify.inbox(member)
    assert "公示至 2026-12-04 00:00" in message["body_zh"]


def test_the_service_team_and_its_organisation_hear_of_each_other(notify: Notify, mine: str) -> None:
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    old, new = notify.open_account("steward"), notify.open_account("steward")
    case = about(mine)
    notify.hear(TeamMemberAssigned(**case, role="steward", account_id=str(old.account_id)))
    people = {"from_account_id": str(old.account_id), "to_account_id": str(new.account_id)}
    notify.hear(TeamMemberReplaced(**case, role="steward", **people))
    notify.hear(CaseExtended(**case, months=6, ends_on="2027-06-01"))
    assigned, replaced = "暖阳助老队（演示）：专属服务管家已到位", "暖阳助老队（演示）：专属服务管家已交接"
    assert titles(notify, old) == [replaced, assigned]
    assert titles(notify, new) == [replaced]
    assert titles(notify, member) == ["孵化期延长 6 个月", replaced, assigned]


def test_an_organisation_hears_of_visits_findings_and_designations(notify: Notify, mine: str) -> None:
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    visit = {"visit_id": ids.new_id("vis"), "organisation_id": mine, **STREETS}
    finding = {**visit, "finding_id": ids.new_id("fnd")}
    notify.hear(VisitPlanned(**visit, case_id=None, planned_on="2026-12-01"))
    notify.hear(FindingRecorded(**finding, severity="high", due_on="2026-12-09"))
    notify.hear(FindingRechecked(**finding, passed=False, failed_rechecks=1))
    notify.hear(FindingOverdue(**finding))
    notify.hear(VisitCancelled(**visit))
    granted = {"designation_id": ids.new_id("dsg"), "organisation_id": mine, "kind": "red_flag_party", **STREETS}
    notify.hear(DesignationGranted(**granted, valid_from="2026-12-01", valid_until=None))
    told = notify.inbox(member)
    assert [one["title_zh"] for one in told][::-1] == [
        "督导走访安排在 2026-12-01",
        "请整改：督导发现问题",
        "整改复查不合格",
        "整改已逾期",
        "督导走访已取消",
        "获得“红旗党组织”称号",
    ]
    assert "程度：严重" in told[-2]["body_zh"]


def test_a_question_reaches_those_who_answer_in_its_street(notify: Notify, mine: str) -> None:
    here = notify.open_account("street_staff", streets=(ZHUHAI,))
    there = notify.open_account("street_staff", streets=(CHANGJIANG,))
    due_at = "2026-12-01T16:00:00+00:00"
    notify.hear(
        ConsultationAsked(
            consultation_id=ids.new_id("con"), organisation_id=mine, topic="tax", due_at=due_at, **STREETS
        )
    )
    assert titles(notify, here)[0] == "新的政策咨询（税务）"
    assert [title for title in titles(notify, there) if "咨询" in title] == []


def test_administrators_hear_who_asks_to_be_forgotten(notify: Notify) -> None:
    administrator, staff = notify.open_account("administrator"), notify.open_account("street_staff", streets=(ZHUHAI,))
    notify.hear(ErasureRequested(account_id=ids.new_id("acc"), **STREETS))
    assert titles(notify, administrator) == ["有人申请删除个人信息"]
    assert titles(notify, staff) == []


def test_chinese_sentences_hold_no_words_of_the_code(notify: Notify, mine: str) -> None:
    member = notify.open_account("cso", organisation_id=mine, streets=(ZHUHAI,))
    specialist = notify.open_account("specialist")
    facts = {
        "organisation_id": mine,
        "name": "暖阳",
        "kind": "cso",
        "legal_tier": "filed",
        "fields": [],
        "hub_id": None,
    }
    changed = {**facts, "status": "active", "in_breach": False, "street_code": ZHUHAI}
    notify.hear(OrganisationChanged(**changed, changed=["name", "founded_on"], **STREETS))
    assert notify.inbox(member)[0]["body_zh"] == "变更项：名称、成立日期。"
    late = {"deadline_id": ids.new_id("ddl"), "kind": "case_review", "subject_id": ids.new_id("cas"), **STREETS}
    notify.hear(DeadlineMissed(**late, organisation_id=None, due_on="2026-12-01", level=1, escalated_to="specialist"))
    assert notify.inbox(specialist)[0]["body_zh"].startswith("入孵评审应于 2026-12-01 前办结")


def test_every_word_that_stands_in_those_sentences_has_its_chinese() -> None:
    fields = set(organisations.ChangeOrganisation().fields) - {"organisation_id", "reason", "expected_version"}
    words = {
        *deadlines.KINDS,
        *visits.SEVERITIES,
        *designations.KINDS,
        *teams.TEAM_ROLES,
        *consultations.TOPICS,
        *(fields - {"fields_"}),
    }
    assert words <= set(CHINESE)
