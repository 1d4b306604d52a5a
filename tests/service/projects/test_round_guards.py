"""Guards of a round that a race, a role or a cancelled round could slip through."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.errors import ConflictError, NotFoundError
from contracts.projects import events
from services.projects.decisions.models import Decision
from tests import kit
from tests.service.projects.round_road import SUNSET, Road


@pytest.fixture
def road() -> Road:
    return Road()


def voting(road: Road) -> kit.Caller:
    """A vote is open; the caller is a resident who may vote."""
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.on_round("open_vote", closes_at=(road.now() + timedelta(days=3)).isoformat())
    return road.account("resident", street=road.street)


def determined(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow()
    road.seal()
    road.vote()
    road.on_round("determine_round")


def meanwhile(road: Road, change: str, call: Callable[[], Any], **given: Any) -> list[BaseException]:
    """``call`` starts while another transaction has made ``change`` and not committed yet; what it raised."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            call()
        except BaseException as error:  # handed to the test
            raised.append(error)

    with road.host.executors["projects"].sessions.begin() as session:
        session.execute(text(change), given)
        thread = threading.Thread(target=run)
        thread.start()
        thread.join(1.5)
    thread.join(20)
    return raised


def uuid_of(prefixed: str) -> str:
    import uuid

    from chassis import ids

    found: uuid.UUID = ids.decode(prefixed.split("_", 1)[0], prefixed)
    return str(found)


def test_a_ballot_that_waited_for_the_closing_is_refused(road: Road) -> None:
    resident = voting(road)
    raised = meanwhile(
        road,
        "UPDATE vote SET status = 'closed', version = version + 1 WHERE round_id = :id",
        lambda: road.on_round("cast_ballot", resident, proposal_ids=[road.proposals[SUNSET]]),
        id=uuid_of(road.round_id),
    )
    assert [type(error) for error in raised] == [ConflictError]
    assert road.on_round("get_turnout")["participation"] == 0


def test_the_vote_of_a_cancelled_round_is_closed_and_its_ballots_written_again(road: Road) -> None:
    resident = voting(road)
    road.on_round("cast_ballot", resident, proposal_ids=[road.proposals[SUNSET]])
    road.on_round("cancel_round", reason="另行安排（演示）")
    road.advance(days=4)
    assert road.on_round("get_vote")["status"] == "closed"
    assert road.on_round("get_vote")["support"] is None
    assert road.recorded(events.VoteClosed) == 1
    with road.host.executors["projects"].sessions() as session:
        shared = session.execute(text("SELECT 1 FROM ballot b JOIN participation p ON b.xmin = p.xmin")).all()
    assert shared == []


def test_a_result_is_not_guessed_from_its_hash_before_the_notice(road: Road) -> None:
    determined(road)
    anybody = road.account("resident", street=road.street)
    assert road.on_round("get_decision", anybody)["result_hash"] is None
    with road.host.executors["projects"].sessions() as session:
        hashed = session.query(Decision.result_hash).scalar()
        told = session.execute(
            text("SELECT payload->>'result_hash' FROM outbox WHERE name='round_determined'")
        ).scalar()
    assert told is not None
    assert told != hashed
    assert road.on_round("publish_notice")["result_hash"] == hashed


def test_a_promoted_reserve_has_a_whole_notice_of_its_own(road: Road) -> None:
    determined(road)
    notice = road.on_round("publish_notice")
    winner = next(row["proposal_id"] for row in notice["outcomes"] if row["outcome"] == "recommended")
    anybody = road.account("resident", street=road.street)
    made = road.on_round("raise_objection", anybody, proposal_id=winner, grounds="与事实不符（演示）")
    road.advance(days=8)
    road.staff("projects.uphold_objection", objection_id=made["objection_id"], finding="属实（演示）")
    revised = road.on_round("get_decision")
    promoted = [row["proposal_id"] for row in revised["outcomes"] if row["outcome"] == "recommended"]
    before = [row["proposal_id"] for row in notice["outcomes"] if row["outcome"] == "recommended"]
    assert set(promoted) - set(before)
    assert revised["notice_ends_at"] > notice["notice_ends_at"]
    with pytest.raises(ConflictError):
        road.on_round("award_round")
    road.advance(days=8)
    road.on_round("award_round")


def test_another_hub_reads_no_objection_outside_its_care(road: Road) -> None:
    determined(road)
    notice = road.on_round("publish_notice")
    target = notice["outcomes"][0]["proposal_id"]
    anybody = road.account("resident", street=road.street)
    made = road.on_round("raise_objection", anybody, proposal_id=target, grounds="与事实不符（演示）")
    street = [road.street]
    own = kit.Caller(road.host, kit.actor("hub", streets=street, organisation_id=road.hub))
    other = kit.Caller(road.host, kit.actor("hub", streets=street, organisation_id=road.organisation(kind="hub")))
    assert len(own("projects.list_objections")["items"]) == 1
    assert other("projects.list_objections")["items"] == []
    with pytest.raises(NotFoundError):
        other("projects.get_objection", objection_id=made["objection_id"])


def test_an_objection_that_waited_for_the_award_is_refused(road: Road) -> None:
    determined(road)
    notice = road.on_round("publish_notice")
    target = notice["outcomes"][0]["proposal_id"]
    anybody = road.account("resident", street=road.street)
    raised = meanwhile(
        road,
        "WITH made AS (UPDATE proposal SET status = 'agreement' WHERE round_id = :id AND status = 'notice')"
        " UPDATE round SET status = 'awarded', version = version + 1 WHERE id = :id",
        lambda: road.on_round("raise_objection", anybody, proposal_id=target, grounds="与事实不符（演示）"),
        id=uuid_of(road.round_id),
    )
    assert [type(error) for error in raised] == [ConflictError]


def test_a_withdrawal_or_a_correction_that_waited_for_the_decision_is_refused(road: Road) -> None:
    road.publish()
    road.submit_all()
    road.screen()
    road.shortlist()
    road.roadshow()
    author, judge = road.author(road.organisations[0]), road.judges[1]
    sheet = judge("projects.list_score_sheets", proposal_id=road.proposals[SUNSET])["items"][0]["sheet_id"]
    scores = dict.fromkeys(("need", "plan", "budget", "team"), 1)
    calls: list[Callable[[], Any]] = [
        lambda: author("projects.withdraw_proposal", proposal_id=road.proposals[SUNSET], reason="退出（演示）"),
        lambda: judge("projects.correct_score", sheet_id=sheet, scores=scores, reason="填错（演示）"),
    ]
    for call in calls:
        change = "UPDATE round SET status = 'determining', version = version + 1 WHERE id = :id"
        raised = meanwhile(road, change, call, id=uuid_of(road.round_id))
        assert [type(error) for error in raised] == [ConflictError]
        with road.host.executors["projects"].sessions.begin() as session:
            session.execute(text("UPDATE round SET status = 'roadshow' WHERE true"))
