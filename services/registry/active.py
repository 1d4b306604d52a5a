"""Organisations that something new may be recorded of."""

from __future__ import annotations

from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes import RegistryCode
from services.registry.organisations.models import Organisation
from services.registry.organisations.queries import find_organisation


def find_active(session: Session, actor: Actor, organisation_id: str) -> Organisation:
    """One that exists, in a street the actor may write."""
    organisation = find_organisation(session, actor, organisation_id)
    db.check_street(actor, organisation.street_code)
    check_active(organisation)
    return organisation


def check_active(organisation: Organisation) -> None:
    """Neither closed nor merged into another."""
    if organisation.status != "active":
        raise ConflictError(RegistryCode.ORGANISATION_CLOSED)
