"""Writes of organisations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select
from sqlalchemy.orm import Session

from chassis import db, ids, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.events import FieldAdded, OrganisationChanged, OrganisationRegistered
from services.registry import scope
from services.registry.organisations import credit_code, domain, queries
from services.registry.organisations.models import Field, Organisation, OrganisationChange
from services.registry.places import queries as places

# Written so that the planner can use an index: IS NOT DISTINCT FROM cannot.
_STREET = bindparam("street_code", type_=Organisation.street_code.type)
_HERE = (Organisation.street_code == _STREET) | (Organisation.street_code.is_(None) & _STREET.is_(None))
_SAME = (
    select(Organisation.id)
    .where(
        Organisation.district_code == bindparam("district_code"),
        Organisation.id.is_distinct_from(bindparam("itself", type_=Organisation.id.type)),
        or_(
            _HERE & (Organisation.name_key == bindparam("name_key")) & (Organisation.status == "active"),
            Organisation.uscc == bindparam("uscc"),
            _HERE & (Organisation.filing_number == bindparam("filing_number")),
        ),
    )
    .limit(1)
)
_TABLE: Any = Organisation.__table__
_HISTORY = insert(OrganisationChange)
_PERSONAL = {"responsible_person", "phone"}


def register_organisation(
    session: Session, *, actor: Actor, now: datetime, kind: str, field_codes: list[str], **facts: Any
) -> dict[str, Any]:
    """By those who may register that kind, in their streets; a hub takes it into its own care."""
    domain.check_registrar(actor.role, kind)
    db.check_street(actor, facts.get("street_code"))
    if actor.role == roles.HUB:
        facts["hub_id"] = actor.organisation_id
    _check_hub(session, actor, facts.get("hub_id"))
    row = create(session, actor=actor, now=now, kind=kind, fields=field_codes, reason="登记", **facts)
    return queries.render(row)


def draft(*, actor: Actor, now: datetime, **facts: Any) -> Organisation:
    """A row that keeps the rules a row can keep by itself; not stored yet."""
    row = Organisation(
        id=ids.new_id("org"),
        district_code=actor.district_code,
        status="active",
        in_breach=False,
        created_at=now,
        **{"introduction": "", **facts},
    )
    domain.check_identity(
        row.legal_tier,
        uscc=row.uscc,
        filing_number=row.filing_number,
        responsible_person=row.responsible_person,
        street_code=row.street_code,
    )
    row.uscc = credit_code.check(row.uscc, kind=row.kind) if row.uscc else None
    row.name_key, row.fields = domain.name_key(row.name), list(dict.fromkeys(row.fields))
    return row


def create(session: Session, *, actor: Actor, now: datetime, reason: str, **facts: Any) -> Organisation:
    """A new organisation with the first row of its history; refuses one that exists already."""
    row = draft(actor=actor, now=now, **facts)
    _check_place(session, row)
    queries.check_fields(session, actor.district_code, row.fields)
    _refuse_duplicate(session, row)
    session.add(row)
    session.flush()
    _remember(session, actor, row, "status", None, "active", reason, now)
    outbox.record(session, OrganisationRegistered(**_facts(row)))
    return row


def create_many(session: Session, *, actor: Actor, now: datetime, reason: str, rows: Sequence[Organisation]) -> None:
    """Stores drafts a caller has checked as :func:`create` checks one, holding :func:`whole`; three statements."""
    values = [{**scope.columns(row), "version": 1} for row in rows]
    if not values:
        return
    session.connection().execute(insert(_TABLE), values)
    changes = [_history(actor, row, "status", None, "active", reason, now) for row in rows]
    session.connection().execute(_HISTORY, changes)
    outbox.record_many(session, [OrganisationRegistered(**_facts(row)) for row in rows])


def whole(district_code: str) -> str:
    """The lock that keeps every other registration of the district waiting; single ones hold a part of it."""
    return f"organisations:{district_code}"


def change_organisation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    reason: str,
    expected_version: int | None = None,
    **changes: Any,
) -> dict[str, Any]:
    """Only what is named changes, and every field that differs gets a row of history."""
    if "field_codes" in changes:
        changes["fields"] = list(dict.fromkeys(changes.pop("field_codes")))
    row = _take(session, actor, organisation_id, expected_version)
    domain.check_registrar(actor.role, row.kind)
    domain.check_changes(actor.role, changes)
    if row.status == "closed" and changes.get("status") != "active":
        raise ConflictError(RegistryCode.ORGANISATION_CLOSED)
    if "hub_id" in changes:
        _check_hub(session, actor, changes["hub_id"])
    changed = _apply(session, actor, row, changes, reason, now)
    if changed:
        outbox.record(session, OrganisationChanged(**_facts(row), changed=changed))
    return queries.render(row)


def _apply(
    session: Session, actor: Actor, row: Organisation, changes: dict[str, Any], reason: str, now: datetime
) -> list[str]:
    changed = [name for name, value in changes.items() if getattr(row, name) != value]
    for name in changed:
        _remember(session, actor, row, name, getattr(row, name), changes[name], reason, now)
        setattr(row, name, changes[name])
    row.name_key = domain.name_key(row.name)
    if "fields" in changed:
        queries.check_fields(session, actor.district_code, row.fields)
    if "community_code" in changed:
        _check_place(session, row)
    if changed and row.status == "active" and {"name", "status"} & set(changed):
        with session.no_autoflush:
            _refuse_duplicate(session, row)
    session.flush()
    return changed


def _take(session: Session, actor: Actor, organisation_id: str, expected: int | None) -> Organisation:
    code = RegistryCode.ORGANISATION_NOT_FOUND
    return scope.take(session, Organisation, organisation_id, actor, code, column=Organisation.id, expected=expected)


def _check_place(session: Session, row: Organisation) -> None:
    if row.street_code is not None:
        places.check_streets(session, row.district_code, [row.street_code])
    places.check_community(session, row.district_code, row.community_code, row.street_code)


def _check_hub(session: Session, actor: Actor, hub_id: str | None) -> None:
    if hub_id is None:
        return
    statement = db.scoped(select(Organisation), Organisation, actor).where(
        Organisation.id == hub_id, Organisation.kind == "hub", Organisation.status == "active"
    )
    if session.scalars(statement).one_or_none() is None:
        raise InvalidError(RegistryCode.ORGANISATION_HUB_INVALID, hub_id=hub_id)


def _refuse_duplicate(session: Session, row: Organisation) -> None:
    """Same code in the district, or same name or filing number in the street; other streets' ids stay unsaid.

    Codes and filing numbers have a unique index besides; two of one name wait for each other here.
    """
    name = f"organisation:{row.district_code}:{row.street_code}:{row.name_key}"
    scope.hold_part(session, whole(row.district_code), name)
    same = {
        "district_code": row.district_code,
        "street_code": row.street_code,
        "name_key": row.name_key,
        "uscc": row.uscc,
        "filing_number": row.filing_number,
        "itself": row.id,
    }
    if session.connection().execute(_SAME, same).first() is not None:
        raise ConflictError(RegistryCode.ORGANISATION_DUPLICATE)


def _remember(
    session: Session,
    actor: Actor,
    row: Organisation,
    field: str,
    was: Any,
    became: Any,
    reason: str,
    now: datetime,
) -> None:
    session.connection().execute(_HISTORY, _history(actor, row, field, was, became, reason, now))


def _history(
    actor: Actor, row: Organisation, field: str, was: Any, became: Any, reason: str, now: datetime
) -> dict[str, Any]:
    hide = field in _PERSONAL
    return {
        "id": ids.new_id("chg"),
        "district_code": row.district_code,
        "street_code": row.street_code,
        "organisation_id": row.id,
        "field": field,
        "was": None if hide else was,
        "became": None if hide else became,
        "reason": reason,
        "account_id": actor.account_id,
        "role": actor.role,
        "changed_at": now,
    }


def _facts(row: Organisation) -> dict[str, Any]:
    return {
        "organisation_id": row.id,
        "name": row.name,
        "kind": row.kind,
        "legal_tier": row.legal_tier,
        "fields": row.fields,
        "street_code": row.street_code,
        "hub_id": row.hub_id,
        "status": row.status,
        "in_breach": row.in_breach,
        "street_codes": [row.street_code] if row.street_code else [],
    }


def add_field(session: Session, *, actor: Actor, code: str, zh: str, en: str) -> dict[str, Any]:
    """The taxonomy grows; it never shrinks."""
    db.check_street(actor, None)
    scope.hold(session, f"field:{actor.district_code}")
    if any(entry["code"] == code for entry in queries.fields_of(session, actor.district_code)):
        raise ConflictError(RegistryCode.FIELD_EXISTS, field=code)
    row = Field(district_code=actor.district_code, code=code, zh=zh, en=en)
    session.add(row)
    session.flush()
    outbox.record(session, FieldAdded(field_id=row.id, code=code))
    return {"code": code, "zh": zh, "en": en}
