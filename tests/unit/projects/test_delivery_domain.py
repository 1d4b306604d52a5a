"""Rules of delivery: whole tables, budgets, grades, tranches, acceptance."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from contracts.projects import delivery as contract
from services.projects.delivery import domain
from services.projects.proposals import domain as proposals

_RUNNING = {"active", "changing", "mid_review", "final_report"}
# drawn again from DOMAIN.md; None: the state stays
EXPECTED: dict[str, tuple[set[str], str | None]] = {
    "submit_milestone": ({"active", "mid_review", "final_report"}, None),
    "accept_milestone": (_RUNNING, None),
    "return_milestone": (_RUNNING, None),
    "spend": ({"active", "mid_review"}, None),
    "report": (_RUNNING, None),
    "begin_mid_review": ({"active"}, "mid_review"),
    "evaluate_mid_term": ({"mid_review"}, "active"),
    "request_change": ({"active"}, "changing"),
    "notify_change": ({"active"}, None),
    "decide_change": ({"changing"}, "active"),
    "submit_final_report": ({"active"}, "final_report"),
    "evaluate_final": ({"final_report"}, None),
    "accept": ({"final_report"}, "acceptance"),
    "close": ({"acceptance"}, "closed"),
    "terminate": (_RUNNING | {"acceptance"}, "terminated"),
}


@pytest.mark.parametrize("action", domain.ACTIONS)
@pytest.mark.parametrize("status", domain.STATUSES)
def test_every_pair_of_state_and_action(status: str, action: str) -> None:
    sources, target = EXPECTED[action]
    if status in sources:
        assert domain.next_status(status, action) == (target or status)
    else:
        with pytest.raises(ConflictError, match="project_state_conflict"):
            domain.next_status(status, action)


def test_contract_and_tables_agree() -> None:
    assert contract.STATUSES == domain.STATUSES
    assert {action for _, action in domain.TRANSITIONS} == set(domain.ACTIONS)


def test_where_the_project_changes_state_the_proposal_takes_the_same_step() -> None:
    for (status, action), target in domain.TRANSITIONS.items():
        step = domain.PROPOSAL_ACTIONS.get(action)
        if step is None:
            assert target == status
        else:
            assert proposals.next_status(status, step) == target


@pytest.mark.parametrize("action", domain.MILESTONE_ACTIONS)
@pytest.mark.parametrize("status", domain.MILESTONE_STATUSES)
def test_every_pair_of_a_milestone(status: str, action: str) -> None:
    allowed = {"submit": {"planned", "returned"}, "accept": {"submitted"}, "return": {"submitted"}}
    if status in allowed[action]:
        after = {"submit": "submitted", "accept": "accepted", "return": "returned"}[action]
        assert domain.next_milestone_status(status, action) == after
    else:
        with pytest.raises(ConflictError, match="milestone_state_conflict"):
            domain.next_milestone_status(status, action)


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=20))
@settings(max_examples=100)
def test_a_line_is_never_overspent(amounts: list[int]) -> None:
    budget = [{"line": "物资", "amount_fen": 30_000}]
    spent = 0
    for amount in amounts:
        if spent + amount <= 30_000:
            domain.check_spending(budget=budget, spent_fen=spent, line="物资", amount_fen=amount)
            spent += amount
        else:
            with pytest.raises(ConflictError, match="budget_exceeded"):
                domain.check_spending(budget=budget, spent_fen=spent, line="物资", amount_fen=amount)
    with pytest.raises(InvalidError, match="budget_line_unknown"):
        domain.check_spending(budget=budget, spent_fen=0, line="宴请", amount_fen=1)
    with pytest.raises(ConflictError):
        domain.check_spending(budget=budget, spent_fen=0, line="物资", amount_fen=0)


def test_a_new_budget_adds_up_and_covers_what_was_spent() -> None:
    lines = [{"line": "物资", "amount_fen": 60}, {"line": "场地", "amount_fen": 40}]
    domain.check_new_budget(lines=lines, award_fen=100, spent_fen_by_line={"物资": 60})
    with pytest.raises(ConflictError, match="budget_exceeded"):
        domain.check_new_budget(lines=lines, award_fen=100, spent_fen_by_line={"物资": 61})
    with pytest.raises(ConflictError, match="budget_exceeded"):
        domain.check_new_budget(lines=lines, award_fen=100, spent_fen_by_line={"交通": 1})
    for wrong, award in ((lines, 101), ([lines[0], lines[0]], 120)):
        with pytest.raises(InvalidError, match="budget_sum_wrong"):
            domain.check_new_budget(lines=wrong, award_fen=award, spent_fen_by_line={})


@pytest.mark.parametrize(("score", "grade"), [(100, "A"), (85, "A"), (84, "B"), (60, "B"), (59, "C"), (0, "C")])
def test_grades_follow_the_thresholds(score: int, grade: str) -> None:
    assert domain.grade(score, grade_a_from=85, grade_b_from=60) == grade


def test_a_report_has_a_period_and_names_its_tranche() -> None:
    day = date(2026, 5, 1)
    domain.check_report(kind="periodic", tranche_number=None, period_from=day, period_until=day)
    domain.check_report(kind="tranche", tranche_number=1, period_from=day, period_until=day)
    for kind, number, until in (
        ("tranche", None, day),
        ("periodic", 1, day),
        ("periodic", None, date(2026, 4, 30)),
    ):
        with pytest.raises(InvalidError, match="report_invalid"):
            domain.check_report(kind=kind, tranche_number=number, period_from=day, period_until=until)


def test_a_tranche_waits_for_its_milestone_and_the_report_on_the_one_before() -> None:
    done, waiting = [(2, "accepted"), (None, "planned")], [(2, "submitted")]
    assert domain.tranche_may_be_released(number=2, milestones=done, reported={1})
    assert not domain.tranche_may_be_released(number=2, milestones=done, reported=set())
    assert not domain.tranche_may_be_released(number=2, milestones=waiting, reported={1})
    assert not domain.tranche_may_be_released(number=1, milestones=done, reported={0, 1})


def test_acceptance_wants_milestones_evaluation_and_every_fen() -> None:
    domain.check_acceptance(milestone_statuses=["accepted"], evaluations={"mid_term", "final"}, unspent_fen=0)
    with pytest.raises(ConflictError, match="milestones_open"):
        domain.check_acceptance(milestone_statuses=["submitted"], evaluations={"final"}, unspent_fen=0)
    with pytest.raises(ConflictError, match="evaluation_missing"):
        domain.check_acceptance(milestone_statuses=[], evaluations={"mid_term"}, unspent_fen=0)
    for left in (1, -1):
        with pytest.raises(ConflictError, match="unspent_not_returned"):
            domain.check_acceptance(milestone_statuses=[], evaluations={"final"}, unspent_fen=left)
    with pytest.raises(ConflictError, match="milestone_without_evidence"):
        domain.check_evidence(0)
