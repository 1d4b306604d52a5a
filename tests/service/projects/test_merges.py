"""Proposals, awards, projects and orders follow a merge of organisations; what is frozen stays and is seen."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from chassis import ids
from chassis.errors import ForbiddenError, InvalidError, NotFoundError
from contracts.projects.codes import ProjectsCode
from contracts.projects.events_merges import ProjectsReattributed
from contracts.registry.events_organisations import MergeUndone, OrganisationsMerged
from contracts.registry.events_places import PlaceRetired
from services.projects.ledger.models import LedgerEntry
from services.projects.review.models import Judge
from tests import kit
from tests.service.projects.round_road import SUNSET, Road

POCKET = "口袋花园共建行动"


@pytest.fixture
def road() -> Road:
    return Road()


def merge(road: Road, survivor: str, absorbed: str) -> OrganisationsMerged:
    event = OrganisationsMerged(
        merge_id=ids.new_id("mrg"),
        survivor_id=survivor,
        merged_id=absorbed,
        account_ids=[],
        moved=0,
        street_codes=[road.street],
    )
    road.hear(event, version=2)
    return event


def undo(road: Road, event: OrganisationsMerged) -> None:
    both = {name: getattr(event, name) for name in ("merge_id", "survivor_id", "merged_id", "account_ids")}
    road.hear(MergeUndone(restored=0, street_codes=event.street_codes, **both), version=3)


def owner(road: Road, title: str) -> str:
    return str(road.bureau("projects.get_proposal", proposal_id=road.proposals[title])["organisation_id"])


def ledger(road: Road) -> list[tuple[Any, ...]]:
    with road.host.executors["projects"].sessions() as session:
        rows = session.scalars(select(LedgerEntry).order_by(LedgerEntry.id))
        return [(row.kind, row.debit, row.credit, row.amount_fen, row.reference) for row in rows]


def test_a_round_on_its_way_follows_and_its_money_and_decision_stay_as_they_are(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow()
    road.seal()
    road.vote()
    decided = road.decide()
    award = next(row for row in road.award() if row["proposal_id"] == road.proposals[SUNSET])
    survivor, absorbed = road.organisations[1], road.organisations[0]
    postings = ledger(road)
    event = merge(road, survivor, absorbed)
    assert owner(road, SUNSET) == survivor
    shown = road.author(survivor)("projects.get_award", award_id=award["award_id"])
    assert (shown["organisation_id"], shown["agreement_hash"]) == (survivor, award["agreement_hash"])
    road.author(survivor)("projects.sign_agreement", award_id=award["award_id"])
    projects = road.author(survivor)("projects.list_projects")["items"]
    assert [row["organisation_id"] for row in projects] == [survivor]
    assert ledger(road)[: len(postings)] == postings  # frozen, and so is the decision
    again = road.on_round("get_decision")
    assert (again["result_hash"], again["outcomes"]) == (decided["result_hash"], decided["outcomes"])
    undo(road, event)
    assert owner(road, SUNSET) == absorbed
    assert road.bureau("projects.get_award", award_id=award["award_id"])["organisation_id"] == absorbed
    assert road.recorded(ProjectsReattributed) == 2


def test_the_limit_of_proposals_counts_those_of_the_absorbed_one(road: Road) -> None:
    road.publish(eligibility={"max_proposals": 1})
    first, second = road.organisations[:2]
    road.submit(SUNSET, first, field="elder_care", yuan=30_000)
    merge(road, second, first)
    with pytest.raises(InvalidError) as caught:
        road.submit(POCKET, second, field="community_building", yuan=20_000)
    assert caught.value.code == ProjectsCode.PROPOSAL_INCOMPLETE
    assert "too_many" in str(caught.value.details)


def test_double_funding_is_looked_for_among_both(road: Road) -> None:
    road.publish(eligibility={"max_proposals": 3})
    first, second = road.organisations[:2]
    road.submit(SUNSET, first, field="elder_care", yuan=20_000)
    merge(road, second, first)
    again = road.draft(f"{SUNSET}（再报）", second, field="elder_care", yuan=20_000)
    road.author(second)("projects.submit_proposal", proposal_id=again)
    flags = road.staff("projects.get_proposal", proposal_id=again)["flags"]
    assert [flag["proposal_id"] for flag in flags] == [road.proposals[SUNSET]]


def test_a_judge_of_the_absorbed_one_is_recused_until_the_merge_is_undone(road: Road) -> None:
    outsider = road.organisation()
    biased = road.judge(organisation_id=outsider)
    road.judges.append(biased)
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    proposal = road.proposals[SUNSET]
    before = {judge.who.account_id for judge in road.scoring(proposal) if judge.who}
    assert biased.who is not None
    assert biased.who.account_id in before
    event = merge(road, road.organisations[0], outsider)
    after = {judge.who.account_id for judge in road.scoring(proposal) if judge.who}
    assert before - after == {biased.who.account_id}
    others = road.proposals[POCKET]
    assert biased.who.account_id in {judge.who.account_id for judge in road.scoring(others) if judge.who}
    with pytest.raises(ForbiddenError) as caught:
        biased("projects.fill_score_sheet", proposal_id=proposal, scores={"need": 80}, lock=False)
    assert caught.value.code == ProjectsCode.JUDGE_RECUSED
    undo(road, event)
    assert {judge.who.account_id for judge in road.scoring(proposal) if judge.who} == before


def test_a_conflict_that_a_judge_declared_outlives_the_undoing(road: Road) -> None:
    outsider = road.organisation()
    biased = road.judge(organisation_id=outsider)
    road.judges.append(biased)
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    biased("projects.declare_conflict", proposal_id=road.proposals[SUNSET], reason="亲属任职")
    undo(road, merge(road, road.organisations[0], outsider))
    assert biased not in road.scoring(road.proposals[SUNSET])


def test_mentors_funders_and_candidates_follow(road: Road) -> None:
    road.publish()
    mentored, friend = road.organisations[2], road.organisations[3]
    judge = road.judges[0]
    assert judge.who is not None
    road.on_round("add_judge", account_id=judge.who.account_id, mentored_organisation_ids=[mentored])

    def mentors() -> list[str]:
        with road.host.executors["projects"].sessions() as session:
            return list(session.scalars(select(Judge.mentored_organisation_ids)).one())

    other = road.organisation(kind="enterprise")
    events = [merge(road, friend, mentored), merge(road, other, road.funders[0])]
    assert mentors() == [friend]
    assert other in {line["funder_organisation_id"] for line in road.on_round("get_round")["pool_lines"]}
    for event in events:
        undo(road, event)
    assert mentors() == [mentored]
    lines = road.on_round("get_round")["pool_lines"]
    assert {line["funder_organisation_id"] for line in lines} == set(road.funders)


def test_the_survivor_reads_the_absorbed_ones_trail_while_they_are_one(trail_key: Any) -> None:
    road = Road()
    road.host = kit.make_host("projects", "projects-trail")
    first, second = (road.organisation() for _ in range(2))
    road.funders = [road.organisation(kind="enterprise"), road.organisation(kind="foundation")]
    road.publish()
    road.bureau, road.staff = (kit.Caller(road.host, kit.actor(role)) for role in ("bureau", "specialist"))
    proposal = road.author(first)(
        "projects.draft_proposal",
        round_id=road.round_id,
        title=SUNSET,
        field="elder_care",
        amount="20000.00",
        plan=road.plan(SUNSET),
        budget=[{"line": "物料", "amount": "20000.00"}],
    )["proposal_id"]
    road.host.settle()

    def seen(organisation_id: str) -> list[str]:
        page = road.author(organisation_id)("projects.list_trail_entries", subject=proposal)
        return [row["event"] for row in page["items"]]

    assert (seen(first), seen(second)) == (["proposal_drafted"], [])
    event = merge(road, second, first)
    assert seen(second) == ["proposal_drafted"]
    undo(road, event)
    assert (seen(first), seen(second)) == (["proposal_drafted"], [])


def test_a_street_gateway_of_a_successor_shows_rounds_of_the_old_code(road: Road) -> None:
    road.publish()
    new = "370211099"
    worker = kit.Caller(road.host, kit.actor("street_staff", streets=[new, road.street])).at(new)
    with pytest.raises(NotFoundError):
        road.on_round("get_round", worker)
    road.hear(
        PlaceRetired(place_code=road.street, level="street", valid_until="2026-01-01", successor_code=new), version=2
    )
    assert road.on_round("get_round", worker)["street_code"] == road.street
