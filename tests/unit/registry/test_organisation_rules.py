"""Pure rules of organisations: machines, names, likeness, assurance, merges, readiness."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.errors import ConflictError, FootprintError, InvalidError
from services.registry.credit import domain as credit
from services.registry.duplicates import domain as duplicates
from services.registry.merges import domain as merges
from services.registry.organisations import domain, identifiers, naming
from services.registry.readiness import defaults
from services.registry.readiness import domain as readiness

MACHINES: dict[str, tuple[dict[tuple[str, str], str], tuple[str, ...], Callable[[str, str], str]]] = {
    "organisation": (domain.TRANSITIONS, domain.STATUSES, domain.next_status),
    "duplicate": (duplicates.TRANSITIONS, duplicates.STATUSES, duplicates.next_status),
    "merge": (merges.TRANSITIONS, merges.STATUSES, merges.next_status),
    "credit fact": (credit.TRANSITIONS, credit.STATUSES, credit.next_status),
}
HAN = st.text(alphabet="夕阳红助老服务社区文体环保青春队读书会", min_size=1, max_size=12)
DAYS = st.dates(date(2000, 1, 1), date(2100, 1, 1))


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


@given(HAN, st.data())
def test_every_part_of_a_name_is_found_by_its_pairs_and_its_sounds(name: str, data: Any) -> None:
    keys = naming.keys_of(name)
    first = data.draw(st.integers(0, len(name) - 1))
    last = data.draw(st.integers(first + 1, len(name)))
    part = name[first:last]
    if len(part) > 1:
        assert set(naming.bigrams_of(part)) <= set(keys.bigrams)
        pairs = naming.bigrams_of(keys.initials[first:last])
        assert {f"i{pair}" for pair in pairs} <= set(keys.sounds)
    letters = "".join(naming.syllables_of(name)[first:last])
    cut = letters[: data.draw(st.integers(2, max(2, len(letters))))]
    sound = naming.sound_key(cut)
    assert sound is None or sound in keys.sounds
    assert cut in keys.pinyin


@given(HAN, HAN)
def test_likeness_is_symmetric_and_whole_only_of_the_same_pairs(one: str, other: str) -> None:
    mine, theirs = naming.bigrams_of(one), naming.bigrams_of(other)
    assert naming.dice(mine, theirs) == naming.dice(theirs, mine)
    assert 0 <= naming.dice(mine, theirs) <= 1
    assert (naming.dice(mine, theirs) == 1) == (set(mine) == set(theirs))


def test_polyphones_letters_and_width_are_read_as_people_read_them() -> None:
    assert naming.keys_of("重庆路（Ｂ区）3号").pinyin == "chongqinglubqu3hao"
    assert naming.keys_of("女子合唱团").initials == "nzhct"


@given(DAYS, st.integers(1, 120), st.integers(-400, 400))
def test_what_is_overdue_is_exactly_what_was_confirmed_until_a_day(today: date, months: int, shift: int) -> None:
    last = domain.last_overdue_day(today, months)
    confirmed = last + timedelta(days=shift)
    assert (domain.assurance_due(confirmed, months) < today) == (confirmed <= last)


@given(st.builds(duplicates.Likeness, st.floats(0, 1), *[st.booleans()] * 4), st.integers(1, 100))
def test_a_score_is_the_sum_of_its_reasons_and_a_place_alone_is_none(likeness: Any, least: int) -> None:
    weights = {"name": 60, "sound": 15, "code": 40, "phone": 30, "place": 5}
    reasons = duplicates.reasons(likeness, weights, least_likeness=least)
    assert duplicates.score(reasons) == min(100, sum(reason["points"] for reason in reasons))
    assert {reason["term"] for reason in reasons} != {"place"}
    stronger = duplicates.reasons(
        duplicates.Likeness(likeness.name, True, True, True, likeness.place), weights, least_likeness=least
    )
    assert duplicates.score(stronger) >= duplicates.score(reasons)


PAIRS = st.lists(st.sampled_from([a + b for a in "红星助老" for b in "服务社队"]), unique=True, max_size=14)


@given(PAIRS, PAIRS, st.dictionaries(st.text("红星助老服务社队", min_size=2, max_size=2), st.floats(0, 1)))
@settings(max_examples=400)
def test_whoever_is_like_enough_has_a_telling_pair(
    mine: list[str], theirs: list[str], shares: dict[str, float]
) -> None:
    both = len(set(mine) & set(theirs))
    for least in (1, 25, 50, 66, 67, 99, 100):
        telling = duplicates.telling(mine, shares, least_likeness=least)
        assert set(telling) <= set(mine)
        if both and 200 * both >= least * (len(mine) + len(theirs)):
            assert set(telling) & set(theirs), (mine, theirs, least)


def test_the_rarest_pairs_tell() -> None:
    pairs = ["合成", "成夕", "夕阳", "服务", "务队"]
    common = {"合成": 1.0, "服务": 0.4, "务队": 0.3}
    assert duplicates.telling(pairs, common, least_likeness=50) == ["成夕", "夕阳", "务队", "服务"]
    assert duplicates.telling(pairs, common, least_likeness=80) == ["成夕", "夕阳"]
    assert duplicates.telling([], {}, least_likeness=50) == []


SIDES = st.builds(
    merges.Side,
    st.sampled_from(["org_a", "org_b"]),
    st.sampled_from(["cso", "hub"]),
    st.sampled_from(["370211009", "370211005", None]),
    st.sampled_from([None, "52A", "52B"]),
    st.just("active"),
    st.integers(0, 1),
)


@given(SIDES, SIDES)
def test_two_are_merged_only_where_they_can_be_one(survivor: merges.Side, merged: merges.Side) -> None:
    fits = (
        survivor.organisation_id != merged.organisation_id
        and survivor.kind == merged.kind
        and survivor.street_code == merged.street_code
        and (merged.uscc is None or merged.uscc == survivor.uscc)
        and not (survivor.open_cases and merged.open_cases)
    )
    try:
        merges.check(survivor, merged)
    except FootprintError:
        assert not fits
    else:
        assert fits


FACTS = st.fixed_dictionaries(
    {},
    optional={
        name: st.booleans() | st.none() if unit == "yes" else st.integers(0, 10_000_000) | st.none()
        for name, unit in readiness.FACTS.items()
    },
)


@given(FACTS, st.sampled_from(sorted(defaults.RULES)), st.data())
def test_declaring_more_never_unmeets_and_a_met_rule_misses_nothing(facts: Any, form: str, data: Any) -> None:
    name = data.draw(st.sampled_from(sorted(readiness.FACTS)))
    for rule in defaults.RULES[form]:
        readiness.check_needs(rule["needs"])
        verdict = readiness.judge(rule["needs"], facts)
        assert (verdict.status == "met") == (verdict.missing == ())
        better = {**facts, name: True if readiness.FACTS[name] == "yes" else 10**12}
        if verdict.status == "met":
            assert readiness.judge(rule["needs"], better).status == "met"
        if verdict.status == "unknown":
            assert any(lack["have"] is None for lack in verdict.missing)


def test_members_of_both_kinds_are_counted_together_by_the_regulation() -> None:
    needs = defaults.RULES["association"][0]["needs"]
    assert readiness.judge(needs, {"individual_members": 49, "unit_members": 1}).status == "met"
    assert readiness.judge(needs, {"individual_members": 49}).status == "unknown"
    assert readiness.judge(needs, {"individual_members": 49, "unit_members": 0}).status == "not_met"
    assert readiness.judge(needs, {"unit_members": 30}).status == "met"


@pytest.mark.parametrize(
    ("tier", "code", "declared", "form"),
    [
        ("registered", "51370211", None, "association"),
        ("registered", "52370211", "social_service", "social_service"),
        ("registered", "53370211", None, "foundation"),
        ("registered", "91370211", None, "none"),
        ("filed", None, "none", "none"),
    ],
)
def test_the_credit_code_says_the_legal_form(tier: str, code: str | None, declared: str | None, form: str) -> None:
    assert domain.legal_form(tier, code, declared) == form
    with pytest.raises(InvalidError):
        domain.legal_form(tier, code, "foundation" if form != "foundation" else "none")


@pytest.mark.parametrize("value", ["11010519491231002X", " 11010519491231002x ", "110105 19491231 002X"])
def test_identity_numbers_are_seen_through_blanks_and_case(value: str) -> None:
    with pytest.raises(InvalidError, match="identifier_is_identity_number"):
        identifiers.check("other", value, kind="cso")


def test_codes_in_force_are_not_listed_beside_the_organisation() -> None:
    with pytest.raises(ConflictError, match="identifier_principal"):
        identifiers.check_former("credit_code", None)
    identifiers.check_former("credit_code", date(2020, 1, 1))
    identifiers.check_former("tax_number", None)
