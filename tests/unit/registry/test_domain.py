"""Pure rules of the registry."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis import workdays
from chassis.errors import ConflictError, InvalidError
from contracts.registry import base, credit
from services.registry.accounts.domain import lock_seconds
from services.registry.cases import domain as cases
from services.registry.consultations import domain as consultations
from services.registry.organisations import credit_code
from services.registry.organisations.domain import name_key
from services.registry.plans import domain as plans
from services.registry.policies import domain as policies
from services.registry.seed_groups import domain as seeds
from services.registry.teams import domain as teams
from services.registry.visits import domain as visits

MACHINES: dict[str, tuple[dict[tuple[str, str], str], tuple[str, ...], Callable[[str, str], str]]] = {
    "case": (cases.TRANSITIONS, cases.STATUSES, cases.next_status),
    "seed group": (seeds.TRANSITIONS, seeds.STATUSES, seeds.next_status),
    "plan": (plans.TRANSITIONS, plans.STATUSES, plans.next_status),
    "visit": (visits.TRANSITIONS, visits.STATUSES, visits.next_status),
    "finding": (visits.FINDING_TRANSITIONS, visits.FINDING_STATUSES, visits.next_finding_status),
    "consultation": (consultations.TRANSITIONS, consultations.STATUSES, consultations.next_status),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_pair_of_state_and_action_is_in_the_table_or_a_conflict(machine: str) -> None:
    table, statuses, step = MACHINES[machine]
    for status, action in itertools.product(statuses, {action for _, action in table}):
        if (status, action) in table:
            assert step(status, action) == table[status, action]
        else:
            with pytest.raises(ConflictError):
                step(status, action)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_known_and_reached(machine: str) -> None:
    table, statuses, _ = MACHINES[machine]
    assert {status for status, _ in table} | set(table.values()) == set(statuses)
    reached = {statuses[0]}
    for _ in statuses:
        reached |= {after for (before, _), after in table.items() if before in reached}
    assert reached == set(statuses)


def test_the_case_walks_the_road_of_the_domain() -> None:
    road = ["submit", "screen", "pass", "admit", "agree", "begin", "suspend", "resume", "review_exit", "graduate"]
    status = "draft"
    for action in road:
        status = cases.next_status(status, action)
    assert status == "graduated"
    for status in cases.FINAL:
        assert not [action for before, action in cases.TRANSITIONS if before == status]


@given(st.text(alphabet="0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.sampled_from(["51", "52", "53"]))
@settings(max_examples=80)
def test_a_right_credit_code_passes_and_any_changed_character_fails(body: str, head: str) -> None:
    start = f"{head}370211{body}"
    code = start + credit_code.check_digit(start)
    kind = "foundation" if head == "53" else "cso"
    assert credit_code.check(f" {code.lower()[:8]}-{code[8:]} ", kind=kind) == code
    for position in (2, 9, 16, 17):
        other = "0" if code[position] != "0" else "1"
        with pytest.raises(InvalidError):
            credit_code.check(code[:position] + other + code[position + 1 :], kind=kind)


@pytest.mark.parametrize("head", ["A1", "N1", "N9", "Y1"])
def test_codes_that_start_with_a_letter_are_codes(head: str) -> None:
    start = f"{head}370211MA3C4D5E6"
    code = start + credit_code.check_digit(start)
    assert credit_code.check(code, kind="government" if head[0] == "A" else "enterprise") == code


def test_real_codes_of_the_literature_pass() -> None:
    assert credit_code.check("91110000600037341L", kind="enterprise") == "91110000600037341L"


@given(st.dates(min_value=date(1920, 1, 1), max_value=date(2020, 1, 1)), st.integers(0, 999))
@settings(max_examples=80)
def test_an_identity_number_is_refused_as_what_it_is(born: date, order: int) -> None:
    digits = f"510104{born:%Y%m%d}{order:03d}"
    weights = [pow(2, 17 - index, 11) for index in range(17)]
    check = "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, weights, strict=True)) % 11]
    with pytest.raises(InvalidError) as refused:
        credit_code.check(digits + check, kind="cso")
    assert refused.value.code == "credit_code_is_identity_number"


@pytest.mark.parametrize("code", ["", "52370211", "I2370211MJD1234567", "62370211MJD1234567", "54370211MJD1234567"])
def test_a_wrong_shape_is_refused(code: str) -> None:
    with pytest.raises(InvalidError):
        credit_code.check(code, kind="cso")


def test_names_that_differ_in_width_blanks_and_brackets_are_the_same() -> None:
    assert name_key("夕阳红 助老社（演示）") == name_key("夕阳红助老社(演示)") != name_key("夕阳红助老社")


START = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.lists(st.tuples(st.integers(-5, 100), st.sampled_from("abcde")), max_size=12))
@settings(max_examples=100)
def test_hand_overs_leave_neither_gap_nor_overlap(steps: list[tuple[int, str]]) -> None:
    at = START
    services = teams.assign([], "first", START)
    for hours, account in steps:
        at += timedelta(hours=hours)  # clocks of two machines may disagree
        try:
            services = teams.hand_over(services, account, at)
        except ConflictError:
            continue
    assert services[0].valid_from == START
    for earlier, later in itertools.pairwise(services):
        assert earlier.valid_until == later.valid_from
        assert earlier.valid_from <= later.valid_from
    assert services[-1].valid_until is None
    with pytest.raises(ConflictError):
        teams.assign(services, "another", at)


@given(st.integers(0, 10), st.integers(0, 10), st.integers(0, 10), st.integers(1, 6))
def test_a_review_needs_quorum_and_majority_and_counts_no_recusal(yes: int, no: int, out: int, quorum: int) -> None:
    votes = {"approve": yes, "reject": no, "recuse": out}
    if yes + no < quorum or yes == no:
        with pytest.raises(ConflictError):
            cases.is_admitted(votes, quorum=quorum)
    else:
        assert cases.is_admitted(votes, quorum=quorum) == (yes > no)


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 1, 1)), st.integers(1, 36))
def test_months_later_is_never_in_another_month(day: date, months: int) -> None:
    later = cases.add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_locks_double_up_to_the_most() -> None:
    seconds = [lock_seconds(failures, allowed=5, first=30, most=900) for failures in range(4, 12)]
    assert seconds == [0, 30, 60, 120, 240, 480, 900, 900]


def test_working_days_skip_the_spring_festival_and_say_when_unconfirmed() -> None:
    assert workdays.after(date(2025, 1, 27), 1) == (date(2025, 2, 5), True)
    day, confirmed = workdays.after(date(2080, 1, 5), 5)
    assert (day.weekday(), confirmed) == (4, False)


def test_the_words_of_policies_are_those_their_readers_know() -> None:
    assert set(policies.RULES["credit_breach_kinds"].choices) == set(credit.KINDS)
    assert set(policies.RULES["base_booking_roles"].choices) == set(base.BOOKERS)
    for key, rule in policies.RULES.items():
        if rule.choices:
            assert isinstance(rule.default, list), key
            assert set(rule.default) <= set(rule.choices), key
