"""Reads of organisations."""

from __future__ import annotations

from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from sqlalchemy import Select, Text, and_, bindparam, func, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Session

from chassis import db, paging
from chassis.actor import Actor
from chassis.errors import InvalidError, NotFoundError
from contracts.registry.codes import RegistryCode
from contracts.registry.organisations import ChangeView, OrganisationView
from services.registry import scope
from services.registry.organisations import domain, history, naming
from services.registry.organisations.credit_code import compact
from services.registry.organisations.models import Field, Organisation, OrganisationChange
from services.registry.personal import mask_name, mask_phone

_VIEW = OrganisationView()
# The table's own columns: those of a mapped class are annotated, and SQLAlchemy compares them anew for every result.
_TABLE = Organisation.__table__.c
_NOT_OF_THE_ROW = {"organisation_id", "redirected"}
COLUMNS = (
    _TABLE["id"].label("organisation_id"),
    *(_TABLE[field.attribute or name] for name, field in _VIEW.fields.items() if name not in _NOT_OF_THE_ROW),
)
_CHARACTERS = func.string_to_array(Organisation.name_key, null(), type_=ARRAY(Text))
# A part of a name is looked for among names with its pairs of characters, and those whose pairs are not written yet.
_FILTERS = {
    "name": and_(
        or_(
            Organisation.bigrams.contains(bindparam("name_pairs", type_=ARRAY(Text))),
            Organisation.search_version < naming.VERSION,
        ),
        Organisation.name_key.contains(bindparam("name"), escape="/"),
    ),
    "character": _CHARACTERS.contains(bindparam("character", type_=ARRAY(Text))),
    "field": Organisation.fields.contains(bindparam("field", type_=JSONB)),
}
NOT_MERGED = Organisation.status != "merged"
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


def show(found: dict[str, Any]) -> dict[str, Any]:
    """The view of selected columns."""
    shown: dict[str, Any] = _VIEW.dump(found)
    return shown


def take(session: Session, actor: Actor, organisation_id: str, *, expected: int | None = None) -> Organisation:
    """An organisation to write: locked, in the actor's streets and care, of the version the caller read."""
    code = RegistryCode.ORGANISATION_NOT_FOUND
    return scope.take(session, Organisation, organisation_id, actor, code, column=Organisation.id, expected=expected)


@cache
def _one(sight: scope.Sight) -> Select[Any]:
    one = sight.of(select(*COLUMNS), Organisation, Organisation.id)
    return one.where(Organisation.id == bindparam("organisation_id"))


def get_organisation(
    session: Session, *, actor: Actor, organisation_id: str, as_of: datetime | None = None
) -> dict[str, Any]:
    """One organisation. A hot read: columns instead of rows, a statement that is built once.

    A merged one answers with the one that took it in, ``redirected``. ``as_of``: itself, as it was then.
    """
    found = _read(session, actor, organisation_id)
    if as_of is not None:
        return show(history.rewind(session, found, created_at=found["created_at"], as_of=as_of))
    if found["merged_into_id"] is not None:
        return show({**_read(session, actor, found["merged_into_id"]), "redirected": True})
    return show(found)


def _read(session: Session, actor: Actor, organisation_id: str) -> dict[str, Any]:
    sight, parameters = scope.eyes(actor)
    found = session.connection().execute(_one(sight), {**parameters, "organisation_id": organisation_id})
    row = found.one_or_none()
    if row is None:
        raise NotFoundError(RegistryCode.ORGANISATION_NOT_FOUND)
    return row._asdict()


@lru_cache(maxsize=256)
def _many(sight: scope.Sight, filters: frozenset[str], after: bool) -> Select[Any]:
    many = sight.of(select(*COLUMNS), Organisation, Organisation.id)
    if "status" not in filters:  # what was merged is asked for by name
        many = many.where(NOT_MERGED)
    for name in sorted(filters):
        many = many.where(_FILTERS[name] if name in _FILTERS else getattr(Organisation, name) == bindparam(name))
    return paging.paged(many, by=Organisation.id, after=after)


def get_organisation_contact(session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
    """Name and phone, masked."""
    row = find_organisation(session, actor, organisation_id)
    return {
        "organisation_id": row.id,
        "responsible_person": mask_name(row.responsible_person),
        "phone": mask_phone(row.phone),
    }


def list_organisations(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **asked: Any
) -> dict[str, Any]:
    """Newest first; ``name`` matches a part. Hot, like :func:`get_organisation`."""
    sight, parameters = scope.eyes(actor)
    if "name" in asked:
        asked |= _part(domain.name_key(asked.pop("name")))
    many = _many(sight, frozenset(asked) - {"name_pairs"}, cursor is not None)
    if "field" in asked:
        asked["field"] = [asked["field"]]
    if "uscc" in asked:
        asked["uscc"] = compact(asked["uscc"])
    return paging.page_of(
        session, many, {**parameters, **asked}, by=Organisation.id, render=show, cursor=cursor, limit=limit
    )


def _part(key: str) -> dict[str, Any]:
    """What a part of a name is found by."""
    if len(key) == 1:
        return {"character": [key]}
    return {"name": paging.literally(key), "name_pairs": naming.bigrams_of(key)}


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
    if all(code in domain.DEFAULT_FIELDS for code in codes):
        return
    known = {entry["code"] for entry in fields_of(session, district_code)}
    for code in codes:
        if code not in known:
            raise InvalidError(RegistryCode.FIELD_UNKNOWN, field=code)
