"""Guards for other capabilities: has the trail caught up with an aggregate, and does it verify?"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import context
from chassis.errors import ConflictError
from chassis.tables import SubjectVersion
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.trail import leaf, merkle, nodes
from services.projects.trail.models import TrailEntry
from services.projects.trail.queries import hashed_fields


def is_caught_up(session: Session, *, subjects: Sequence[str]) -> bool:
    """Whether every committed event of these aggregates of this service has its entry.

    Ask before recording events of these aggregates in the same transaction: those cannot be in the trail yet.
    """
    district = context.of(session).actor.district_code
    source = context.of(session).service
    recorded = session.execute(
        select(SubjectVersion.subject, SubjectVersion.version).where(
            SubjectVersion.district_code == district, SubjectVersion.subject.in_(subjects)
        )
    )
    last = func.max(TrailEntry.subject_version)
    entries = session.execute(
        select(TrailEntry.subject, last)
        .where(TrailEntry.district_code == district, TrailEntry.source == source, TrailEntry.subject.in_(subjects))
        .group_by(TrailEntry.subject)
    )
    entered = {subject: int(version) for subject, version in entries}
    return all(entered.get(subject, 0) >= version for subject, version in recorded)


def check_trail(session: Session, *, subjects: Sequence[str]) -> None:
    """Raise ``trail_behind`` (try again shortly) or ``trail_broken`` (an entry was changed)."""
    if not is_caught_up(session, subjects=subjects):
        raise ConflictError(DeliveryCode.TRAIL_BEHIND, retryable=True)
    district = context.of(session).actor.district_code
    size = nodes.size_of(session, district)
    root = nodes.root(session, district, size)
    entries = session.scalars(
        select(TrailEntry).where(TrailEntry.district_code == district, TrailEntry.subject.in_(subjects))
    )
    for entry in entries:
        if not _verifies(session, entry, size, root):
            raise ConflictError(DeliveryCode.TRAIL_BROKEN, index=entry.index)


def _verifies(session: Session, entry: TrailEntry, size: int, root: bytes) -> bool:
    kept = entry.payload is not None and entry.salt is not None
    if kept and leaf.commitment(entry.salt or b"", entry.payload or "") != entry.commitment:
        return False
    hashed = merkle.leaf_hash(leaf.leaf_bytes(hashed_fields(entry)))
    proof = nodes.inclusion(session, entry.district_code, entry.index, size)
    return hashed == entry.leaf_hash and merkle.root_from_inclusion(entry.index, size, hashed, proof) == root
