"""The inbox: a handler's effect happens once per event, however often the event is delivered."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, ids
from chassis.tables import InboxEvent

_ACCEPT = (
    insert(InboxEvent)
    .values({name: bindparam(name) for name in ("handler", "event_id", "received_at")})
    .on_conflict_do_nothing()
    .returning(InboxEvent.event_id)
)

_ACCEPT_MANY = text(
    "INSERT INTO inbox (handler, event_id, received_at) SELECT :handler, id, :received_at"
    " FROM unnest(CAST(:event_ids AS uuid[])) AS id ORDER BY id ON CONFLICT DO NOTHING RETURNING event_id"
)


def accept(session: Session, *, handler: str, event_id: str) -> bool:
    """Claim the event for this handler inside its transaction; ``False`` when it was applied before.

    A concurrent delivery of the same event waits here for the first one's commit or rollback.
    """
    values = {"handler": handler, "event_id": event_id, "received_at": clock.system_now()}
    return session.connection().execute(_ACCEPT, values).scalar_one_or_none() is not None


def accept_many(session: Session, *, handler: str, event_ids: Iterable[str]) -> set[str]:
    """Claim many events at once, as :func:`accept` does one; answers those that were not applied before."""
    wanted = [str(ids.decode("evt", event_id)) for event_id in event_ids]
    values = {"handler": handler, "event_ids": wanted, "received_at": clock.system_now()}
    return {ids.encode("evt", claimed) for claimed in session.connection().execute(_ACCEPT_MANY, values).scalars()}
