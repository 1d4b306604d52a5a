"""Reads of organisations."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.registry.codes import RegistryCode
from contracts.registry.organisations import ChangeView, OrganisationView
from services.registry import scope
from services.registry.organisations import domain
from services.registry.organisations.credit_code import compact
from services.registry.organisations.models import Field, Organisation, OrganisationChange
from services.registry.personal import mask_name, mask_phone

_VIEW = OrganisationView()
_CHANGE = ChangeView()


def render(row: Organisation) -> dict[str, Any]:
    shown: dict[str, Any] = _VIEW.dump({**scope.columns(row), "organisation_id": row.id})
    return shown


def find_organisation(session: Session, actor: Actor, organisation_id: str) -> Organisation:
    """An organisation the actor may see."""
    return scope.find(
        session,
        Organisation,
        organisation_id,
        actor,
        RegistryCode.ORGANISATION_NOT_FOUND,
        column=Organisation.id,
    )


def get_organisation(session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
    """One organisation."""
    return render(find_organisation(session, actor, organisation_id))


def get_organisation_contact(session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
    """Name and phone, masked."""
    row = find_organisation(session, actor, organisation_id)
    return {
        "organisation_id": row.id,
        "responsible_person": mask_name(row.responsible_person),
        "phone": mask_phone(row.phone),
    }


def list_organisations(
    session: Session,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int | None = None,
    name: str | None = None,
    field: str | None = None,
    uscc: str | None = None,
    **equal: Any,
) -> dict[str, Any]:
    """Newest first; ``name`` matches a part."""
    statement = scope.visible(Organisation, Organisation.id, actor).filter_by(**equal)
    if name:
        statement = statement.where(Organisation.name_key.contains(domain.name_key(name), autoescape=True))
    if field is not None:
        statement = statement.where(Organisation.fields.contains([field]))
    if uscc is not None:
        statement = statement.where(Organisation.uscc == compact(uscc))
    return db.page(session, statement, by=Organisation.id, render=render, cursor=cursor, limit=limit)


def list_organisation_changes(
    session: Session, *, actor: Actor, organisation_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Every change, newest first."""
    find_organisation(session, actor, organisation_id)
    statement = db.scoped(select(OrganisationChange), OrganisationChange, actor)
    statement = statement.where(OrganisationChange.organisation_id == organisation_id)
    return db.page(session, statement, by=OrganisationChange.id, render=_change, cursor=cursor, limit=limit)


def _change(row: OrganisationChange) -> dict[str, Any]:
    shown: dict[str, Any] = _CHANGE.dump({**scope.columns(row), "change_id": row.id})
    return shown


def fields_of(session: Session, district_code: str) -> list[dict[str, str]]:
    """The taxonomy: the defaults and what was added."""
    known = [{"code": code, "zh": zh, "en": en} for code, (zh, en) in domain.DEFAULT_FIELDS.items()]
    rows = session.scalars(select(Field).where(Field.district_code == district_code).order_by(Field.id))
    return [*known, *({"code": row.code, "zh": row.zh, "en": row.en} for row in rows)]


def check_fields(session: Session, district_code: str, codes: list[str]) -> None:
    """Every code is in the taxonomy."""
    known = {entry["code"] for entry in fields_of(session, district_code)}
    for code in codes:
        if code not in known:
            raise InvalidError(RegistryCode.FIELD_UNKNOWN, field=code)
