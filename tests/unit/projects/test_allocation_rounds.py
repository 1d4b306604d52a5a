"""A round's decision: within the budget, the same every time, monotone, explained; pots, partial awards, bundles."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.projects import fingerprint
from services.projects.allocation import bundle, changes, decide, frozen, pabulib, rounds
from services.projects.allocation.model import AllocationError

few = settings(max_examples=60, deadline=None)
BASE: dict[str, Any] = {
    "judge_weight": 100,
    "resident_weight": 0,
    "tie_break": ["judge_score", "lower_amount"],
    "minimum_score": 0,
    "reserve_limit": 9,
}


def candidate(name: str, yuan: int, score: object, support: int = 0, **more: Any) -> dict[str, Any]:
    made = {"proposal_id": name, "amount_fen": yuan * 100, "judge_score": str(score), "support": support, "order": name}
    return {**made, "field": None, "street_code": None, "barred": None, **more}


def round_of(
    candidates: list[dict[str, Any]], yuan: int, *ballots: dict[str, int], **allocation: Any
) -> dict[str, Any]:
    return {
        "rules_hash": "",
        "allocation": {**BASE, **allocation},
        "budget_fen": yuan * 100,
        "cap_fen": 10**9,
        "voters": len(ballots),
        "full_points": 1,
        "candidates": candidates,
        "ballots": list(ballots),
        "salt": "00",
    }


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """A round's candidates, ballots, budget and rule."""
    names = [f"prp_{number}" for number in range(draw(st.integers(1, 7)))]
    ballot = st.sets(st.sampled_from(names), max_size=3).map(lambda chosen: dict.fromkeys(sorted(chosen), 1))
    ballots = draw(st.lists(ballot, min_size=1, max_size=8))
    candidates = [
        candidate(
            name,
            draw(st.integers(1, 60)),
            f"{draw(st.integers(0, 1000))}/10",
            sum(name in ballot for ballot in ballots),
            order=str(draw(st.integers(0, 3))),
            barred=draw(st.sampled_from([None, None, None, "organisation_in_breach"])),
        )
        for name in names
    ]
    weight = draw(st.sampled_from([0, 30, 100]))
    made = round_of(
        candidates,
        draw(st.integers(1, 150)),
        *ballots,
        rule=draw(st.sampled_from(rounds.RULES)),
        judge_weight=100 - weight,
        resident_weight=weight,
        tie_break=draw(st.permutations(["judge_score", "support", "lower_amount", "earlier_submission"])),
        minimum_score=draw(st.sampled_from([0, 40])),
        reserve_limit=draw(st.integers(0, 4)),
        completion=draw(st.sampled_from(["none", "add1", "greedy"])),
        partial_percent=draw(st.sampled_from([0, 50])),
        pots=draw(
            st.sampled_from(
                [
                    None,
                    {"judge_percent": 60, "first": "judges", "judge_rule": "knapsack", "resident_rule": "equal_shares"},
                    {
                        "judge_percent": 30,
                        "first": "residents",
                        "judge_rule": "rank_with_skip",
                        "resident_rule": "threshold",
                    },
                ]
            )
        ),
    )
    return {**made, "cap_fen": draw(st.integers(20, 60)) * 100}


def winners(case: dict[str, Any]) -> set[str]:
    return {row["proposal_id"] for row in rounds.decide_round(case) if row["outcome"] == "recommended"}


@given(cases())
@few
def test_winners_fit_the_budget_the_cap_and_the_minimum_and_are_not_barred(case: dict[str, Any]) -> None:
    rows = rounds.decide_round(case)
    asked = {item["proposal_id"]: item for item in case["candidates"]}
    won = [row for row in rows if row["outcome"] == "recommended"]
    assert sum(row["amount_fen"] for row in won) <= case["budget_fen"]
    for row in won:
        item = asked[row["proposal_id"]]
        assert item["amount_fen"] <= case["cap_fen"]
        assert item["barred"] is None
        assert float(row["combined"]) >= case["allocation"]["minimum_score"]
        assert row["amount_fen"] == item["amount_fen"] or (
            row["reason"] == "partial" and 2 * row["amount_fen"] >= item["amount_fen"] > row["amount_fen"]
        )
    assert sum(row["outcome"] == "reserve" for row in rows) <= case["allocation"]["reserve_limit"]


@given(cases(), st.randoms(use_true_random=False))
@few
def test_the_same_input_gives_the_same_result_in_any_order(case: dict[str, Any], random: Any) -> None:
    shuffled = copy.deepcopy(case)
    random.shuffle(shuffled["candidates"])
    random.shuffle(shuffled["ballots"])
    assert rounds.decide_round(shuffled) == rounds.decide_round(case)
    assert rounds.decide_round(json.loads(json.dumps(case))) == rounds.decide_round(case)


@given(cases(), st.sampled_from(["rank_until_exhausted", "rank_with_skip", "threshold"]), st.integers(1, 500))
@few
def test_a_better_score_never_turns_a_winner_of_a_ranking_into_a_loser(
    case: dict[str, Any], rule: str, more: int
) -> None:
    case["allocation"] |= {"rule": rule, "pots": None, "partial_percent": 0}
    won = winners(case)
    for item in case["candidates"]:
        better = copy.deepcopy(case)
        for other in better["candidates"]:
            if other["proposal_id"] == item["proposal_id"]:
                other["judge_score"] = str(Fraction(item["judge_score"]) + Fraction(more, 10))
        assert item["proposal_id"] not in won or item["proposal_id"] in winners(better)


@given(cases())
@few
def test_every_outcome_is_explained_in_two_languages_and_names_no_other(case: dict[str, Any]) -> None:
    for row in rounds.decide_round(case):
        assert row["explanation"]["zh"]
        assert row["explanation"]["en"]
        assert "prp_" not in json.dumps({"words": row["explanation"], "figures": row["figures"]})


def test_rank_until_exhausted_stops_where_rank_with_skip_goes_on() -> None:
    three = [candidate("a", 60, 90), candidate("b", 50, 80), candidate("c", 40, 70)]
    assert winners(round_of(three, 100, rule="rank_until_exhausted")) == {"a"}
    assert winners(round_of(three, 100, rule="rank_with_skip")) == {"a", "c"}
    assert winners(round_of(three, 100, rule="threshold", minimum_score=75)) == {"a"}
    assert winners(round_of(three, 90, rule="knapsack")) == {"b", "c"}


def test_rounds_frozen_before_the_new_parameters_are_decided_as_they_were() -> None:
    old = round_of([candidate("a", 60, 90), candidate("b", 50, 80)], 100, rule="rank_with_skip")
    del old["full_points"]
    rows = rounds.decide_round(old)
    assert [(row["outcome"], row["rank"], row["combined"]) for row in rows] == [
        ("recommended", 1, "90.00"),
        ("reserve", 2, "80.00"),
    ]


def test_judges_and_residents_weigh_as_frozen() -> None:
    two = [candidate("a", 60, 90, support=0), candidate("b", 60, 60, support=2)]
    ballots = ({"b": 1}, {"b": 1})
    assert winners(round_of(two, 60, *ballots, rule="rank_with_skip", judge_weight=80, resident_weight=20)) == {"a"}
    assert winners(round_of(two, 60, *ballots, rule="rank_with_skip", judge_weight=70, resident_weight=30)) == {"b"}


def test_two_pots_decide_one_after_the_other_and_the_second_takes_what_is_left() -> None:
    four = [candidate("a", 50, 95), candidate("b", 40, 90), candidate("c", 40, 20, 3), candidate("d", 30, 10, 1)]
    ballots = ({"c": 1}, {"c": 1}, {"c": 1}, {"d": 1})
    pots = {"judge_percent": 60, "first": "judges", "judge_rule": "rank_with_skip", "resident_rule": "rank_with_skip"}
    made = round_of(four, 100, *ballots, rule="rank_with_skip", pots=pots)
    rows = {row["proposal_id"]: row for row in rounds.decide_round(made)}
    assert {name for name, row in rows.items() if row["outcome"] == "recommended"} == {"a", "c"}
    assert (rows["a"]["figures"]["pot"], rows["c"]["figures"]["pot"]) == ("judges", "residents")
    swapped = round_of(four, 100, *ballots, rule="rank_with_skip", pots={**pots, "first": "residents"})
    assert winners(swapped) == {"a", "c"}


def test_the_rest_may_fund_one_proposal_in_part_down_to_the_stated_share() -> None:
    two = [candidate("a", 60, 90), candidate("b", 50, 80)]
    rows = rounds.decide_round(round_of(two, 100, rule="rank_until_exhausted", partial_percent=80))
    assert [(row["outcome"], row["amount_fen"]) for row in rows] == [("recommended", 6000), ("recommended", 4000)]
    assert winners(round_of(two, 100, rule="rank_until_exhausted", partial_percent=81)) == {"a"}


def test_equal_shares_counts_ballots_and_judges_say_who_is_worthy() -> None:
    three = [candidate("a", 50, 10, 4), candidate("b", 50, 90, 3), candidate("c", 30, 80, 2)]
    ballots = (*({"a": 1, "b": 1},) * 3, {"a": 1}, {"c": 1}, {"c": 1})
    assert winners(round_of(three, 100, *ballots, rule="equal_shares")) == {"a", "c"}
    assert winners(round_of(three, 100, *ballots, rule="equal_shares", minimum_score=50)) == {"b", "c"}


def test_minimums_and_caps_hold_for_fields_and_streets() -> None:
    four = [
        candidate("a", 50, 90, field="elder_care", street_code="370211001"),
        candidate("b", 50, 80, field="elder_care", street_code="370211002"),
        candidate("c", 50, 40, field="culture", street_code="370211001"),
        candidate("d", 50, 30, field="culture", street_code="370211002"),
    ]
    least = {"kind": "field", "code": "culture", "minimum_fen": 5000}
    most = {"kind": "street", "code": "370211001", "cap_fen": 5000}
    assert winners(round_of(four, 100, rule="knapsack")) == {"a", "b"}
    assert winners(round_of(four, 100, rule="knapsack", limits=[least])) == {"a", "c"}
    assert winners(round_of(four, 100, rule="knapsack", limits=[least, most])) == {"a", "d"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rule": "equal_shares"}, "residents' vote"),
        ({"pots": {"judge_rule": "equal_shares", "resident_rule": "rank_with_skip"}}, "judges' pot"),
        ({"limits": [{"kind": "field", "code": "a", "cap_fen": 1}]}, "belong to the knapsack"),
        ({"rule": "threshold"}, "needs one"),
        ({"rule": "knapsack", "limits": [{"kind": "field", "code": "a", "minimum_fen": 101}]}, "within the budget"),
        ({"rule": "knapsack", "limits": [{"kind": "field", "code": "a", "minimum_fen": 9, "cap_fen": 1}]}, "below"),
        ({"rule": "knapsack", "limits": [{"kind": "field", "code": "a", "cap_fen": 1}] * 2}, "one line"),
    ],
)
def test_rules_that_contradict_themselves_are_not_frozen(changes: dict[str, Any], words: str) -> None:
    rules = {"allocation": {**BASE, "rule": "rank_with_skip", **changes}, "has_vote": False, "budget_fen": 100}
    assert any(words in problem for problem in frozen.problems(rules))


def test_sound_rules_have_no_problems() -> None:
    pots = {"judge_percent": 50, "judge_rule": "knapsack", "resident_rule": "equal_shares"}
    rules = {"allocation": {**BASE, "rule": "rank_with_skip", "pots": pots}, "has_vote": True, "budget_fen": 100}
    assert frozen.problems(rules) == []


# audit bundles ----------------------------------------------------------------------------------------------------


def packed(case: dict[str, Any], **by_hand: Any) -> dict[str, Any]:
    """A bundle as the service composes it, after a journey through JSON."""
    rules = {"allocation": case["allocation"], "budget_fen": case["budget_fen"], "cap_fen": case["cap_fen"]}
    case = {**case, "rules_hash": fingerprint.of(rules)}
    rows = rounds.decide_round(case)
    overrides, revisions = by_hand.get("overrides", []), by_hand.get("revisions", [])
    after = rows
    for override in overrides:
        after = changes.overridden(after, override["changes"])
    for revision in revisions:
        after = changes.revised(after, **revision)
    made = bundle.compose(
        about={"round_id": "rnd_1", "name": "演示", "district_code": "370211"},
        frozen=rules,
        inputs=case,
        computed=changes.result_of(rows),
        overrides=overrides,
        revisions=revisions,
        result=changes.result_of(after),
    )
    through: dict[str, Any] = json.loads(json.dumps(made))
    return through


def example() -> dict[str, Any]:
    three = [candidate("a", 60, 90), candidate("b", 50, 80), candidate("c", 40, 70)]
    return round_of(three, 100, {"a": 1}, {"b": 1, "c": 1}, rule="rank_with_skip")


@given(cases())
@few
def test_a_bundle_recomputes_to_what_it_publishes(case: dict[str, Any]) -> None:
    report = bundle.check(packed(case)).report
    assert report["equal"], report["checks"]
    assert set(report["selected"]) == winners(case)


TAMPERED: list[Any] = [
    lambda made: made["inputs"]["candidates"][0].update(judge_score="1"),
    lambda made: made["inputs"]["candidates"][0].update(amount_fen=1),
    lambda made: made["inputs"]["ballots"].pop(),
    lambda made: made["inputs"].update(budget_fen=10**9),
    lambda made: made["inputs"]["allocation"].update(rule="knapsack"),
    lambda made: made["rules"].update(budget_fen=1),
    lambda made: made.update(rules_hash="0" * 64),
    lambda made: made["computed"][0].update(outcome="reserve"),
    lambda made: made["result"][0].update(outcome="reserve"),
    lambda made: made["result"][0].update(amount_fen=1),
    lambda made: made.update(result_hash="0" * 64),
    lambda made: made.update(sealed_hash="0" * 64),
    lambda made: made["overrides"].append({"changes": [{"proposal_id": "a", "outcome": "reserve"}]}),
    lambda made: made["revisions"].append({"declined": "a", "promoted": None}),
    lambda made: made["inputs"].update(salt="01"),
]


@pytest.mark.parametrize("tamper", TAMPERED)
def test_a_bundle_that_was_tampered_with_is_not_equal(tamper: Any, tmp_path: Path, capsys: Any) -> None:
    made = packed(example())
    tamper(made)
    assert not bundle.check(made).report["equal"]
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    assert decide.main([str(file), "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["equal"] is False


def changed_by_hand() -> dict[str, Any]:
    changes = [{"proposal_id": "a", "outcome": "not_recommended"}, {"proposal_id": "b", "outcome": "recommended"}]
    return packed(
        example(),
        overrides=[{"reason": "理由（演示）", "changes": changes, "signed_at": "2026-01-01T00:00:00+00:00"}],
        revisions=[{"declined": "b", "promoted": "c"}],
    )


def places_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a document, the whole itself left out."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from places_of(inner, (*path, key))


def complaints(made: dict[str, Any]) -> list[str]:
    """What a person reads of a bundle that is not as it was."""
    try:
        report = bundle.check(made).report
    except AllocationError as error:
        return str(error).splitlines()[:1]
    return [] if report["equal"] else [line["zh"] for line in report["differences"]]


REMOVED = object()
CHANGED = [None, True, -1, 10**40, float("inf"), "x", [], {}]


@pytest.mark.parametrize("new", [REMOVED, *CHANGED], ids=["removed", *map(repr, CHANGED)])
def test_whatever_is_changed_or_taken_out_of_a_bundle_is_named(new: Any) -> None:
    whole = changed_by_hand()
    assert bundle.check(whole).report["differences"] == []
    for path in places_of(whole):
        made = copy.deepcopy(whole)
        inside = made
        for key in path[:-1]:
            inside = inside[key]
        if new is REMOVED:
            del inside[path[-1]]
        elif inside[path[-1]] == new:
            continue
        else:
            inside[path[-1]] = new
        assert complaints(made), path


def test_a_difference_names_the_part_the_proposal_and_both_values(tmp_path: Path, capsys: Any) -> None:
    made = packed(example())
    made["result"][0].update(outcome="reserve")
    made["overrides"].append({"reason": "无", "changes": [], "signed_at": None})
    made["remark"] = "added"
    said = {line["part"]: line for line in bundle.check(made).report["differences"]}
    assert set(said) == {"result", "result_hash", "overrides", "keys"}
    assert said["result"]["proposal_id"] == "a"
    assert "outcome=reserve" in said["result"]["en"]
    assert "outcome=recommended" in said["result"]["en"]
    assert "remark" in said["keys"]["zh"]
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    assert decide.main([str(file)]) == 1
    assert said["overrides"]["zh"] in capsys.readouterr().out


def test_bundles_of_the_first_version_are_still_read() -> None:
    first = {key: value for key, value in packed(example()).items() if key != "parts"} | {"version": 1}
    assert bundle.check(first).report["equal"]
    assert not bundle.check({**first, "parts": {}}).report["equal"]


def test_overrides_and_upheld_objections_are_part_of_the_recomputation(tmp_path: Path, capsys: Any) -> None:
    made = changed_by_hand()
    assert [row["outcome"] for row in made["computed"]] == ["recommended", "reserve", "recommended"]
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(made), encoding="utf-8")
    assert decide.main([str(file)]) == 0
    assert "一致" in capsys.readouterr().out
    report = bundle.check(made).report
    assert (report["equal"], report["selected"]) == (True, ["c"])


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: [],
        lambda made: {},
        lambda made: {**made, "version": 3},
        lambda made: {key: value for key, value in made.items() if key != "inputs"},
        lambda made: {**made, "inputs": []},
        lambda made: {**made, "inputs": {**made["inputs"], "candidates": [{}]}},
        lambda made: {**made, "inputs": {**made["inputs"], "allocation": {**BASE, "rule": "magic"}}},
        lambda made: {**made, "inputs": {**made["inputs"], "candidates": [candidate("a", 1, "1e999999999")]}},
        lambda made: {**made, "overrides": [1]},
        lambda made: {**made, "computed": None, "result": None, "rules": None},
    ],
)
def test_what_is_no_bundle_is_refused_with_a_code(spoil: Any, tmp_path: Path, capsys: Any) -> None:
    spoilt = spoil(packed(example()))
    with pytest.raises(AllocationError):
        bundle.check(spoilt)
    file = tmp_path / "bundle.json"
    file.write_text(json.dumps(spoilt), encoding="utf-8")
    assert decide.main([str(file)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_the_ballots_of_a_bundle_can_be_written_as_a_pabulib_file(tmp_path: Path, capsys: Any) -> None:
    file, to = tmp_path / "bundle.json", tmp_path / "round.pb"
    file.write_text(json.dumps(packed(example())), encoding="utf-8")
    assert decide.main([str(file), "--write", str(to)]) == 0
    document = pabulib.parse(to.read_text(encoding="utf-8"))
    assert pabulib.election_of(document).scores == {"a": 1, "b": 1, "c": 1}
    assert pabulib.official(document) == {"a", "c"}
    assert capsys.readouterr().out
