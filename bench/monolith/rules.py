"""Statements and checks both monoliths share; the rules themselves are the product's domain functions."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select

from chassis import db, ids
from chassis.actor import Actor
from chassis.codes import ChassisCode
from chassis.errors import InvalidError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.events import OrganisationRegistered
from services.registry import scope
from services.registry.organisations import actions, credit_code, domain, identifiers, indexing, queries
from services.registry.organisations.models import Field, Organisation

OPERATION = "register_organisation"


def visible(statement: Select[Any], actor: Actor) -> Select[Any]:
    """A select of organisations, within the actor's scope."""
    return scope.in_care(db.scoped(statement, Organisation, actor), Organisation.id, actor)


def filtered(statement: Select[Any], actor: Actor, asked: dict[str, Any]) -> Select[Any]:
    """A list of organisations, within the actor's scope and the query's filters."""
    statement = visible(statement, actor)
    asked = dict(asked)
    if "status" not in asked:
        statement = statement.where(queries.NOT_MERGED)
    name, field, uscc = (asked.pop(each, None) for each in ("name", "field", "uscc"))
    for column, value in asked.items():
        statement = statement.where(getattr(Organisation, column) == value)
    if name:
        statement = statement.where(Organisation.name_key.contains(domain.name_key(name), autoescape=True))
    if field is not None:
        statement = statement.where(Organisation.fields.contains([field]))
    if uscc is not None:
        statement = statement.where(Organisation.uscc == credit_code.compact(uscc))
    return statement


def paged(statement: Select[Any], *, cursor: str | None, size: int) -> Select[Any]:
    """Newest first, one row more than the page."""
    if cursor is not None:
        statement = statement.where(Organisation.id < _opened(cursor))
    return statement.order_by(Organisation.id.desc()).limit(size + 1)


def page_size(limit: int | None) -> int:
    return min(max(limit or 50, 1), db.MAX_PAGE)


def next_cursor(last_id: str) -> str:
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def _opened(cursor: str) -> str:
    try:
        value = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise InvalidError(ChassisCode.CURSOR_INVALID) from error
    if not ids.is_id("org", value):
        raise InvalidError(ChassisCode.CURSOR_INVALID)
    return value


def checked(actor: Actor, facts: dict[str, Any]) -> dict[str, Any]:
    """What can be checked without the database, and the columns that follow from the input."""
    facts = {"introduction": "", **facts}
    facts["fields"] = list(dict.fromkeys(facts.pop("field_codes")))
    domain.check_registrar(actor.role, facts["kind"])
    db.check_street(actor, facts.get("street_code"))
    if actor.role == roles.HUB:
        facts["hub_id"] = actor.organisation_id
    uscc = facts.get("uscc")
    domain.check_identity(
        facts["legal_tier"],
        uscc=uscc,
        filing_number=facts.get("filing_number"),
        responsible_person=facts.get("responsible_person"),
        street_code=facts.get("street_code"),
    )
    facts["uscc"] = credit_code.check(uscc, kind=facts["kind"]) if uscc else None
    facts["legal_form"] = domain.legal_form(facts["legal_tier"], facts["uscc"], facts.get("legal_form"))
    return facts | indexing.columns_of(facts["name"], facts.get("phone"))


def usual(codes: Iterable[str]) -> bool:
    """Nothing to look up: every district starts with these."""
    return all(code in domain.DEFAULT_FIELDS for code in codes)


def check_fields(codes: Iterable[str], added: Iterable[str]) -> None:
    known = domain.DEFAULT_FIELDS.keys() | set(added)
    for code in codes:
        if code not in known:
            raise InvalidError(RegistryCode.FIELD_UNKNOWN, field=code)


def added_fields(district_code: str) -> Select[Any]:
    return select(Field.code).where(Field.district_code == district_code)


def hub(actor: Actor, hub_id: str) -> Select[Any]:
    statement = db.scoped(select(Organisation.id), Organisation, actor)
    return statement.where(Organisation.id == hub_id, Organisation.kind == "hub", Organisation.status == "active")


def lock(district_code: str, facts: dict[str, Any]) -> Select[Any]:
    """Two of one name in one street wait for each other here."""
    name = f"organisation:{district_code}:{facts.get('street_code')}:{facts['name_key']}"
    return scope.HOLD_PART.params(whole=actions.whole(district_code), name=name)


def duplicate(district_code: str, facts: dict[str, Any]) -> Select[Any]:
    """Same code in the district, or same name or filing number in the street."""
    here = Organisation.street_code == facts.get("street_code")  # None: IS NULL
    same: list[ColumnElement[bool]] = [
        here & (Organisation.name_key == facts["name_key"]) & (Organisation.status == "active")
    ]
    if facts["uscc"]:
        same.append(Organisation.uscc == facts["uscc"])
    if facts.get("filing_number"):
        same.append(here & (Organisation.filing_number == facts["filing_number"]))
    return select(Organisation.id).where(Organisation.district_code == district_code, or_(*same)).limit(1)


def numbers(row: dict[str, Any], now: datetime) -> list[dict[str, Any]]:
    """Its codes as identifiers."""
    return [
        {
            "id": ids.new_id("idn"),
            "district_code": row["district_code"],
            "street_code": row.get("street_code"),
            "organisation_id": row["id"],
            "type": type_,
            "value": row[column],
            "value_key": credit_code.compact(row[column]),
            "principal": True,
            "created_at": now,
        }
        for type_, column in identifiers.PRINCIPALS.items()
        if row.get(column) is not None
    ]


def question(row: dict[str, Any], now: datetime) -> dict[str, Any]:
    """That it be compared with the others, for :data:`indexing.ASK`."""
    places = {"district_code": row["district_code"], "street_code": row.get("street_code")}
    return {"organisation_id": row["id"], "asked_at": now, **places}


def registered(row: dict[str, Any]) -> OrganisationRegistered:
    """The event of a new organisation."""
    street = row.get("street_code")
    return OrganisationRegistered(
        organisation_id=row["id"],
        name=row["name"],
        kind=row["kind"],
        legal_tier=row["legal_tier"],
        fields=row["fields"],
        street_code=street,
        hub_id=row.get("hub_id"),
        status=row["status"],
        in_breach=row["in_breach"],
        street_codes=[street] if street else [],
    )
