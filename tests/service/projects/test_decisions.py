"""Decisions of rounds by each rule, departures from it by two signatures, and the bundle that recomputes it all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects import events_decisions
from contracts.registry.events import OrganisationChanged
from services.projects.allocation import bundle, decide
from tests import kit
from tests.service.projects.round_road import IDEAS, SUNSET, Road, outcome


@pytest.fixture(autouse=True)
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")


@pytest.fixture
def road() -> Road:
    return Road()


def voted(road: Road, **allocation: Any) -> Road:
    """Everything is scored, sealed and voted."""
    road.create(allocation={"rule": "rank_until_exhausted", **allocation})
    road.fund(60_000, 40_000)
    road.on_round("publish_round")
    road.advance(days=1, minutes=1)
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow()
    road.seal()
    road.vote()
    return road


def second(road: Road) -> kit.Caller:
    """Another person of the bureau."""
    return kit.Caller(road.host, kit.actor("bureau"))


def recomputed(road: Road, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The published bundle, through a file and the command."""
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(road.on_round("get_audit_bundle")), encoding="utf-8")
    capsys.readouterr()
    code = decide.main([str(file), "--json"])
    report: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == 0, report["checks"]
    assert report["equal"]
    return report


def won(decision: dict[str, Any]) -> set[str]:
    return {row["title"] for row in decision["outcomes"] if row["outcome"] == "recommended"}


RULES: dict[str, dict[str, Any]] = {
    "rank_until_exhausted": {},
    "rank_with_skip": {},
    "threshold": {"minimum_score": 60},
    "knapsack": {"limits": [{"kind": "field", "code": "community_service", "minimum": "18000.00"}]},
    "equal_shares": {"completion": "greedy"},
    "pots": {
        "rule": "rank_with_skip",
        "pots": {"judge_percent": 50, "first": "judges", "judge_rule": "knapsack", "resident_rule": "equal_shares"},
    },
    "partial": {"rule": "rank_until_exhausted", "partial_percent": 50},
}


@pytest.mark.parametrize("rule", RULES)
def test_a_round_is_decided_by_its_frozen_rule_and_anybody_can_recompute_it(
    road: Road, rule: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voted(road, **{"rule": rule, **RULES[rule]})
    decision = road.decide()
    assert won(decision)
    assert sum(float(row["amount"]) for row in decision["outcomes"] if row["outcome"] == "recommended") <= 100_000
    report = recomputed(road, tmp_path, capsys)
    chosen = {row["proposal_id"] for row in decision["outcomes"] if row["outcome"] == "recommended"}
    assert set(report["selected"]) == chosen
    for row in decision["outcomes"]:
        assert row["explanation"]["zh"]
        assert row["explanation"] == {name: report["explanations"][row["proposal_id"]][name] for name in ("zh", "en")}
    if rule == "knapsack":
        assert "假期四点半课堂" in won(decision)
    if rule == "equal_shares":
        assert all(row["figures"]["step"] for row in decision["outcomes"] if row["reason"] == "bought")


def test_the_bundle_is_published_with_the_result_and_never_before(road: Road) -> None:
    voted(road)
    for state in ("before", "determined"):
        with pytest.raises(ConflictError, match="results_hidden"):
            road.on_round("get_audit_bundle")
        with pytest.raises(ConflictError, match="results_hidden"):
            road.on_round("get_audit_bundle", road.account("resident", street=road.street))
        if state == "before":
            road.on_round("determine_round")
    road.on_round("publish_notice")
    made = road.on_round("get_audit_bundle", road.account("resident", street=road.street))
    assert made["computed_hash"] == made["result_hash"] == road.on_round("get_decision")["result_hash"]
    for line in made["rules"]["pool"]:
        assert line.pop("funder_organisation_id").startswith("org_")  # who gives public money is public
    text = json.dumps(made, ensure_ascii=False)
    assert not [title for title in IDEAS if title in text]
    assert not [word for word in ("acc_", "org_", "blt_", "commitment") if word in text]


def test_ballots_of_the_bundle_say_what_was_voted_and_not_by_whom_or_in_which_order(road: Road) -> None:
    voted(road)
    road.decide()
    inputs = road.on_round("get_audit_bundle")["inputs"]
    assert len(inputs["ballots"]) == inputs["voters"] == 10
    assert inputs["ballots"] == sorted(inputs["ballots"], key=json.dumps)
    counted = {item["proposal_id"]: item["support"] for item in inputs["candidates"]}
    assert counted == {
        name: sum(ballot.get(name, 0) for ballot in inputs["ballots"]) for name in road.proposals.values()
    }


def swap(road: Road) -> list[dict[str, Any]]:
    """The last winner out, the first loser in."""
    rows = road.on_round("get_decision")["outcomes"]
    inside = next(row for row in rows if row["outcome"] == "recommended" and row["title"] != SUNSET)
    outside = next(row for row in rows if row["outcome"] != "recommended")
    return [
        {"proposal_id": inside["proposal_id"], "outcome": "not_recommended"},
        {"proposal_id": outside["proposal_id"], "outcome": "recommended"},
    ]


REASON = "经集体研究，两个方案服务同一小区，调整资助对象（演示）"


def test_an_override_takes_two_people_a_reason_and_is_seen_by_all(
    road: Road, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voted(road)
    before = road.on_round("determine_round")
    changes = swap(road)
    with pytest.raises(InvalidError):
        road.on_round("propose_override", changes=changes, reason="短")
    made = road.on_round("propose_override", changes=changes, reason=REASON)
    assert (made["status"], made["second_signer"]) == ("proposed", None)
    with pytest.raises(ConflictError, match="decision_override_same_signer"):
        road.bureau("projects.sign_override", override_id=made["override_id"])
    with pytest.raises(ConflictError, match="decision_override_open"):
        road.on_round("publish_notice")
    assert won(road.on_round("get_decision")) == won(before)
    other = second(road)
    signed = other("projects.sign_override", override_id=made["override_id"])
    assert signed["status"] == "signed"
    assert signed["first_signer"] != signed["second_signer"]
    with pytest.raises(ConflictError, match="decision_override_state_conflict"):
        other("projects.sign_override", override_id=made["override_id"])
    decision = road.on_round("publish_notice")
    assert won(decision) != won(before)
    public = road.on_round("get_decision", road.account("resident", street=road.street))
    assert public["overrides"][0]["reason"] == REASON
    changed = {row["proposal_id"]: row for row in public["outcomes"]}[changes[1]["proposal_id"]]
    assert (changed["outcome"], changed["computed"]) == ("recommended", "reserve")
    assert len(recomputed(road, tmp_path, capsys)["overrides"]) == 1
    assert road.recorded(events_decisions.DecisionOverrideProposed) == 1
    assert road.recorded(events_decisions.DecisionOverrideSettled) == 1


def test_an_override_may_be_rejected_or_withdrawn_and_then_changes_nothing(road: Road) -> None:
    voted(road)
    before = road.on_round("determine_round")
    first = road.on_round("propose_override", changes=swap(road), reason=REASON)
    with pytest.raises(ConflictError, match="decision_override_state_conflict"):
        second(road)("projects.withdraw_override", override_id=first["override_id"])
    assert second(road)("projects.reject_override", override_id=first["override_id"])["status"] == "rejected"
    again = road.on_round("propose_override", changes=swap(road), reason=REASON)
    assert road.bureau("projects.withdraw_override", override_id=again["override_id"])["status"] == "withdrawn"
    listed = road.bureau("projects.list_overrides", round_id=road.round_id)["items"]
    assert [row["status"] for row in listed] == ["withdrawn", "rejected"]
    assert road.bureau("projects.get_override", override_id=again["override_id"])["reason"] == REASON
    assert won(road.on_round("publish_notice")) == won(before)
    assert road.on_round("get_decision")["overrides"] == []


def test_an_override_neither_overspends_nor_comes_too_early_or_too_late(road: Road) -> None:
    voted(road)
    change = [{"proposal_id": road.proposals[SUNSET], "outcome": "reserve"}]
    with pytest.raises(ConflictError, match="round_state_conflict"):
        road.on_round("propose_override", changes=change, reason=REASON)
    road.on_round("determine_round")
    everything = [
        {"proposal_id": row["proposal_id"], "outcome": "recommended"}
        for row in road.on_round("get_decision")["outcomes"]
        if row["outcome"] != "recommended"
    ]
    with pytest.raises(InvalidError, match="decision_override_invalid"):
        road.on_round("propose_override", changes=everything, reason=REASON)
    road.on_round("publish_notice")
    with pytest.raises(ConflictError, match="round_state_conflict"):
        road.on_round("propose_override", changes=change, reason=REASON)


def test_overrides_are_no_business_of_other_streets_or_of_those_who_apply(road: Road) -> None:
    voted(road)
    road.on_round("determine_round")
    made = road.on_round("propose_override", changes=swap(road), reason=REASON)
    elsewhere = kit.Caller(road.host, kit.actor("street_staff", streets=["370211002"]))
    with pytest.raises(NotFoundError):
        elsewhere("projects.get_override", override_id=made["override_id"])
    assert elsewhere("projects.list_overrides")["items"] == []
    with pytest.raises(ForbiddenError):
        road.author(road.organisations[0])("projects.get_override", override_id=made["override_id"])


def test_a_partial_award_is_made_of_what_was_left(road: Road) -> None:
    voted(road, partial_percent=10)
    decision = road.decide()
    part = next(row for row in decision["outcomes"] if row["reason"] == "partial")
    assert float(part["amount"]) < float(part["asked"])
    awards = {award["proposal_id"]: award for award in road.award()}
    award = awards[part["proposal_id"]]
    assert award["amount"] == part["amount"]
    assert road.on_round("get_round_money")["committed"] == "100000.00"
    (offered,) = road.bureau("projects.list_agreements", award_id=award["award_id"])["items"]
    assert sum(row["amount_fen"] for row in offered["terms"]["budget"]) == float(part["amount"]) * 100
    title = next(title for title, made in road.proposals.items() if made == part["proposal_id"])
    author = road.author(road.organisations[list(IDEAS).index(title)])
    signed = author("projects.sign_agreement", award_id=award["award_id"])
    budget = road.bureau("projects.get_project", project_id=signed["project_id"])["budget"]
    assert sum(float(row["amount"]) for row in budget) == float(part["amount"])


def test_an_organisation_in_breach_is_excluded_with_the_reason(road: Road) -> None:
    voted(road)
    changed = OrganisationChanged(
        organisation_id=road.organisations[0],
        name="某组织（演示）",
        kind="cso",
        legal_tier="registered",
        fields=[],
        street_code=road.street,
        hub_id=road.hub,
        status="active",
        in_breach=True,
        changed=["in_breach"],
    )
    road.hear(changed, version=2)
    decision = road.decide()
    row = next(row for row in decision["outcomes"] if row["title"] == SUNSET)
    assert (outcome(decision, SUNSET), row["reason"]) == ("not_recommended", "organisation_in_breach")
    assert "违约" in row["explanation"]["zh"]


def test_an_objection_that_was_upheld_is_part_of_the_bundle(
    road: Road, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    voted(road)
    road.decide()
    raised = road.on_round(
        "raise_objection", road.staff, proposal_id=road.proposals[SUNSET], grounds="与既有项目重复（演示）"
    )
    road.bureau("projects.uphold_objection", objection_id=raised["objection_id"], finding="属实（演示）")
    report = recomputed(road, tmp_path, capsys)
    assert report["revisions"][0]["declined"] == road.proposals[SUNSET]
    assert road.proposals[SUNSET] not in report["selected"]
    made = road.on_round("get_audit_bundle")
    made["revisions"] = []
    assert not bundle.check(made).report["equal"]


def test_rules_that_contradict_themselves_are_refused_before_anything_is_frozen(road: Road) -> None:
    limits = [{"kind": "field", "code": "elder_care", "cap": "100.00"}]
    with pytest.raises(InvalidError, match="round_rules_invalid"):
        road.create(allocation={"rule": "rank_with_skip", "limits": limits})
    with pytest.raises(InvalidError, match="round_rules_invalid"):
        road.create(has_vote=False, allocation={"rule": "equal_shares", "judge_weight": 100, "resident_weight": 0})
