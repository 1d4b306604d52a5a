"""Reading the stored tree: nodes by coordinate, size, roots and proofs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.projects.trail import merkle
from services.projects.trail.models import TrailEntry

# Arrays, not lists of parameters: one statement, whatever is asked. Each row by its primary key in a subquery of its
# own, which PostgreSQL plans in half the time of a join; planning is most of what proofs cost it.
_FETCH = text(
    "SELECT wanted.level, wanted.index, CASE WHEN wanted.level = 0"
    " THEN (SELECT e.leaf_hash FROM trail_entry AS e WHERE e.district_code = :district AND e.index = wanted.index)"
    " ELSE (SELECT n.hash FROM trail_node AS n WHERE n.district_code = :district"
    " AND n.level = wanted.level AND n.index = wanted.index) END"
    " FROM unnest(CAST(:levels AS smallint[]), CAST(:indexes AS bigint[])) AS wanted(level, index)"
)


def size_of(session: Session, district_code: str) -> int:
    """How many entries the log has."""
    last = session.scalar(select(func.max(TrailEntry.index)).where(TrailEntry.district_code == district_code))
    return 0 if last is None else last + 1


def fetch(session: Session, district_code: str, wanted: Iterable[merkle.Coordinate]) -> merkle.Node:
    """The wanted nodes in one query; asking for another is a ``KeyError``."""
    coordinates = list(wanted)
    asked = {"levels": [level for level, _ in coordinates], "indexes": [index for _, index in coordinates]}
    rows = session.connection().execute(_FETCH, {"district": district_code, **asked})
    found = {(level, index): bytes(digest) for level, index, digest in rows if digest is not None}
    return lambda level, index: found[level, index]


def root(session: Session, district_code: str, size: int) -> bytes:
    """The root of the first ``size`` entries."""
    node = fetch(session, district_code, merkle.needed([(0, size)]))
    return merkle.range_root(0, size, node)


def inclusion(session: Session, district_code: str, index: int, size: int) -> list[bytes]:
    """The inclusion proof of an entry in the log of ``size``."""
    ranges = merkle.inclusion_ranges(index, size)
    return merkle.prove(ranges, fetch(session, district_code, merkle.needed(ranges)))


def inclusion_with_root(session: Session, district_code: str, index: int, size: int) -> tuple[list[bytes], bytes]:
    """The same with the root, from one query."""
    ranges, whole = merkle.inclusion_ranges(index, size), (0, size)
    node = fetch(session, district_code, merkle.needed([*ranges, whole]))
    return merkle.prove(ranges, node), merkle.range_root(*whole, node)


def consistency(session: Session, district_code: str, first: int, second: int) -> list[bytes]:
    """The consistency proof between two sizes."""
    return consistency_with_roots(session, district_code, first, second)[0]


def consistency_with_roots(
    session: Session, district_code: str, first: int, second: int
) -> tuple[list[bytes], bytes, bytes]:
    """The same with both roots, all from one query."""
    ranges, wholes = merkle.consistency_ranges(first, second), [(0, first), (0, second)]
    node = fetch(session, district_code, merkle.needed([*ranges, *wholes]))
    first_root, second_root = merkle.prove(wholes, node)
    return merkle.prove(ranges, node), first_root, second_root
