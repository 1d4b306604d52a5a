"""Looking up what the registry said."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from services.projects.known.models import KnownAccount, KnownOrganisation


def organisation(session: Session, organisation_id: str | None) -> KnownOrganisation:
    """The organisation; conflict (try again) where its news has not arrived."""
    row = session.get(KnownOrganisation, organisation_id) if organisation_id else None
    if row is None:
        raise ConflictError(ProjectsCode.ORGANISATION_UNKNOWN, organisation_id=organisation_id)
    return row


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


def count_entitled(session: Session, *, district_code: str, street_code: str | None) -> int:
    """Verified residents of a street, or of the district."""
    statement = select(func.count()).where(
        KnownAccount.district_code == district_code,
        KnownAccount.role == roles.RESIDENT,
        KnownAccount.verified.is_(True),
    )
    if street_code is not None:
        statement = statement.where(KnownAccount.street_code == street_code)
    return session.scalar(statement) or 0
