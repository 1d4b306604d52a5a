"""Paper ballots in a vote: the register, two keys, settling, and the close that waits for them."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from chassis.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from contracts.projects import events_votes
from services.projects.votes import queries
from services.projects.votes.domain_paper import BATCH_TRANSITIONS
from tests import kit
from tests.service.projects.vote_hall import ONE, STREET, Hall


def refused(call: Any) -> str:
    with pytest.raises((ConflictError, ForbiddenError, InvalidError, NotFoundError)) as caught:
        call()
    return caught.value.code


def mark(hall: Hall, count: int) -> list[dict[str, Any]]:
    return [hall.do("mark_paper_voter", number=f"A-{number}", place_code=ONE) for number in range(count)]


def batch(hall: Hall, sheets: int) -> str:
    return str(hall.do("open_paper_batch", label="第一箱（演示）", place_code=ONE, sheets=sheets)["batch_id"])


def entry(hall: Hall, number: int, *places: int, **more: Any) -> dict[str, Any]:
    chosen = {"proposal_ids": [hall.proposals[place] for place in places]} if places else {}
    return {"number": number, **chosen, **more}


def key(hall: Hall, who: int, batch_id: str, *entries: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = hall.staff[who]("projects.key_paper_batch", batch_id=batch_id, entries=list(entries))
    return view


def settle(hall: Hall, who: int, batch_id: str, *entries: dict[str, Any]) -> dict[str, Any]:
    view: dict[str, Any] = hall.staff[who](
        "projects.settle_paper_batch", batch_id=batch_id, entries=list(entries), reason="看原票（演示）"
    )
    return view


def paper_hall(**rules: Any) -> Hall:
    hall = Hall(paper=True, **rules)
    hall.open(days=1)
    return hall


def test_paper_counts_once_two_people_read_the_same_and_the_close_waits_for_it() -> None:
    hall = paper_hall()
    hall.cast(hall.resident(), 0)
    mark(hall, 4)
    made = batch(hall, 4)
    half = key(hall, 0, made, entry(hall, 1, 0), entry(hall, 2, 1), entry(hall, 3, spoilt=True))
    assert (half["status"], half["agreed"], half["differences"]) == ("half_keyed", 0, [])
    assert refused(lambda: key(hall, 0, made, entry(hall, 1, 0))) == "paper_batch_same_person"
    compared = key(hall, 1, made, entry(hall, 1, 0), entry(hall, 2, 2), entry(hall, 3, spoilt=True), entry(hall, 4, 1))
    assert (compared["status"], compared["agreed"]) == ("differing", 2)
    assert compared["differences"] == [
        {"number": 2, "problem": "differs"},
        {"number": 4, "problem": "missing_first"},
    ]
    hall.advance(days=2)
    waiting = hall.do("get_vote")
    assert (waiting["status"], waiting["participation"], waiting["commitment"]) == ("counting", 5, None)
    assert refused(lambda: hall.cast(hall.resident(), 0)) == "vote_state_conflict"
    assert refused(lambda: hall.do("close_vote")) == "paper_batches_open"
    assert refused(lambda: settle(hall, 0, made, entry(hall, 2, 1))) == "paper_batch_same_person"
    assert refused(lambda: settle(hall, 2, made, entry(hall, 1, 2))) == "paper_batch_entries_invalid"
    neither = settle(hall, 2, made, entry(hall, 2, 0), entry(hall, 4, absent=True))
    assert (neither["status"], [row["number"] for row in neither["differences"]]) == ("differing", [2])
    done = settle(hall, 3, made, entry(hall, 2, 2))
    assert (done["status"], done["agreed"], done["differences"]) == ("agreed", 3, [])
    assert [row["numbers"] for row in done["settlements"]] == [[2, 4], [2]]
    closed = hall.do("close_vote")
    assert (closed["status"], closed["participation"], closed["ballots"], closed["spoilt"]) == ("closed", 5, 3, 1)
    assert hall.do("list_paper_batches", status="counted")["items"][0]["batch_id"] == made
    with hall.sessions() as session:
        assert queries.support_of(session, hall.vote()) == dict(zip(hall.proposals, (2, 0, 1), strict=True))
    channels = hall.sql("SELECT channel, count(*) FROM ballot GROUP BY channel ORDER BY channel")
    assert [tuple(row) for row in channels] == [("online", 1), ("paper", 2)]


def test_a_vote_that_took_no_paper_closes_by_itself() -> None:
    hall = paper_hall()
    (entry,) = mark(hall, 1)
    hall.bureau("projects.strike_paper_voter", paper_voter_id=entry["paper_voter_id"], reason="误登（演示）")
    made = batch(hall, 1)
    hall.bureau("projects.void_paper_batch", batch_id=made, reason="空箱（演示）")
    hall.advance(days=2)
    assert hall.do("get_vote")["status"] == "closed"


def test_more_paper_than_voters_on_the_register_stops_the_close() -> None:
    hall = paper_hall()
    mark(hall, 1)
    made = batch(hall, 2)
    sheets = [entry(hall, 1, 0), entry(hall, 2, 1)]
    key(hall, 0, made, *sheets)
    assert key(hall, 1, made, *sheets)["status"] == "agreed"
    hall.advance(days=2)
    assert refused(lambda: hall.do("close_vote")) == "paper_exceeds_register"
    hall.bureau("projects.void_paper_batch", batch_id=made, reason="重新清点（演示）")
    assert hall.do("close_vote")["ballots"] == 0


def test_who_voted_on_paper_does_not_vote_online_and_the_other_way_round() -> None:
    hall = paper_hall()
    first, second, stranger = hall.resident(), hall.resident(), hall.resident(verified=False)
    ids = {name: caller.who.account_id for name, caller in (("a", first), ("b", second), ("c", stranger)) if caller.who}
    entry = hall.do("mark_paper_voter", number="1", place_code=ONE, account_id=ids["a"])
    assert refused(lambda: hall.cast(first, 0)) == "voter_voted_on_paper"
    hall.cast(second, 0)
    again = lambda name, number: hall.do("mark_paper_voter", number=number, place_code=ONE, account_id=ids[name])  # noqa: E731
    assert refused(lambda: again("b", "2")) == "voter_already_voted"
    assert refused(lambda: again("c", "3")) == "voter_not_verified"
    assert refused(lambda: hall.do("mark_paper_voter", number="1", place_code=ONE)) == "paper_voter_state_conflict"
    striking = lambda: hall.bureau(  # noqa: E731
        "projects.strike_paper_voter", paper_voter_id=entry["paper_voter_id"], reason="误登（演示）"
    )
    assert striking()["status"] == "struck"
    assert refused(striking) == "paper_voter_state_conflict"
    hall.cast(first, 0)
    assert hall.do("mark_paper_voter", number="1", place_code=ONE)["status"] == "marked"
    assert hall.do("get_turnout")["participation"] == 3


def test_paper_is_taken_only_where_the_rules_and_the_place_say_so() -> None:
    without = Hall()
    without.open()
    assert refused(lambda: mark(without, 1)) == "paper_not_offered"
    assert refused(lambda: batch(without, 1)) == "paper_not_offered"
    hall = paper_hall(community_codes=[ONE])
    elsewhere = lambda code: hall.do("mark_paper_voter", number="1", place_code=code)  # noqa: E731
    assert refused(lambda: elsewhere(f"{STREET}002")) == "voter_outside_place"
    assert refused(lambda: elsewhere(kit.CHANGJIANG)) == "voter_outside_place"
    neighbour = kit.Caller(hall.host, kit.actor("street_staff", streets=[kit.CHANGJIANG]))
    made = batch(hall, 1)
    assert refused(lambda: neighbour("projects.get_paper_batch", batch_id=made)) == "paper_batch_not_found"
    missing = "pbt_" + "0" * 26
    assert refused(lambda: hall.bureau("projects.get_paper_batch", batch_id=missing)) == "paper_batch_not_found"
    nobody = {"paper_voter_id": "ppv_" + "0" * 26, "reason": "演示"}
    assert refused(lambda: hall.bureau("projects.strike_paper_voter", **nobody)) == "paper_voter_not_found"


def test_a_filled_in_form_is_a_key_like_a_typed_one() -> None:
    hall = paper_hall()
    mark(hall, 2)
    made = batch(hall, 2)
    key(hall, 0, made, entry(hall, 1, 0, 2), entry(hall, 2, spoilt=True))
    form = hall.do("get_paper_form", format="csv")
    heading = base64.b64decode(form["content"]).decode("utf-8-sig").strip()
    filled = "\n".join([heading, "1,x,,x,", "2,,,,是"])
    sheet = {"format": "csv", "content": base64.b64encode(filled.encode()).decode()}
    done = hall.staff[1]("projects.key_paper_batch", batch_id=made, sheet=sheet)
    assert (done["status"], done["agreed"]) == ("agreed", 2)
    neither: dict[str, Any] = {}
    other = batch(hall, 1)
    assert refused(lambda: hall.bureau("projects.key_paper_batch", batch_id=other, **neither)) == (
        "paper_batch_entries_invalid"
    )


def test_every_step_of_a_batch_is_told_in_numbers_alone() -> None:
    hall = paper_hall()
    mark(hall, 1)
    made = batch(hall, 1)
    key(hall, 0, made, entry(hall, 1, 0))
    key(hall, 1, made, entry(hall, 1, 1))
    settle(hall, 2, made, entry(hall, 1, 1))
    hall.advance(days=2)
    hall.do("close_vote")
    told = hall.sql("SELECT payload FROM outbox WHERE name = 'paper_batch_advanced' ORDER BY position")
    steps = [(row.payload["action"], row.payload["status"]) for row in told]
    assert steps == [
        ("open", "opened"),
        ("key", "half_keyed"),
        ("key", "differing"),
        ("settle", "agreed"),
        ("count", "counted"),
    ]
    names = set(events_votes.PaperBatchAdvanced.__struct_fields__)
    assert all(set(row.payload) <= names for row in told)


STEPS = {
    "key": lambda hall, batch_id: key(hall, 3, batch_id, entry(hall, 1, 0)),
    "settle": lambda hall, batch_id: settle(hall, 2, batch_id, entry(hall, 1, 0)),
    "void": lambda hall, batch_id: hall.bureau("projects.void_paper_batch", batch_id=batch_id, reason="演示"),
}
STATES = sorted({state for state, _ in BATCH_TRANSITIONS} | set(BATCH_TRANSITIONS.values()))


@pytest.mark.parametrize("state", STATES)
def test_every_step_in_every_state_is_the_tables_or_a_conflict(state: str) -> None:
    hall = paper_hall()
    mark(hall, 9)
    for step, call in STEPS.items():
        made = batch(hall, 1)
        if state != "opened":
            key(hall, 0, made, entry(hall, 1, 0))
        if state not in {"opened", "half_keyed"}:
            key(hall, 1, made, entry(hall, 1, 1 if state == "differing" else 0))
        if state in {"void", "counted"}:
            hall.sql(f"UPDATE paper_batch SET status = '{state}' WHERE status = 'agreed'")
        allowed = {action for before, action in BATCH_TRANSITIONS if before == state}
        can = step in allowed or (step == "key" and state == "half_keyed")
        if can:
            assert call(hall, made)["status"] in set(BATCH_TRANSITIONS.values())
        else:
            assert refused(lambda call=call, made=made: call(hall, made)) == "paper_batch_state_conflict"


def test_two_people_who_key_at_once_are_first_and_second() -> None:
    hall = paper_hall()
    mark(hall, 1)
    made = batch(hall, 1)
    done = hall.together([lambda who=who: key(hall, who, made, entry(hall, 1, 0)) for who in (0, 1, 2)])
    codes = sorted(getattr(answer, "code", None) or answer["status"] for answer in done)
    assert codes == ["agreed", "half_keyed", "paper_batch_state_conflict"]


def test_the_paper_of_a_cancelled_round_is_counted_no_more() -> None:
    hall = paper_hall()
    hall.cast(hall.resident(), 0)
    mark(hall, 1)
    made = batch(hall, 1)
    key(hall, 0, made, entry(hall, 1, 0))
    hall.set_round("cancelled")
    hall.advance(days=2)
    assert hall.do("get_vote")["status"] == "closed"
    assert hall.bureau("projects.get_paper_batch", batch_id=made)["status"] == "void"
    assert hall.sql("SELECT 1 FROM ballot b JOIN participation p ON b.xmin = p.xmin") == []
