"""Who may see a file that a row of the registry names."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.file_access import Holders
from contracts import roles
from services.registry.files import models as models  # its indexes belong to the tables
from services.registry.models import Base
from services.registry.organisations.models import Organisation

OVERSEERS = frozenset({*roles.STAFF, roles.AUDITOR})


def cared(session: Session, actor: Actor) -> Iterable[str]:
    """The actor's organisation; for a hub also those in its care."""
    if actor.organisation_id is None:
        return ()
    if actor.role != roles.HUB:
        return (actor.organisation_id,)
    in_care = select(Organisation.id).where(Organisation.hub_id == actor.organisation_id)
    return (actor.organisation_id, *session.scalars(in_care))


# A policy document is for everybody; the sheet of an assessor is not for whom it is about.
HOLDERS = Holders(
    Base.metadata,
    OVERSEERS,
    cared,
    open_tables=frozenset({"policy_document_version"}),
    closed_tables=frozenset({"assessment_score"}),
)
