"""Whether the rings of a boundary cross, touch themselves or lie where they should not: exactly, on the floats given.

A double is a whole number over a power of two, so that coordinates become whole numbers over one denominator and the
sign of a turn is exact (compare Shewchuk 1997; here no speed is wanted, as boundaries are drawn seldom). Segments are
compared along x, only with those they overlap, and never more than :data:`MOST_STEPS`: who draws spikes is told so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from chassis.errors import InvalidError
from contracts.registry.codes_guards import GuardCode

MOST_STEPS = 2_000_000
Point = tuple[int, int]
Ring = list[Point]


class Segment(NamedTuple):
    """From ``a`` to ``b``; ``ring`` and ``at`` say which one of which ring."""

    a: Point
    b: Point
    ring: int
    at: int

    def lowest(self, axis: int) -> int:
        return min(self.a[axis], self.b[axis])

    def highest(self, axis: int) -> int:
        return max(self.a[axis], self.b[axis])


class _Steps:
    """Counts what was compared."""

    def __init__(self) -> None:
        self.left = MOST_STEPS

    def take(self, number: int) -> None:
        self.left -= number
        if self.left < 0:
            raise _wrong("intricate")


def check_rings(geometry: Mapping[str, Any]) -> None:
    """Of a Polygon or MultiPolygon whose rings are closed (``domain.polygon``); raises :class:`InvalidError`.

    ``part``: ``crossing`` (a ring crosses or touches itself), ``rings`` (two rings cross or share a line), ``hole``
    (outside its outline or inside another hole), ``overlap`` (two outlines share an area), ``intricate``.
    Two rings may touch in points, as RFC 7946 and OGC 06-103r4 allow.
    """
    parts = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    steps = _Steps()
    shapes = _exact(parts)
    touching = _compare([ring for shape in shapes for ring in shape], steps)
    first = 0
    for shape in shapes:
        _check_holes(shape, touching, first, steps)
        first += len(shape)
    _check_outlines(shapes, touching, steps)


def _exact(parts: Sequence[Any]) -> list[list[Ring]]:
    """Whole numbers, even ones, so that the middle of two points is one too; without repeated points and the last."""
    ratios = [number.as_integer_ratio() for part in parts for ring in part for place in ring for number in place]
    denominator: int = max(below for _, below in ratios)

    def whole(number: float) -> int:
        above, below = number.as_integer_ratio()  # powers of two: each divides the largest
        return 2 * above * (denominator // below)

    def ring(places: Sequence[Sequence[float]]) -> Ring:
        points = [(whole(place[0]), whole(place[1])) for place in places]
        return [before for before, after in pairwise(points) if before != after]

    return [[ring(places) for places in part] for part in parts]


def turn(a: Point, b: Point, c: Point) -> int:
    """Positive where a → b → c turns left, 0 on a line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _segments(rings: Sequence[Ring]) -> list[Segment]:
    return [
        Segment(point, ring[(at + 1) % len(ring)], number, at)
        for number, ring in enumerate(rings)
        for at, point in enumerate(ring)
    ]


def _compare(rings: Sequence[Ring], steps: _Steps) -> set[frozenset[int]]:
    """Every two segments whose boxes overlap; returns which rings touch each other."""
    touching: set[frozenset[int]] = set()
    for one, other in _near(_segments(rings), steps):
        if one.ring == other.ring:
            _check_own(one, other, len(rings[one.ring]))
        elif _meet(one, other):
            _check_others(one, other)
            touching.add(frozenset((one.ring, other.ring)))
    return touching


def _near(segments: list[Segment], steps: _Steps) -> Iterator[tuple[Segment, Segment]]:
    active: list[Segment] = []
    for one in sorted(segments, key=lambda segment: segment.lowest(0)):
        steps.take(len(active) + 1)
        active = [other for other in active if other.highest(0) >= one.lowest(0)]
        for other in active:
            if other.highest(1) >= one.lowest(1) and one.highest(1) >= other.lowest(1):
                yield one, other
        active.append(one)


def _check_own(one: Segment, other: Segment, length: int) -> None:
    """Neighbours share a point and do not fold back; others share nothing."""
    if (one.at + 1) % length == other.at:
        folds = _folds(one.a, one.b, other.b)
    elif (other.at + 1) % length == one.at:
        folds = _folds(other.a, other.b, one.b)
    else:
        folds = _meet(one, other)
    if folds:
        raise _wrong("crossing")


def _folds(a: Point, b: Point, c: Point) -> bool:
    ahead = (a[0] - b[0]) * (c[0] - b[0]) + (a[1] - b[1]) * (c[1] - b[1])
    return turn(a, b, c) == 0 and ahead > 0


def _meet(one: Segment, other: Segment) -> bool:
    """They share a point at least; their boxes overlap."""
    sides = turn(one.a, one.b, other.a), turn(one.a, one.b, other.b)
    others = turn(other.a, other.b, one.a), turn(other.a, other.b, one.b)
    return not (_same(*sides) or _same(*others))


def _same(left: int, right: int) -> bool:
    return (left > 0 and right > 0) or (left < 0 and right < 0)


def _check_others(one: Segment, other: Segment) -> None:
    """Two rings that meet do so in a point, and neither passes through the other there."""
    sides = turn(one.a, one.b, other.a), turn(one.a, one.b, other.b)
    if sides == (0, 0):
        axis = 0 if one.a[0] != one.b[0] else 1
        if min(one.highest(axis), other.highest(axis)) > max(one.lowest(axis), other.lowest(axis)):
            raise _wrong("rings")
        return
    others = turn(other.a, other.b, one.a), turn(other.a, other.b, one.b)
    if all(sides) and all(others):
        raise _wrong("rings")


def _check_holes(shape: list[Ring], touching: set[frozenset[int]], first: int, steps: _Steps) -> None:
    outline, *holes = shape
    for number, hole in enumerate(holes, first + 1):
        for point in _told(hole, frozenset((first, number)) in touching):
            if side(point, outline, steps) < 0:
                raise _wrong("hole")
    for number, hole in enumerate(holes, first + 1):
        for again, other in enumerate(holes, first + 1):
            if number == again:
                continue
            if any(side(point, other, steps) > 0 for point in _told(hole, frozenset((number, again)) in touching)):
                raise _wrong("hole")


def _check_outlines(shapes: list[list[Ring]], touching: set[frozenset[int]], steps: _Steps) -> None:
    starts = [sum(len(shape) for shape in shapes[:number]) for number in range(len(shapes))]
    for number, shape in enumerate(shapes):
        for again, other in enumerate(shapes):
            if number == again:
                continue
            for point in _told(shape[0], any(starts[number] in pair for pair in touching)):
                within = side(point, other[0], steps) > 0 and all(side(point, hole, steps) < 0 for hole in other[1:])
                if within:
                    raise _wrong("overlap")


def _told(ring: Ring, touches: bool) -> list[Point]:
    """Points that tell where a ring lies: one, or where it touches the other every corner and every middle."""
    if not touches:
        return ring[:1]
    middles = [((a[0] + b[0]) // 2, (a[1] + b[1]) // 2) for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)]
    return [*ring, *middles]


def side(point: Point, ring: Ring, steps: _Steps) -> int:
    """1 inside, 0 on the ring, -1 outside (even-odd rule)."""
    steps.take(len(ring))
    inside = False
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (a[1] > point[1]) != (b[1] > point[1]):
            turned = turn(a, b, point)
            if turned == 0:
                return 0
            inside ^= (turned > 0) == (b[1] > a[1])
        elif turn(a, b, point) == 0 and min(a[0], b[0]) <= point[0] <= max(a[0], b[0]) and point[1] in (a[1], b[1]):
            return 0
    return 1 if inside else -1


def _wrong(part: str) -> InvalidError:
    return InvalidError(GuardCode.POLYGON_CROSSES, part=part)
