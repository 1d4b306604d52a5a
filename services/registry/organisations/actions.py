"""Writes of organisations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, or_, select
from sqlalchemy.orm import Session

from chassis import clock, db, ids, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.events import FieldAdded, OrganisationChanged, OrganisationRegistered
from services.registry import scope
from services.registry.organisations import closing, credit_code, domain, identifiers, indexing, queries
from services.registry.organisations.history import facts_of, remember, remember_registered
from services.registry.organisations.models import Field, Organisation
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
        assure_from=now,
        **{"introduction": "", **facts},
    )
    domain.check_founded(row.founded_on, clock.day_of(now))
    _identify(row, facts.get("legal_form"))
    row.fields = list(dict.fromkeys(row.fields))
    indexing.index(row)
    return row


def create(session: Session, *, actor: Actor, now: datetime, reason: str, **facts: Any) -> Organisation:
    """A new organisation with the first row of its history; refuses one that exists already."""
    row = draft(actor=actor, now=now, **facts)
    _check_place(session, row)
    queries.check_fields(session, actor.district_code, row.fields)
    _refuse_duplicate(session, row)
    session.add(row)
    session.flush()
    _first_steps(session, actor, [row], reason, now)
    return row


def create_many(session: Session, *, actor: Actor, now: datetime, reason: str, rows: Sequence[Organisation]) -> None:
    """Stores drafts a caller has checked as :func:`create` checks one, holding :func:`whole`; few statements."""
    values = [{**scope.columns(row), "version": 1} for row in rows]
    if values:
        session.connection().execute(insert(_TABLE), values)
        _first_steps(session, actor, rows, reason, now)


def _first_steps(session: Session, actor: Actor, rows: Sequence[Organisation], reason: str, now: datetime) -> None:
    remember_registered(session, actor, rows, reason, now)
    identifiers.first_principals(session, rows, now)
    indexing.ask_for_duplicates(session, rows, now)
    outbox.record_many(session, [OrganisationRegistered(**facts_of(row)) for row in rows])


def whole(district_code: str) -> str:
    """The lock that keeps every other registration of the district waiting; single ones hold a part of it."""
    return f"organisations:{district_code}"


def _identify(row: Organisation, declared_form: str | None) -> None:
    """Tier, codes and legal form agree."""
    domain.check_identity(
        row.legal_tier,
        uscc=row.uscc,
        filing_number=row.filing_number,
        responsible_person=row.responsible_person,
        street_code=row.street_code,
    )
    row.uscc = credit_code.check(row.uscc, kind=row.kind) if row.uscc else None
    row.legal_form = domain.legal_form(row.legal_tier, row.uscc, declared_form)


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
    row = queries.take(session, actor, organisation_id, expected=expected_version)
    domain.check_registrar(actor.role, row.kind)
    domain.check_changes(actor.role, changes)
    _check_status(session, row, changes, now)
    domain.check_founded(changes.get("founded_on"), clock.day_of(now))
    if "hub_id" in changes:
        _check_hub(session, actor, changes["hub_id"])
    changed = _apply(session, actor, row, changes, reason, now)
    if changed:
        indexing.ask_for_duplicates(session, [row], now)
        outbox.record(session, OrganisationChanged(**facts_of(row), changed=changed))
    return queries.render(row)


def _check_status(session: Session, row: Organisation, changes: dict[str, Any], now: datetime) -> None:
    """A closed one is only reopened, a merged one never changed, and nothing may hang on one that is closed."""
    wanted = changes.get("status", row.status)
    if wanted == row.status:
        domain.next_status(row.status, "change")
    else:
        changes["status"] = domain.next_status(row.status, "close" if wanted == "closed" else "reopen")
        if wanted == "closed":
            closing.check_unbound(session, row, clock.day_of(now))


def _apply(
    session: Session, actor: Actor, row: Organisation, changes: dict[str, Any], reason: str, now: datetime
) -> list[str]:
    before = {name: getattr(row, name) for name in (*changes, "legal_form", "uscc")}
    declared = changes.pop("legal_form", None)
    for name, value in changes.items():
        setattr(row, name, value)
    _identify_anew(row, changes, declared)
    changed = [name for name, was in before.items() if getattr(row, name) != was]
    for name in changed:
        remember(session, actor, row, name, before[name], getattr(row, name), reason, now)
    indexing.index(row)
    with session.no_autoflush:
        _check_changed(session, actor, row, set(changed))
    session.flush()
    identifiers.keep_principals(session, actor, row, reason, now)
    return changed


def _identify_anew(row: Organisation, changes: dict[str, Any], declared: str | None) -> None:
    if declared is not None or {"legal_tier", "uscc", "filing_number"} & set(changes):
        _identify(row, declared)


def _check_changed(session: Session, actor: Actor, row: Organisation, changed: set[str]) -> None:
    """What the new values must agree with."""
    if "fields" in changed:
        queries.check_fields(session, actor.district_code, row.fields)
    if "community_code" in changed:
        _check_place(session, row)
    if row.status == "active" and {"name", "status", "uscc", "filing_number"} & changed:
        _refuse_duplicate(session, row)


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
