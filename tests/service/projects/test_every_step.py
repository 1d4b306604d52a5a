"""Every command of a round and of a proposal in every state: what its table lacks is a conflict without effect."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis import ids
from chassis.errors import ConflictError, FootprintError
from services.projects.proposals import domain as proposals
from services.projects.rounds import domain as rounds
from tests.service.projects.round_road import SUNSET, Road
from tests.service.projects.test_round_guards import uuid_of

ROUND_STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "change": ("change_round", {"name": "改名（演示）"}),
    "add_pool_line": (
        "add_pool_line",
        {"offer_id": "ofr_" + "0" * 26, "funder_organisation_id": "org_" + "0" * 26, "amount": "1.00"},
    ),
    "start_needs_survey": ("start_needs_survey", {}),
    "publish": ("publish_round", {}),
    "amend": ("amend_round", {"notice_days": 20, "reason": "延长公示（演示）"}),
    "open": ("open_round", {}),
    "close": ("close_round", {}),
    "start_screening": ("start_screening", {}),
    "start_review": ("start_review", {}),
    "start_roadshow": ("start_roadshow_phase", {}),
    "determine": ("determine_round", {}),
    "publish_notice": ("publish_notice", {}),
    "award": ("award_round", {}),
    "evaluate": ("evaluate_round", {}),
    "archive": ("archive_round", {}),
    "cancel": ("cancel_round", {"reason": "另行安排（演示）"}),
}
PROPOSAL_STEPS: dict[str, tuple[str, dict[str, Any]]] = {
    "submit": ("submit_proposal", {}),
    "return": ("return_proposal", {"reason": "请补充（演示）"}),
    "screen_in": ("screen_in_proposal", {}),
    "screen_out": ("screen_out_proposal", {"reason": "other"}),
    "withdraw": ("withdraw_proposal", {}),
}


@pytest.fixture
def road(monkeypatch: pytest.MonkeyPatch) -> Road:
    monkeypatch.setenv("FOOTPRINT_DEMO", "1")
    return Road()


def put(road: Road, table: str, row_id: str, status: str) -> None:
    """Into a state, past every guard."""
    with road.host.executors["projects"].sessions.begin() as session:
        session.execute(
            text(f"UPDATE {table} SET status = :status WHERE id = :id"), {"status": status, "id": uuid_of(row_id)}
        )


def kept(road: Road, table: str, row_id: str) -> tuple[Any, ...]:
    """All of a row, and how many events there are."""
    with road.host.executors["projects"].sessions() as session:
        row = session.execute(text(f"SELECT * FROM {table} WHERE id = :id"), {"id": uuid_of(row_id)}).one()
        told = session.execute(text("SELECT count(*) FROM outbox")).scalar()
        return (*map(repr, row), told)


@pytest.mark.parametrize("action", ROUND_STEPS)
def test_a_round_takes_no_step_that_its_table_does_not_have(road: Road, action: str) -> None:
    assert set(ROUND_STEPS) | {"execute"} == set(rounds.ACTIONS)  # execute: the first agreement, not a command
    road.create(opens_at=road.now().isoformat(), closes_at=(road.now() + timedelta(days=30)).isoformat())
    operation, given = ROUND_STEPS[action]
    for status in rounds.STATUSES:
        if (status, action) in rounds.TRANSITIONS:
            continue
        put(road, "round", road.round_id, status)
        before = kept(road, "round", road.round_id)
        with pytest.raises(ConflictError, match="round_state_conflict"):
            road.on_round(operation, **given)
        assert kept(road, "round", road.round_id) == before


@pytest.mark.parametrize("action", PROPOSAL_STEPS)
def test_a_proposal_takes_no_step_that_its_table_does_not_have(road: Road, action: str) -> None:
    road.publish()
    proposal_id = road.draft(SUNSET, road.organisations[0], field="elder_care", yuan=30_000)
    operation, given = PROPOSAL_STEPS[action]
    who = road.author(road.organisations[0]) if action in {"submit", "withdraw"} else road.staff
    for status in proposals.STATUSES:
        if (status, action) in proposals.TRANSITIONS:
            continue
        put(road, "proposal", proposal_id, status)
        before = kept(road, "proposal", proposal_id)
        with pytest.raises(ConflictError, match="proposal_state_conflict"):
            who(f"projects.{operation}", proposal_id=proposal_id, **given)
        assert kept(road, "proposal", proposal_id) == before


def taken(road: Road, status: str, action: str) -> str:
    """The state after a step from ``status``, or the guard that stopped it."""
    put(road, "round", road.round_id, status)
    operation, given = ROUND_STEPS[action]
    if action == "add_pool_line":
        given = {**given, "offer_id": ids.new_id("ofr")}
    if action == "amend":  # something new each time: an amendment that changes nothing is refused
        given = {**given, "notice_days": 20 + len(status)}
    try:
        road.on_round(operation, **given)
    except FootprintError as error:
        return error.code
    return str(road.on_round("get_round")["status"])


def test_a_step_that_the_table_has_leads_where_it_says_or_names_its_guard(road: Road) -> None:
    road.publish()
    road.submit_all()
    guards = {
        "round_not_funded",
        "round_too_early",
        "round_needs_roadshow",
        "round_proposals_pending",
        "decision_not_found",
    }
    found = {
        (status, action): (taken(road, status, action), after)
        for (status, action), after in rounds.TRANSITIONS.items()
        if action in ROUND_STEPS and action != "cancel"
    }
    found |= {pair: (taken(road, *pair), after) for pair, after in rounds.TRANSITIONS.items() if pair[1] == "cancel"}
    assert {pair: got for pair, (got, after) in found.items() if got != after and got not in guards} == {}
    assert sum(got == after for got, after in found.values()) >= 20
