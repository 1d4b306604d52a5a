"""A round from its call to the first tranche paid; what stands in the way; what it must not show."""

from __future__ import annotations

from typing import Any

import pytest

from chassis import ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects import events
from contracts.registry.events import AccountOpened, AccountVerified
from contracts.resources.events import FundsRefused
from tests import kit
from tests.service.projects.round_road import IDEAS, SUNSET, Road, outcome


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.fixture
def road() -> Road:
    return Road()


def on_notice(road: Road, merits: dict[str, int] | None = None) -> dict[str, Any]:
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow(merits)
    road.seal()
    road.vote()
    return road.decide()


def test_a_round_goes_from_its_call_to_the_first_tranche_paid(road: Road) -> None:
    decision = on_notice(road)
    assert outcome(decision, SUNSET) == "recommended"
    objection = road.on_round(
        "raise_objection", road.staff, proposal_id=road.proposals["智能手机银龄课堂"], grounds="与既有课程重复（演示）"
    )
    with pytest.raises(ConflictError, match="notice_running"):
        road.on_round("award_round")
    road.bureau("projects.uphold_objection", objection_id=objection["objection_id"], finding="属实（演示）")
    revised = road.on_round("get_decision")
    assert outcome(revised, "智能手机银龄课堂") == "declined"
    assert outcome(revised, "楼道议事厅") == "recommended"
    assert revised["result_hash"] != decision["result_hash"]
    awards = road.award()
    assert len(awards) == 4
    for award in awards:
        signed = road.author(award["organisation_id"])("projects.sign_agreement", award_id=award["award_id"])
        first = signed["tranches"][0]
        assert (first["status"], signed["tranches"][1]["status"]) == ("released", "planned")
        paid = road.bureau("projects.pay_tranche", tranche_id=first["tranche_id"], bank_reference="DEMO-1")
        assert paid["status"] == "paid"
        with pytest.raises(ConflictError, match="tranche_state_conflict"):
            road.bureau("projects.pay_tranche", tranche_id=first["tranche_id"], bank_reference="DEMO-2")
    money = road.on_round("get_round_money")
    assert (money["pool"], money["committed"], money["disbursed"]) == ("100000.00", "92000.00", "46000.00")
    assert money["remaining"] == "54000.00"
    assert road.on_round("get_round")["status"] == "executing"
    assert road.recorded(events.ProjectStarted) == 4
    dashboard = road.bureau("projects.get_projects_dashboard")
    assert dashboard["proposals"] == {"active": 4, "declined": 1}
    assert dashboard["projects"] == {"active": 4}
    assert dashboard["money"]["disbursed"] == "46000.00"
    assert road.host.settle() >= 0


def test_applicants_are_public_once_screening_is_over_without_their_plans(road: Road) -> None:
    road.publish()
    road.submit_all()
    anybody = road.account("resident", street=road.street)
    road.advance(days=15)
    road.on_round("start_screening")
    out = road.proposals["楼道议事厅"]
    road.staff("projects.screen_out_proposal", proposal_id=out, reason="other")
    road.screen_rest()
    assert road.on_round("list_applicants", anybody)["items"] == []
    road.on_round("start_review")
    shown = road.on_round("list_applicants", anybody)["items"]
    assert {row["title"] for row in shown} == set(IDEAS) - {"楼道议事厅"}
    assert set(shown[0]) == {
        "proposal_id",
        "round_id",
        "title",
        "organisation_id",
        "organisation",
        "field",
        "street_code",
        "amount",
    }
    assert shown[0]["organisation"] == "某组织（演示）"
    with pytest.raises(NotFoundError):  # the plan itself stays unseen until the shortlist
        anybody("projects.get_proposal", proposal_id=road.proposals[SUNSET])
    road.on_round("shortlist_proposals", proposal_ids=[road.proposals[SUNSET]])
    assert len(road.on_round("list_applicants", anybody)["items"]) == 4
    elsewhere = kit.Caller(road.host, kit.actor("resident", streets=[kit.CHANGJIANG]))
    with pytest.raises(NotFoundError):
        road.on_round("list_applicants", elsewhere)


def test_lower_score_sheets_make_the_elder_care_brand_lose(road: Road) -> None:
    decision = on_notice(road, {SUNSET: 20})
    assert outcome(decision, SUNSET) != "recommended"
    explained = next(row for row in decision["outcomes"] if row["title"] == SUNSET)
    assert explained["explanation"]["zh"]


def test_money_that_is_not_spent_comes_back_once_per_bank_reference(road: Road) -> None:
    on_notice(road)
    award = road.award()[0]
    signed = road.author(award["organisation_id"])("projects.sign_agreement", award_id=award["award_id"])
    first = signed["tranches"][0]
    road.bureau("projects.pay_tranche", tranche_id=first["tranche_id"], bank_reference="DEMO-1")
    given = {"award_id": award["award_id"], "bank_reference": "DEMO-R"}
    with pytest.raises(ConflictError, match="award_exceeded"):
        road.bureau("projects.return_unspent", amount="99999.00", **given)
    road.bureau("projects.return_unspent", amount="100.50", **given)
    with pytest.raises(ConflictError, match="award_state_conflict"):
        road.bureau("projects.return_unspent", amount="100.50", **given)
    money = road.on_round("get_round_money")
    pool, disbursed, returned, remaining = (
        round(float(money[name]) * 100) for name in ("pool", "disbursed", "returned", "remaining")
    )
    assert returned == 10_050
    assert pool == disbursed - returned + remaining


def test_a_round_without_its_pool_is_not_published(road: Road) -> None:
    made = road.create()
    with pytest.raises(ConflictError, match="round_not_funded"):
        road.on_round("publish_round")
    offer_id = ids.new_id("ofr")
    view = road.on_round("add_pool_line", offer_id=offer_id, funder_organisation_id=road.funders[0], amount="100000.00")
    line_id = view["pool_lines"][0]["line_id"]
    refused = FundsRefused(line_id=line_id, round_id=made["round_id"], offer_id=offer_id, reason="insufficient")
    road.hear(refused)
    assert road.on_round("get_round")["pool_lines"][0]["status"] == "refused"
    with pytest.raises(ConflictError, match="round_not_funded"):
        road.on_round("publish_round")


def test_published_rules_change_only_by_amendment_and_a_cancelled_round_gives_its_pool_back(road: Road) -> None:
    published = road.publish()
    with pytest.raises(ConflictError, match="round_state_conflict"):
        road.on_round("change_round", name="新名字（演示）")
    amended = road.on_round("amend_round", notice_days=10, reason="延长公示（演示）")
    assert amended["rules_hash"] != published["rules_hash"]
    assert amended["amendments"][0]["hash_before"] == published["rules_hash"]
    with pytest.raises(ConflictError, match="round_too_early"):
        road.on_round("close_round")
    road.on_round("cancel_round", reason="资金调整（演示）")
    assert road.recorded(events.PoolLineReleased) == 2
    assert road.on_round("get_round_money")["pool"] == "0.00"


def test_a_proposal_is_checked_versioned_returned_and_resubmitted(road: Road) -> None:
    road.publish()
    organisation_id = road.organisations[0]
    author = road.author(organisation_id)
    proposal_id = road.draft(SUNSET, organisation_id, field="elder_care", yuan=30_000)
    author("projects.change_proposal", proposal_id=proposal_id, amount="31000.00", plan={"need": ""})
    found = author("projects.check_proposal", proposal_id=proposal_id)
    assert {item["code"] for item in found["problems"]} == {"section_missing", "above_cap", "budget_sum"}
    with pytest.raises(InvalidError, match="proposal_incomplete"):
        author("projects.submit_proposal", proposal_id=proposal_id)
    author("projects.change_proposal", proposal_id=proposal_id, amount="30000.00", plan={"need": "需要"})
    submitted = author("projects.submit_proposal", proposal_id=proposal_id)
    with pytest.raises(ConflictError, match="proposal_state_conflict"):
        author("projects.submit_proposal", proposal_id=proposal_id)
    assert submitted["plan_number"] == 3
    road.staff("projects.return_proposal", proposal_id=proposal_id, reason="请补充安全预案")
    assert author("projects.get_proposal", proposal_id=proposal_id)["return_reason"]
    hub = kit.Caller(road.host, kit.actor("hub", streets=[road.street], organisation_id=road.hub))
    hub("projects.comment_proposal", proposal_id=proposal_id, section="risks", text="加上雨天预案")
    assert author("projects.list_proposal_comments", proposal_id=proposal_id)["items"][0]["section"] == "risks"
    author("projects.change_proposal", proposal_id=proposal_id, plan={"risks": "预案"})
    assert author("projects.submit_proposal", proposal_id=proposal_id)["status"] == "submitted"
    versions = author("projects.list_proposal_versions", proposal_id=proposal_id)["items"]
    assert [item["number"] for item in versions] == [4, 3, 2, 1]


def test_the_same_purpose_twice_is_flagged_and_a_third_proposal_is_one_too_many(road: Road) -> None:
    road.publish()
    organisation_id = road.organisations[0]
    road.submit(SUNSET, organisation_id, field="elder_care", yuan=30_000)
    again = road.submit(f"{SUNSET}·续", organisation_id, field="elder_care", yuan=26_000)
    third = road.draft("健康讲堂", organisation_id, field="community_service", yuan=1_000)
    with pytest.raises(InvalidError) as refused:
        road.author(organisation_id)("projects.submit_proposal", proposal_id=third)
    assert [item["code"] for item in refused.value.details["problems"]] == ["too_many"]
    road.advance(days=15)
    road.on_round("start_screening")
    flags = road.staff("projects.get_proposal", proposal_id=again)["flags"]
    assert flags[0]["proposal_id"] == road.proposals[SUNSET]
    assert road.author(organisation_id)("projects.get_proposal", proposal_id=again)["flags"] == []
    out = road.staff("projects.screen_out_proposal", proposal_id=again, reason="double_funding")
    assert out["status"] == "screened_out"


def test_a_recused_judge_cannot_score_and_nobody_reads_a_score_before_the_notice(road: Road) -> None:
    road.judges[0] = road.judge(organisation_id=road.organisations[1])
    road.judges[4] = road.judge()
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    garden = road.proposals["口袋花园共建行动"]
    recused = [row for row in road.on_round("list_assignments", limit=200)["items"] if row["recused"]]
    assert [(row["proposal_id"], row["conflict"]) for row in recused] == [(garden, "same_organisation")]
    road.roadshow()
    with pytest.raises(ForbiddenError, match="judge_recused"):
        road.judges[0]("projects.fill_score_sheet", proposal_id=garden, scores={"need": 1})
    sheets = road.bureau("projects.list_score_sheets", round_id=road.round_id)["items"]
    assert {sheet["scores"] for sheet in sheets} == {None}
    shown = road.bureau("projects.get_roadshow", roadshow_id=road.roadshow_id)
    assert {pitch["score"] for pitch in shown["pitches"]} == {None}
    road.seal()
    road.vote()
    with pytest.raises(ConflictError, match="round_state_conflict"):
        road.staff("projects.publish_roadshow", roadshow_id=road.roadshow_id)
    road.on_round("determine_round")
    assert road.on_round("get_decision", road.judges[0])["outcomes"] == []
    assert {row["combined"] for row in road.on_round("get_decision")["outcomes"]} == {None}
    assert road.on_round("get_vote")["support"] is None
    road.on_round("publish_notice")
    published = road.staff("projects.publish_roadshow", roadshow_id=road.roadshow_id)
    assert None not in {pitch["score"] for pitch in published["pitches"]}
    assert road.on_round("get_vote")["support"][road.proposals[SUNSET]] == 10


def test_a_locked_score_changes_only_when_two_people_sign(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.judges[4] = road.judge()
    road.screen()
    road.shortlist()
    road.roadshow()
    judge = road.judges[1]
    sheet = judge("projects.list_score_sheets", proposal_id=road.proposals[SUNSET])["items"][0]
    scores = dict.fromkeys(("need", "plan", "budget", "team"), 1)
    with pytest.raises(ConflictError):
        judge("projects.fill_score_sheet", proposal_id=road.proposals[SUNSET], scores=scores)
    asked = judge("projects.correct_score", sheet_id=sheet["sheet_id"], scores=scores, reason="填错（演示）")
    with pytest.raises(ConflictError, match="correction_same_signer"):
        judge("projects.sign_score_correction", correction_id=asked["correction_id"])
    assert judge("projects.get_score_sheet", sheet_id=sheet["sheet_id"])["scores"]["need"] == 92
    road.staff("projects.sign_score_correction", correction_id=asked["correction_id"])
    corrected = judge("projects.get_score_sheet", sheet_id=sheet["sheet_id"])
    assert (corrected["scores"]["need"], corrected["corrected"]) == (1, True)
    assert [row["status"] for row in road.on_round("list_score_corrections", judge)["items"]] == ["signed"]
    assert road.on_round("list_score_corrections", road.judges[2])["items"] == []
    with pytest.raises(NotFoundError):
        road.judges[2]("projects.get_score_correction", correction_id=asked["correction_id"])
    warned = road.staff("projects.tally_roadshow", roadshow_id=road.roadshow_id)
    assert any("spread" in pitch["warnings"] for pitch in warned["pitches"])


def test_a_correction_that_another_overtook_is_refused(road: Road) -> None:
    road.publish(allocation={"rule": "rank_with_skip", "normalisation": "z_score"})
    road.submit_all()
    road.judges[4] = road.judge()
    road.screen()
    road.shortlist()
    road.roadshow()
    judge = road.judges[1]
    sheet = judge("projects.list_score_sheets", proposal_id=road.proposals[SUNSET])["items"][0]["sheet_id"]
    scores = [dict.fromkeys(("need", "plan", "budget", "team"), points) for points in (10, 20)]
    first, second = (
        judge("projects.correct_score", sheet_id=sheet, scores=each, reason="填错（演示）") for each in scores
    )
    road.staff("projects.sign_score_correction", correction_id=second["correction_id"])
    with pytest.raises(ConflictError, match="correction_outdated"):
        road.staff("projects.sign_score_correction", correction_id=first["correction_id"])
    assert judge("projects.get_score_sheet", sheet_id=sheet)["scores"]["need"] == 20
    road.staff("projects.tally_roadshow", roadshow_id=road.roadshow_id)
    road.seal()
    road.vote()
    decided = road.decide()
    published = road.staff("projects.publish_roadshow", roadshow_id=road.roadshow_id)
    shown = {pitch["proposal_id"]: pitch["score"] for pitch in published["pitches"]}
    assert {row["proposal_id"]: row["judge_score"] for row in decided["outcomes"]} == shown


def test_a_ballot_is_secret_cast_once_and_proven_by_its_receipt(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.judges[4] = road.judge()
    road.screen()
    road.shortlist()
    stranger = road.account("resident", street=kit.CHANGJIANG)
    road.on_round("open_vote", closes_at="2099-01-01T00:00:00+08:00")
    resident = road.account("resident", street=road.street)
    choice = [road.proposals[SUNSET]]
    receipt = road.on_round("cast_ballot", resident, proposal_ids=choice, command_id=str(ids.new_uuid()))
    assert set(receipt) == {"round_id", "commitment", "format"}, "nothing with which a choice could be proved"
    assert choice[0] not in str(receipt)
    with pytest.raises(ConflictError, match="voter_already_voted"):
        road.on_round("cast_ballot", resident, proposal_ids=choice)
    with pytest.raises(NotFoundError):
        road.on_round("cast_ballot", stranger, proposal_ids=choice)
    turnout = road.on_round("get_turnout")
    assert (turnout["participation"], turnout["entitled"]) == (1, 1)
    with pytest.raises(ConflictError, match="vote_still_open"):
        road.on_round("get_ballot_inclusion", commitment=receipt["commitment"])
    with pytest.raises(ConflictError, match="round_too_early"):
        road.on_round("close_vote")


def test_the_closed_vote_commits_to_every_ballot(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.judges[4] = road.judge()
    road.screen()
    road.shortlist()
    receipts = road.vote(4)
    proof = road.on_round("get_ballot_inclusion", commitment=receipts[2]["commitment"])
    assert proof["included"]
    assert proof["participation"] == 4
    assert proof["commitment"] == proof["receipt"]["root"]
    listed = {row["commitment"] for row in road.on_round("list_ballot_commitments")["items"]}
    assert listed == {receipt["commitment"] for receipt in receipts}
    assert road.recorded(events.VoteClosed) == 1


def test_news_of_an_account_may_come_in_any_order(road: Road) -> None:
    who = kit.actor("resident", streets=[road.street])
    account_id = who.account_id or ""
    road.hear(
        AccountVerified(account_id=account_id, community_code=f"{road.street}002", street_code=road.street), version=2
    )
    road.hear(
        AccountOpened(
            account_id=account_id,
            role="resident",
            organisation_id=None,
            account_streets=[],
            community_code=None,
            verified=False,
        )
    )
    from services.projects.known.models import KnownAccount

    with road.host.executors["projects"].sessions() as session:
        row = session.get_one(KnownAccount, account_id)
        assert (row.role, row.verified, row.street_code, row.subject_version) == ("resident", True, road.street, 2)


def test_a_street_neither_reads_nor_writes_anothers_round(road: Road) -> None:
    on_notice(road)
    award = road.award()[0]
    other = kit.Caller(road.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    organisation = road.organisation(street=kit.CHANGJIANG)
    stranger = kit.Caller(road.host, kit.actor("cso", streets=[kit.CHANGJIANG], organisation_id=organisation))
    proposal_id = road.proposals[SUNSET]
    assert other("projects.list_proposals")["items"] == []
    assert other("projects.list_rounds")["items"] == []
    assert other("projects.list_awards")["items"] == []
    assert other("projects.list_score_sheets")["items"] == []
    assert other("projects.list_roadshows")["items"] == []
    assert other("projects.list_objections")["items"] == []
    assert other("projects.get_projects_dashboard")["proposals"] == {}
    refused: list[tuple[kit.Caller, str, dict[str, Any]]] = [
        (other, "get_proposal", {"proposal_id": proposal_id}),
        (other, "return_proposal", {"proposal_id": proposal_id, "reason": "不行"}),
        (other, "get_round", {"round_id": road.round_id}),
        (other, "get_round_money", {"round_id": road.round_id}),
        (other, "list_ledger_entries", {"round_id": road.round_id}),
        (other, "get_decision", {"round_id": road.round_id}),
        (other, "get_vote", {"round_id": road.round_id}),
        (other, "cancel_round", {"round_id": road.round_id, "reason": "不行"}),
        (other, "get_roadshow", {"roadshow_id": road.roadshow_id}),
        (other, "get_award", {"award_id": award["award_id"]}),
        (other, "pay_tranche", {"tranche_id": award["tranches"][0]["tranche_id"], "bank_reference": "DEMO"}),
        (stranger, "sign_agreement", {"award_id": award["award_id"]}),
        (stranger, "submit_proposal", {"proposal_id": proposal_id}),
    ]
    for caller, operation, given in refused:
        with pytest.raises((NotFoundError, ForbiddenError)):
            caller(f"projects.{operation}", **given)


def test_a_street_sees_nothing_of_anothers_proposals_in_a_district_wide_round(road: Road) -> None:
    road.publish(street_code=None)
    road.submit_all()
    road.judges[4] = road.judge()
    road.screen()
    road.shortlist()
    other = kit.Caller(road.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    assert other("projects.get_round", round_id=road.round_id)["street_code"] is None
    with pytest.raises(ForbiddenError):
        other("projects.cancel_round", round_id=road.round_id, reason="不行")
    assert other("projects.list_proposals")["items"] == []
    assert len(road.staff("projects.list_proposals")["items"]) == len(IDEAS)
    road.on_round("start_roadshow_phase")
    road.roadshow_id = road.on_round("plan_roadshow", starts_at=road.now().isoformat(), place="园区（演示）")[
        "roadshow_id"
    ]
    drawn = road.bureau("projects.draw_slots", roadshow_id=road.roadshow_id)
    assert len(drawn["pitches"]) == len(IDEAS)
    assert other("projects.get_roadshow", roadshow_id=road.roadshow_id)["pitches"] == []


def test_a_proposal_is_not_withdrawn_between_the_decision_and_its_notice(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow()
    road.seal()
    road.vote()
    road.on_round("determine_round")
    author = road.author(road.organisations[0])
    with pytest.raises(ConflictError, match="round_state_conflict"):
        author("projects.withdraw_proposal", proposal_id=road.proposals[SUNSET])
