"""Reading the stored tree: nodes by coordinate, size, roots and proofs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from services.projects.trail import merkle
from services.projects.trail.models import TrailEntry, TrailNode


def size_of(session: Session, district_code: str) -> int:
    """How many entries the log has."""
    last = session.scalar(select(func.max(TrailEntry.index)).where(TrailEntry.district_code == district_code))
    return 0 if last is None else last + 1


def fetch(session: Session, district_code: str, wanted: Iterable[merkle.Coordinate]) -> merkle.Node:
    """The wanted nodes in two queries; asking for another is a ``KeyError``."""
    coordinates = set(wanted)
    found: dict[merkle.Coordinate, bytes] = {}
    leaves = [index for level, index in coordinates if level == 0]
    if leaves:
        rows = session.execute(
            select(TrailEntry.index, TrailEntry.leaf_hash).where(
                TrailEntry.district_code == district_code, TrailEntry.index.in_(leaves)
            )
        )
        found.update({(0, index): digest for index, digest in rows})
    inner = [coordinate for coordinate in coordinates if coordinate[0] > 0]
    if inner:
        nodes = session.execute(
            select(TrailNode.level, TrailNode.index, TrailNode.hash).where(
                TrailNode.district_code == district_code, tuple_(TrailNode.level, TrailNode.index).in_(inner)
            )
        )
        found.update({(level, index): digest for level, index, digest in nodes})
    return lambda level, index: found[level, index]


def root(session: Session, district_code: str, size: int) -> bytes:
    """The root of the first ``size`` entries."""
    node = fetch(session, district_code, merkle.needed([(0, size)]))
    return merkle.range_root(0, size, node)


def inclusion(session: Session, district_code: str, index: int, size: int) -> list[bytes]:
    """The inclusion proof of an entry in the log of ``size``."""
    ranges = merkle.inclusion_ranges(index, size)
    return merkle.prove(ranges, fetch(session, district_code, merkle.needed(ranges)))


def consistency(session: Session, district_code: str, first: int, second: int) -> list[bytes]:
    """The consistency proof between two sizes."""
    ranges = merkle.consistency_ranges(first, second)
    return merkle.prove(ranges, fetch(session, district_code, merkle.needed(ranges)))
