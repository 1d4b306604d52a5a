"""Residents' votes: who may vote, by which method, from when to when, and what a receipt shows."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import text

from chassis import clock, ids
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from services.projects.trail import verify, verify_ballot
from services.projects.votes import queries
from tests import kit
from tests.service.projects.vote_hall import ONE, STREET, TWO, Hall, code_of


def refused(call: Any) -> str:
    with pytest.raises((ConflictError, ForbiddenError, InvalidError)) as caught:
        call()
    return caught.value.code


def support(hall: Hall) -> dict[str, int]:
    hall.set_round("public_notice")
    found: dict[str, int] = hall.do("get_vote")["support"]
    return found


def test_whoever_may_not_vote_reads_why() -> None:
    day = clock.day_of(clock.system_now())
    hall = Hall(community_codes=[ONE], registered_by=str(day))
    hall.open()
    late = clock.system_now() + timedelta(days=2)
    people = {
        "voter_not_verified": hall.resident(verified=False),
        "voter_outside_place": hall.resident(community=TWO),
        "voter_registered_late": hall.resident(opened_at=late),
        "voter_not_entitled": kit.Caller(hall.host, kit.actor("resident", streets=[STREET])),
    }
    for code, person in people.items():
        assert refused(lambda person=person: hall.cast(person, 0)) == code
        seen = hall.do("get_vote_eligibility", person)
        assert (seen["entitled"], seen["reasons"], seen["voted"]) == (False, [code], False)
    both = hall.resident(community=TWO, verified=False)
    assert hall.do("get_vote_eligibility", both)["reasons"] == ["voter_not_verified", "voter_outside_place"]
    neighbour = hall.resident()
    hall.cast(neighbour, 0)
    seen = hall.do("get_vote_eligibility", neighbour)
    assert (seen["entitled"], seen["reasons"], seen["voted"]) == (True, [], True)
    assert hall.do("get_turnout")["entitled"] == 1


def test_the_turnout_counts_exactly_those_whom_the_rules_let_in() -> None:
    day = clock.day_of(clock.system_now())
    hall = Hall(street=None, street_codes=[STREET], verification="claimed", registered_by=str(day))
    hall.open()
    late = clock.system_now() + timedelta(days=2)
    people = [
        hall.resident(),
        hall.resident(verified=False, community=TWO),
        hall.resident(community=f"{kit.CHANGJIANG}001"),
        hall.resident(opened_at=late),
        hall.resident(role="talent"),
    ]
    entitled = [person for person in people[:4] if hall.do("get_vote_eligibility", person)["entitled"]]
    assert entitled == people[:2]
    assert hall.do("get_turnout", hall.bureau)["entitled"] == 2


def test_points_and_rankings_are_counted_as_the_rules_say() -> None:
    points = Hall(method="points", points_total=10, points_each=6, choices_limit=2)
    points.open()
    one, two, three = points.proposals
    points.cast(points.resident(), points={one: 6, two: 4})
    points.cast(points.resident(), points={three: 1})
    wrong = [{one: 7}, {one: 6, two: 5}, {one: 1, two: 1, three: 1}, {ids.new_id("prp"): 1}]
    person = points.resident()
    codes = [refused(lambda given=given: points.cast(person, points=given)) for given in wrong]
    expected = [
        "ballot_points_exceeded",
        "ballot_points_exceeded",
        "ballot_too_many_choices",
        "ballot_unknown_proposal",
    ]
    assert codes == expected
    assert refused(lambda: points.cast(person, 0)) == "ballot_invalid"
    points.advance(days=4)
    assert support(points) == {one: 6, two: 4, three: 1}
    with points.sessions() as session:
        assert queries.full_support(session, points.vote()) == 12, "two ballots of at most six each"

    ranking = Hall(method="ranking", choices_limit=2, scoring="positional", positions=[5, 2])
    ranking.open()
    ranking.cast(ranking.resident(), 2, 0)
    ranking.cast(ranking.resident(), 2)
    ranking.advance(days=4)
    one, two, three = ranking.proposals
    assert support(ranking) == {one: 2, two: 0, three: 10}


def test_a_proposal_that_withdraws_is_voted_for_no_more_and_others_move_up() -> None:
    hall = Hall(method="ranking", choices_limit=3)
    hall.open()
    hall.cast(hall.resident(), 0, 1, 2)
    hall.withdraw(0)
    assert refused(lambda: hall.cast(hall.resident(), 0)) == "ballot_unknown_proposal"
    hall.cast(hall.resident(), 2, 1)
    assert hall.do("get_vote")["withdrawn_ids"] == [hall.proposals[0]]
    hall.advance(days=4)
    hall.withdraw(1)  # after the close: what was counted stays counted
    first, second, third = hall.proposals
    assert support(hall) == {first: 0, second: 3, third: 3}
    with hall.sessions() as session:
        assert queries.ballots_of(session, hall.vote()) == [{second: 1, third: 2}, {second: 2, third: 1}]
        assert queries.full_support(session, hall.vote()) == 4


def test_the_clock_opens_and_closes_a_planned_vote() -> None:
    hall = Hall()
    start = hall.now() + timedelta(days=1)
    planned = hall.open(days=3, opens_at=start.isoformat())
    person = hall.resident()
    assert (planned["status"], planned["proposal_ids"]) == ("planned", [])
    assert refused(lambda: hall.cast(person, 0)) == "vote_state_conflict"
    assert refused(lambda: hall.open(opens_at=start.isoformat())) == "vote_state_conflict"
    hall.advance(days=1, minutes=1)
    assert hall.do("get_vote")["status"] == "open"
    hall.cast(person, 0)
    assert refused(lambda: hall.do("close_vote")) == "round_too_early"
    hall.advance(days=2, minutes=1)
    closed = hall.do("get_vote")
    assert (closed["status"], closed["participation"], closed["support"]) == ("closed", 1, None)


def test_a_clock_that_fires_after_a_stop_finds_a_restarted_service() -> None:
    """Timers are rows: whoever runs next fires what came due while nobody ran, once."""
    hall = Hall()
    hall.open(days=1)
    hall.cast(hall.resident(), 0)
    operator = kit.Caller(hall.host, kit.actor("operator"))
    operator("projects.advance_clock", seconds=2 * 86400)  # time passes, and nothing runs
    assert hall.do("get_vote")["status"] == "open"
    assert refused(lambda: hall.cast(hall.resident(), 0)) == "vote_state_conflict"
    hall.host.settle()
    hall.host.settle()
    assert hall.do("get_vote")["status"] == "closed"
    assert hall.sql("SELECT count(*) FROM outbox WHERE name = 'vote_closed'") == [(1,)]


def test_a_vote_needs_an_end_after_its_beginning_and_candidates() -> None:
    hall = Hall(candidates=0)
    assert refused(lambda: hall.open(days=-1)) == "vote_closing_time_invalid"
    assert refused(lambda: hall.open()) == "vote_without_candidates"


def test_a_voided_vote_leaves_no_ballot_and_is_held_again() -> None:
    hall = Hall()
    hall.open(days=1)
    person = hall.resident()
    hall.cast(person, 0)
    void = hall.do("cancel_vote", reason="候选名单有误（演示）")
    assert (void["status"], void["participation"], void["attempt"]) == ("cancelled", 0, 1)
    assert hall.sql("SELECT 1 FROM ballot UNION ALL SELECT 1 FROM participation") == []
    again = hall.open(days=3)
    assert (again["status"], again["attempt"], len(again["cancelled"])) == ("open", 2, 1)
    hall.cast(person, 1)
    hall.advance(days=1, hours=1)  # the clock of the first attempt is not that of the second
    assert hall.do("get_vote")["status"] == "open"
    hall.advance(days=2)
    assert hall.do("get_vote")["status"] == "closed"
    assert support(hall)[hall.proposals[1]] == 1
    assert refused(lambda: hall.do("cancel_vote", reason="太晚（演示）")) == "vote_state_conflict"


def test_a_lost_receipt_is_given_again_to_the_mark_whatever_is_sent_with_it() -> None:
    hall = Hall()
    hall.open()
    person, mark, key = hall.resident(), secrets.token_hex(32), str(ids.new_uuid())
    receipt = hall.cast(person, 0, mark=mark, command_id=key)
    assert hall.cast(person, 0, mark=mark, command_id=key) == receipt
    assert hall.cast(person, 1, mark=mark, command_id=key) == receipt, "it must not tell which choice was cast"
    assert refused(lambda: hall.cast(person, 0, command_id=key)) == "voter_already_voted"
    assert refused(lambda: hall.cast(person, 0, mark=secrets.token_hex(32))) == "voter_already_voted"
    other = hall.resident()
    assert refused(lambda: hall.cast(other, 0, mark=mark)) == "ballot_mark_taken"
    hall.advance(days=4)
    assert hall.cast(person, 2, mark=mark) == receipt
    assert hall.sql("SELECT count(*) FROM ballot") == [(1,)]
    assert hall.sql("SELECT mark FROM ballot") != [(mark,)]


def test_a_receipt_is_checked_offline_against_the_trail(
    trail_key: Ed25519PrivateKey, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    hall = Hall(trail=True)
    hall.open(days=1)
    receipts = [hall.cast(person, 0) for person in hall.residents(7)]
    hall.advance(days=2)
    hall.host.settle()
    bureau = kit.Caller(hall.host, kit.actor("bureau"))
    (entry,) = bureau("projects.list_trail_entries", event="vote_closed")["items"]
    closing = bureau("projects.get_receipt", index=entry["index"])
    path = tmp_path / "closing.json"
    path.write_text(json.dumps(closing), encoding="utf-8")
    for receipt in receipts:
        found = hall.do("get_ballot_inclusion", hall.visitor, commitment=receipt["commitment"])
        assert found["included"]
        ballot = tmp_path / "ballot.json"
        ballot.write_text(json.dumps(found["receipt"]), encoding="utf-8")
        assert verify.main([str(ballot), "--closing", str(path)]) == 0
    assert "选票已计入" in capsys.readouterr().out
    forged = {**found["receipt"], "round_id": ids.new_id("rnd")}
    ballot.write_text(json.dumps(forged), encoding="utf-8")
    assert verify.main([str(ballot), "--closing", str(path)]) == 1
    with pytest.raises(verify_ballot.BallotError):
        verify_ballot.verify({**found["receipt"], "commitment": "0" * 64})
    nobody = hall.do("get_ballot_inclusion", hall.visitor, commitment="0" * 64)
    assert (nobody["included"], nobody["position"], nobody["receipt"]) == (False, None, None)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE ballot SET choice = (SELECT jsonb_build_array(proposal_ids->>1) FROM vote)",
        "DELETE FROM ballot WHERE id = (SELECT id FROM ballot LIMIT 1)",
        "UPDATE ballot SET commitment = repeat('0', 64)",
        "UPDATE vote SET withdrawn_ids = jsonb_build_array(proposal_ids->>0)",
    ],
)
def test_ballots_that_were_changed_after_the_close_are_not_counted(change: str) -> None:
    hall = Hall()
    hall.open(days=1)
    for person in hall.residents(3):
        hall.cast(person, 0)
    hall.advance(days=2)
    with hall.sessions() as session:
        assert len(queries.ballots_of(session, hall.vote())) == 3
    with hall.sessions.begin() as session:
        session.execute(text(change))
    with hall.sessions() as session, pytest.raises(ConflictError, match="ballots_altered"):
        queries.ballots_of(session, hall.vote())


def test_a_vote_from_before_the_rules_is_read_as_it_was() -> None:
    hall = Hall()
    hall.sql("UPDATE round SET vote_rules = NULL, approvals_limit = 2")
    hall.open(days=1)
    hall.sql("UPDATE vote SET rules = NULL")
    assert refused(lambda: hall.cast(hall.resident(), 0, 1, 2)) == "ballot_too_many_choices"
    hall.cast(hall.resident(), 0, 1)
    rules = hall.do("get_vote")["rules"]
    assert (rules["method"], rules["choices_limit"], rules["verification"]) == ("approval", 2, "verified")
    assert code_of(hall.do("get_turnout")) == "done"
