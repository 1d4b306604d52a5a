"""Looking up what the registry said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from services.projects.known.models import KnownAccount, KnownOrganisation, KnownOrganisationPast
from services.projects.redirects import queries as redirects


def organisation(session: Session, organisation_id: str | None) -> KnownOrganisation:
    """The organisation, a merged one's survivor; conflict (try again) where its news has not arrived."""
    row = session.get(KnownOrganisation, organisation_id) if organisation_id else None
    if row is not None and row.status == "merged":
        row = session.get(KnownOrganisation, next(iter(redirects.survivors(session, row.district_code, [row.id]))))
    if row is None:
        raise ConflictError(ProjectsCode.ORGANISATION_UNKNOWN, organisation_id=organisation_id)
    return row


def is_closed(session: Session, organisation_id: str | None) -> bool:
    """Whether the registry said that it is no more; of one it has not told of yet, nobody knows that."""
    row = session.get(KnownOrganisation, organisation_id) if organisation_id else None
    return row is not None and row.status == "closed"


def organisation_as_of(
    session: Session, organisation_id: str, at: datetime
) -> KnownOrganisation | KnownOrganisationPast:
    """What was known to hold at an instant; of an organisation first heard of later, its first description."""
    told = select(KnownOrganisationPast).where(KnownOrganisationPast.organisation_id == organisation_id)
    version = KnownOrganisationPast.subject_version
    until = session.scalars(
        told.where(KnownOrganisationPast.told_at <= at).order_by(version.desc()).limit(1)
    ).one_or_none()
    first = until or session.scalars(told.order_by(version).limit(1)).one_or_none()
    return first or organisation(session, organisation_id)


def account(session: Session, account_id: str | None) -> KnownAccount | None:
    """The account, where its news has arrived."""
    return session.get(KnownAccount, account_id) if account_id else None


def in_care(column: Any, actor: Actor) -> ColumnElement[bool]:
    """Rows of the hub itself or of organisations in its care."""
    cared = select(KnownOrganisation.id).where(KnownOrganisation.hub_id == actor.organisation_id)
    return or_(column == actor.organisation_id, column.in_(cared))


def acts_for(session: Session, actor: Actor, organisation_id: str) -> bool:
    """Whether the actor may act for an organisation: its own, or as a hub one in its care."""
    if actor.organisation_id is None:
        return False
    if actor.organisation_id == organisation_id:
        return True
    return actor.role == roles.HUB and organisation(session, organisation_id).hub_id == actor.organisation_id
