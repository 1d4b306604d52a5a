"""Durable clocks: a row with a due time on the district clock; the seam fires it once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from chassis import clock, context, ids
from chassis.tables import Timer


def schedule(session: Session, name: str, *, due_at: datetime, district_code: str, **payload: Any) -> str:
    """Fire the service's ``@timer`` method ``name`` with ``payload`` once the district clock passes ``due_at``.

    What it does then belongs to the trace of whoever set it.
    """
    ctx = context.of(session)
    timer = Timer(
        id=ids.new_id("tmr"),
        district_code=district_code,
        name=name,
        payload=payload,
        due_at=due_at,
        attempts=0,
        trace_id=ctx.trace_id,
        causation_id=ctx.causation_id,
    )
    session.add(timer)
    session.flush()
    return timer.id


def cancel(session: Session, timer_id: str) -> None:
    """A timer that has not fired never will."""
    session.execute(
        update(Timer).where(Timer.id == timer_id, Timer.fired_at.is_(None)).values(cancelled_at=clock.system_now())
    )
