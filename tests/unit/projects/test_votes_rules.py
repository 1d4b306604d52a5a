"""A vote's rules: what a ballot may say and what is made of it, who may vote, what small numbers show, and the tree."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import InvalidError
from contracts.projects.rules_vote import VoteRules
from services.projects.trail import merkle, verify, verify_ballot
from services.projects.votes import domain, receipts
from services.projects.votes import rules as voting

few = settings(max_examples=120, deadline=None)
IDS = [f"prp_{number}" for number in range(6)]


@st.composite
def all_rules(draw: st.DrawFn) -> dict[str, Any]:
    limit = draw(st.integers(1, 6))
    total = draw(st.integers(1, 12))
    positions = sorted(draw(st.lists(st.integers(1, 9), min_size=limit, max_size=limit)), reverse=True)
    given = {
        "method": draw(st.sampled_from(["approval", "points", "ranking"])),
        "choices_limit": limit,
        "points_total": total,
        "points_each": draw(st.integers(1, total)),
        "scoring": draw(st.sampled_from(["borda", "positional"])),
        "positions": positions,
    }
    return voting.completed(given, approvals_limit=3)


@st.composite
def ballots(draw: st.DrawFn, rules: dict[str, Any]) -> dict[str, Any]:
    """A ballot that the rules accept."""
    named = draw(st.lists(st.sampled_from(IDS), min_size=1, max_size=rules["choices_limit"], unique=True))
    if rules["method"] != "points":
        return {"proposal_ids": named}
    points, left = {}, rules["points_total"]
    for one in named:
        if left:
            points[one] = draw(st.integers(1, min(left, rules["points_each"])))
            left -= points[one]
    return {"points": points}


@given(st.data())
@few
def test_a_valid_ballot_is_stored_in_one_spelling_and_counted_within_the_rules(data: st.DataObject) -> None:
    rules = data.draw(all_rules())
    filled = data.draw(ballots(rules))
    choice = voting.check_choice(rules, IDS, **filled)
    again = {"points": choice} if isinstance(choice, dict) else {"proposal_ids": choice}
    assert voting.check_choice(rules, IDS, **again) == choice
    points = voting.points_of(rules, choice, IDS)
    assert list(points) == sorted(points)
    assert set(points) == set(filled.get("points") or filled.get("proposal_ids") or [])
    assert all(0 < number <= voting.most(rules, len(IDS)) for number in points.values())
    if rules["method"] == "points":
        assert sum(points.values()) <= rules["points_total"]
    if rules["method"] == "approval":
        assert set(points.values()) == {1}
    if rules["method"] == "ranking":
        ordered = [points[one] for one in choice]
        assert ordered == sorted(ordered, reverse=True)


@given(st.data())
@few
def test_an_approval_says_the_same_in_any_order_and_a_ranking_does_not(data: st.DataObject) -> None:
    named = data.draw(st.lists(st.sampled_from(IDS), min_size=2, max_size=6, unique=True))
    approval = voting.completed({"method": "approval"}, approvals_limit=6)
    ranking = voting.completed({"method": "ranking"}, approvals_limit=6)
    spelt = {json.dumps(voting.check_choice(approval, IDS, proposal_ids=order)) for order in (named, named[::-1])}
    assert len(spelt) == 1
    assert voting.check_choice(ranking, IDS, proposal_ids=named) == named


@given(st.data())
@few
def test_a_withdrawn_proposal_gets_nothing_and_nobody_loses_by_it(data: st.DataObject) -> None:
    rules = data.draw(all_rules())
    choice = voting.check_choice(rules, IDS, **data.draw(ballots(rules)))
    gone = data.draw(st.sampled_from(IDS))
    standing = [one for one in IDS if one != gone]
    before, after = voting.points_of(rules, choice, IDS), voting.points_of(rules, choice, standing)
    assert set(after) == set(before) - {gone}
    if rules["method"] != "ranking":
        assert after == {one: number for one, number in before.items() if one != gone}
    order = [one for one in before if one != gone]
    for left in order:
        for right in order:
            assert (before[left] < before[right]) <= (after[left] <= after[right])


def test_borda_gives_the_first_of_n_proposals_n_points() -> None:
    rules = voting.completed({"method": "ranking", "choices_limit": 3}, approvals_limit=1)
    assert voting.points_of(rules, ["prp_2", "prp_0"], IDS) == {"prp_0": 5, "prp_2": 6}
    assert voting.points_of(rules, ["prp_2", "prp_0"], IDS[:2]) == {"prp_0": 2}


@pytest.mark.parametrize(
    ("filled", "code"),
    [
        ({}, "ballot_invalid"),
        ({"points": {"prp_0": 1}}, "ballot_invalid"),
        ({"proposal_ids": ["prp_0"], "points": {"prp_0": 1}}, "ballot_invalid"),
        ({"proposal_ids": ["prp_0", "prp_0"]}, "ballot_unknown_proposal"),
        ({"proposal_ids": ["prp_9"]}, "ballot_unknown_proposal"),
        ({"proposal_ids": ["prp_0", "prp_1", "prp_2"]}, "ballot_too_many_choices"),
    ],
)
def test_what_is_wrong_with_a_ballot_has_a_code(filled: dict[str, Any], code: str) -> None:
    rules = voting.completed(None, approvals_limit=2)
    with pytest.raises(InvalidError) as refused:
        voting.check_choice(rules, IDS, **filled)
    assert refused.value.code == code


@given(st.lists(st.integers(0, 40), min_size=1, max_size=8), st.integers(1, 15))
@few
def test_hidden_numbers_cannot_be_worked_out_from_the_total(numbers: list[int], least: int) -> None:
    counts = {f"place {index}": number for index, number in enumerate(numbers)}
    shown = domain.shown(counts, least)
    hidden = [counts[name] for name, number in shown.items() if number is None]
    assert all(number is None or number == counts[name] for name, number in shown.items())
    if len(counts) == 1:
        return
    assert all(number is None or number >= least for number in shown.values())
    if hidden and len(hidden) < len(counts):
        assert len(hidden) > 1
        assert sum(hidden) >= least


def reasons(**known: Any) -> list[str]:
    rules = {"street_codes": ["370211009"], "registered_by": "2026-03-01", **known.pop("rules", {})}
    facts = {
        "resident": True,
        "verified": True,
        "in_scope": True,
        "street_code": "370211009",
        "community_code": "370211009001",
        "opened_on": date(2026, 3, 1),
    }
    found = voting.reasons(voting.completed(rules, approvals_limit=1), **{**facts, **known})
    return [reason.value for reason in found]


def test_every_reason_is_told() -> None:
    assert reasons() == []
    assert reasons(resident=False) == ["voter_not_entitled"]
    assert reasons(verified=False) == ["voter_not_verified"]
    assert reasons(verified=False, rules={"verification": "claimed"}) == []
    assert reasons(street_code="370211005", community_code="370211005001") == ["voter_outside_place"]
    elsewhere = {"street_code": "370211005", "community_code": "370211005001"}
    assert reasons(**elsewhere, rules={"community_codes": ["370211005001"]}) == []
    assert reasons(in_scope=False) == ["voter_outside_place"]
    assert reasons(opened_on=date(2026, 3, 2)) == ["voter_registered_late"]
    assert reasons(opened_on=None, verified=False) == ["voter_not_verified", "voter_registered_late"]


def problems(street_code: str | None = "370211009", **rules: Any) -> list[str]:
    given = {"has_vote": True, "approvals_limit": 3, "street_code": street_code, "vote_rules": rules or None}
    return voting.problems(given)


def test_rules_that_contradict_themselves_are_named_before_they_are_frozen() -> None:
    assert problems() == []
    assert problems(**voting.DEFAULTS) == []
    assert len(problems(method="points", points_total=3, points_each=4)) == 1
    assert len(problems(method="ranking", scoring="positional", positions=[1, 2])) == 2
    assert problems(method="ranking", scoring="positional", positions=[3, 2, 1]) == []
    assert len(problems(community_codes=["370211005001"])) == 1
    assert problems(None, community_codes=["370211005001"]) == []


def test_the_contract_takes_every_rule_there_is_and_keeps_its_days_as_text() -> None:
    assert set(VoteRules().fields) == set(voting.DEFAULTS)
    loaded = VoteRules().load({"registered_by": "2026-03-01"})
    assert loaded == {"registered_by": "2026-03-01"}
    assert VoteRules().dump(loaded) == loaded


# the tree -------------------------------------------------------------------------------------------------------------


def commitments(size: int) -> list[str]:
    return [domain.commitment(f"{number:064x}", [IDS[number % 6]]) for number in range(size)]


@given(st.integers(1, 70), st.data())
@few
def test_every_leaf_is_proved_and_no_other(size: int, data: st.DataObject) -> None:
    leaves = commitments(size)
    tree = receipts.Tree(leaves)
    assert tree.root == receipts.Tree(reversed(leaves)).root
    proof = tree.prove("rnd_1", data.draw(st.sampled_from(leaves)))
    assert proof is not None
    verify_ballot.verify(proof)
    assert tree.prove("rnd_1", "0" * 64) is None
    for name, value in (("index", (proof["index"] + 1) % (size + 1)), ("root", "1" * 64), ("commitment", "0" * 64)):
        with pytest.raises(verify_ballot.BallotError):
            verify_ballot.verify({**proof, name: value})


def test_the_tree_of_no_ballots_is_that_of_the_standard() -> None:
    assert receipts.Tree([]).root == merkle.EMPTY_ROOT.hex()


def test_a_receipt_in_another_spelling_is_refused(tmp_path: Path) -> None:
    proof = receipts.Tree(commitments(5)).prove("rnd_1", commitments(5)[0])
    assert proof is not None
    wrong: list[dict[str, Any]] = [
        {"commitment": proof["commitment"].upper()},
        {"version": 2},
        {"version": True},
        {"proof": "x"},
        {"proof": [*proof["proof"], proof["root"]]},
        {"index": -1},
        {"round_id": 1},
        {"more": 1},
    ]
    for change in wrong:
        path = tmp_path / "ballot.json"
        path.write_text(json.dumps({**proof, **change}), encoding="utf-8")
        assert verify.main([str(path)]) == 1, change
    path.write_text(json.dumps(proof), encoding="utf-8")
    assert verify.main([str(path)]) == 0


@pytest.mark.parametrize("payload", [{}, {"facts": None}, {"facts": []}, {"facts": {"ballots": True}}])
def test_a_receipt_of_the_votes_end_that_says_nothing_of_it_is_refused(payload: dict[str, Any]) -> None:
    proof = receipts.Tree(commitments(1)).prove("rnd_1", commitments(1)[0])
    assert proof is not None
    told = {"round_id": "rnd_1", "commitment": proof["root"]}
    if payload.get("facts"):
        payload = {"facts": {**told, **payload["facts"]}}
    closing = {"entry": {"event": "vote_closed"}, "payload": payload}
    with pytest.raises(verify_ballot.BallotError):
        verify_ballot.verify(proof, closing)
    verify_ballot.verify(proof, {**closing, "payload": {"facts": {**told, "ballots": 1}}})


@given(st.lists(st.dictionaries(st.sampled_from(IDS), st.integers(1, 5), min_size=1), max_size=12), st.randoms())
@few
def test_the_seal_binds_the_ballots_and_no_order(found: list[dict[str, int]], rng: Any) -> None:
    shuffled = rng.sample(found, len(found))
    sealed = domain.seal_of(domain.sorted_ballots(found), "aa")
    assert domain.seal_of(domain.sorted_ballots(shuffled), "aa") == sealed
    assert domain.seal_of(domain.sorted_ballots([*found, {IDS[0]: 1}]), "aa") != sealed
    assert domain.seal_of(domain.sorted_ballots(found), "bb") != sealed
    counted = domain.count(found, IDS)
    assert sum(counted.values()) == sum(sum(ballot.values()) for ballot in found)
