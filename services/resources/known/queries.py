"""Reads of known facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.resources.codes import ResourcesCode
from services.resources.known import domain
from services.resources.known.models import InterestedParty, KnownOrganisation, KnownProject
from services.resources.redirects import queries as redirects


def find_organisation(session: Session, organisation_id: str | None) -> KnownOrganisation | None:
    """What we know of an organisation, if anything yet; of a merged one's survivor."""
    found = session.get(KnownOrganisation, organisation_id) if organisation_id else None
    if found is None or found.status != "merged":
        return found
    today = redirects.survivors(session, found.district_code, [found.id])
    return session.get(KnownOrganisation, next(iter(today)))


def name_of(session: Session, organisation_id: str | None) -> str | None:
    """The organisation's name, if known yet."""
    found = find_organisation(session, organisation_id)
    return found.name if found else None


def get_organisation(session: Session, organisation_id: str, actor: Actor) -> KnownOrganisation:
    """An organisation inside the actor's scope."""
    today = find_organisation(session, organisation_id)
    found = db.get_scoped(session, KnownOrganisation, today.id if today else organisation_id, actor)
    if found is None:
        raise NotFoundError(ResourcesCode.ORGANISATION_UNKNOWN, organisation_id=organisation_id)
    return found


def get_project(session: Session, project_id: str, actor: Actor) -> KnownProject:
    """A project inside the actor's scope."""
    found = db.get_scoped(session, KnownProject, project_id, actor)
    if found is None:
        raise NotFoundError(ResourcesCode.PROJECT_UNKNOWN, project_id=project_id)
    return found


def acts_for(session: Session, actor: Actor, organisation_id: str | None) -> bool:
    """Whether an organisation-bound actor acts for this organisation."""
    known = find_organisation(session, organisation_id) if actor.role == "hub" else None
    return domain.acts_for(actor, organisation_id, hub_id=known.hub_id if known else None)


def theirs(column: InstrumentedAttribute[Any], actor: Actor) -> ColumnElement[bool]:
    """Rows of the organisations an organisation-bound actor acts for: its own; for a hub also those in its care."""
    if actor.organisation_id is None:
        return false()
    if actor.role != "hub":
        return column == actor.organisation_id
    cared = select(KnownOrganisation.id).where(KnownOrganisation.hub_id == actor.organisation_id)
    return or_(column == actor.organisation_id, column.in_(cared))


def check_own(session: Session, actor: Actor, organisation_id: str) -> None:
    """Refuse an organisation-bound actor that writes for somebody else."""
    known = find_organisation(session, organisation_id)
    domain.check_own(actor, organisation_id, hub_id=known.hub_id if known else None)


def declared_interests(session: Session, organisations: Iterable[str]) -> frozenset[tuple[str, str]]:
    """Pairs (provider, interested party) that any of these organisations declared or was named in."""
    ids = set(organisations)
    rows = session.execute(
        select(InterestedParty.provider_organisation_id, InterestedParty.organisation_id).where(
            or_(InterestedParty.provider_organisation_id.in_(ids), InterestedParty.organisation_id.in_(ids))
        )
    )
    return frozenset((provider, party) for provider, party in rows)
