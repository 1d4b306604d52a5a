"""The inbox: a handler's effect happens once per event, however often the event is delivered."""

from __future__ import annotations

from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock
from chassis.tables import InboxEvent

_ACCEPT = (
    insert(InboxEvent)
    .values({name: bindparam(name) for name in ("handler", "event_id", "received_at")})
    .on_conflict_do_nothing()
    .returning(InboxEvent.event_id)
)


def accept(session: Session, *, handler: str, event_id: str) -> bool:
    """Claim the event for this handler inside its transaction; ``False`` when it was applied before.

    A concurrent delivery of the same event waits here for the first one's commit or rollback.
    """
    values = {"handler": handler, "event_id": event_id, "received_at": clock.system_now()}
    return session.connection().execute(_ACCEPT, values).scalar_one_or_none() is not None
