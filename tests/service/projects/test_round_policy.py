"""Rounds as policy data: templates, needs surveys, earmarks, amendments, clocks, eligibility as of the deadline."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from chassis import db, ids, tokens
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime.execute import Executor
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import Timer
from contracts.projects import events
from contracts.projects.events_plans import RoundNoticeEnded, SurveyClosed, SurveyDropped
from contracts.registry.events import AccountOpened, OrganisationChanged
from contracts.resources.events import FundsReserved
from services.projects import fingerprint
from services.projects.rounds import actions
from services.projects.rounds.models import Round
from tests import kit
from tests.service.projects.round_road import IDEAS, SUNSET, Road, outcome


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.fixture
def road() -> Road:
    return Road()


def section(key: str, zh: str, least: int = 1) -> dict[str, Any]:
    return {"key": key, "name_zh": zh, "name_en": key, "min_length": least, "max_length": 200}


def template(road: Road, **rules: Any) -> dict[str, Any]:
    made: dict[str, Any] = road.bureau(
        "projects.create_plan_template", key="care", scale="micro", name_zh="助老模板", name_en="Care", rules=rules
    )
    return made


# templates --------------------------------------------------------------------------------------------------------


def test_a_template_has_versions_and_a_round_keeps_the_one_it_chose(road: Road) -> None:
    first = template(
        road, sections=[section("need", "需求", 5), section("innovation", "创新点", 5)], attachments=["filing"]
    )
    made = road.create(plan_template_id=first["plan_template_id"])
    second = template(road, sections=[section("need", "需求")])
    assert (first["number"], second["number"]) == (1, 2)
    replaced = road.bureau("projects.get_plan_template", plan_template_id=first["plan_template_id"])
    assert replaced["status"] == "replaced"
    assert replaced["rules_hash"] == first["rules_hash"]
    assert (made["plan_rules"]["template_number"], len(made["plan_rules"]["sections"])) == (1, 2)
    assert made["plan_rules"]["template_id"] == first["plan_template_id"]
    with pytest.raises(ConflictError, match="plan_template_state_conflict"):
        road.create(plan_template_id=first["plan_template_id"])
    with pytest.raises(ConflictError, match="plan_template_state_conflict"):
        road.create(plan_template_id=second["plan_template_id"], scale="venture")
    road.bureau("projects.retire_plan_template", plan_template_id=second["plan_template_id"])
    with pytest.raises(ConflictError, match="plan_template_state_conflict"):
        road.bureau("projects.retire_plan_template", plan_template_id=second["plan_template_id"])
    assert template(road, sections=[section("need", "需求")])["number"] == 3
    listed = road.bureau("projects.list_plan_templates", key="care", limit=2)
    assert [item["number"] for item in listed["items"]] == [3, 2]
    assert listed["next_cursor"]


def test_only_the_district_makes_templates_and_bad_ones_are_named(road: Road) -> None:
    with pytest.raises(ForbiddenError):
        road.staff("projects.create_plan_template", key="care", scale="micro", name_zh="模板", name_en="xx", rules={})
    with pytest.raises(InvalidError, match="plan_template_invalid"):
        template(road, sections=[section("need", "需求"), section("need", "需求")])


def test_the_chosen_template_is_what_a_submission_is_checked_against(road: Road) -> None:
    staff = {"key": "staff", "name_zh": "人员", "name_en": "Staff", "max_percent": 30}
    budget = {"categories": [staff], "forbidden": ["礼品卡"], "per_head_cap": "200.00"}
    chosen = template(
        road,
        sections=[section("need", "需求", 5), section("innovation", "创新点", 5)],
        budget=budget,
        attachments=["filing"],
    )
    road.publish(plan_template_id=chosen["plan_template_id"])
    organisation = road.organisations[0]
    author = road.author(organisation)
    proposal_id = road.draft(SUNSET, organisation, field="elder_care", yuan=30_000)
    lines = [{"line": "礼品卡", "amount": "10000.00"}, {"line": "补贴", "amount": "20000.00", "category": "staff"}]
    author("projects.change_proposal", proposal_id=proposal_id, budget=lines, plan={"need": "短"})
    found = author("projects.check_proposal", proposal_id=proposal_id)
    assert not found["ready"]
    assert {(item["field"], item["code"]) for item in found["problems"]} == {
        ("plan.need", "section_short"),
        ("plan.sections.innovation", "section_missing"),
        ("budget", "budget_forbidden"),
        ("budget", "budget_share"),
        ("budget", "per_head_cap"),
        ("attachments", "attachment_missing"),
    }
    with pytest.raises(InvalidError) as refused:
        author("projects.submit_proposal", proposal_id=proposal_id)
    assert len(refused.value.details["problems"]) == 6
    file = {"sha256": "a" * 64, "size": 10, "media_type": "application/pdf"}
    author("projects.attach_file", proposal_id=proposal_id, kind="filing", title="备案证明", file=file)
    lines = [{"line": "物料", "amount": "21000.00"}, {"line": "补贴", "amount": "9000.00", "category": "staff"}]
    plan = {"need": "独居老人多", "sections": {"innovation": "老人教老人"}, "beneficiary_count": 150}
    author("projects.change_proposal", proposal_id=proposal_id, budget=lines, plan=plan)
    assert author("projects.check_proposal", proposal_id=proposal_id)["ready"]
    assert author("projects.submit_proposal", proposal_id=proposal_id)["status"] == "submitted"
    assert not author("projects.check_proposal", proposal_id=proposal_id)["ready"]


def test_a_round_that_was_frozen_before_plan_rules_existed_goes_on_as_it_was(road: Road) -> None:
    road.publish()
    with road.host.executors["projects"].sessions.begin() as session:
        session.execute(text("UPDATE round SET plan_rules = NULL, purpose = NULL"))
        session.execute(text("UPDATE pool_line SET earmark = NULL"))
        session.execute(text("UPDATE round_policy SET rules = rules - 'plan_rules' - 'purpose'"))
    assert road.on_round("get_round")["plan_rules"] is None
    amended = road.on_round("amend_round", notice_days=10, reason="延长公示（演示）")
    assert amended["amendments"][0]["changed"] == ["notice_days"]
    road.submit_all()
    road.screen()
    statuses = {item["status"] for item in road.bureau("projects.list_proposals")["items"]}
    assert statuses == {"eligible"}
    assert road.create(name="新轮次（演示）")["plan_rules"]["sections"][0]["key"] == "need"


# earmarks ---------------------------------------------------------------------------------------------------------


def fund(road: Road, yuan: int, **earmark: list[str]) -> dict[str, Any]:
    offer_id = ids.new_id("ofr")
    view: dict[str, Any] = road.on_round(
        "add_pool_line",
        offer_id=offer_id,
        funder_organisation_id=road.funders[0],
        amount=f"{yuan}.00",
        earmark=earmark,
    )
    line = next(line for line in view["pool_lines"] if line["offer_id"] == offer_id)
    road.hear(FundsReserved(line_id=line["line_id"], round_id=road.round_id, offer_id=offer_id, amount_fen=yuan * 100))
    return view


def test_an_earmark_outside_the_round_is_refused_and_one_inside_is_frozen(road: Road) -> None:
    road.create()
    for wrong in ({"fields": ["sport"]}, {"street_codes": [kit.CHANGJIANG]}):
        with pytest.raises(InvalidError, match="earmark_invalid"):
            fund(road, 1_000, **wrong)
    fund(road, 60_000, fields=["elder_care"])
    fund(road, 40_000)
    road.on_round("change_round", fields=["community_building"])
    with pytest.raises(InvalidError, match="earmark_invalid"):
        road.on_round("publish_round")
    road.on_round("change_round", fields=["elder_care", "community_building"])
    view = road.on_round("publish_round")
    assert {tuple(line["earmark"]["fields"]) for line in view["pool_lines"]} == {("elder_care",), ()}
    with road.host.executors["projects"].sessions() as session:
        row = session.get_one(Round, road.round_id)
        rules = actions.rules_of(row)
        assert fingerprint.of(rules) == row.rules_hash
        moved = {**rules, "pool": [{**line, "earmark": None} for line in rules["pool"]]}
        assert fingerprint.of(moved) != row.rules_hash
        assert "plan_rules" in rules


def test_a_winner_that_only_earmarked_money_is_left_for_is_passed_over_and_the_reserve_that_it_fits_moves_up(
    road: Road,
) -> None:
    road.create(allocation={"rule": "rank_with_skip"})
    fund(road, 70_000, fields=["elder_care"])
    fund(road, 30_000)
    road.on_round("publish_round")
    road.advance(days=1, minutes=1)
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow()
    road.seal()
    road.vote()
    decision = road.decide()
    assert outcome(decision, SUNSET) == "recommended"
    assert outcome(decision, "口袋花园共建行动") == "recommended"  # 28 000 of the 30 000 that are free
    assert outcome(decision, "智能手机银龄课堂") == "recommended"
    passed = next(row for row in decision["outcomes"] if row["title"] == "假期四点半课堂")
    assert passed["outcome"] == "not_recommended"  # 18 000 would fit the budget, but what is left is for elder care
    assert "定向资金" in passed["explanation"]["zh"]
    assert "earmarked" in passed["explanation"]["en"]
    awards = road.award()
    assert {item["amount"] for item in awards} == {"30000.00", "28000.00", "22000.00"}


# amendments -------------------------------------------------------------------------------------------------------


def test_an_amendment_shows_what_changed_and_leaves_time_to_follow(road: Road) -> None:
    road.publish(plan_rules={"amendment_days": 5})
    with pytest.raises(InvalidError, match="amendment_empty"):
        road.on_round("amend_round", cap="30000.00", reason="没有变化（演示）")
    amended = road.on_round("amend_round", cap="20000.00", reason="压低上限（演示）")
    (amendment,) = amended["amendments"]
    assert amendment["changed"] == ["cap_fen"]
    assert (amendment["before"], amendment["after"]) == ({"cap_fen": 3_000_000}, {"cap_fen": 2_000_000})
    assert amendment["hash_after"] == amended["rules_hash"] != amendment["hash_before"]
    road.advance(days=10)
    with pytest.raises(ConflictError, match="amendment_too_late"):
        road.on_round("amend_round", cap="25000.00", reason="临近截止（演示）")
    later = (road.now() + timedelta(days=9)).isoformat()
    road.on_round("amend_round", cap="25000.00", closes_at=later, reason="顺延（演示）")
    road.advance(days=5)
    assert road.on_round("get_round")["status"] == "open"  # the first closing time has passed and means nothing
    road.advance(days=5)
    assert road.on_round("get_round")["status"] == "closed"
    assert road.recorded(events.RoundAmended) == 2
    with pytest.raises(ConflictError, match="round_state_conflict"):
        road.on_round("amend_round", cap="20000.00", reason="太晚（演示）")


# clocks -----------------------------------------------------------------------------------------------------------


def test_clocks_are_rows_that_fire_once_after_a_restart_and_not_before_their_time(road: Road) -> None:
    road.create()
    road.fund(60_000, 40_000)
    road.on_round("publish_round")
    with road.host.executors["projects"].sessions() as session:
        set_for = {timer.name: timer.due_at for timer in session.scalars(select(Timer))}
        row = session.get_one(Round, road.round_id)
        assert set_for == {"open_round_on_time": row.opens_at, "close_round_on_time": row.closes_at}
    # a service that was down on both days: one process more on the same database, after the second
    road.host = _restarted(road)
    road.bureau, road.staff = (kit.Caller(road.host, caller.who) for caller in (road.bureau, road.staff))
    road.advance(days=16)
    assert road.on_round("get_round")["status"] == "closed"
    with road.host.executors["projects"].sessions() as session:
        assert all(timer.fired_at is not None for timer in session.scalars(select(Timer)))
    assert road.host.settle() >= 0
    assert road.recorded(events.RoundAdvanced) == 2


def _restarted(road: Road) -> InProcessHost:
    """The same database under a fresh process of the service."""
    service = kit.load_service("projects")
    executor = Executor(
        service, db.make_sessions(kit.database(service.database_name)), tokens.Verifier(kit.signing_key())
    )
    return InProcessHost([executor], deliveries=2)


def test_the_end_of_the_notice_is_told_once_and_only_of_the_last_notice(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow()
    road.seal()
    road.vote()
    notice = road.decide()
    winner = next(row["proposal_id"] for row in notice["outcomes"] if row["outcome"] == "recommended")
    road.advance(days=4)
    anybody = road.account("resident", street=road.street)
    made = road.on_round("raise_objection", anybody, proposal_id=winner, grounds="与事实不符（演示）")
    road.staff("projects.uphold_objection", objection_id=made["objection_id"], finding="属实（演示）")
    road.advance(days=5)
    assert road.recorded(RoundNoticeEnded) == 0  # a reserve moved up: the notice is longer
    road.advance(days=5)
    assert road.recorded(RoundNoticeEnded) == 1
    road.on_round("award_round")
    road.advance(days=30)
    assert road.recorded(RoundNoticeEnded) == 1


# needs surveys ----------------------------------------------------------------------------------------------------

QUESTIONS = [
    {
        "key": "what",
        "text": "最需要什么服务？",
        "kind": "multiple",
        "limit": 2,
        "options": [
            {"key": "elder", "text": "助老", "field": "elder_care"},
            {"key": "garden", "text": "社区营造", "field": "community_building"},
            {"key": "sport", "text": "健身", "field": "sport"},
        ],
    },
    {"key": "urgent", "text": "有多迫切？", "kind": "scale"},
    {"key": "words", "text": "还想说什么？", "kind": "text", "required": False},
]


def survey(road: Road, **changes: Any) -> dict[str, Any]:
    asked = {
        "title": "珠海街道需求调研（演示）",
        "questions": QUESTIONS,
        "closes_at": (road.now() + timedelta(days=5)).isoformat(),
    }
    made: dict[str, Any] = road.on_round("draft_survey", **{**asked, **changes})
    return made


def community(road: Road, street: str) -> kit.Caller:
    who = kit.actor("grid_worker", streets=[street])
    road.hear(
        AccountOpened(
            account_id=who.account_id or "",
            role="grid_worker",
            organisation_id=None,
            account_streets=[street],
            community_code=f"{street}001",
            verified=True,
        )
    )
    return kit.Caller(road.host, who)


def test_a_survey_is_answered_once_by_organisations_communities_and_residents_and_counted(road: Road) -> None:
    road.create()
    made = survey(road)
    about = {"survey_id": made["survey_id"]}
    author = road.author(road.organisations[0])
    with pytest.raises(NotFoundError):
        author("projects.get_survey", **about)
    with pytest.raises(ConflictError, match="round_state_conflict"):
        road.bureau("projects.open_survey", **about)
    road.on_round("start_needs_survey")
    road.bureau("projects.open_survey", **about)
    answers = {"what": ["elder", "garden"], "urgent": 5}
    people = [author, community(road, road.street), *(road.account("resident", street=road.street) for _ in range(3))]
    kinds = [person("projects.answer_survey", **about, answers=answers)["respondent"] for person in people]
    assert kinds == ["organisation", "community", "resident", "resident", "resident"]
    for again in (people[2], road.author(road.organisations[0]), community(road, road.street)):
        with pytest.raises(ConflictError, match="survey_answered"):
            again("projects.answer_survey", **about, answers=answers)
    hub = kit.Caller(road.host, kit.actor("hub", streets=[road.street], organisation_id=road.hub))
    hub("projects.answer_survey", **about, answers={"what": ["sport"], "urgent": 2, "words": "要场地"})
    with pytest.raises(InvalidError, match="survey_answer_invalid"):
        road.account("resident", street=road.street)("projects.answer_survey", **about, answers={"what": "elder"})
    stranger = road.account("resident", street=kit.CHANGJIANG)
    with pytest.raises((NotFoundError, ForbiddenError)):
        stranger("projects.answer_survey", **about, answers=answers)
    with pytest.raises(ConflictError, match="needs_survey_open"):
        author("projects.count_survey_answers", **about)
    with pytest.raises(ConflictError, match="needs_survey_open"):
        road.on_round("publish_round")
    road.advance(days=5, minutes=1)
    counts = author("projects.count_survey_answers", **about)
    assert counts["by_respondent"] == {"community": 1, "organisation": 2, "resident": 3}
    assert counts["fields"] == [
        {"field": "community_building", "count": 5, "of_round": True},
        {"field": "elder_care", "count": 5, "of_round": True},
        {"field": "sport", "count": 1, "of_round": False},
        {"field": "community_service", "count": 0, "of_round": True},
    ]
    assert counts["questions"][1]["mean"] == "9/2"
    closed = author("projects.get_survey", **about)
    assert (closed["status"], closed["answer_count"], len(closed["result_hash"])) == ("closed", 6, 64)
    rows = road.staff("projects.list_survey_answers", **about, limit=4)
    assert len(rows["items"]) == 4
    assert rows["next_cursor"]
    assert "account_id" not in rows["items"][0]
    with pytest.raises(ForbiddenError):
        author("projects.list_survey_answers", **about)
    assert road.recorded(SurveyClosed) == 1
    road.fund(60_000, 40_000)
    assert road.on_round("publish_round")["status"] == "published"


def test_a_round_has_one_survey_and_a_cancelled_round_drops_it(road: Road) -> None:
    road.create()
    made = survey(road, respondents=["organisation"])
    with pytest.raises(ConflictError, match="needs_survey_exists"):
        survey(road)
    with pytest.raises(InvalidError, match="needs_survey_invalid"):
        road.bureau("projects.change_survey", survey_id=made["survey_id"], questions=[*QUESTIONS, QUESTIONS[0]])
    changed = road.bureau(
        "projects.change_survey", survey_id=made["survey_id"], title="改名（演示）", expected_version=1
    )
    assert changed["title"] == "改名（演示）"
    road.on_round("start_needs_survey")
    road.bureau("projects.open_survey", survey_id=made["survey_id"])
    with pytest.raises(ConflictError, match="needs_survey_state_conflict"):
        road.bureau("projects.change_survey", survey_id=made["survey_id"], title="晚了（演示）")
    resident = road.account("resident", street=road.street)
    with pytest.raises(ForbiddenError, match="survey_not_for_you"):
        resident("projects.answer_survey", survey_id=made["survey_id"], answers={"what": ["elder"], "urgent": 1})
    road.on_round("cancel_round", reason="另行安排（演示）")
    author = road.author(road.organisations[0])
    with pytest.raises(ConflictError, match="needs_survey_state_conflict"):
        author("projects.answer_survey", survey_id=made["survey_id"], answers={"what": ["elder"], "urgent": 1})
    road.advance(days=6)
    assert road.bureau("projects.get_survey", survey_id=made["survey_id"])["status"] == "dropped"
    assert road.recorded(SurveyDropped) == 1


# eligibility ------------------------------------------------------------------------------------------------------


def changed(road: Road, organisation_id: str, *, version: int, **facts: Any) -> None:
    base: dict[str, Any] = {
        "name": "某组织（演示）",
        "kind": "cso",
        "legal_tier": "registered",
        "fields": [],
        "street_code": road.street,
        "hub_id": road.hub,
        "status": "active",
        "in_breach": False,
        "changed": sorted(facts),
    }
    road.hear_now(OrganisationChanged(organisation_id=organisation_id, **{**base, **facts}), version=version)


def test_eligibility_is_judged_by_the_facts_of_the_deadline_with_a_reason_per_rule(road: Road) -> None:
    road.publish()
    road.submit_all()
    before, after = road.organisations[0], road.organisations[1]
    road.advance(days=10)
    changed(road, before, version=2, in_breach=True)
    road.advance(days=5)
    changed(road, after, version=2, in_breach=True)  # a day late: it was eligible when it counted
    changed(road, before, version=3, in_breach=False)  # cured too late
    road.on_round("start_screening")
    listed = road.staff("projects.list_eligibility_checks", round_id=road.round_id)["items"]
    assert len(listed) == len(IDEAS)
    by_organisation = {item["organisation_id"]: item for item in listed}
    failed = by_organisation[before]
    assert not failed["passed"]
    closes_at = road.on_round("get_round")["closes_at"]
    assert failed["as_of"] == closes_at
    rules = {item["rule"]: item for item in failed["results"]}
    assert [name for name, item in rules.items() if not item["passed"]] == ["breach"]
    assert set(rules) == {"kind", "tier", "active", "breach", "count", "plan"}
    assert rules["breach"]["fact"] == {"in_breach": True}
    assert rules["breach"]["reason_zh"] == "组织存在未了结的违约"
    assert by_organisation[after]["passed"]
    with pytest.raises(ConflictError, match="eligibility_failed") as refused:
        road.staff("projects.screen_in_proposal", proposal_id=failed["proposal_id"])
    assert [item["rule"] for item in refused.value.details["results"]] == ["breach"]
    road.staff("projects.screen_in_proposal", proposal_id=by_organisation[after]["proposal_id"])
    out = road.staff("projects.screen_out_proposal", proposal_id=failed["proposal_id"], reason="not_eligible")
    assert out["status"] == "screened_out"
    own = road.author(before)("projects.list_eligibility_checks")["items"]
    assert [item["proposal_id"] for item in own] == [failed["proposal_id"]]
    assert road.bureau("projects.list_eligibility_checks", passed=False, limit=1)["next_cursor"] is None


def test_a_proposal_that_an_amendment_overtook_is_returned_and_judged_again(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.on_round("amend_round", cap="25000.00", reason="压低上限（演示）")
    road.advance(days=15)
    road.on_round("start_screening")
    proposal_id = road.proposals[SUNSET]
    with pytest.raises(ConflictError, match="eligibility_failed") as refused:
        road.staff("projects.screen_in_proposal", proposal_id=proposal_id)
    assert refused.value.details["results"][0]["fact"] == {"problems": ["above_cap"]}
    road.staff("projects.return_proposal", proposal_id=proposal_id, reason="请按修订后的上限调整")
    author = road.author(road.organisations[0])
    budget = [{"line": "物料", "amount": "25000.00"}]
    author("projects.change_proposal", proposal_id=proposal_id, amount="25000.00", budget=budget)
    author("projects.submit_proposal", proposal_id=proposal_id)
    assert road.staff("projects.screen_in_proposal", proposal_id=proposal_id)["status"] == "eligible"
    found = road.staff("projects.list_eligibility_checks", proposal_id=proposal_id)["items"]
    assert [item["passed"] for item in found] == [True, False]
