"""Rules of the one list and the census: every pair of the tables, sums that agree, nobody shown who did not agree."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from chassis.reseal import sealed_columns
from contracts.registry.personal import declared
from contracts.resources import OPERATIONS
from contracts.resources.one_list_facts import KINDS
from services.resources.census import domain as census
from services.resources.grid import domain as grid
from services.resources.one_list import domain, naming
from services.resources.service import SERVICE

CODES = [f"37021100900{community}{cell}" for community in "123" for cell in ("", "001", "002")]


@pytest.mark.parametrize(
    ("statuses", "actions", "table", "step"),
    [
        (domain.STATUSES, domain.ACTIONS, domain.TRANSITIONS, domain.next_status),
        (census.STATUSES, census.ACTIONS, census.TRANSITIONS, census.next_status),
        (census.RECORD_STATUSES, census.RECORD_ACTIONS, census.RECORD_TRANSITIONS, census.next_record_status),
    ],
)
def test_a_pair_is_in_the_table_or_a_conflict(statuses: Any, actions: Any, table: Any, step: Any) -> None:
    assert {status for status, _ in table} | set(table.values()) == set(statuses)
    assert {action for _, action in table} == set(actions)
    for status in statuses:
        for action in actions:
            if (status, action) in table:
                assert step(status, action) == table[status, action]
            else:
                with pytest.raises(ConflictError):
                    step(status, action)


def test_every_sealed_column_is_declared_personal_in_a_view_and_vice_versa() -> None:
    sealed = {f"{one.table.name}.{one.column.name}" for one in sealed_columns(SERVICE.metadata)}
    assert {one.purpose for one in sealed_columns(SERVICE.metadata)} == sealed
    assert sealed == {column for row in OPERATIONS if row.output for _, column, _ in declared(row.output)}


def test_what_is_personal_comes_in_load_only_and_is_never_kept_with_a_command() -> None:
    names = {"person_name", "contact_name", "contact_phone", "answers", "records", "phone", "name"}
    wrong = [
        (row.name, name)
        for row in OPERATIONS
        if row.kind == "command" and not row.secret
        for name, field in row.input().fields.items()
        if name in names and not field.load_only
    ]
    assert wrong == []


COUNTS = st.builds(
    lambda listed, verified, visited: census.Count(
        visited=listed + verified + visited, verified=listed + verified, listed=listed
    ),
    *[st.integers(0, 20)] * 3,
)


@st.composite
def plans(draw: Any) -> dict[str, int]:
    """Places that do not overlap, each with what is expected."""
    chosen: dict[str, int] = {}
    for code in draw(st.permutations(CODES)):
        try:
            census.check_new_place(code, chosen)
        except InvalidError:
            continue
        chosen[code] = draw(st.integers(1, 30))
    return chosen


@given(plans(), st.data())
def test_communities_and_the_whole_are_the_sums_of_their_places(expected: dict[str, int], data: Any) -> None:
    counts = data.draw(st.dictionaries(st.sampled_from(sorted(expected)), COUNTS))
    found = census.coverage(expected, counts)
    for name in ("expected", "visited", "verified", "listed"):
        assert found["total"][name] == sum(row[name] for row in found["communities"])
        assert found["total"][name] == sum(row[name] for row in found["places"])
    for row in (found["total"], *found["communities"], *found["places"]):
        assert 0 <= row["permille"] <= 1000
        assert row["listed"] <= row["verified"] <= row["visited"]
    full = all(counts.get(code, census.Count()).visited >= count for code, count in expected.items())
    assert (found["total"]["permille"] == 1000) == full


@given(plans())
def test_no_door_is_counted_at_two_places(expected: dict[str, int]) -> None:
    codes = sorted(expected)
    assert not any(one != other and other.startswith(one) for one in codes for other in codes)


INSTANTS = st.none() | st.just(datetime(2026, 3, 2, tzinfo=UTC))


@given(
    st.fixed_dictionaries(
        {
            "kind": st.sampled_from(KINDS),
            "status": st.sampled_from(domain.STATUSES),
            "is_public": st.booleans(),
            "publish_consented_at": INSTANTS,
            "contact_consented_at": INSTANTS,
            "contact_name": st.just("甲"),
            "contact_phone": st.just("13800138000"),
        }
    )
)
def test_nobody_is_shown_who_did_not_agree(row: dict[str, Any]) -> None:
    if row["kind"] in domain.PEOPLE and row["publish_consented_at"] is None:
        assert not domain.is_shown(row)
    contact = domain.shown_contact(row)
    if row["contact_consented_at"] is None or not domain.is_shown(row):
        assert set(contact.values()) == {None}
    if row["status"] not in domain.ON_THE_LIST or not row["is_public"]:
        assert not domain.is_shown(row)


@given(st.dictionaries(st.sampled_from(sorted(domain.PERSONAL)), st.text(min_size=1), min_size=1))
def test_the_history_never_holds_a_personal_value(after: dict[str, str]) -> None:
    for one in domain.changes({}, after):
        assert (one["personal"], one["before"], one["after"]) == (True, None, None)


@given(st.dictionaries(st.text("abc", min_size=1), st.integers() | st.text()), st.randoms())
def test_a_fingerprint_does_not_depend_on_order(facts: dict[str, Any], random: Any) -> None:
    shuffled = list(facts.items())
    random.shuffle(shuffled)
    assert domain.fingerprint(facts) == domain.fingerprint(dict(shuffled))
    pairs = [(name, str(value)) for name, value in facts.items()]
    assert domain.digest_of(pairs) == domain.digest_of(reversed(pairs))


@given(st.text(max_size=20), st.text(max_size=20))
def test_likeness_is_a_percentage_alike_from_both_sides(one: str, other: str) -> None:
    assert 0 <= naming.likeness(one, other) == naming.likeness(other, one) <= 100
    if naming.folded(one):
        assert naming.likeness(one, one) == 100


@given(st.integers(-180_000_000, 180_000_000), st.integers(-89_000_000, 89_000_000), st.integers(-9_000, 9_000))
def test_distance_is_zero_at_home_and_the_same_there_and_back(x: int, y: int, step: int) -> None:
    here, there = (x, y), (x, y + step)
    assert grid.metres(here, here) == 0
    assert grid.metres(here, there) == grid.metres(there, here)
    assert abs((grid.metres(here, there) or 0) - abs(step) * 0.111195) <= 2  # 111 195 m a degree of latitude
    assert grid.metres(here, None) is None


@pytest.mark.parametrize(
    ("kind", "given_", "fits"),
    [
        ("single", "yes", True),
        ("single", "maybe", False),
        ("single", ["yes"], False),
        ("multiple", ["yes", "no"], True),
        ("multiple", ["yes", "yes"], False),
        ("number", 3, True),
        ("number", True, False),
        ("number", -1, False),
        ("text", "字", True),
        ("text", "\x00", False),
        ("text", "\ud800", False),
        ("text", "字" * 2001, False),
    ],
)
def test_an_answer_fits_its_question_or_is_refused_without_being_repeated(kind: str, given_: Any, fits: bool) -> None:
    options = [{"key": "yes"}, {"key": "no"}] if kind in census.CHOICES else []
    question = {"key": "q", "kind": kind, "options": options, "required": True}
    if fits:
        assert set(census.accepted([question], {"q": given_})) == {"q"}
        return
    with pytest.raises(InvalidError) as refused:
        census.accepted([question], {"q": given_})
    assert refused.value.details["problems"] == ["question q: not an answer to it"]


def test_a_plan_that_contradicts_itself_is_refused() -> None:
    days = {"starts_on": date(2026, 3, 2), "ends_on": date(2026, 3, 1)}
    question = {"key": "q", "kind": "single", "options": [{"key": "a"}], "required": True}
    with pytest.raises(InvalidError) as refused:
        census.check_plan(**days, questions=[question, question])
    assert len(refused.value.details["problems"]) == 4
