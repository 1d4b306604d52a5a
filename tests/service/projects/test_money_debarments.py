"""Debarment: decided by two, open to one appeal before a third, ends by the clock; and it keeps money away."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects.events_money import DebarmentConfirmed, DebarmentExpired
from tests import kit
from tests.service.projects.purse import Purse
from tests.service.projects.round_road import IDEAS, SUNSET, Road
from tests.service.projects.test_round_guards import determined


@pytest.fixture
def purse() -> Purse:
    return Purse()


def propose(purse: Purse, **given: Any) -> dict[str, Any]:
    award = purse.award()
    about = {"organisation_id": award["organisation_id"], "award_id": award["award_id"], "reason": "挪用资金（演示）"}
    made: dict[str, Any] = purse.bureau("projects.propose_debarment", **{**about, **given})
    return made


def test_two_people_decide_and_a_third_hears_the_one_appeal(purse: Purse) -> None:
    made = propose(purse)
    given = {"debarment_id": made["debarment_id"]}
    with pytest.raises(ConflictError, match="debarment_open"):
        propose(purse)
    with pytest.raises(ConflictError, match="money_same_person"):
        purse.bureau("projects.confirm_debarment", **given)
    with pytest.raises(NotFoundError):
        purse.author()("projects.get_debarment", **given)
    assert purse.second("projects.confirm_debarment", **given)["status"] == "in_force"
    appealed = purse.author()("projects.appeal_debarment", grounds="并非挪用（演示）", **given)
    assert appealed["status"] == "appealed"
    for caller in (purse.bureau, purse.second):
        with pytest.raises(ConflictError, match="money_same_person"):
            caller("projects.uphold_debarment", finding="维持（演示）", **given)
    assert purse.third("projects.uphold_debarment", finding="维持（演示）", **given)["status"] == "upheld"
    with pytest.raises(ConflictError, match="debarment_state_conflict"):
        purse.author()("projects.appeal_debarment", grounds="再次申诉（演示）", **given)
    lifted = purse.third("projects.lift_debarment", finding="已整改（演示）", **given)
    assert (lifted["status"], bool(lifted["ended_at"])) == ("lifted", True)


def test_the_policy_says_how_long_and_the_clock_ends_it(purse: Purse) -> None:
    purse.bureau("projects.change_money_policy", debarment_years=1)
    made = propose(purse)
    purse.second("projects.confirm_debarment", debarment_id=made["debarment_id"])
    purse.road.advance(days=364)
    assert purse.bureau("projects.get_debarment", debarment_id=made["debarment_id"])["status"] == "in_force"
    purse.road.advance(days=2)
    assert purse.bureau("projects.get_debarment", debarment_id=made["debarment_id"])["status"] == "expired"
    assert purse.road.recorded(DebarmentConfirmed) == purse.road.recorded(DebarmentExpired) == 1


def test_a_proposal_that_is_not_followed_bars_nobody(purse: Purse) -> None:
    made = propose(purse)
    dropped = purse.second("projects.drop_debarment", debarment_id=made["debarment_id"], finding="证据不足（演示）")
    assert dropped["status"] == "dropped"
    propose(purse)
    purse.offer(purse.propose(1))


def test_nobody_debars_or_appeals_for_another(purse: Purse) -> None:
    other = kit.Caller(purse.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    with pytest.raises(ForbiddenError):
        other("projects.propose_debarment", organisation_id=purse.award()["organisation_id"], reason="越权提出（演示）")
    made = propose(purse)
    purse.second("projects.confirm_debarment", debarment_id=made["debarment_id"])
    stranger = purse.road.author(purse.road.organisation())
    with pytest.raises(NotFoundError):
        stranger("projects.appeal_debarment", debarment_id=made["debarment_id"], grounds="不是本组织")
    assert other("projects.list_debarments")["items"] == stranger("projects.list_debarments")["items"] == []


def debar(road: Road, organisation_id: str) -> str:
    made = road.bureau("projects.propose_debarment", organisation_id=organisation_id, reason="挪用资金（演示）")
    second = kit.Caller(road.host, kit.actor("bureau"))
    second("projects.confirm_debarment", debarment_id=made["debarment_id"])
    return str(made["debarment_id"])


def test_who_is_debarred_does_not_submit() -> None:
    road = Road()
    road.publish()
    owner = road.organisations[0]
    proposal_id = road.draft(SUNSET, owner, field="elder_care", yuan=10_000)
    debar(road, owner)
    found = road.author(owner)("projects.check_proposal", proposal_id=proposal_id)
    assert [row["code"] for row in found["problems"]] == ["in_breach"]
    with pytest.raises(InvalidError, match="proposal_incomplete"):
        road.author(owner)("projects.submit_proposal", proposal_id=proposal_id)


def test_a_winner_who_is_debarred_stops_the_award_until_an_objection_is_settled() -> None:
    road = Road()
    determined(road)
    road.on_round("publish_notice")
    winner = road.organisations[list(IDEAS).index(SUNSET)]
    debar(road, winner)
    road.advance(days=8)
    with pytest.raises(ConflictError, match="organisation_debarred"):
        road.on_round("award_round")
    resident = road.account("resident", street=road.street)
    about = {"proposal_id": road.proposals[SUNSET], "grounds": "已被列入禁入名单（演示）"}
    with pytest.raises(ConflictError, match="objection_too_late"):
        road.on_round("raise_objection", resident, **about)
    made = road.on_round("raise_objection", road.staff, **about)
    road.bureau("projects.uphold_objection", objection_id=made["objection_id"], finding="属实（演示）")
    awards = road.award()
    assert winner not in {award["organisation_id"] for award in awards}
    assert awards
