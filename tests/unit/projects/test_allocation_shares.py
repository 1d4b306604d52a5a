"""Equal Shares: who pays what, what proportionality it keeps, and that speed changed nothing."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.projects.allocation import checks, completion, margins, rules, shares
from services.projects.allocation.rules import Options
from tests.unit.projects.allocation_cases import Case, cases, election, naive_add1, naive_shares

many = settings(max_examples=150, deadline=None)
UTILITIES = st.sampled_from(shares.UTILITIES)


def market(case: Case, utility: str) -> shares.Market:
    made = election(case, approval=all(points == 1 for ballot in case[1] for points in ballot.values()))
    return shares.market(made, utility=utility, ranks={name: rank for rank, name in enumerate(sorted(case[0]))})


def run(case: Case, utility: str, *, trace: bool = False) -> shares.Run:
    return shares.run(market(case, utility), Fraction(case[2], len(case[1])), trace=trace)


@given(cases(points=4), UTILITIES)
@many
def test_the_fast_rule_buys_what_the_definition_buys_in_the_same_order(case: Case, utility: str) -> None:
    bought, left = naive_shares(case, utility, Fraction(case[2], len(case[1])))
    made = run(case, utility)
    assert made.bought == bought
    counted = sum(count for count in election(case).groups.values())
    groups = list(election(case, approval=False).groups.values())
    total = sum(Fraction(purse * count, made.denominator) for purse, count in zip(made.purses, groups, strict=True))
    assert counted == len(case[1])
    assert total == sum(left)


@given(cases(points=3, voters=40), UTILITIES)
@many
def test_larger_elections_too(case: Case, utility: str) -> None:
    assert run(case, utility).bought == naive_shares(case, utility, Fraction(case[2], len(case[1])))[0]


def check_payments(case: Case, utility: str, given_market: shares.Market, made: shares.Run, purse: Fraction) -> None:
    """Only supporters pay, in proportion to what they gain or all they have, within their share; sums are exact."""
    ballots = list(election(case, approval=False).groups.items())
    gains = {"cost": case[0], "cardinality": dict.fromkeys(case[0], 1)}
    spent = dict.fromkeys(range(len(ballots)), Fraction(0))
    for step in made.steps:
        paid = shares.payments(given_market, step)
        assert sum(paid[group] * ballots[group][1] for group in paid) == case[0][step.project_id]
        for group, amount in paid.items():
            points = dict(ballots[group][0])[step.project_id]
            gain = points if utility == "points" else gains[utility][step.project_id]
            before = purse - spent[group]
            assert points > 0
            assert amount == min(before, step.rate * gain)
            spent[group] += amount
            assert spent[group] <= purse


@given(cases(points=3), UTILITIES)
@many
def test_only_supporters_pay_within_their_shares_and_the_sums_are_exact(case: Case, utility: str) -> None:
    purse = Fraction(case[2], len(case[1]))
    check_payments(case, utility, market(case, utility), run(case, utility, trace=True), purse)


@given(cases(projects=6, voters=9), st.sampled_from(["cost", "cardinality"]), st.sampled_from(completion.COMPLETIONS))
@many
def test_approval_results_satisfy_ejr_plus_up_to_any_project(case: Case, utility: str, how: str) -> None:
    made = election(case)
    result = rules.decide(made, Options(rule="equal_shares", utility=utility, completion=how))
    assert checks.ejr_plus(made, result.selected, utility=utility) is None


def test_a_ranking_can_fail_ejr_plus_and_the_check_sees_it() -> None:
    ballots = [{"a": 1, "b": 1}] * 6 + [{"c": 1}] * 4
    case: Case = ({"a": 50, "b": 50, "c": 40}, ballots, 100)
    greedy = rules.decide(election(case), Options(rule="greedy"))
    assert greedy.selected == ["a", "b"]
    assert checks.ejr_plus(election(case), greedy.selected, utility="cost") == "c"
    assert "c" in rules.decide(election(case), Options(rule="equal_shares")).selected


@given(cases(points=3), UTILITIES)
@many
def test_a_run_whose_payments_were_tampered_with_is_found_out(case: Case, utility: str) -> None:
    purse, where = Fraction(case[2], len(case[1])), market(case, utility)
    made = run(case, utility, trace=True)
    assert checks.payments_hold(where, made, purse)
    assume(made.steps)
    dearer = made.steps[0]._replace(price=made.steps[0].price * Fraction(1, 2))
    assert not checks.payments_hold(where, made._replace(steps=[dearer, *made.steps[1:]]), purse)


@given(cases(points=3, projects=5, voters=5), UTILITIES, st.sampled_from(completion.STOPS), st.integers(1, 3))
@settings(max_examples=100, deadline=None)
def test_add1_equals_the_definition_step_by_step(case: Case, utility: str, stop: str, increment: int) -> None:
    where = market(case, utility)
    done = completion.complete(where, budget=case[2], completion="add1", stop=stop, increment=increment)
    assert done.selected == naive_add1(case, utility, stop, increment)


@given(cases(points=3, projects=6, voters=6), UTILITIES, st.sampled_from(completion.STOPS), st.integers(20, 60))
@settings(max_examples=120, deadline=None)
def test_what_a_standstill_passes_over_is_what_step_by_step_comes_to(
    case: Case, utility: str, stop: str, times: int
) -> None:
    costs, ballots, budget = case
    where = market(({name: cost * times for name, cost in costs.items()}, ballots, budget), utility)
    ended = []
    for patience in (1, 10**9):  # proving at every step, and never
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(completion, "PATIENCE", patience)
            ended.append(completion.add1(where, budget=budget * times, stop=stop, increment=1))
    assert ended[0] == ended[1]


def test_a_few_voters_with_much_money_are_decided_in_few_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    costs = {"a": 3_100_017, "b": 2_400_011, "c": 4_700_003, "d": 900_001, "e": 2_800_019}
    ballots = [{"a": 1, "b": 2}, {"b": 1, "c": 3}, {"c": 1, "d": 1}, {"a": 2, "e": 1}, {"e": 5, "d": 1}]
    where, runs = market((costs, ballots, 12_000_000), "points"), []
    plain = shares.run
    monkeypatch.setattr(shares, "run", lambda *args, **named: runs.append(1) or plain(*args, **named))
    done = completion.complete(where, budget=12_000_000, completion="add1", stop="over_budget", increment=1)
    assert len(runs) < 500
    assert sum(costs[name] for name in done.selected) <= 12_000_000
    monkeypatch.undo()
    more = shares.run(where, done.purse + 1).bought  # the definition stops at exactly this purse
    assert sum(costs[name] for name in more) > 12_000_000 or set(more) == set(costs)


def test_steps_that_cannot_matter_are_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    case: Case = ({"a": 10, "b": 100_000}, [{"a": 1}, {"a": 1}, {"b": 1}], 200_000)
    where, runs = market(case, "cost"), []
    plain = shares.run
    monkeypatch.setattr(shares, "run", lambda *args, **named: runs.append(1) or plain(*args, **named))
    done = completion.complete(where, budget=200_000, completion="add1", stop="over_budget", increment=1)
    assert done.selected == ["a", "b"]
    assert done.purse == Fraction(200_000, 3) + 33_334
    assert len(runs) < 6


@given(cases(points=3), UTILITIES, st.randoms(use_true_random=False))
@many
def test_the_order_of_the_ballots_does_not_matter(case: Case, utility: str, random: Any) -> None:
    shuffled = list(case[1])
    random.shuffle(shuffled)
    assert run((case[0], shuffled, case[2]), utility).bought == run(case, utility).bought


@given(cases(points=3), UTILITIES, st.integers(2, 5))
@many
def test_more_of_every_voter_and_of_money_changes_nothing(case: Case, utility: str, times: int) -> None:
    costs, ballots, budget = case
    larger = {name: cost * times for name, cost in costs.items()}
    assert run((larger, ballots * times, budget * times), utility).bought == run(case, utility).bought


def with_voters(case: Case, utility: str, name: str, more: int) -> list[str]:
    """What is bought when more supporters of one project bring a whole purse each."""
    costs, ballots, budget = case
    purse = Fraction(budget, len(ballots))
    where = market((costs, [*ballots, *([{name: 1}] * more)], budget), utility)
    return shares.run(where, purse).bought


@given(cases(points=2, projects=5), UTILITIES)
@settings(max_examples=200, deadline=None)
def test_what_would_have_won_would_have_won_and_nothing_less(case: Case, utility: str) -> None:
    costs, ballots, budget = case
    assume(budget > 0)
    where, made, purse = market(case, utility), run(case, utility, trace=True), Fraction(budget, len(ballots))
    for name in set(where.buckets) - set(made.bought):
        lacking = margins.margin(where, made, name, purse=purse)
        assert lacking.cost < costs[name]
        assert name in with_voters(case, utility, name, lacking.voters)
        assert name not in with_voters(case, utility, name, lacking.voters - 1)
        assert name not in run(({**costs, name: lacking.cost + 1}, ballots, budget), utility).bought
        if lacking.cost:
            assert name in run(({**costs, name: lacking.cost}, ballots, budget), utility).bought


@given(cases(points=3))
@many
def test_every_rule_stays_within_the_budget_and_explains_every_project(case: Case) -> None:
    made = election(case, approval=False)
    for how in completion.COMPLETIONS:
        result = rules.decide(made, Options(rule="equal_shares", completion=how))
        assert result.cost == sum(case[0][name] for name in result.selected) <= case[2]
        assert set(result.explanations) == set(case[0])
        assert {name for name, why in result.explanations.items() if why["selected"]} == set(result.selected)
        assert all(why["zh"] and why["en"] for why in result.explanations.values())


def test_poor_supporters_give_all_they_have_and_the_rich_pay_the_rest() -> None:
    case: Case = ({"a": 8, "b": 12}, [{"a": 1}, {"a": 1, "b": 1}, {"b": 1}, {"b": 1}], 24)
    made = run(case, "cost", trace=True)
    paid = {step.project_id: shares.payments(market(case, "cost"), step) for step in made.steps}
    assert made.bought == ["b", "a"]
    assert set(paid["b"].values()) == {4}
    assert sorted(paid["a"].values()) == [2, 6]


def test_greedy_completion_takes_the_most_wanted_that_still_fits() -> None:
    ballots = [{"a": 1}] * 5 + [{"b": 1}] * 3 + [{"c": 1}] * 2
    case: Case = ({"a": 40, "b": 60, "c": 30}, ballots, 100)
    made = election(case)
    assert rules.decide(made, Options(rule="equal_shares")).selected == ["a"]
    assert rules.decide(made, Options(rule="equal_shares", completion="greedy")).selected == ["a", "b"]


def test_nobody_voted_so_nothing_is_bought() -> None:
    made = election(({"a": 1}, [], 10))
    result = rules.decide(made, Options(rule="equal_shares", completion="add1"))
    assert result.selected == []
    assert result.explanations["a"]["reason"] == "unsupported"


def test_what_is_free_and_supported_is_bought_unless_it_is_worth_its_cost() -> None:
    made = election(({"1": 0, "2": 0, "3": 9}, [{"1": 1}, {"3": 1}], 4))
    for utility, bought in (("cost", []), ("cardinality", ["1"]), ("points", ["1"])):
        found = rules.decide(made, Options(rule="equal_shares", utility=utility))
        assert (found.selected, found.cost) == (bought, 0)
        assert found.explanations["1"]["reason"] == ("free" if bought else "unsupported")
        assert found.explanations["2"]["reason"] == "unsupported"
    assert rules.decide(made, Options(rule="equal_shares", utility="points", completion="greedy")).selected[0] == "1"
