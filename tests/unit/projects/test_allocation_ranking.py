"""Rankings: within the budget, monotone, total; and what a loser lacked is exactly what it lacked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from services.projects.allocation import ranking, rules
from services.projects.allocation.ranking import Entrant
from services.projects.allocation.rules import Options
from tests.unit.projects.allocation_cases import Case, cases, election

many = settings(max_examples=150, deadline=None)
RULES = st.sampled_from(ranking.RULES)


@st.composite
def contests(draw: st.DrawFn) -> dict[str, Any]:
    """Entrants with equal scores and costs as a rule rather than an exception."""
    count = draw(st.integers(1, 8))
    entrants = [
        Entrant(
            id=str(number),
            cost=draw(st.integers(0, 12)),
            score=draw(st.integers(0, 6)),
            rank=number,
            excluded=draw(st.integers(0, 7)) == 0,
        )
        for number in range(count)
    ]
    return {
        "entrants": entrants,
        "budget": draw(st.integers(0, 30)),
        "rule": draw(RULES),
        "threshold": draw(st.sampled_from([0, 3])),
    }


def place(case: dict[str, Any]) -> ranking.Ranking:
    return ranking.rank(case["entrants"], budget=case["budget"], rule=case["rule"], threshold=case["threshold"])


def changed(case: dict[str, Any], name: str, **what: Any) -> dict[str, Any]:
    entrants = [replace(item, **what) if item.id == name else item for item in case["entrants"]]
    return {**case, "entrants": entrants}


@given(contests(), st.randoms(use_true_random=False))
@many
def test_winners_fit_reach_the_threshold_and_do_not_depend_on_the_order_given(
    case: dict[str, Any], random: Any
) -> None:
    entrants = {item.id: item for item in case["entrants"]}
    winners = place(case).winners
    assert sum(entrants[name].cost for name in winners) <= case["budget"]
    assert all(entrants[name].score >= case["threshold"] and not entrants[name].excluded for name in winners)
    random.shuffle(case["entrants"])
    assert place(case).winners == winners


@given(contests(), st.integers(0, 7), st.integers(1, 5))
@many
def test_a_better_score_never_turns_a_winner_into_a_loser(case: dict[str, Any], which: int, more: int) -> None:
    item = case["entrants"][which % len(case["entrants"])]
    assume(item.id in place(case).winners)
    assert item.id in place(changed(case, item.id, score=item.score + more)).winners


@given(contests())
@many
def test_with_skip_nothing_that_still_fits_is_left_out(case: dict[str, Any]) -> None:
    made = place({**case, "rule": "greedy"})
    entrants = {item.id: item for item in case["entrants"]}
    left = case["budget"] - sum(entrants[name].cost for name in made.winners)
    for lost in set(entrants) - set(made.winners):
        item = entrants[lost]
        assert item.excluded or item.score < case["threshold"] or item.cost > left


@given(contests())
@many
def test_without_skip_the_winners_are_the_head_of_the_ranking(case: dict[str, Any]) -> None:
    made = place({**case, "rule": "greedy_no_skip"})
    running = [one for one in made.places if one.why not in {"excluded", "below_threshold"}]
    won = [one.won for one in running]
    assert won == sorted(won, reverse=True)


@given(contests())
@settings(max_examples=400, deadline=None)
def test_what_would_have_won_would_have_won_and_nothing_less(case: dict[str, Any]) -> None:
    made = place(case)
    for lost in made.places:
        if lost.won:
            continue
        needs = ranking.needs(made, lost.id, threshold=case["threshold"])
        item = next(one for one in case["entrants"] if one.id == lost.id)
        wins = [score for score in range(12) if score >= item.score and lost.id in _with(case, lost.id, score=score)]
        if needs.score is None:
            assert not wins
        else:
            assert min(wins) == needs.score + (1 if needs.strictly else 0)
        if needs.cost is not None:
            assert needs.cost < item.cost
            assert lost.id in _with(case, lost.id, cost=needs.cost)
            assert lost.id not in _with(case, lost.id, cost=needs.cost + 1)
        elif not item.excluded:
            assert lost.id not in _with(case, lost.id, cost=0)


def _with(case: dict[str, Any], name: str, **what: Any) -> list[str]:
    return place(changed(case, name, **what)).winners


@given(cases(points=5), RULES)
@many
def test_projects_are_ranked_by_their_points_summed_and_ties_go_by_file_order(case: Case, rule: str) -> None:
    made = election(case, approval=False)
    result = rules.decide(made, Options(rule=rule))
    totals = {name: sum(ballot.get(name, 0) for ballot in case[1]) for name in case[0]}
    places = sorted(result.explanations, key=lambda name: int(result.explanations[name]["rank"]))
    assert places == sorted(case[0], key=lambda name: -totals[name])
    assert all(result.explanations[name]["score"] == totals[name] for name in totals)


def test_rank_until_exhausted_stops_where_rank_with_skip_goes_on() -> None:
    case: Case = ({"a": 60, "b": 50, "c": 40}, [{"a": 3, "b": 2, "c": 1}], 100)
    made = election(case, approval=False)
    assert rules.decide(made, Options(rule="rank_until_exhausted")).selected == ["a"]
    assert rules.decide(made, Options(rule="rank_with_skip")).selected == ["a", "c"]
    assert rules.decide(made, Options(rule="threshold", threshold=2)).selected == ["a"]
