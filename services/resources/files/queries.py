"""Who may see a file that a row of resources names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.file_access import Holders
from contracts import roles
from services.resources.files import models as models  # its indexes belong to the tables
from services.resources.known.models import KnownOrganisation
from services.resources.models import Base

OVERSEERS = frozenset({*roles.STAFF, roles.AUDITOR})


def cared(session: Session, actor: Actor) -> Iterable[str]:
    """The actor's organisation; for a hub also those in its care."""
    if actor.organisation_id is None:
        return ()
    if actor.role != roles.HUB:
        return (actor.organisation_id,)
    in_care = select(KnownOrganisation.id).where(KnownOrganisation.hub_id == actor.organisation_id)
    return (actor.organisation_id, *session.scalars(in_care))


HOLDERS = Holders(Base.metadata, OVERSEERS, cared)
