"""Pure rules of places: the table of states, codes, successors, boundaries."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import ConflictError, InvalidError
from services.registry.places import domain, lists
from services.registry.places.domain import Known

TODAY = date(2026, 11, 25)
SQUARE = [[120.0, 35.9], [120.1, 35.9], [120.1, 36.0], [120.0, 36.0], [120.0, 35.9]]


@pytest.mark.parametrize(
    ("status", "action"), [*itertools.product(domain.STATUSES, sorted({action for _, action in domain.TRANSITIONS}))]
)
def test_every_pair_of_state_and_action_is_in_the_table_or_a_conflict(status: str, action: str) -> None:
    if (status, action) in domain.TRANSITIONS:
        assert domain.next_status(status, action) in domain.STATUSES
        return
    with pytest.raises(ConflictError) as caught:
        domain.next_status(status, action)
    assert caught.value.code == "place_state_conflict"


def test_a_code_begins_with_its_parents_code() -> None:
    domain.check_parent("370211099", "street", "370211", "district")
    domain.check_parent("370211009001", "community", "370211009", "street")
    domain.check_parent("370211009001002", "grid_cell", "370211009001", "community")
    for code, level, parent, parent_level in (
        ("370212001", "street", "370211", "district"),
        ("370211009001", "community", "370211005", "street"),
        ("370211009", "street", "370211", "street"),
        ("3702110091", "grid_cell", "370211009", "community"),
    ):
        with pytest.raises(InvalidError):
            domain.check_parent(code, level, parent, parent_level)


def test_a_code_is_used_to_the_end_of_its_last_day() -> None:
    known = Known("370211001", "street", "370211001", TODAY, "370211099")
    domain.check_street(known.code, known, TODAY)
    with pytest.raises(InvalidError) as caught:
        domain.check_street(known.code, known, date(2026, 11, 26))
    assert (caught.value.code, caught.value.details["successor"]) == ("place_retired", "370211099")


def test_two_that_became_one_are_seen_by_it_but_not_by_each_other() -> None:
    became = {"A": "C", "B": "C", "C": "D"}
    assert set(domain.kin(["A"], became)) == {"A", "C", "D"}
    assert set(domain.kin(["C"], became)) == {"A", "B", "C", "D"}
    assert set(domain.kin(["D"], became)) == {"A", "B", "C", "D"}
    assert domain.kin(["E"], became) == ("E",)


@given(st.dictionaries(st.sampled_from("ABCDEF"), st.sampled_from("ABCDEF"), max_size=6), st.sampled_from("ABCDEF"))
def test_whatever_the_data_say_a_chain_ends_and_kin_holds_the_code_itself(became: dict[str, str], code: str) -> None:
    assert len(domain.chain(code, became)) <= 6
    assert domain.kin([code], became)[0] == code


def test_a_successor_never_leads_back() -> None:
    good = Known("370211002", "street", "370211002")
    domain.check_successor("370211001", "street", good, {}, TODAY)
    for successor, became in (
        (None, {}),
        (Known("370211001", "street", "370211001"), {}),
        (Known("370211002001", "community", "370211002"), {}),
        (Known("370211002", "street", "370211002", date(2026, 1, 1)), {}),
        (good, {"370211002": "370211003", "370211003": "370211001"}),
    ):
        with pytest.raises(InvalidError) as caught:
            domain.check_successor("370211001", "street", successor, became, TODAY)
        assert caught.value.code == "place_successor_invalid"


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def test_a_boundary_comes_out_wound_as_the_standard_says() -> None:
    hole = [[120.02, 35.92], [120.04, 35.92], [120.04, 35.94], [120.02, 35.92]]
    made = domain.polygon(polygon(SQUARE[::-1], hole), most=100)
    assert made == polygon(SQUARE, hole[::-1])
    many = domain.polygon({"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}, most=100)
    assert many["coordinates"] == [[SQUARE], [SQUARE]]
    assert domain.points(many) == 10
    assert domain.polygon(polygon([[*point, 12.5] for point in SQUARE]), most=5) == polygon(SQUARE)


@pytest.mark.parametrize(
    ("value", "part"),
    [
        ({"type": "Point", "coordinates": [120, 36]}, "type"),
        ({"type": "Polygon"}, "type"),
        (polygon(), "rings"),
        ({"type": "MultiPolygon", "coordinates": []}, "coordinates"),
        (polygon(SQUARE[:3]), "ring"),
        (polygon(SQUARE[:-1]), "closed"),
        (polygon([[0, 0], [1, 1], [2, 2], [0, 0]]), "area"),
        (polygon([[120, 91], [121, 91], [121, 92], [120, 91]]), "range"),
        (polygon([[181, 36], [182, 36], [182, 37], [181, 36]]), "range"),
        (polygon([[True, 36], [121, 36], [121, 37], [True, 36]]), "position"),
        (polygon([["120", 36], [121, 36], [121, 37], ["120", 36]]), "position"),
        (polygon([[float("nan"), 36], [121, 36], [121, 37], [float("nan"), 36]]), "position"),
        (polygon([[10**400, 36], [121, 36], [121, 37], [10**400, 36]]), "position"),
        (polygon([[120, 36, float("inf")], [121, 36], [121, 37], [120, 36]]), "position"),
        (polygon([[120], [121], [122], [120]]), "position"),
        (polygon("abcd"), "ring"),
    ],
)
def test_what_is_no_boundary_is_refused_with_the_part_that_is_wrong(value: dict[str, Any], part: str) -> None:
    with pytest.raises(InvalidError) as caught:
        domain.polygon(value, most=100)
    assert (caught.value.code, caught.value.details) == ("grid_polygon_invalid", {"part": part})


def test_a_boundary_of_too_many_points_is_refused_before_it_is_looked_at() -> None:
    with pytest.raises(InvalidError) as caught:
        domain.polygon(polygon([["no", "numbers"]] * 101), most=100)
    assert caught.value.code == "grid_polygon_too_large"


_ANY = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=30,
)


@given(st.sampled_from(["Polygon", "MultiPolygon", "LineString"]), _ANY)
def test_any_json_is_a_boundary_or_refused(kind: str, coordinates: Any) -> None:
    try:
        made = domain.polygon({"type": kind, "coordinates": coordinates}, most=50)
    except InvalidError:
        return
    assert domain.polygon(made, most=50) == made


def test_the_national_list_has_every_street_of_the_country_once() -> None:
    every = [code for _, streets in lists.national().values() for code, _ in streets]
    assert (len(every), len(set(every))) == (41_352, 41_352)
    found = lists.of_district("370202")
    assert found.rows[0]["name"] == "市南区"
    assert {row["level"] for row in found.rows} == {"district", "street"}
    assert all(row["code"].startswith("370202") for row in found.rows)


def test_the_two_lists_agree_where_both_know_a_district() -> None:
    own = {row["code"] for row in lists.of_district("370211").rows if row["level"] == "street"}
    assert own == {code for code, _ in lists.national()["370211"][1]}
