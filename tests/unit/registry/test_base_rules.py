"""Pure rules of centres, bookings, deadlines, balance, comparison of plans, quorum and guidance."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError
from contracts.registry import base as base_contract
from contracts.registry import centres as centres_contract
from contracts.registry import deadlines as deadlines_contract
from contracts.registry import policy_documents as documents_contract
from contracts.registry import teams as teams_contract
from contracts.registry.codes_base import BaseCode
from services.registry.base import domain as base
from services.registry.centres import domain as centres
from services.registry.deadlines import domain as deadlines
from services.registry.guidance import domain as guidance
from services.registry.plans import domain_diff
from services.registry.policy_documents import domain as documents
from services.registry.seed_groups import domain as seeds
from services.registry.teams import domain as teams
from services.registry.teams import domain_balance as balance

CALM = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine too


def _agreement(status: str, action: str) -> str:
    return centres.next_agreement_status(status, action, ended=BaseCode.OPERATOR_ENDED)


Machine = tuple[dict[tuple[str, str], str], tuple[str, ...], Callable[[str, str], str], tuple[str, ...]]
MACHINES: dict[str, Machine] = {
    "deadline": (deadlines.TRANSITIONS, deadlines.STATUSES, deadlines.next_status, deadlines_contract.STATUSES),
    "centre": (centres.TRANSITIONS, centres.STATUSES, centres.next_status, centres_contract.STATUSES),
    "agreement": (
        centres.AGREEMENT_TRANSITIONS,
        centres.AGREEMENT_STATUSES,
        _agreement,
        centres_contract.OPERATOR_STATUSES,
    ),
    "booking": (base.TRANSITIONS, base.STATUSES, base.next_status, base_contract.STATUSES),
    "document": (documents.TRANSITIONS, documents.STATUSES, documents.next_status, documents_contract.STATUSES),
    "hand-over": (
        teams.HAND_OVER_TRANSITIONS,
        teams.HAND_OVER_STATUSES,
        teams.next_hand_over_status,
        teams_contract.HAND_OVER_STATUSES,
    ),
}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_pair_of_state_and_action_is_in_the_table_or_a_conflict(machine: str) -> None:
    table, statuses, step, promised = MACHINES[machine]
    assert statuses == promised
    for status, action in itertools.product(statuses, {action for _, action in table}):
        if (status, action) in table:
            assert step(status, action) == table[status, action]
        else:
            with pytest.raises(ConflictError):
                step(status, action)


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_is_reached(machine: str) -> None:
    table, statuses, *_ = MACHINES[machine]
    reached = {statuses[0]} | ({"requested", "booked"} if machine == "booking" else set())
    for _ in statuses:
        reached |= {after for (before, _), after in table.items() if before in reached}
    assert reached == set(statuses)


def test_a_room_is_closed_and_opened_in_turns() -> None:
    assert base.next_space_status("open", "closed") == "closed"
    assert base.next_space_status("closed", "open") == "open"
    for status in base_contract.SPACE_STATUSES:
        with pytest.raises(ConflictError):
            base.next_space_status(status, status)


def test_escalation_climbs_the_roles_and_ends() -> None:
    roles = ["specialist", "street_staff", "bureau"]
    assert [deadlines.told(roles, level) for level in range(5)] == [None, *roles, None]


NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
RULES = {"step": 15, "longest": 240, "days_ahead": 30}


@pytest.mark.parametrize(
    ("start", "minutes", "code"),
    [
        (timedelta(hours=-1), 60, "booking_time_invalid"),
        (timedelta(hours=1), 0, "booking_time_invalid"),
        (timedelta(hours=1), -30, "booking_time_invalid"),
        (timedelta(hours=1, minutes=5), 60, "booking_time_invalid"),
        (timedelta(hours=1), 50, "booking_time_invalid"),
        (timedelta(hours=10), 180, "booking_time_invalid"),  # over midnight
        (timedelta(hours=1), 255, "booking_too_long"),
        (timedelta(days=31), 60, "booking_too_early"),
    ],
)
def test_a_booking_keeps_the_rules_of_the_base(start: timedelta, minutes: int, code: str) -> None:
    with pytest.raises(InvalidError) as refused:
        base.check_times(NOON + start, NOON + start + timedelta(minutes=minutes), NOON, **RULES)
    assert refused.value.code == code


def test_a_booking_may_end_at_midnight() -> None:
    found = base.check_times(NOON + timedelta(hours=9), NOON + timedelta(hours=12), NOON, **RULES)
    assert found == (date(2026, 3, 10), 21 * 60, 24 * 60)


@CALM
@given(st.lists(st.tuples(st.integers(0, 95), st.integers(1, 20)), max_size=25))
def test_bookings_that_were_let_in_never_share_an_instant(asked: list[tuple[int, int]]) -> None:
    held: list[tuple[datetime, datetime]] = []
    for quarter, length in asked:
        start = NOON + timedelta(minutes=15 * quarter)
        end = start + timedelta(minutes=15 * length)
        free = all(end <= one or start >= other for one, other in held)
        if free:
            base.check_free(held, start, end)
            held.append((start, end))
        else:
            with pytest.raises(ConflictError, match="booking_taken"):
                base.check_free(held, start, end)


def test_who_may_book_is_the_rules_word_and_the_rooms() -> None:
    base.check_role("cso", ["cso", "hub"], [])
    base.check_role("cso", ["cso", "hub"], ["cso"])
    for role, of_space in (("provider", []), ("hub", ["cso"])):
        with pytest.raises(ForbiddenError):
            base.check_role(role, ["cso", "hub"], of_space)


def _spans(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"from": start, "until": end} for start, end in pairs]


HOURS = {
    "workday": _spans(("08:30", "12:00"), ("12:00", "17:30")),
    "restday": [],
    "exceptions": [{"on": "2026-03-11", "spans": _spans(("18:00", "24:00")), "note": "夜校"}],
}


def test_opening_hours_follow_the_kind_of_day_and_the_days_that_are_named() -> None:
    centres.check_hours(HOURS)
    workday, _ = centres.spans_on(HOURS, date(2026, 3, 10), workday=True)
    assert centres.is_open(centres.minutes(workday), 9 * 60, 17 * 60)
    assert not centres.is_open(centres.minutes(workday), 8 * 60, 9 * 60)
    assert centres.spans_on(HOURS, date(2026, 3, 14), workday=False) == ([], "")
    named, note = centres.spans_on(HOURS, date(2026, 3, 11), workday=True)
    assert note == "夜校"
    assert centres.is_open(centres.minutes(named), 23 * 60, 24 * 60)


@pytest.mark.parametrize(
    "wrong",
    [
        {"workday": _spans(("12:00", "09:00"))},
        {"workday": _spans(("09:00", "12:00"), ("11:00", "13:00"))},
        {"exceptions": [{"on": "2026-03-11", "spans": [], "note": ""}] * 2},
    ],
)
def test_hours_that_overlap_or_name_a_day_twice_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidError, match="centre_hours_invalid"):
        centres.check_hours({**HOURS, **wrong})


DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 2, 28))


@CALM
@given(DAYS, DAYS, DAYS, DAYS)
def test_periods_overlap_exactly_when_they_share_a_day(one: date, two: date, three: date, four: date) -> None:
    first, second = sorted((one, two)), sorted((three, four))
    shared = {first[0] + timedelta(n) for n in range((first[1] - first[0]).days + 1)} & {
        second[0] + timedelta(n) for n in range((second[1] - second[0]).days + 1)
    }
    assert centres.overlaps([(first[0], first[1])], second[0], second[1]) == bool(shared)
    assert centres.overlaps([(first[0], None)], second[0], second[1]) == (second[1] >= first[0])


NAMES = st.sampled_from("abcdef")


@st.composite
def districts(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, int], list[balance.Served]]:
    people = sorted(draw(st.sets(NAMES, min_size=1)))
    served = [
        balance.Served(
            case_id=f"case-{number}",
            account_id=draw(st.sampled_from(people)),
            eligible=frozenset(draw(st.sets(st.sampled_from(people)))),
            days=draw(st.integers(0, 400)),
        )
        for number in range(draw(st.integers(0, 25)))
    ]
    loads = {one: sum(case.account_id == one for case in served) for one in people}
    return loads, {one: max(loads[one], draw(st.integers(1, 12))) for one in people}, served


@given(districts(), st.integers(1, 4))
@settings(CALM, max_examples=200)
def test_suggested_hand_overs_only_ever_even_out_the_load(
    district: tuple[dict[str, int], dict[str, int], list[balance.Served]], tolerance: int
) -> None:
    loads, most, served = district
    cases = {case.case_id: case for case in served}
    now = dict(loads)
    moves = balance.balance(loads, most, served, tolerance=tolerance)
    assert len({move.case_id for move in moves}) == len(moves)
    for move in moves:
        case = cases[move.case_id]
        assert move.from_account_id == case.account_id != move.to_account_id
        assert move.to_account_id in case.eligible
        assert now[move.from_account_id] - now[move.to_account_id] > tolerance
        now[move.from_account_id] -= 1
        now[move.to_account_id] += 1
        assert now[move.to_account_id] <= most[move.to_account_id]
    left = [case for case in served if case.case_id not in {move.case_id for move in moves}]
    for case in left:
        for taker in case.eligible - {case.account_id}:
            assert now[case.account_id] - now[taker] <= tolerance or now[taker] >= most[taker]
    assert moves == balance.balance(loads, most, served, tolerance=tolerance)


def test_who_is_full_is_not_suggested_and_each_score_is_the_sum_of_its_reasons() -> None:
    ranked = balance.rank(
        [
            balance.Candidate("full", 10, 10, same_street=True, served_before=True, same_hub=True),
            balance.Candidate("empty", 0, 10),
            balance.Candidate("near", 4, 10, same_street=True, same_hub=True),
            balance.Candidate("known", 5, 10, served_before=True),
        ]
    )
    assert [one.candidate.account_id for one in ranked] == ["near", "empty", "known"]
    assert all(one.score == sum(one.reasons.values()) <= 100 for one in ranked)


GOALS = st.lists(
    st.fixed_dictionaries(
        {
            "stage": st.sampled_from(["start", "growth", "maturity"]),
            "goal": st.sampled_from(["完善章程", "完善章程与分工", "骨干培训两期", "开展服务", "对接资源"]),
            "measure": st.sampled_from(["", "章程通过", "每期二十人"]),
            "due_on": st.sampled_from(["2026-06-01", "2026-09-01"]),
        }
    ),
    max_size=6,
)


@given(GOALS, GOALS)
@settings(CALM, max_examples=200)
def test_a_comparison_accounts_for_every_goal_once(before: list[dict[str, str]], after: list[dict[str, str]]) -> None:
    changes, unchanged = domain_diff.compare_goals(before, after)
    kinds = [change.change for change in changes]
    assert unchanged + kinds.count("changed") + kinds.count("removed") == len(before)
    assert unchanged + kinds.count("changed") + kinds.count("added") == len(after)
    for change in changes:
        if change.change == "changed":
            assert change.before is not None
            assert change.after is not None
            old, new = before[change.before - 1], after[change.after - 1]
            assert change.fields == {name: [old[name], new[name]] for name in old if old[name] != new[name]}
            assert change.fields
    assert domain_diff.compare_goals(before, before) == ([], len(before))


@CALM
@given(st.text(alphabet="甲乙\n", max_size=30), st.text(alphabet="甲乙\n", max_size=30))
def test_a_comparison_of_texts_holds_both_versions(before: str, after: str) -> None:
    lines = domain_diff.compare_text(before, after)
    assert "\n".join(text for change, text in lines if change != "added") == before
    assert "\n".join(text for change, text in lines if change != "removed") == after


@CALM
@given(st.integers(0, 300), st.integers(1, 100))
def test_a_quorum_is_reachable_and_more_than_the_share(members: int, percent: int) -> None:
    needed = seeds.quorum(members, percent)
    assert 1 <= needed <= max(members, 1)
    if percent < 100 and members:
        assert needed * 100 > members * percent or needed == members


def test_who_came_must_be_members_and_part_of_the_attendance() -> None:
    assert seeds.check_present(None, {"a", "b"}, 30) == 2
    assert seeds.check_present(["a", "a"], {"a", "b"}, 5) == 1
    for named, attendance in ((["c"], 5), (["a", "b"], 1)):
        with pytest.raises(InvalidError):
            seeds.check_present(named, {"a", "b"}, attendance)


FACTS = ["kind", "stage", "case_status", "findings_open", "plan_status", "has_hub", "visit_due", "resources_linked"]


@CALM
@given(st.dictionaries(st.sampled_from(FACTS), st.sampled_from(["cso", "new", "incubating", "draft"]) | st.none()))
def test_an_entry_is_listed_exactly_when_all_its_conditions_hold(facts: dict[str, Any]) -> None:
    known = {name: value for name, value in facts.items() if name in {"kind", "stage", "case_status", "plan_status"}}
    applied = {rule.code for rule, _ in guidance.applying(known)}
    for rule in guidance.RULES:
        assert (rule.code in applied) == all(condition.holds(known) for condition in rule.when)


def test_every_rule_has_texts_a_list_and_a_code_of_its_own() -> None:
    codes = [rule.code for rule in guidance.RULES]
    assert len(set(codes)) == len(codes)
    for rule in guidance.RULES:
        assert rule.list in {"todo", "suggestions", "service_plan"}
        assert rule.zh
        assert rule.en
        assert rule.when


@pytest.mark.parametrize("scores", [{}, {"finance": 10, "team": 59, "service": 60}])
def test_gaps_are_the_scores_below_the_line_weakest_first(scores: dict[str, int]) -> None:
    found = guidance.gaps(scores, below=60)
    assert found == sorted(((n, s) for n, s in scores.items() if s < 60), key=lambda one: one[1])


def test_a_rechecker_is_neither_of_the_organisation_nor_who_put_it_right() -> None:
    from services.registry.visits.domain import check_rechecker

    check_rechecker(account="a", organisation=None, rectified_by="b", organisation_id="o")
    for account, organisation in (("b", None), ("a", "o")):
        with pytest.raises(FootprintError, match="finding_recheck_own"):
            check_rechecker(account=account, organisation=organisation, rectified_by="b", organisation_id="o")
