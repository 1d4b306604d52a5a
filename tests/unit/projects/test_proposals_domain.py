"""Checks before submission, double funding, conflicts, scores, the draw, ballots. Pure rules."""

from __future__ import annotations

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import settings

from chassis.errors import InvalidError
from services.projects.proposals import domain
from services.projects.review import domain as review
from services.projects.roadshows import domain as roadshows
from services.projects.rounds import domain as rounds

few = settings(max_examples=60, deadline=None)
PLAN: dict[str, Any] = {
    **dict.fromkeys(domain.SECTIONS, "有内容"),
    "beneficiary_count": 100,
    "starts_on": "2026-03-01",
    "ends_on": "2026-12-31",
    "milestones": [{"title": "中期", "due_on": "2026-06-30", "tranche_number": 2}],
}
RULES = domain.Rules(
    fields=["elder_care"],
    cap_fen=3_000_000,
    tranches=3,
    eligibility={"tiers": ["registered", "filed"], "kinds": ["cso"], "exclude_breach": True, "max_proposals": 2},
)
APPLICANT = domain.Applicant(kind="cso", legal_tier="filed", in_breach=False, other_proposals=0)


def draft(**changes: Any) -> domain.Draft:
    values = {
        "field": "elder_care",
        "amount_fen": 100,
        "plan": PLAN,
        "budget": [{"line": "物资", "amount_fen": 60}, {"line": "场地", "amount_fen": 40}],
    }
    return domain.Draft(**{**values, **changes})


def codes(**changes: Any) -> set[str]:
    return {item["code"] for item in domain.check_submission(draft(**changes), RULES, APPLICANT)}


def test_a_complete_plan_has_no_problem() -> None:
    assert codes() == set()


def test_everything_missing_is_listed_at_once() -> None:
    assert codes(plan={}, budget=[], amount_fen=0, field="sport") >= {
        "section_missing",
        "dates_missing",
        "milestones_missing",
        "field_outside",
        "amount_missing",
        "budget_invalid",
    }


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_fen": 101}, "budget_sum"),
        ({"amount_fen": 3_000_001}, "above_cap"),
        ({"plan": {**PLAN, "ends_on": "2026-01-01"}}, "dates_reversed"),
        ({"plan": {**PLAN, "milestones": [{"title": "x", "due_on": "2027-01-01"}]}}, "milestone_outside"),
        (
            {"plan": {**PLAN, "milestones": [{"title": "x", "due_on": "2026-05-01", "tranche_number": 4}]}},
            "tranche_invalid",
        ),
    ],
)
def test_a_plan_that_does_not_add_up_is_named(changes: dict[str, Any], code: str) -> None:
    assert code in codes(**changes)


def test_eligibility_is_data() -> None:
    found = domain.check_submission(
        draft(),
        RULES,
        domain.Applicant(kind="cso", legal_tier="guided", in_breach=True, other_proposals=2),
    )
    assert {item["code"] for item in found} == {"not_eligible", "in_breach", "too_many"}


@pytest.mark.parametrize(
    ("judge", "mentored", "conflict"),
    [("org", [], "same_organisation"), ("hub", [], "hub"), ("fund", [], "funder"), (None, ["org"], "mentor")],
)
def test_conflicts_of_interest_are_computed(judge: str | None, mentored: list[str], conflict: str) -> None:
    interests = review.Interests(organisation_id=judge, mentored=frozenset(mentored))
    assert review.conflict_of(interests, organisation_id="org", hub_id="hub", funders=frozenset({"fund"})) == conflict
    other = review.conflict_of(interests, organisation_id="else", hub_id=None, funders=frozenset())
    assert other is None


def test_scores_must_fit_the_rubric() -> None:
    rubric = [
        {"key": "need", "weight": 60, "max_points": 10},
        {"key": "plan", "weight": 40, "max_points": 100},
    ]
    assert review.weighted(rubric, {"need": 10, "plan": 50}) == 80
    for wrong in ({"need": 10}, {"need": 11, "plan": 1}, {"need": 1, "plan": 1, "more": 1}):
        with pytest.raises(InvalidError):
            review.check_scores(rubric, wrong)


def test_the_trimmed_mean_leaves_out_the_highest_and_the_lowest() -> None:
    scores = [Fraction(score) for score in (0, 80, 90, 100)]
    assert review.normalised(scores, "raw") == Fraction(270, 4)
    assert review.normalised(scores, "trimmed_mean") == 85
    assert review.warnings(
        {"a": Fraction(90), "b": Fraction(90), "c": Fraction(20)}, spread_warning=30, outlier_warning=20
    ) == ["spread", "outlier:c"]


def test_anyone_with_the_seed_draws_the_same_order() -> None:
    proposals = [f"prp_{number}" for number in range(8)]
    assert roadshows.draw(proposals, "seed") == roadshows.draw(reversed(proposals), "seed")
    assert roadshows.draw(proposals, "seed") != roadshows.draw(proposals, "other")


def test_slots_follow_each_other_with_a_break() -> None:
    first = datetime(2026, 5, 1, 1, 0, tzinfo=UTC)
    slot = roadshows.slot(2, first=first, presentation=8, questions=5, pause=2)
    assert (slot.starts_at - first).seconds == 15 * 60
    assert (slot.ends_at - slot.starts_at).seconds == 13 * 60


def test_rules_that_do_not_sum_are_all_named() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    rules = {
        "rubric": [{"key": "need", "weight": 90, "max_points": 10}],
        "allocation": {"judge_weight": 70, "resident_weight": 20},
        "has_vote": False,
        "tranche_plan": [50, 30],
        "opens_at": now,
        "closes_at": now,
        "budget_fen": 10,
        "cap_fen": 11,
    }
    with pytest.raises(InvalidError) as refused:
        rounds.check_rules(rules)
    assert len(refused.value.details["problems"]) == 6
