"""Which photos are the same or look alike: found once, when one is read, among those that were read before."""

from __future__ import annotations

from sqlalchemy import delete, func, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.projects.evidence import domain, queries
from services.projects.evidence.models import EvidencePhoto, EvidenceTwin

MOST = 50  # of one photo: a logo on every receipt must not grow with the square of their number


def link(session: Session, row: EvidencePhoto) -> None:
    """Keep the pairs of a photo that was just read. Who reads another meanwhile waits, and then finds this one."""
    key = f"evidence-twins/{row.district_code}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    pairs = [(other.id, True, 0) for other in queries.same(session, row, limit=MOST)]
    if row.comparable:
        near = queries.near(session, row, bits=domain.TWIN_BITS, limit=MOST)
        pairs += [(other.id, False, queries.apart(row, other)) for other in near]
    for other_id, same, bits in pairs:
        for one, another in ((row.id, other_id), (other_id, row.id)):
            pair = {"photo_id": one, "other_id": another, "district_code": row.district_code}
            values = insert(EvidenceTwin).values(**pair, same=same, bits=bits)
            session.execute(values.on_conflict_do_nothing())


def unlink(session: Session, row: EvidencePhoto) -> None:
    """What was compared goes with what was read."""
    mine = or_(EvidenceTwin.photo_id == row.id, EvidenceTwin.other_id == row.id)
    session.execute(delete(EvidenceTwin).where(mine))
