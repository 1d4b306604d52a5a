"""How near two communities lie, in points of a score: by the middle of the cells of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Integer, bindparam, cast, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from services.resources.grid import queries as grid
from services.resources.grid.domain import metres


def near(
    session: Session, district_code: str, community_code: str | None, weights: Mapping[str, int]
) -> dict[str, int]:
    """By community within reach, what nearness to this one earns: all of it here, less with every metre, rounded down.
    Where this one has no cells with a centre, distance is not known and earns nobody anything."""
    most, reach = int(weights["distance"]), int(weights["distance_reach_m"])
    if community_code is None or most == 0:
        return {}
    points = grid.community_points(session, district_code)
    away = {code: metres(points.get(community_code), point) for code, point in points.items()}
    earned = {code: most * max(0, reach - far) // reach for code, far in away.items() if far is not None}
    return {code: count for code, count in earned.items() if count}


def earned(community: Any) -> ColumnElement[int]:
    """The same in a statement, of the parameter ``near``."""
    found = bindparam("near", type_=JSONB)[community].astext
    return func.coalesce(cast(found, Integer), 0)
