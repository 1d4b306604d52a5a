"""What the trail adds to a trace: the entry of each event, or that it waits for an earlier one of its aggregate."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.tracing import Follower, Step, Thread
from services.projects.trail.models import TrailEntry, TrailWaiting

PROCESS = "projects-trail"


def follow(session: Session, thread: Thread) -> list[Step]:
    """Entries of the thread's events, with their index."""
    if not thread.events:
        return []
    where = TrailEntry.district_code.in_(thread.districts), TrailEntry.event_id.in_(thread.events)
    entries = session.scalars(select(TrailEntry).where(*where))
    waiting = session.scalars(select(TrailWaiting).where(TrailWaiting.event_id.in_(thread.events)))
    return [*map(_entry, entries), *map(_waiting, waiting)]


def _entry(row: TrailEntry) -> Step:
    return Step(
        kind="entry",
        id=f"{row.district_code}#{row.index}",
        name=row.event,
        service=PROCESS,
        at=row.appended_at,
        status="tombstone" if row.tombstone else "done",
        cause=row.event_id,
        event=(row.event_id, row.event),
        details={"district": row.district_code, "index": row.index},
    )


def _waiting(row: TrailWaiting) -> Step:
    """It has been heard; its entry follows once the gap before it is filled."""
    return Step(
        kind="entry",
        id=f"{row.district_code} {row.event_id}",
        name="gap",
        service=PROCESS,
        at=None,
        status="waiting",
        cause=row.event_id,
        details={"subject": row.subject, "version": row.subject_version},
    )


FOLLOWER = Follower(follow=follow)
