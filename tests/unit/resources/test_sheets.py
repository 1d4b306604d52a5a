"""Cells of sheets of offers and needs: what they mean, and that what goes out comes in again."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.sheets.cells import heading_key
from contracts.resources.needs import DraftNeed
from contracts.resources.offers import DraftOffer
from contracts.resources.sheets import NEED_CHOICES, NEED_COLUMNS, OFFER_CHOICES, OFFER_COLUMNS
from services.resources.bulk import domain
from services.resources.needs import domain as need_rules
from services.resources.offers import domain as offer_rules

SHAPES = ("number", "money", "date", "words", "flag", "windows", "times", "batches", "qualifications", "text")


@pytest.mark.parametrize(("columns", "schema"), [(OFFER_COLUMNS, DraftOffer()), (NEED_COLUMNS, DraftNeed())])
def test_every_taken_column_fills_a_field_and_no_two_share_a_heading(columns: Any, schema: Any) -> None:
    for column in columns:
        if column.taken:
            outer, _, inner = column.name.partition("_")
            field = schema.fields[outer if outer in domain.NESTED else column.name]
            assert outer not in domain.NESTED or inner in field.schema.fields
            assert bool(column.required) == bool(field.required and column.name != "")
    headings = [heading_key(text) for column in columns for text in {column.zh, column.en}]
    assert len(set(headings)) == len(headings)


def test_every_field_but_opening_hours_has_its_column() -> None:
    for columns, schema, besides in ((OFFER_COLUMNS, DraftOffer(), {"opening"}), (NEED_COLUMNS, DraftNeed(), set())):
        told = {next(iter(domain.nested({column.name: ""}))) for column in columns}
        assert set(schema.fields) - told == besides


@pytest.mark.parametrize(("columns", "choices"), [(OFFER_COLUMNS, OFFER_CHOICES), (NEED_COLUMNS, NEED_CHOICES)])
def test_every_choice_has_its_words(columns: Any, choices: Any) -> None:
    assert {column.name for column in columns if column.shape == "choice"} == set(choices)


def test_every_status_has_its_words() -> None:
    from services.resources.bulk.lists import NEEDS, OFFERS

    assert set(OFFERS.statuses) == set(offer_rules.STATUSES)
    assert set(NEEDS.statuses) == set(need_rules.STATUSES)


@pytest.mark.parametrize(
    ("shape", "text", "value"),
    [
        ("number", "1,200", 1200),
        ("number", "４０.0", 40),
        ("money", "¥30,000.50元", "30000.50"),
        ("date", "2026年3月5日", "2026-03-05"),
        ("date", "2026/3/5", "2026-03-05"),
        ("words", "助老、助残,  急救 培训", ["助老", "助残", "急救 培训"]),
        ("flag", "是", True),
        ("flag", "FALSE", False),
        (
            "windows",
            "2026-12-01 9:00-11:00；2026-12-02 22:00 至 2026-12-03 01:30",
            [
                {"starts_at": "2026-12-01T09:00:00+08:00", "ends_at": "2026-12-01T11:00:00+08:00"},
                {"starts_at": "2026-12-02T22:00:00+08:00", "ends_at": "2026-12-03T01:30:00+08:00"},
            ],
        ),
        ("times", "周一 09:00-11:00；Sunday 8:30-9:00", [
            {"weekday": 1, "from_time": "09:00", "to_time": "11:00"},
            {"weekday": 7, "from_time": "08:30", "to_time": "09:00"},
        ]),
        ("batches", "A1 30 2027-01-31；A2 10", [
            {"label": "A1", "quantity": 30, "expires_on": "2027-01-31"},
            {"label": "A2", "quantity": 10},
        ]),
        ("qualifications", "培训 急救 2027-01-31；保险", [
            {"kind": "training", "name": "急救", "valid_until": "2027-01-31"},
            {"kind": "insurance", "name": ""},
        ]),
    ],
)  # fmt: skip
def test_a_cell_means_what_people_write(shape: str, text: str, value: Any) -> None:
    assert domain.parse(shape, text) == value


@pytest.mark.parametrize(
    ("shape", "text"),
    [
        ("number", "十"),
        ("number", "-1"),
        ("number", "1.5"),
        ("number", "9" * 5000),
        ("date", "明天"),
        ("flag", "也许"),
        ("windows", "2026-12-01 早上"),
        ("times", "周八 09:00-11:00"),
        ("batches", "A1"),
        ("qualifications", "学历 博士"),
    ],
)
def test_a_cell_that_means_nothing_is_an_error(shape: str, text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        domain.parse(shape, text)


@given(st.sampled_from(SHAPES), st.text(max_size=60))
def test_any_text_means_something_or_is_a_value_error(shape: str, text: str) -> None:
    with suppress(ValueError):
        domain.parse(shape, text)


_WORD = st.text(st.characters(categories=["L", "N"], max_codepoint=0x9FFF), min_size=1, max_size=8).filter(
    lambda word: domain._plain(word) == word and len(domain._plain(word).split()) == 1
)
_DAY = st.dates(min_value=date(2000, 1, 1)).map(lambda day: day.isoformat())
_CLOCK = st.times().map(lambda time: time.strftime("%H:%M"))


@given(st.lists(_WORD, unique=True))
def test_words_go_out_and_come_in(words: list[str]) -> None:
    assert domain.parse("words", domain.show("words", words)) == words


@given(st.lists(st.tuples(_DAY, _CLOCK, _DAY, _CLOCK), max_size=5))
def test_windows_go_out_and_come_in(rows: list[tuple[str, str, str, str]]) -> None:
    windows = [
        {"starts_at": f"{day}T{begins}:00+08:00", "ends_at": f"{last}T{ends}:00+08:00"}
        for day, begins, last, ends in rows
    ]
    assert domain.parse("windows", domain.show("windows", windows)) == windows


@given(st.lists(st.tuples(st.integers(1, 7), _CLOCK, _CLOCK), max_size=5))
def test_times_go_out_and_come_in(rows: list[tuple[int, str, str]]) -> None:
    times = [{"weekday": day, "from_time": begins, "to_time": ends} for day, begins, ends in rows]
    assert domain.parse("times", domain.show("times", times)) == times


@given(st.lists(st.tuples(_WORD, st.integers(1, 10**11), st.none() | _DAY), max_size=5))
def test_batches_go_out_and_come_in(rows: list[tuple[str, int, str | None]]) -> None:
    batches = [
        {"label": label, "quantity": count, **({"expires_on": until} if until else {})} for label, count, until in rows
    ]
    assert domain.parse("batches", domain.show("batches", batches)) == batches


@given(st.dictionaries(_WORD, _WORD, max_size=4), _WORD, _WORD)
def test_a_digest_tells_rows_organisations_and_streets_apart(facts: dict[str, str], one: str, other: str) -> None:
    mark = domain.digest(facts, organisation_id=one, street_code=other)
    assert mark == domain.digest(dict(reversed(facts.items())), organisation_id=one, street_code=other)
    assert mark != domain.digest({**facts, "another": one}, organisation_id=one, street_code=other)
    assert mark != domain.digest(facts, organisation_id=one + "x", street_code=other)
    assert mark != domain.digest(facts, organisation_id=one, street_code=None)
