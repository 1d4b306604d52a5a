"""Boundaries that cross themselves are refused, exactly; those that do not are taken, however crooked."""

from __future__ import annotations

import time
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chassis.errors import InvalidError
from services.registry.places import domain, domain_rings

Place = tuple[int, int]
GRID = st.tuples(st.integers(0, 6), st.integers(0, 6))


def closed(places: list[Place]) -> list[list[float]]:
    return [[float(x), float(y)] for x, y in [*places, places[0]]]


def flaw(*rings: list[Place], parts: list[list[list[Place]]] | None = None) -> str | None:
    """Which part is wrong with it, through the same checks as a drawing."""
    shapes = [[closed(ring) for ring in part] for part in parts or [list(rings)]]
    kind = {"type": "MultiPolygon", "coordinates": shapes} if parts else {"type": "Polygon", "coordinates": shapes[0]}
    try:
        domain_rings.check_rings(domain.polygon(kind, most=10_000))
    except InvalidError as error:
        return str(error.details["part"]) if error.code == "grid_polygon_crosses" else error.code
    return None


def shares(a: Place, b: Place, c: Place, d: Place) -> list[Fraction] | None:
    """Where a–b meets c–d, as parameters along a–b; solved anew, without the sign of any turn."""
    rx, ry, sx, sy = b[0] - a[0], b[1] - a[1], d[0] - c[0], d[1] - c[1]
    qx, qy = c[0] - a[0], c[1] - a[1]
    across = rx * sy - ry * sx
    if across != 0:
        t, u = Fraction(qx * sy - qy * sx, across), Fraction(qx * ry - qy * rx, across)
        return [t] if 0 <= t <= 1 and 0 <= u <= 1 else None
    if qx * ry - qy * rx != 0:
        return None
    length = rx * rx + ry * ry
    ends = sorted(Fraction((p[0] - a[0]) * rx + (p[1] - a[1]) * ry, length) for p in (c, d))
    low, high = max(ends[0], Fraction(0)), min(ends[1], Fraction(1))
    return None if low > high else [low, high]


def is_simple(ring: list[Place]) -> bool:
    """By definition: two sides share the corner between them and nothing else."""
    sides = [(ring[at], ring[(at + 1) % len(ring)]) for at in range(len(ring))]
    for one in range(len(sides)):
        for other in range(one + 1, len(sides)):
            found = shares(*sides[one], *sides[other])
            neighbours = other == one + 1 or (one == 0 and other == len(sides) - 1)
            if found is not None and not (neighbours and found[0] == found[-1]):
                return False
    return True


@given(st.lists(GRID, min_size=3, max_size=9))
@settings(max_examples=600)
def test_a_ring_is_taken_exactly_where_its_sides_share_nothing_but_corners(ring: list[Place]) -> None:
    assume(all(ring[at] != ring[at - 1] for at in range(len(ring))))
    area = sum(ring[at - 1][0] * ring[at][1] - ring[at][0] * ring[at - 1][1] for at in range(len(ring)))
    assume(area != 0)
    assert (flaw(ring) is None) == is_simple(ring)
    assert flaw(ring) in (None, "crossing")


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(1, 40)), min_size=1, max_size=30), st.integers(0, 60))
def test_whatever_winds_along_a_line_is_taken_from_any_corner_and_either_way(
    heights: list[tuple[int, int]], start: int
) -> None:
    """Above and below a line, one corner a step: never crosses itself."""
    above = [(at + 1, up) for at, (up, _) in enumerate(heights)]
    below = [(at + 1, -down) for at, (_, down) in enumerate(heights)]
    ring = [(0, 0), *below, (len(heights) + 1, 0), *reversed(above)]
    turned = ring[start % len(ring) :] + ring[: start % len(ring)]
    assert flaw(turned) is None
    assert flaw(turned[::-1]) is None


SQUARE = [(0, 0), (10, 0), (10, 10), (0, 10)]


def moved(ring: list[Place], x: int, y: int) -> list[Place]:
    return [(one + x, other + y) for one, other in ring]


SMALL = [(2, 2), (4, 2), (4, 4), (2, 4)]


@pytest.mark.parametrize(
    ("rings", "part"),
    [
        ([[(0, 0), (10, 10), (10, 0), (0, 5)]], "crossing"),
        ([[(0, 0), (4, 0), (4, 4), (2, 0), (0, 4)]], "crossing"),  # touches itself
        ([[(0, 0), (4, 0), (8, 0), (4, 0), (4, 4)]], "crossing"),  # a spike
        ([SQUARE, SMALL], None),
        ([SQUARE, SMALL, moved(SMALL, 4, 4)], None),
        ([SQUARE, SMALL, moved(SMALL, 2, 2)], None),  # two holes touch in a corner
        ([SQUARE, SMALL, moved(SMALL, 1, 1)], "rings"),
        ([SQUARE, moved(SMALL, 7, 0)], "rings"),
        ([SQUARE, moved(SMALL, 20, 0)], "hole"),
        ([SQUARE, [(0, 5), (5, 3), (5, 7)]], None),  # touches the outline in a point
        ([SQUARE, moved(SMALL, -2, 0)], "rings"),  # shares a line with it
        ([SQUARE, [(1, 1), (9, 1), (9, 9), (1, 9)], SMALL], "hole"),
        ([SQUARE, [(0, 0), (-3, 5), (-5, 3)]], "hole"),  # outside, touching a corner
    ],
)
def test_rings_of_a_boundary(rings: list[list[Place]], part: str | None) -> None:
    assert flaw(*rings) == part


@pytest.mark.parametrize(
    ("parts", "part"),
    [
        ([[SQUARE], [moved(SQUARE, 20, 0)]], None),
        ([[SQUARE], [moved(SQUARE, 10, 10)]], None),
        ([[SQUARE], [moved(SQUARE, 10, 0)]], "rings"),
        ([[SQUARE], [moved(SQUARE, 5, 5)]], "rings"),
        ([[SQUARE], [SQUARE]], "rings"),
        ([[SQUARE], [SMALL]], "overlap"),
        ([[SMALL], [SQUARE]], "overlap"),
        ([[SQUARE, [(1, 1), (9, 1), (9, 9), (1, 9)]], [SMALL]], None),
    ],
)
def test_parts_of_a_boundary(parts: list[list[list[Place]]], part: str | None) -> None:
    assert flaw(parts=parts) == part


HAIR = 2.0**-45


@pytest.mark.parametrize(("offset", "part"), [(HAIR, None), (-HAIR, "crossing"), (0.0, "crossing")])
def test_what_floats_would_round_away_is_seen(offset: float, part: str | None) -> None:
    """A corner a hair's breadth on either side of a long side, or on it."""
    ring: list[Any] = [(100.0, 30.0), (101.0, 31.0), (101.0, 32.0), (100.5, 30.5 + offset), (99.5, 31.0)]
    assert flaw(ring) == part


def test_a_large_boundary_takes_a_moment_and_spikes_without_end_are_refused() -> None:
    along = 4_900
    wide = [(at, 40 + at % 7) for at in range(along)] + [(at, -(at % 5)) for at in reversed(range(along))]
    began = time.process_time()
    assert flaw(scaled(wide)) is None
    assert time.process_time() - began < 5
    spikes = [(at % 2 * 1000 + at // 2 % 3, at) for at in range(9_000)]
    assert flaw(scaled([*spikes, (-5, 9_000), (-5, 0)])) == "intricate"


def scaled(ring: list[Place]) -> list[Any]:
    """Into the range of degrees."""
    return [(x / 128, y / 128) for x, y in ring]
