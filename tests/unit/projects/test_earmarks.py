"""Earmarked money goes to matching proposals only, in whole fen, and what cannot be paid is named. Pure rules."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.rounds import earmarks
from services.projects.rounds.earmarks import Claim, Fund

few = settings(max_examples=150, deadline=None)
FIELDS = ("elder_care", "youth", "environment")
STREETS = ("370211005", "370211009")
marks = st.frozensets(st.sampled_from(FIELDS), max_size=2)
places = st.frozensets(st.sampled_from(STREETS), max_size=1)


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[Fund], list[Claim]]:
    """Up to five lines and six proposals."""
    funds = [
        Fund(line_id=f"pol_{i}", amount_fen=draw(st.integers(0, 40)), fields=draw(marks), streets=draw(places))
        for i in range(draw(st.integers(0, 5)))
    ]
    claims = [
        Claim(
            proposal_id=f"prp_{i}",
            amount_fen=draw(st.integers(0, 25)),
            field=draw(st.sampled_from(FIELDS)),
            street_code=draw(st.sampled_from([*STREETS, None])),
        )
        for i in range(draw(st.integers(0, 6)))
    ]
    return funds, claims


def affordable(funds: list[Fund], claims: list[Claim]) -> bool:
    """Hall's condition, subset by subset: slow and plainly right."""
    wanted = [claim for claim in claims if claim.amount_fen]
    for size in range(1, len(wanted) + 1):
        for some in itertools.combinations(wanted, size):
            money = sum(fund.amount_fen for fund in funds if any(fund.fits(claim) for claim in some))
            if sum(claim.amount_fen for claim in some) > money:
                return False
    return True


@given(pools())
@few
def test_a_set_of_proposals_is_covered_exactly_when_no_part_of_it_asks_for_too_much(case: Any) -> None:
    funds, claims = case
    assert earmarks.plan(funds, claims).covered == affordable(funds, claims)


@given(pools())
@few
def test_every_earmarked_fen_goes_to_a_matching_proposal_and_every_claim_is_paid_once(case: Any) -> None:
    funds, claims = case
    found = earmarks.plan(funds, claims)
    by_line, by_claim = {fund.line_id: fund for fund in funds}, {claim.proposal_id: claim for claim in claims}
    spent: Counter[str] = Counter()
    got: Counter[str] = Counter()
    for payment in found.payments:
        assert payment.amount_fen > 0
        assert by_line[payment.line_id].fits(by_claim[payment.proposal_id])
        spent[payment.line_id] += payment.amount_fen
        got[payment.proposal_id] += payment.amount_fen
    assert all(spent[fund.line_id] <= fund.amount_fen for fund in funds)
    if found.covered:
        assert got == Counter({claim.proposal_id: claim.amount_fen for claim in claims if claim.amount_fen})


@given(pools())
@few
def test_the_proposals_that_are_named_ask_for_more_than_all_money_that_may_go_to_them(case: Any) -> None:
    funds, claims = case
    found = earmarks.plan(funds, claims)
    if found.covered:
        return
    named = [claim for claim in claims if claim.proposal_id in found.blocked]
    money = sum(fund.amount_fen for fund in funds if any(fund.fits(claim) for claim in named))
    assert sum(claim.amount_fen for claim in named) == found.needed_fen > found.available_fen == money
    assert found.payments == ()


@given(pools(), st.randoms(use_true_random=False))
@few
def test_the_order_of_lines_and_proposals_changes_nothing(case: Any, random: Any) -> None:
    funds, claims = list(case[0]), list(case[1])
    before = earmarks.plan(funds, claims)
    random.shuffle(funds)
    random.shuffle(claims)
    assert earmarks.plan(funds, claims) == before


@given(pools())
@few
def test_by_rank_each_claim_is_kept_that_can_be_paid_beside_those_before_it(case: Any) -> None:
    funds, ranked = case
    kept = earmarks.keep(funds, ranked)
    assert affordable(funds, kept)
    assert [claim for claim in ranked if claim in kept] == kept
    for place, claim in enumerate(ranked):
        before = [one for one in ranked[:place] if one in kept]
        assert (claim in kept) == affordable(funds, [*before, claim])


def test_free_money_moves_over_where_an_earmark_can_take_its_place() -> None:
    funds = [
        Fund(line_id="a", amount_fen=10),
        Fund(line_id="b", amount_fen=10, fields=frozenset({"elder_care"})),
    ]
    claims = [
        Claim(proposal_id="p", amount_fen=10, field="elder_care"),
        Claim(proposal_id="q", amount_fen=10, field="youth"),
    ]
    found = earmarks.plan(funds, claims)
    assert {(item.line_id, item.proposal_id) for item in found.payments} == {("b", "p"), ("a", "q")}
    both = [*claims, Claim(proposal_id="r", amount_fen=1, field="youth")]
    refused = earmarks.plan(funds, both)
    assert refused.blocked == ("q", "r")
    assert (refused.needed_fen, refused.available_fen) == (11, 10)


def test_a_thousand_proposals_are_planned_at_once() -> None:
    funds = [
        Fund(line_id=f"{i:02}", amount_fen=3_000_000, fields=frozenset({FIELDS[i % 3]}) if i % 2 else frozenset())
        for i in range(20)
    ]
    claims = [
        Claim(proposal_id=f"{i:04}", amount_fen=50_000, field=FIELDS[i % 3], street_code=STREETS[i % 2])
        for i in range(1000)
    ]
    assert sum(item.amount_fen for item in earmarks.plan(funds, claims).payments) == 50_000_000
