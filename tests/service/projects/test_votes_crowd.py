"""Many at once: one ballot each, and everybody's counts."""

from __future__ import annotations

import secrets
from collections import Counter

from chassis import ids
from services.projects.votes import queries
from tests.service.projects.vote_hall import Hall, code_of


def test_two_hundred_ballots_of_one_voter_at_once_leave_one() -> None:
    hall = Hall()
    hall.open(days=1)
    voter = hall.resident()
    calls = [lambda place=number % 3: hall.cast(voter, place, command_id=str(ids.new_uuid())) for number in range(200)]
    codes = Counter(code_of(answer) for answer in hall.together(calls))
    assert codes == {"done": 1, "voter_already_voted": 199}
    assert hall.sql("SELECT count(*) FROM ballot") == [(1,)]
    assert hall.sql("SELECT count(*) FROM participation") == [(1,)]


def test_a_hundred_retries_of_one_ballot_at_once_get_one_receipt() -> None:
    hall = Hall()
    hall.open(days=1)
    voter, mark, key = hall.resident(), secrets.token_hex(32), str(ids.new_uuid())
    answers = hall.together([lambda: hall.cast(voter, 0, mark=mark, command_id=key) for _ in range(100)])
    assert len({answer["commitment"] for answer in answers}) == 1
    assert hall.sql("SELECT count(*) FROM ballot") == [(1,)]


def test_three_hundred_voters_at_once_all_count_also_while_it_closes() -> None:
    hall = Hall()
    hall.open(days=1)
    voters = hall.residents(300)
    receipts = hall.together([lambda voter=voter: hall.cast(voter, 0, 2) for voter in voters])
    assert [code_of(receipt) for receipt in receipts] == ["done"] * 300
    hall.advance(days=2)
    with hall.sessions() as session:
        support = queries.support_of(session, hall.vote())
    assert support == dict(zip(hall.proposals, (300, 0, 300), strict=True))
    listed, cursor = set(), None
    while True:
        page = hall.do("list_ballot_commitments", limit=100, **({"cursor": cursor} if cursor else {}))
        listed |= {row["commitment"] for row in page["items"]}
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert listed == {receipt["commitment"] for receipt in receipts}
    assert hall.do("get_vote")["participation"] == 300


def test_a_voter_is_either_on_paper_or_online_whatever_comes_first() -> None:
    hall = Hall(paper=True)
    hall.open(days=1)
    voters = hall.residents(20)
    place = hall.street
    online = [lambda voter=voter: hall.cast(voter, 0) for voter in voters]
    paper = [
        lambda number=number, voter=voter: hall.do(
            "mark_paper_voter", number=str(number), place_code=place, account_id=voter.who.account_id
        )
        for number, voter in enumerate(voters)
    ]
    both = [call for pair in zip(online, paper, strict=True) for call in pair]
    codes = [code_of(answer) for answer in hall.together(both)]
    for first, second in zip(codes[::2], codes[1::2], strict=True):
        assert sorted([first, second]) in (["done", "voter_already_voted"], ["done", "voter_voted_on_paper"])
    assert hall.do("get_turnout")["participation"] == 20
