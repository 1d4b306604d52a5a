"""Rules that flag projects: at their thresholds, and laws that hold for any facts. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from contracts.projects import flags as contract
from services.projects.flags import catalogue, domain, facts
from services.projects.flags.domain import Finding
from services.projects.flags.facts import Case

TODAY = date(2026, 6, 30)
NOON = datetime(2026, 6, 1, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
PROJECT = Case(
    subject="prj_a",
    kind="project",
    today=TODAY,
    running=True,
    began_on=date(2026, 1, 1),
    starts_on=date(2026, 1, 1),
    ends_on=date(2026, 12, 31),
    last_sign_on=TODAY,
    last_report_on=TODAY,
    award_fen=10_000_00,
    budget={"物资": 6_000_00, "场地": 4_000_00},
)
few = settings(max_examples=150, deadline=None)


def found(case: Case, rule: str, **numbers: int) -> list[Finding]:
    rules = [
        {**one, "on": one["key"] == rule, "numbers": {**one["numbers"], **numbers}} for one in catalogue.defaults()
    ]
    return list(catalogue.find_all(case, rules))


def spending(number: int, fen: int, day: date, line: str = "物资", *, rest: bool = False) -> facts.Spending:
    return facts.Spending(f"spd_{number}", line, fen, day, rest)


def happening(
    name: str, hours: float, *, minutes: int = 60, km: float = 0.0, subject: str = "prj_a"
) -> facts.Happening:
    """``hours`` after noon, ``km`` north of the first place."""
    start = NOON + timedelta(hours=hours)
    return facts.Happening(name, subject, start, start + timedelta(minutes=minutes), 35.96 + km / 111.195, 120.18)


# time -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("late", "flagged"), [(7, False), (8, True), (-3, False)])
def test_a_milestone_is_late_after_its_days(late: int, flagged: bool) -> None:
    stone = facts.Milestone("mls_1", 1, TODAY - timedelta(days=late), reached=False)
    assert bool(found(replace(PROJECT, milestones=(stone,)), "milestone_late")) is flagged
    assert not found(replace(PROJECT, milestones=(replace(stone, reached=True),)), "milestone_late")
    assert not found(replace(PROJECT, running=False, milestones=(stone,)), "milestone_late")


def test_how_late_it_is_drifts_and_makes_no_new_case() -> None:
    stone = facts.Milestone("mls_1", 1, date(2026, 6, 1), reached=False)
    first, second = (
        found(replace(PROJECT, milestones=(stone,), today=TODAY + timedelta(days=more)), "milestone_late")[0]
        for more in (0, 5)
    )
    assert first.grounds == second.grounds
    assert second.facts["late"] - first.facts["late"] == 5


@pytest.mark.parametrize(("gone", "flagged"), [(106, False), (107, True)])
def test_a_report_is_late_after_its_period_and_grace(gone: int, flagged: bool) -> None:
    case = replace(PROJECT, last_report_on=TODAY - timedelta(days=gone))
    assert bool(found(case, "report_late")) is flagged


@pytest.mark.parametrize(("gone", "flagged"), [(45, False), (46, True)])
def test_a_project_is_idle_after_its_days(gone: int, flagged: bool) -> None:
    assert bool(found(replace(PROJECT, last_sign_on=TODAY - timedelta(days=gone)), "idle")) is flagged


def test_a_project_that_has_not_begun_is_not_idle() -> None:
    case = replace(PROJECT, starts_on=TODAY + timedelta(days=5), last_sign_on=None, last_report_on=None)
    assert not found(case, "idle")
    assert not found(case, "report_late")


# money ----------------------------------------------------------------------------------------------------------------


def test_spending_ahead_of_time_is_flagged_with_its_numbers() -> None:
    case = replace(PROJECT, spendings=(spending(1, 8_000_00, TODAY),))
    (flag,) = found(case, "spent_ahead")
    assert flag.facts["percent"] == 80
    assert flag.facts["elapsed"] == 49
    assert not found(replace(case, spendings=(spending(1, 7_900_00, TODAY),)), "spent_ahead", ahead_points=30)
    assert catalogue.reason(flag.rule, flag.facts)[0].startswith("已支出 8000.00 元，占资助额 10000.00 元的 80%")


def test_one_line_may_be_ahead_while_the_whole_is_not() -> None:
    case = replace(PROJECT, spendings=(spending(1, 4_000_00, TODAY, "场地"),))
    assert [one.key for one in found(case, "line_spent_ahead")] == ["line:场地"]
    assert not found(case, "spent_ahead")


@given(spent=st.integers(0, 10_000_00), more=st.integers(0, 1_000_00), day=st.integers(0, 364))
@few
def test_more_spending_and_less_time_never_lift_a_flag(spent: int, more: int, day: int) -> None:
    today = date(2026, 1, 1) + timedelta(days=day)
    case = replace(PROJECT, today=today, spendings=(spending(1, spent, today),))
    if found(case, "spent_ahead"):
        assert found(replace(case, spendings=(spending(1, spent + more, today),)), "spent_ahead")
        assert found(replace(case, today=today - timedelta(days=1)), "spent_ahead")


def test_the_pace_of_the_last_days_is_projected() -> None:
    case = replace(PROJECT, today=date(2026, 10, 2), spendings=(spending(1, 4_100_00, date(2026, 9, 20)),))
    (flag,) = found(case, "burning")
    assert flag.facts["left"] == 90
    assert flag.facts["projected_fen"] == 4 * 4_100_00
    old = replace(case, spendings=(spending(1, 4_100_00, date(2026, 8, 1)),))
    assert not found(old, "burning")


def test_little_spent_near_the_end() -> None:
    case = replace(PROJECT, today=date(2026, 11, 15), spendings=(spending(1, 4_999_99, date(2026, 5, 1)),))
    assert found(case, "underspent")
    assert not found(replace(case, spendings=(spending(1, 5_000_00, date(2026, 5, 1)),)), "underspent")
    assert not found(replace(case, today=date(2026, 8, 1)), "underspent")


@given(st.integers(-400, 800), st.integers(0, 60))
@few
def test_a_spending_is_outside_exactly_when_its_day_is(offset: int, days: int) -> None:
    day = date(2026, 1, 1) + timedelta(days=offset)
    case = replace(PROJECT, spendings=(spending(1, 100, day),))
    assert bool(found(case, "spending_outside", days=days)) is not (-days <= offset <= 364 + days)


def test_round_amounts_and_rest_days_need_a_number_and_a_share() -> None:
    even = tuple(spending(n, 2_000_00, TODAY, rest=True) for n in range(5))
    odd = tuple(spending(10 + n, 123_45, TODAY) for n in range(4))
    for rule in ("round_amounts", "rest_day_burst"):
        assert not found(replace(PROJECT, spendings=even[:4]), rule)
        assert [one.facts["some"] for one in found(replace(PROJECT, spendings=even), rule)] == [5]
        assert not found(replace(PROJECT, spendings=even + odd), rule)


def test_an_invoice_recorded_before_is_flagged_and_says_whether_it_is_exact() -> None:
    earlier = facts.EarlierInvoice("spd_0", "prj_b", TODAY, 100)
    twice = facts.Invoice("spd_1", "0451", TODAY, 100, (earlier, replace(earlier, spending_id="spd_9", amount_fen=1)))
    (flag,) = found(replace(PROJECT, invoices=(twice, facts.Invoice("spd_2", "9", None, None))), "invoice_repeated")
    assert (flag.facts["times"], flag.facts["exact"]) == (2, 1)
    assert [one.id for one in flag.named] == ["spd_1", "prj_b"]


# photos ---------------------------------------------------------------------------------------------------------------


def twin(subject: str, **more: Any) -> facts.Twin:
    given_: dict[str, Any] = {"same": True, "bits": 0, "earlier": True, "uses": frozenset({("milestone", "mls_9")})}
    return facts.Twin(f"evp_{subject}", subject, **{**given_, **more})


def photo(*twins: facts.Twin, uses: facts.Uses = frozenset({("milestone", "mls_1")}), **more: Any) -> facts.Photo:
    return facts.Photo("evp_1", "a" * 64, uses, twins=twins, **more)


def test_only_who_used_a_photo_later_is_asked() -> None:
    assert found(replace(PROJECT, photos=(photo(twin("prj_b")),)), "photo_reused")
    assert not found(replace(PROJECT, photos=(photo(twin("prj_b", earlier=False)),)), "photo_reused")


def test_a_photo_may_be_in_a_milestone_and_its_report_but_not_in_two_milestones() -> None:
    report = frozenset({("milestone", "mls_1"), ("report", "rpt_1")})
    two = frozenset({("milestone", "mls_1"), ("milestone", "mls_2")})
    assert not found(replace(PROJECT, photos=(photo(uses=report),)), "photo_reused")
    assert found(replace(PROJECT, photos=(photo(uses=two),)), "photo_reused")[0].facts["steps"] == 2
    assert not found(replace(PROJECT, photos=(photo(uses=two),)), "photo_reused", inside=0)


@pytest.mark.parametrize(("bits", "flagged"), [(6, True), (7, False)])
def test_photos_look_alike_within_the_published_bits(bits: int, flagged: bool) -> None:
    case = replace(PROJECT, photos=(photo(twin("prj_b", same=False, bits=bits)),))
    assert bool(found(case, "photo_similar")) is flagged
    assert not found(case, "photo_reused")


def test_a_series_of_one_activity_is_no_repetition() -> None:
    mine: facts.Uses = frozenset({("activity", "act_1")})
    series = twin("prj_a", same=False, bits=2, uses=mine)
    assert not found(replace(PROJECT, photos=(photo(series, uses=mine),)), "photo_similar")
    other = replace(series, uses=frozenset({("activity", "act_2")}))
    assert found(replace(PROJECT, photos=(photo(other, uses=mine),)), "photo_similar")


def test_receipts_that_look_alike_are_a_rule_of_their_own() -> None:
    mine: facts.Uses = frozenset({("spending", "spd_1")})
    case = replace(
        PROJECT, photos=(photo(twin("prj_b", same=False, bits=1, uses=frozenset({("spending", "spd_2")})), uses=mine),)
    )
    assert found(case, "receipt_similar")
    assert not found(case, "photo_similar")


def test_a_photo_from_before_the_project() -> None:
    before = datetime(2025, 12, 31, 15, 59, tzinfo=UTC)  # one minute to midnight in Shanghai
    assert found(replace(PROJECT, photos=(photo(taken_at=before),)), "photo_before")
    assert not found(replace(PROJECT, photos=(photo(taken_at=before + timedelta(minutes=1)),)), "photo_before")
    assert not found(replace(PROJECT, photos=(photo(taken_at=before),)), "photo_before", days=1)


@given(st.integers(-600, 600), st.integers(0, 300))
@few
def test_a_photo_is_outside_its_activity_exactly_when_its_minute_is(minute: int, slack: int) -> None:
    shown = photo(uses=frozenset({("activity", "act_1")}), taken_at=NOON + timedelta(minutes=minute))
    case = replace(PROJECT, photos=(shown,), happenings=(happening("act_1", 0),))
    flags = found(case, "photo_outside", minutes=slack)
    assert bool(flags) is not (-slack <= minute <= 60 + slack)
    assert all(one.facts["apart"] == max(-minute, minute - 60) for one in flags)


@pytest.mark.parametrize(("km", "flagged"), [(4.9, False), (5.1, True)])
def test_a_photo_far_from_its_activity(km: float, flagged: bool) -> None:
    shown = photo(uses=frozenset({("activity", "act_1")}), latitude=35.96, longitude=120.18)
    case = replace(PROJECT, photos=(shown,), happenings=(happening("act_1", 0, km=km),))
    assert bool(found(case, "photo_far")) is flagged


# activities -----------------------------------------------------------------------------------------------------------


def test_two_places_that_cannot_be_reached_in_time() -> None:
    near = replace(PROJECT, happenings=(happening("act_1", 0), happening("act_2", 1.4, km=20)))
    assert not found(near, "unreachable")  # 24 minutes for 20 km
    far = replace(PROJECT, happenings=(happening("act_1", 0), happening("act_2", 1.2, km=20)))
    (flag,) = found(far, "unreachable")
    assert (flag.facts["gap"], flag.facts["needed"]) == (12, 20)
    other = replace(
        PROJECT, happenings=(happening("act_2", 1.2, km=20),), neighbours=(happening("act_1", 0, subject="prj_b"),)
    )
    assert [one.kind for one in found(other, "unreachable")[0].named] == ["activity", "project"]


@given(
    st.lists(st.tuples(st.floats(0, 30), st.integers(10, 300), st.floats(0, 60)), min_size=2, max_size=6, unique=True)
)
@few
def test_of_every_pair_at_most_one_is_asked(given_: list[tuple[float, int, float]]) -> None:
    all_of_them = tuple(happening(f"act_{n}", h, minutes=m, km=k) for n, (h, m, k) in enumerate(given_))
    keys = [one.key for one in found(replace(PROJECT, happenings=all_of_them), "unreachable")]
    pairs = [frozenset(key.split(":")) for key in keys]
    assert len(pairs) == len(set(pairs))
    faster = found(replace(PROJECT, happenings=all_of_them), "unreachable", kmh=300)
    assert {one.key for one in faster} <= set(keys)


@given(st.floats(-20, 40), st.integers(1, 2000), st.integers(0, 23), st.integers(0, 23))
@few
def test_minutes_of_the_night_are_those_counted_one_by_one(hours: float, minutes: int, begin: int, end: int) -> None:
    from services.projects.flags.rules_activities import night_minutes

    start = (NOON + timedelta(hours=hours)).replace(second=0, microsecond=0)
    one_by_one = 0
    for minute in range(minutes):
        hour = ((start + timedelta(minutes=minute, hours=8)).hour - begin) % 24
        one_by_one += hour < (end - begin) % 24
    assert night_minutes(start, start + timedelta(minutes=minutes), begin, end) == one_by_one


def test_an_activity_at_night() -> None:
    assert found(replace(PROJECT, happenings=(happening("act_1", 11),)), "at_night")
    assert not found(replace(PROJECT, happenings=(happening("act_1", 9),)), "at_night")


# the rules themselves -------------------------------------------------------------------------------------------------


def test_every_rule_says_what_it_is_and_has_a_default_within_its_bounds() -> None:
    for key, rule in catalogue.RULES.items():
        assert rule.area in contract.AREAS, key
        assert rule.severity in contract.SEVERITIES, key
        assert all(least <= default <= most for default, least, most in rule.numbers.values()), key


def test_every_rule_that_is_off_finds_nothing() -> None:
    case = replace(PROJECT, last_sign_on=date(2026, 1, 1), spendings=(spending(1, 9_000_00, date(2020, 1, 1)),))
    assert list(catalogue.find_all(case, catalogue.defaults()))
    assert not list(catalogue.find_all(case, [{**rule, "on": False} for rule in catalogue.defaults()]))


def test_a_change_of_rules_keeps_the_rest_and_dates_what_differs() -> None:
    after, changed = domain.amended(
        catalogue.defaults(),
        [{"key": "idle", "numbers": {"days": 60}}, {"key": "at_night", "on": True}],
        bounds=catalogue.BOUNDS,
        today=TODAY,
    )
    assert changed == ["idle"]
    rules = {rule["key"]: rule for rule in after}
    assert (rules["idle"]["numbers"]["days"], rules["idle"]["since"]) == (60, "2026-06-30")
    assert rules["milestone_late"]["since"] is None
    assert len(after) == len(catalogue.RULES)


def test_rules_that_make_no_sense_are_refused_with_every_problem() -> None:
    changes = [{"key": "nothing"}, {"key": "idle", "numbers": {"days": 0, "weeks": 2}}]
    with pytest.raises(InvalidError) as refused:
        domain.amended(catalogue.defaults(), changes, bounds=catalogue.BOUNDS, today=TODAY)
    assert refused.value.details["problems"] == ["no rule nothing", "idle: no number weeks", "idle.days: 7 to 400"]


# flags ----------------------------------------------------------------------------------------------------------------

STATES = sorted({state for state, _ in domain.TRANSITIONS} | set(domain.TRANSITIONS.values()))
ACTIONS = sorted({action for _, action in domain.TRANSITIONS})


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("status", STATES)
def test_every_pair_is_a_transition_or_a_conflict(status: str, action: str) -> None:
    if (status, action) in domain.TRANSITIONS:
        assert domain.next_status(status, action) == domain.TRANSITIONS[status, action]
    else:
        with pytest.raises(ConflictError, match="flag_state_conflict"):
            domain.next_status(status, action)


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("found_", [None, ["a"], ["b"]])
def test_a_review_takes_only_steps_of_the_table(status: str, found_: list[str] | None) -> None:
    action = domain.on_review(status, known=["a"], found=found_)
    if action is not None:
        domain.next_status(status, action)
    settled = status in {"accepted", "upheld", "closed"}
    assert (action is None) is not (
        (found_ is None and status in {"open", "explained"})
        or (found_ is not None and status == "withdrawn")
        or (found_ == ["b"] and (settled or status == "explained"))
    )


@pytest.mark.parametrize(("days", "status", "heard"), [(6, "open", False), (7, "open", True), (0, "explained", True)])
def test_nobody_is_condemned_unheard(days: int, status: str, heard: bool) -> None:
    now = NOON + timedelta(days=days)
    if heard:
        domain.check_heard(status, raised_at=NOON, answer_days=7, now=now)
    else:
        with pytest.raises(ConflictError, match="flag_unheard"):
            domain.check_heard(status, raised_at=NOON, answer_days=7, now=now)
