"""The allocation: never over the budget, the same every time, and monotone; and the money that follows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects.awards import domain as money
from services.projects.decisions import domain
from services.projects.decisions.domain import Candidate

few = settings(max_examples=80, deadline=None)


@st.composite
def rounds(draw: st.DrawFn) -> dict[str, Any]:
    """A round's candidates, budget and rule."""
    count = draw(st.integers(1, 9))
    candidates = [
        Candidate(
            proposal_id=f"prp_{number}",
            amount_fen=draw(st.integers(1, 60)),
            judge_score=Fraction(draw(st.integers(0, 1000)), 10),
            support=draw(st.integers(0, 30)),
            order=str(draw(st.integers(0, 5))),
        )
        for number in range(count)
    ]
    weight = draw(st.sampled_from([0, 30, 50, 100]))
    ties = draw(st.permutations(["judge_score", "support", "lower_amount", "earlier_submission"]))
    allocation = {
        "rule": draw(st.sampled_from(domain.RULES)),
        "judge_weight": 100 - weight,
        "resident_weight": weight,
        "tie_break": ties[: draw(st.integers(1, 4))],
        "minimum_score": draw(st.sampled_from([0, 40])),
        "reserve_limit": draw(st.integers(0, 4)),
    }
    return {
        "candidates": candidates,
        "budget_fen": draw(st.integers(1, 150)),
        "cap_fen": draw(st.integers(20, 60)),
        "allocation": allocation,
        "voters": draw(st.sampled_from([0, 30])),
    }


def decide(case: dict[str, Any]) -> list[domain.Outcome]:
    rest = {name: value for name, value in case.items() if name != "candidates"}
    return domain.allocate(case["candidates"], **rest)


def winners(case: dict[str, Any]) -> set[str]:
    return {item.proposal_id for item in decide(case) if item.outcome == "recommended"}


@given(rounds())
@few
def test_the_winners_never_cost_more_than_the_budget_or_the_cap(case: dict[str, Any]) -> None:
    amounts = {item.proposal_id: item.amount_fen for item in case["candidates"]}
    won = winners(case)
    assert sum(amounts[key] for key in won) <= case["budget_fen"]
    assert all(amounts[key] <= case["cap_fen"] for key in won)


@given(rounds(), st.randoms(use_true_random=False))
@few
def test_the_same_input_gives_the_same_result_in_any_order(case: dict[str, Any], random: Any) -> None:
    shuffled = list(case["candidates"])
    random.shuffle(shuffled)
    assert decide({**case, "candidates": shuffled}) == decide(case)


@given(rounds(), st.integers(0, 8), st.integers(1, 500))
@few
def test_a_better_score_never_turns_a_winner_into_a_loser(case: dict[str, Any], which: int, more: int) -> None:
    which %= len(case["candidates"])
    chosen = case["candidates"][which]
    better = list(case["candidates"])
    better[which] = replace(chosen, judge_score=chosen.judge_score + Fraction(more, 10))
    if chosen.proposal_id in winners(case):
        assert chosen.proposal_id in winners({**case, "candidates": better})


@given(rounds())
@few
def test_every_outcome_is_explained_with_nobody_elses_name(case: dict[str, Any]) -> None:
    amounts = {item.proposal_id: item.amount_fen for item in case["candidates"]}
    for item in decide(case):
        words = domain.explain(item, amount_fen=amounts[item.proposal_id], allocation=case["allocation"], score="1.00")
        assert words["zh"]
        assert words["en"]
        assert "prp_" not in words["zh"] + words["en"]


def test_rank_until_exhausted_stops_where_rank_with_skip_goes_on() -> None:
    scores = {"a": (90, 60), "b": (80, 50), "c": (70, 40)}
    candidates = [
        Candidate(proposal_id=key, amount_fen=amount, judge_score=Fraction(score), support=0, order="")
        for key, (score, amount) in scores.items()
    ]
    allocation = {
        "judge_weight": 100,
        "resident_weight": 0,
        "tie_break": ["judge_score"],
        "minimum_score": 0,
        "reserve_limit": 9,
    }
    case = {"candidates": candidates, "budget_fen": 100, "cap_fen": 100, "voters": 0}
    assert winners({**case, "allocation": {**allocation, "rule": "rank_until_exhausted"}}) == {"a"}
    assert winners({**case, "allocation": {**allocation, "rule": "rank_with_skip"}}) == {"a", "c"}


def test_the_next_reserve_moves_up_by_the_same_rule() -> None:
    outcomes = [
        {"proposal_id": "b", "outcome": "reserve", "rank": 2, "amount_fen": 50},
        {"proposal_id": "c", "outcome": "reserve", "rank": 3, "amount_fen": 20},
    ]
    assert domain.next_reserve(outcomes, free_fen=60, rule="rank_until_exhausted") == "b"
    assert domain.next_reserve(outcomes, free_fen=30, rule="rank_until_exhausted") is None
    assert domain.next_reserve(outcomes, free_fen=30, rule="rank_with_skip") == "c"


@given(st.integers(1, 10**12), st.lists(st.integers(1, 99), min_size=1, max_size=6))
@few
def test_tranches_add_up_to_the_award(amount: int, weights: list[int]) -> None:
    percents = [weight * 100 // sum(weights) for weight in weights]
    percents[-1] += 100 - sum(percents)
    parts = money.shares(amount, percents)
    assert sum(parts) == amount
    assert min(parts) >= 0


@given(st.lists(st.tuples(st.sampled_from(money.KINDS), st.integers(0, 2), st.integers(1, 10**9)), max_size=40))
@few
def test_the_ledger_balances_to_the_fen(postings: list[tuple[str, int, int]]) -> None:
    entries, totals = [], dict.fromkeys(money.KINDS, 0)
    for kind, number, amount in postings:
        debit, credit = money.accounts(kind, funder=f"f{number}", award=f"a{number}")
        entries.append(SimpleNamespace(kind=kind, debit=debit, credit=credit, amount_fen=amount))
        totals[kind] += amount
    balances = money.balances(entries)
    sums = money.money(totals)
    assert sum(balances.values()) == 0
    assert sums["pool_fen"] == sums["disbursed_fen"] - sums["returned_fen"] + sums["remaining_fen"]
    assert balances.get("pool", 0) == sums["uncommitted_fen"]
