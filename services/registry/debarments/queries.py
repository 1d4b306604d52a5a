"""Reading the mirror of debarments."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.registry.debarments.models import KnownDebarment


def barring(session: Session, organisation_id: str) -> list[KnownDebarment]:
    """Those because of which the organisation is in breach now."""
    wanted = select(KnownDebarment).where(
        KnownDebarment.organisation_id == organisation_id,
        KnownDebarment.status == "barring",
        KnownDebarment.sets_breach,
    )
    return list(session.scalars(wanted))
