"""Hand-overs dated later, and suggestions for even caseloads."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from chassis.runtime.inprocess import InProcessHost
from chassis.tables import OutboxEvent
from services.registry.accounts.models import Account
from tests.kit import CHANGJIANG, ZHUHAI
from tests.service.registry.cast import Cast


@pytest.fixture
def cast(host: InProcessHost) -> Cast:
    return Cast(host)


def later(cast: Cast, days: float) -> str:
    now = datetime.fromisoformat(cast.admin("registry.get_clock")["now"])
    return (now + timedelta(days=days)).isoformat()


def plan(cast: Cast, case: dict[str, Any], account_id: str, days: float = 5) -> dict[str, Any]:
    asked = {"case_id": case["case_id"], "role": "steward", "account_id": account_id, "reason": "轮岗"}
    return cast.specialist(  # type: ignore[no-any-return]
        "registry.plan_team_hand_over", **asked, effective_at=later(cast, days)
    )


def stewards(team: dict[str, Any]) -> list[dict[str, Any]]:
    return [member for member in team["members"] if member["role"] == "steward"]


def test_a_hand_over_dated_later_takes_effect_at_its_instant(cast: Cast) -> None:
    case = cast.incubating_case(cast.organisation())
    successor = cast.account("steward", "successor")["account_id"]
    with pytest.raises(InvalidError, match="hand_over_past"):
        plan(cast, case, successor, -1)
    planned = plan(cast, case, successor)
    assert len(stewards(planned)) == 1
    with pytest.raises(ConflictError, match="hand_over_planned"):
        plan(cast, case, successor)
    cast.wait(4)
    assert len(stewards(cast.specialist("registry.get_service_team", case_id=case["case_id"]))) == 1
    cast.wait(2)
    team = cast.specialist("registry.get_service_team", case_id=case["case_id"])
    before, after = stewards(team)
    assert after["account_id"] == successor
    assert before["valid_until"] == after["valid_from"] == planned["hand_overs"][0]["effective_at"]
    assert team["hand_overs"][0]["status"] == "done"


def test_a_planned_hand_over_is_undone_and_the_next_one_may_be_planned(cast: Cast) -> None:
    case = cast.incubating_case(cast.organisation())
    successor = cast.account("steward", "successor")["account_id"]
    made = plan(cast, case, successor)["hand_overs"][0]
    undo = {"case_id": case["case_id"], "hand_over_id": made["hand_over_id"], "reason": "计划有变"}
    undone = cast.specialist("registry.undo_team_hand_over", **undo)["hand_overs"][0]
    assert (undone["status"], undone["outcome"]) == ("undone", "计划有变")
    with pytest.raises(ConflictError, match="hand_over_state_conflict"):
        cast.specialist("registry.undo_team_hand_over", **undo)
    plan(cast, case, successor, 30)
    cast.wait(10)
    assert len(stewards(cast.specialist("registry.get_service_team", case_id=case["case_id"]))) == 1
    other = cast.incubating_case(cast.organisation("第二家（演示）"))
    with pytest.raises(NotFoundError):
        cast.specialist("registry.undo_team_hand_over", **{**undo, "case_id": other["case_id"]})


def test_a_place_is_kept_for_whoever_will_take_over(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="steward_caseload", value=1)
    first = cast.incubating_case(cast.organisation())
    second = cast.incubating_case(cast.organisation("第二家（演示）"))
    successor = cast.account("steward", "successor")["account_id"]
    plan(cast, first, successor)
    with pytest.raises(ConflictError, match="team_caseload_full"):
        plan(cast, second, successor)
    asked = {"case_id": second["case_id"], "role": "steward", "account_id": successor, "reason": "调岗"}
    with pytest.raises(ConflictError, match="team_caseload_full"):
        cast.specialist("registry.hand_over_team_role", **asked)


def test_where_the_successor_no_longer_can_whoever_serves_goes_on(cast: Cast) -> None:
    case = cast.incubating_case(cast.organisation())
    successor = cast.account("steward", "successor")["account_id"]
    plan(cast, case, successor)
    with cast.host.executors["registry"].sessions.begin() as session:
        session.execute(update(Account).where(Account.id == successor).values(status="closed"))
    cast.wait(6)
    team = cast.specialist("registry.get_service_team", case_id=case["case_id"])
    assert team["complete"]
    assert len(stewards(team)) == 1
    assert (team["hand_overs"][0]["status"], team["hand_overs"][0]["outcome"]) == ("failed", "team_account_invalid")
    with cast.host.executors["registry"].sessions() as session:
        told = session.scalars(select(OutboxEvent).where(OutboxEvent.name == "team_hand_over_failed")).all()
    assert [row.payload["code"] for row in told] == ["team_account_invalid"]


def test_a_case_that_ends_takes_its_plans_with_it(cast: Cast) -> None:
    case = cast.incubating_case(cast.organisation())
    plan(cast, case, cast.account("steward", "successor")["account_id"])
    here = {"case_id": case["case_id"], "reason": "退出"}
    cast.specialist("registry.request_case_exit", **here, sought="withdrawal")
    cast.specialist("registry.withdraw_case", **here)
    cast.wait(6)
    team = cast.specialist("registry.get_service_team", case_id=case["case_id"])
    assert team["hand_overs"][0]["status"] == "void"
    assert len(stewards(team)) == 1


def test_the_free_and_the_near_are_suggested_with_reasons(cast: Cast) -> None:
    cast.bureau("registry.set_policy", key="steward_caseload", value=2)
    near = cast.account("steward", "near", street_codes=[ZHUHAI])["account_id"]
    cast.account("steward", "far", street_codes=[CHANGJIANG])
    anywhere = cast.account("steward", "anywhere")["account_id"]
    case = cast.incubating_case(cast.organisation())
    ask = {"case_id": case["case_id"], "role": "steward"}
    found = cast.specialist("registry.suggest_team_member", **ask)["items"]
    assert [row["account_id"] for row in found] == [near, anywhere]
    assert found[0]["reasons"] == {"free_places": 50, "same_street": 20}
    serving = {
        row["account_id"]
        for row in stewards(cast.specialist("registry.get_service_team", **{"case_id": case["case_id"]}))
    }
    cast.specialist("registry.hand_over_team_role", **ask, account_id=near, reason="就近")
    again = cast.specialist("registry.suggest_team_member", **ask)["items"]
    assert again[0]["account_id"] in serving
    assert again[0]["reasons"]["served_before"] == 20
    with pytest.raises(ForbiddenError):
        cast.street("registry.suggest_team_member", **ask)


def test_hand_overs_from_the_full_to_the_free_are_suggested(cast: Cast) -> None:
    cases = [cast.incubating_case(cast.organisation(f"第 {number} 家（演示）")) for number in range(3)]
    heavy = cast.account("steward", "heavy")["account_id"]
    for case in cases:
        asked = {"case_id": case["case_id"], "role": "steward", "account_id": heavy, "reason": "集中"}
        cast.specialist("registry.hand_over_team_role", **asked)
    moves = cast.specialist("registry.suggest_hand_overs", role="steward")["items"]
    assert len(moves) == 2
    assert {move["from_account_id"] for move in moves} == {heavy}
    assert len({move["to_account_id"] for move in moves}) == 2
    assert moves[0]["reasons"] == {"from_cases": 3, "to_cases": 0, "from_after": 2, "to_after": 1, "days_served": 0}
    for move in moves:
        asked = {"case_id": move["case_id"], "role": "steward", "account_id": move["to_account_id"], "reason": "均衡"}
        cast.specialist("registry.hand_over_team_role", **asked)
    assert cast.specialist("registry.suggest_hand_overs", role="steward")["items"] == []
