"""What a transaction knows of its cause; the seam sets it, outbox, jobs and logs read it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from chassis.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Context:
    """Who acts, in which service, on whose trace, because of what.

    ``causation_id`` is the id of the event, command (``cmd_…``), timer, job or delivery that is being carried out.
    """

    service: str
    actor: Actor
    trace_id: str
    causation_id: str | None = None


def bind(session: Session, context: Context) -> None:
    """Attach the context to a session."""
    session.info["context"] = context


def of(session: Session) -> Context:
    """The context of a session that the seam opened."""
    context = session.info.get("context")
    if not isinstance(context, Context):
        raise RuntimeError("this session was not opened by the seam")
    return context
