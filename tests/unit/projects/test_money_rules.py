"""Rules of money: state machines, exact splits, tranches, debarment days, agreements, budgets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from contracts.projects import agreements as agreement_contract
from contracts.projects import awards as award_contract
from contracts.projects import budgets as budget_contract
from contracts.projects import debarments as debarment_contract
from contracts.projects import payees as payee_contract
from contracts.projects import payments as payment_contract
from contracts.projects import recoveries as recovery_contract
from services.projects.agreements import domain as agreements
from services.projects.awards import domain as awards
from services.projects.awards import granting
from services.projects.debarments import domain as debarments
from services.projects.delivery import domain as delivery
from services.projects.ledger import domain as ledger
from services.projects.money_policy import domain as policy
from services.projects.payees import domain as payees
from services.projects.payments import domain as payments
from services.projects.recoveries import domain as recoveries

Table = Mapping[tuple[str, str], str]
Machine = tuple[Table, Callable[[str, str], str], tuple[str, ...]]
MACHINES: dict[str, Machine] = {
    "agreement": (agreements.TRANSITIONS, agreements.next_status, agreement_contract.STATUSES),
    "tranche": (awards.TRANCHE_TRANSITIONS, awards.next_tranche_status, award_contract.TRANCHE_STATUSES),
    "payee": (payees.TRANSITIONS, payees.next_status, payee_contract.STATUSES),
    "payment batch": (payments.BATCH_TRANSITIONS, payments.next_batch_status, payment_contract.BATCH_STATUSES),
    "payment": (payments.PAYMENT_TRANSITIONS, payments.next_payment_status, payment_contract.PAYMENT_STATUSES),
    "recovery": (recoveries.TRANSITIONS, recoveries.next_status, recovery_contract.STATUSES),
    "debarment": (debarments.TRANSITIONS, debarments.next_status, debarment_contract.STATUSES),
    "budget change": (
        delivery.CHANGE_TRANSITIONS,
        delivery.next_change_status,
        ("new", *budget_contract.CHANGE_STATUSES),
    ),
}
few = settings(max_examples=150, deadline=None)


@pytest.mark.parametrize("name", MACHINES)
def test_every_pair_is_a_step_of_the_table_or_a_conflict(name: str) -> None:
    table, step, statuses = MACHINES[name]
    assert {status for status, _ in table} | set(table.values()) == set(statuses)
    for status in statuses:
        for action in sorted({action for _, action in table}):
            if (status, action) in table:
                assert step(status, action) == table[status, action]
            else:
                with pytest.raises(ConflictError):
                    step(status, action)


def test_what_is_paid_or_in_force_has_no_way_back() -> None:
    assert {action for status, action in awards.TRANCHE_TRANSITIONS if status == "paid"} == set()
    assert {action for status, action in payments.PAYMENT_TRANSITIONS if status == "paid"} == set()
    assert {action for status, action in agreements.TRANSITIONS if status == "in_force"} == {"supersede"}
    with pytest.raises(ConflictError, match="tranche_state_conflict"):
        awards.check_by_hand("batched")
    awards.check_by_hand("released")


def test_an_agreement_is_in_force_only_by_two_sides() -> None:
    into_force = {(status, action) for (status, action), after in agreements.TRANSITIONS.items() if after == "in_force"}
    assert into_force == {("signed_by_a", "sign_b"), ("signed_by_b", "sign_a")}


# the ledger -------------------------------------------------------------------------------------------------------

weights = st.dictionaries(st.text("abcdef", min_size=1, max_size=4), st.integers(0, 10**9), max_size=8)


@given(weights, st.data())
@few
def test_a_split_is_exact_pro_rata_and_within_each_weight(parts: dict[str, int], data: st.DataObject) -> None:
    total = sum(parts.values())
    amount = data.draw(st.integers(0, total))
    found = ledger.split(amount, parts)
    assert sum(found.values()) == amount
    for name, weight in parts.items():
        share = found.get(name, 0)
        assert 0 <= share <= weight
        assert abs(share * total - amount * weight) < max(total, 1)
    assert found == ledger.split(amount, dict(reversed(parts.items())))


@given(weights, st.integers(1, 10**6))
@few
def test_more_than_there_is_is_not_split(parts: dict[str, int], more: int) -> None:
    with pytest.raises(ConflictError, match="ledger_split_exceeded"):
        ledger.split(sum(parts.values()) + more, parts)


@given(weights, st.lists(st.integers(1, 10**6), max_size=12))
@few
def test_given_back_in_any_pieces_each_line_gets_what_it_gave(parts: dict[str, int], pieces: list[int]) -> None:
    owed, back = dict(parts), dict.fromkeys(parts, 0)
    for piece in [*pieces, sum(parts.values())]:
        amount = min(piece, sum(owed.values()))
        for name, part in ledger.split(amount, owed).items():
            owed[name] -= part
            back[name] += part
    assert back == parts


@pytest.mark.parametrize("postings", [{}, {"a": 0, "b": 0}, {"a": 1}, {"a": 1, "b": -2}, {"a": 1, "b": -1, "c": 0}])
def test_a_lopsided_entry_is_not_posted(postings: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="not a balanced entry"):
        ledger.check_balanced(postings)
    ledger.check_balanced({"a": 1, "b": -1})


def test_an_entry_says_in_short_what_its_postings_say() -> None:
    postings = {"pool:1": -60, "pool:2": -40, "commitment:x": 100}
    assert ledger.turnover(postings) == 100
    assert ledger.side(postings, gains=True) == "commitment:x"
    assert ledger.side(postings, gains=False) == "pool"


def test_the_trial_balance_names_every_account_that_is_wrong() -> None:
    def line(name: str, kept: int, posted: int) -> ledger.Line:
        return ledger.Line(account=name, kept_fen=kept, posted_fen=posted)

    right = [line("funder:1", -100, -100), line("pool:1", 40, 40), line("commitment:x", 60, 60)]
    assert ledger.trial(right) == {"balanced": True, "total_fen": 0, "wrong": []}
    assert ledger.trial([*right[:2], line("commitment:x", 61, 60)])["wrong"] == ["commitment:x"]
    assert ledger.trial([*right, line("pool:2", -1, -1)])["wrong"] == ["pool:2"]
    assert ledger.trial(right, ["led_1"]) == {"balanced": False, "total_fen": 0, "wrong": ["led_1"]}


@given(st.dictionaries(st.sampled_from(ledger.KINDS), st.integers(0, 10**12)))
@few
def test_the_money_of_a_round_adds_up(totals: dict[str, int]) -> None:
    sums = ledger.money(totals)
    assert sums["pool_fen"] == sums["disbursed_fen"] - sums["returned_fen"] + sums["remaining_fen"]


@given(st.integers(1, 10**12), st.lists(st.integers(1, 99), min_size=1, max_size=6))
@few
def test_tranches_add_up_to_the_award(amount: int, shares: list[int]) -> None:
    percents = [share * 100 // sum(shares) for share in shares]
    percents[-1] += 100 - sum(percents)
    parts = awards.shares(amount, percents)
    assert sum(parts) == amount
    assert min(parts) >= 0


# agreements -------------------------------------------------------------------------------------------------------

TRANCHES = [
    {"number": 1, "amount_fen": 500, "status": "paid"},
    {"number": 2, "amount_fen": 300, "status": "planned"},
    {"number": 3, "amount_fen": 200, "status": "planned"},
]
STEPS = [
    {"number": 1, "title": "中期", "due_on": None, "tranche_number": 2, "status": "accepted"},
    {"number": 2, "title": "终期", "due_on": None, "tranche_number": 3, "status": "planned"},
]


def test_tranches_change_only_before_they_are_released_and_add_up() -> None:
    asked = [{"number": 2, "amount_fen": 400}, {"number": 3, "amount_fen": 100}]
    assert [row["amount_fen"] for row in agreements.change_tranches(TRANCHES, asked, amount_fen=1000)] == [
        500,
        400,
        100,
    ]
    for wrong in (
        [{"number": 1, "amount_fen": 400}, {"number": 2, "amount_fen": 400}],
        [{"number": 2, "amount_fen": 301}],
        [{"number": 2, "amount_fen": 500}, {"number": 3, "amount_fen": 0}],
        [{"number": 9, "amount_fen": 1}],
    ):
        with pytest.raises(InvalidError, match="agreement_terms_invalid"):
            agreements.change_tranches(TRANCHES, wrong, amount_fen=1000)


def test_milestones_change_only_before_they_are_accepted_one_to_a_tranche() -> None:
    day = date(2027, 1, 1)
    made = agreements.change_milestones(STEPS, [{"number": 2, "due_on": day}], tranches=TRANCHES)
    assert [row["due_on"] for row in made] == [None, day]
    assert [row["tranche_number"] for row in made] == [2, 3]
    for wrong in ({"number": 1, "due_on": day}, {"number": 2, "tranche_number": 2}, {"number": 7, "due_on": day}):
        with pytest.raises(InvalidError, match="agreement_terms_invalid"):
            agreements.change_milestones(STEPS, [wrong], tranches=TRANCHES)


@pytest.mark.parametrize("amount", [0, 499, 1001])
def test_a_changed_amount_is_never_above_the_award_nor_below_what_is_settled(amount: int) -> None:
    with pytest.raises(InvalidError, match="agreement_terms_invalid"):
        agreements.check_amount(amount_fen=amount, award_fen=1000, settled_fen=500)
    agreements.check_amount(amount_fen=500, award_fen=1000, settled_fen=500)


def test_nobody_signs_what_they_did_not_read_nor_an_unchanged_version() -> None:
    agreements.check_read(told=None, content_hash="a")
    agreements.check_read(told="a", content_hash="a")
    with pytest.raises(ConflictError, match="agreement_differs"):
        agreements.check_read(told="b", content_hash="a")
    with pytest.raises(InvalidError):
        agreements.check_differs({"amount_fen": 1}, {"amount_fen": 1})
    with pytest.raises(ConflictError, match="agreement_state_conflict"):
        agreements.check_withdrawal(1)


def test_the_words_of_an_agreement_are_made_of_its_terms() -> None:
    terms: dict[str, Any] = {
        "amount_fen": 100_050,
        "tranches": [{"number": 1, "amount_fen": 100_050}],
        "milestones": [{"number": 1, "title": "中期", "due_on": "2027-01-01", "tranche_number": 1}],
        "budget": [{"line": "物料", "amount_fen": 100_050}],
        "starts_on": None,
        "ends_on": "2027-06-30",
    }
    text = agreements.text_of(number=2, title="某项目", party_b="某组织", terms=terms, reason="延期")
    for words in ("第 2 版", "1000.50", "某组织", "2027-06-30", "变更原因：延期", "里程碑 1：中期"):
        assert words in text


# budgets, recoveries, debarments ----------------------------------------------------------------------------------

lines = st.lists(st.integers(0, 1000), min_size=2, max_size=5)


@given(lines, st.integers(0, 100), st.data())
@few
def test_a_small_shift_is_below_its_share_of_the_award(amounts: list[int], percent: int, data: st.DataObject) -> None:
    before = [{"line": str(number), "amount_fen": amount} for number, amount in enumerate(amounts)]
    award, moved = sum(amounts), data.draw(st.integers(0, amounts[0]))
    after = [dict(row) for row in before]
    after[0]["amount_fen"] -= moved
    after[-1]["amount_fen"] += moved
    assert delivery.moved_fen(before, after) == moved
    small = delivery.is_small_shift(before, after, award_fen=award, percent=percent)
    assert small == (moved * 100 < award * percent)
    opened = [*after, {"line": "new", "amount_fen": 0}]
    assert not delivery.is_small_shift(before, opened, award_fen=award, percent=percent)


def test_a_recovery_plan_makes_the_amount_and_lies_ahead() -> None:
    today = date(2026, 1, 1)
    alone = recoveries.plan(None, amount_fen=100, today=today, days=30)
    assert alone == [{"due_on": "2026-01-31", "amount_fen": 100}]
    parts = [
        {"due_on": today + timedelta(days=60), "amount_fen": 60},
        {"due_on": today + timedelta(30), "amount_fen": 40},
    ]
    ordered = recoveries.plan(parts, amount_fen=100, today=today, days=30)
    assert [row["amount_fen"] for row in ordered] == [40, 60]
    assert recoveries.missing_fen(ordered, recovered_fen=10, day=today + timedelta(30)) == 30
    assert recoveries.missing_fen(ordered, recovered_fen=40, day=today + timedelta(59)) == 0
    for wrong in (
        parts[:1],
        [{"due_on": today, "amount_fen": 100}],
        [{"due_on": date.max, "amount_fen": 100}],
        [*parts, {**parts[0], "amount_fen": 0}],
    ):
        with pytest.raises(InvalidError, match="recovery_plan_invalid"):
            recoveries.plan(wrong, amount_fen=100, today=today, days=30)


@pytest.mark.parametrize(("amount", "left"), [(0, 5), (6, 5), (1, 0)])
def test_no_more_is_recovered_than_is_claimed(amount: int, left: int) -> None:
    with pytest.raises(ConflictError, match="recovery_exceeded"):
        recoveries.check_amount(amount_fen=amount, open_fen=left)


def test_a_debarment_lasts_whole_years_and_holds_on_both_its_days() -> None:
    assert debarments.last_day(date(2026, 5, 1), 3) == date(2029, 4, 30)
    assert debarments.last_day(date(2028, 2, 29), 3) == date(2031, 2, 28)
    span = {"from_on": date(2026, 5, 1), "until_on": date(2029, 4, 30)}
    for status in debarment_contract.STATUSES:
        held = debarments.bars(status, today=date(2026, 5, 1), **span)
        assert held == (status in ("in_force", "appealed", "upheld"))
    assert debarments.bars("upheld", today=date(2029, 4, 30), **span)
    assert not debarments.bars("upheld", today=date(2029, 5, 1), **span)
    assert not debarments.bars("in_force", today=date(2026, 4, 30), **span)
    for day in (date(2026, 4, 30), date(2027, 5, 3), date.max):
        with pytest.raises(InvalidError, match="debarment_dates_invalid"):
            debarments.check_start(day, today=date(2026, 5, 1))


def test_two_people_are_two_people() -> None:
    for check in (payees.check_second, payments.check_second, recoveries.check_second):
        check(first="a", second="b")
        with pytest.raises(ConflictError, match="money_same_person"):
            check(first="a", second="a")
    with pytest.raises(ConflictError, match="money_same_person"):
        debarments.check_another("b", ("a", "b"))


def test_a_policy_is_completed_by_its_defaults() -> None:
    found = policy.completed({"debarment_years": 5, "publisher": {"name": "某区民政局"}})
    assert found["debarment_years"] == 5
    assert found["recovery_days"] == policy.DEFAULTS["recovery_days"]
    assert found["publisher"] == {**policy.DEFAULTS["publisher"], "name": "某区民政局"}


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=12), st.integers(1, 60_000))
def test_the_budget_of_a_partial_award_adds_up_to_it_line_by_line(costs: list[int], amount: int) -> None:
    asked = [
        {"line": f"第{i}项", "amount_fen": cost, "unit_price_fen": cost, "quantity": 1} for i, cost in enumerate(costs)
    ]
    made = granting.budget_of(asked, amount)
    assert sum(row["amount_fen"] for row in made) == min(amount, sum(costs))
    if amount >= sum(costs):
        assert made == asked
    else:
        by_line = {row["line"]: row["amount_fen"] for row in asked}
        assert all(0 < row["amount_fen"] <= by_line[row["line"]] and set(row) == {"line", "amount_fen"} for row in made)
