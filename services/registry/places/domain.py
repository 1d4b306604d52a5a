"""Rules of places: which codes fit together, which are in use, what bounds a grid cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from typing import Any, NamedTuple

from chassis.chains import chain as chain
from chassis.chains import kin as kin
from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_places import PlaceCode

STATUSES = ("current", "retired")
TRANSITIONS: dict[tuple[str, str], str] = {
    ("current", "redraw"): "current",
    ("current", "subdivide"): "current",
    ("current", "retire"): "retired",
    ("retired", "reinstate"): "current",
}
# Level → (its parent's level, how many digits its code adds to the parent's).
PARENTS = {"street": ("district", 3), "community": ("street", 3), "grid_cell": ("community", 3)}


class Known(NamedTuple):
    """What a check needs of a place."""

    code: str
    level: str
    street_code: str | None
    valid_until: date | None = None
    successor_code: str | None = None

    def used_on(self, day: date) -> bool:
        """Whether the code may still be written; ``valid_until`` is its last day."""
        return self.valid_until is None or day <= self.valid_until


def next_status(status: str, action: str) -> str:
    """From the table; raises :class:`ConflictError` where it has no such step."""
    after = TRANSITIONS.get((status, action))
    if after is None:
        raise ConflictError(PlaceCode.STATE, status=status, action=action)
    return after


def check_street(code: str, found: Known | None, today: date) -> None:
    """It is a street of the district, in use."""
    if found is None or found.level != "street":
        raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=code)
    _check_used(found, today)


def check_community(code: str, found: Known | None, street_code: str | None, today: date) -> None:
    """It is a community of that street, in use."""
    if found is None or found.level != "community":
        raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=code)
    if found.street_code != street_code:
        raise InvalidError(RegistryCode.PLACE_MISMATCH, community_code=code, street_code=street_code)
    _check_used(found, today)


def _check_used(found: Known, today: date) -> None:
    if not found.used_on(today):
        raise InvalidError(PlaceCode.RETIRED, place=found.code, successor=found.successor_code)


def check_parent(code: str, level: str, parent_code: str, parent_level: str | None) -> None:
    """GB/T 2260 and the statistical codes: a place's code begins with its parent's."""
    wanted, digits = PARENTS[level]
    if parent_level != wanted or not code.startswith(parent_code) or len(code) != len(parent_code) + digits:
        raise InvalidError(PlaceCode.PARENT_INVALID, code=code, parent_code=parent_code, level=level)


def check_successor(code: str, level: str, successor: Known | None, successors: Mapping[str, str], today: date) -> None:
    """Another place of the level, in use, that does not lead back. ``successors``: old code → new code."""
    if successor is None or successor.level != level or successor.code == code or not successor.used_on(today):
        raise InvalidError(PlaceCode.SUCCESSOR_INVALID, code=code)
    if code in chain(successor.code, successors):
        raise InvalidError(PlaceCode.SUCCESSOR_INVALID, code=code)


def check_dates(valid_from: date, valid_until: date) -> None:
    """The last day is not before the first."""
    if valid_until < valid_from:
        raise InvalidError(PlaceCode.DATES_INVALID)


def polygon(value: Mapping[str, Any], *, most: int) -> dict[str, Any]:
    """A GeoJSON (RFC 7946) Polygon or MultiPolygon in WGS-84 degrees, its rings closed and wound as §3.1.6 says.

    ``most``: points altogether. Altitudes and foreign members are left out. Whether rings cross: ``domain_rings``.
    """
    kind, coordinates = value.get("type"), value.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise _invalid("type")
    parts = [coordinates] if kind == "Polygon" else coordinates
    if points(value) > most:
        raise InvalidError(PlaceCode.POLYGON_TOO_LARGE, most=most)
    if not parts:
        raise _invalid("coordinates")
    made = [_rings(part) for part in parts]
    return {"type": kind, "coordinates": made[0] if kind == "Polygon" else made}


def points(value: Mapping[str, Any] | None) -> int:
    """Positions of a geometry, of whatever shape."""
    return 0 if value is None else _count(value.get("coordinates"), 5)


def _count(value: Any, depth: int) -> int:
    if not isinstance(value, list) or not depth:
        return 0
    if value and not isinstance(value[0], list):
        return 1
    return sum(_count(each, depth - 1) for each in value)


def _rings(part: Any) -> list[list[list[float]]]:
    if not isinstance(part, list) or not part:
        raise _invalid("rings")
    return [_ring(ring, outer=number == 0) for number, ring in enumerate(part)]


def _ring(ring: Any, *, outer: bool) -> list[list[float]]:
    if not isinstance(ring, list) or len(ring) < 4:
        raise _invalid("ring")
    made = [_position(each) for each in ring]
    if made[0] != made[-1]:
        raise _invalid("closed")
    area = _area(made)
    if area == 0:
        raise _invalid("area")
    return made if (area > 0) is outer else made[::-1]


def _position(value: Any) -> list[float]:
    if not isinstance(value, list) or len(value) not in (2, 3):
        raise _invalid("position")
    for number in value:
        if isinstance(number, bool) or not isinstance(number, int | float) or not -1e9 < number < 1e9:
            raise _invalid("position")
    longitude, latitude = float(value[0]), float(value[1])
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise _invalid("range")
    return [longitude, latitude]


def _area(ring: Sequence[Sequence[float]]) -> float:
    """Twice the signed area in square degrees; positive: counter-clockwise."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))


def _invalid(part: str) -> InvalidError:
    return InvalidError(PlaceCode.POLYGON_INVALID, part=part)
