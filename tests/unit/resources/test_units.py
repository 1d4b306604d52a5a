"""Units convert exactly, there and back, and never through a float."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from services.resources.offers import domain as offers
from services.resources.units import domain
from services.resources.units.domain import STANDARD, Pack, Table, Unit

MOST = 10**11
TABLE = Table()


@given(st.integers(1, 10_000), st.sampled_from(STANDARD))
def test_a_count_in_any_unit_comes_back_as_it_was(count: int, unit: Unit) -> None:
    base, word = TABLE.count(count, unit.zh, most=MOST)
    assert word == unit.base
    assert Fraction(domain.shown(base, unit.size)) == count
    assert TABLE.count(base, word, most=MOST) == (base, word)


@given(st.integers(1, 10**6), st.fractions(min_value=Fraction(1, 1000), max_value=1000).filter(lambda size: size > 0))
def test_a_fraction_is_exact_or_refused(count: int, size: Fraction) -> None:
    table = Table((Unit("own", "g", size, "自定", "own"),))
    exact = count * size
    if exact.denominator == 1:
        assert table.count(count, "自定", most=MOST) == (int(exact), "g")
    else:
        with pytest.raises(InvalidError, match="unit_not_whole"):
            table.count(count, "自定", most=MOST)


@given(st.integers(0, 10**9), st.integers(1, 10**6))
def test_what_is_shown_is_exactly_what_is_stored(count: int, size: int) -> None:
    assert Fraction(domain.shown(count, Fraction(size))) * size == count


@given(st.integers(1, 1000), st.integers(1, 1000), st.sampled_from(STANDARD))
def test_boxes_are_what_is_inside(boxes: int, size: int, unit: Unit) -> None:
    count, word = TABLE.count(boxes, "箱", Pack(size, unit.zh), most=MOST * 10**6)
    assert (count, word) == (boxes * size * unit.size, unit.base)


@pytest.mark.parametrize(
    ("quantity", "word", "expected"),
    [
        (3, "公斤", (3000, "g")),
        (2, "ＫＧ", (2000, "g")),
        (1, "吨", (1_000_000, "g")),
        (5, "斤", (2500, "g")),
        (2, "升", (2000, "ml")),
        (7, "个", (7, "件")),
        (2, "天", (16, "hour")),
        (3, "元", (300, "fen")),
        (4, "辆", (4, "辆")),
    ],
)
def test_words_people_use(quantity: int, word: str, expected: tuple[int, str]) -> None:
    assert TABLE.count(quantity, word, most=MOST) == expected


def test_more_than_can_be_counted_is_refused() -> None:
    with pytest.raises(InvalidError, match="quantity_too_large"):
        TABLE.count(MOST, "吨", most=MOST)


def test_a_step_may_count_in_another_unit_of_the_same_kind_only() -> None:
    pack = Pack(24, "件")
    assert TABLE.as_base(2, "箱", "件", pack, "箱") == 48
    assert TABLE.as_base(2, "", "件", pack, "箱") == 2
    assert TABLE.as_base(2, "kg", "g", None, "g") == 2000
    with pytest.raises(InvalidError, match="unit_other_kind"):
        TABLE.as_base(2, "kg", "件", pack, "箱")
    with pytest.raises(InvalidError, match="unit_other_kind"):
        TABLE.as_base(2, "箱", "件", None, "件")


def test_a_district_adds_units_and_says_how_long_a_day_is() -> None:
    bases = {unit.base for unit in STANDARD}
    domain.check_new(Unit("dozen", "件", Fraction(12), "打", "dozen"), TABLE, bases)
    day = Unit("day", "hour", Fraction(6), "天", "day")
    domain.check_new(day, TABLE, bases)
    assert Table((day,)).count(2, "天", most=MOST) == (12, "hour")
    for taken in (Unit("kilo", "g", Fraction(999), "公斤", ""), Unit("kg", "g", Fraction(1), "新", "")):
        with pytest.raises(InvalidError, match="unit_exists"):
            domain.check_new(taken, TABLE, bases)
    with pytest.raises(InvalidError, match="unit_base_unknown"):
        domain.check_new(Unit("mu", "亩地", Fraction(1), "亩", ""), TABLE, bases)


def test_a_pack_has_both_a_size_and_a_unit() -> None:
    assert offers.pack_of(None, "") is None
    assert offers.pack_of(24, "件") == Pack(24, "件")
    for size, unit in ((24, ""), (None, "件")):
        with pytest.raises(InvalidError, match="pack_incomplete"):
            offers.pack_of(size, unit)


@given(st.integers(1, 100), st.integers(1, 100), st.integers(1, 20), st.integers(1, 40))
def test_only_whole_lots_leave_but_for_the_last_rest(count: int, free: int, lot: int, least: int) -> None:
    allowed = count == free or (count % lot == 0 and count >= least)
    try:
        offers.check_lot(count, free, lot_size=lot, minimum_lot=least)
    except ConflictError:
        assert not allowed
    else:
        assert allowed
