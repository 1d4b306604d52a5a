"""The inbox: a handler's effect happens once per event, however often the event is delivered."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.tables import InboxEvent


def accept(session: Session, *, handler: str, event_id: str) -> bool:
    """Claim the event for this handler inside its transaction; ``False`` when it was applied before.

    A concurrent delivery of the same event waits here for the first one's commit or rollback.
    """
    statement = (
        insert(InboxEvent)
        .values(handler=handler, event_id=event_id, received_at=clock.system_now())
        .on_conflict_do_nothing()
        .returning(InboxEvent.event_id)
    )
    return session.execute(statement).scalar_one_or_none() is not None
