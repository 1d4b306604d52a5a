"""Codes of places and distances between cells. Pure."""

from __future__ import annotations

import math

from chassis.errors import InvalidError
from contracts.resources.codes_one_list import OneListCode

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
Point = tuple[int, int]
"""Longitude and latitude in millionths of a degree."""


def check_place(street_code: str | None, community_code: str | None, cell_code: str | None) -> None:
    """A community lies in its street, a cell in its community: each code begins with the one above it."""
    if community_code is not None and (street_code is None or not community_code.startswith(street_code)):
        raise InvalidError(OneListCode.PLACE_INVALID, community_code=community_code)
    if cell_code is not None and (community_code is None or not cell_code.startswith(community_code)):
        raise InvalidError(OneListCode.PLACE_INVALID, cell_code=cell_code)


def parts_of(place_code: str) -> tuple[str, str | None]:
    """``(community_code, cell_code)`` of a community's or a cell's code."""
    return place_code[:12], place_code if len(place_code) == 15 else None


def metres(one: Point | None, other: Point | None) -> int | None:
    """Along the great circle (haversine), to the metre; ``None`` where one of them is nowhere."""
    if one is None or other is None:
        return None
    (x1, y1), (x2, y2) = ((math.radians(x / 1e6), math.radians(y / 1e6)) for x, y in (one, other))
    half = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return round(2 * EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(half))))
