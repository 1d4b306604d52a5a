"""Identifiers: what they may be, and the two that an organisation's own row carries besides."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.registry.codes_organisations import OrganisationCode
from services.registry.organisations import credit_code
from services.registry.organisations.history import remember
from services.registry.organisations.models import Organisation
from services.registry.organisations.models_details import OrganisationIdentifier

PRINCIPALS = {"credit_code": "uscc", "filing_number": "filing_number"}
_SHOWN = ("type", "value", "issuer", "issued_on", "valid_until", "principal")


def facts(row: OrganisationIdentifier) -> dict[str, Any]:
    """What history keeps of it, in JSON's types."""
    shown = {name: getattr(row, name) for name in _SHOWN}
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in shown.items()}


def check(type_: str, value: str, *, kind: str) -> tuple[str, str]:
    """``(value, value_key)`` as they are stored. No identity-card number (GB 11643) is an organisation's."""
    key = credit_code.compact(value)
    if credit_code.is_identity_number(key):
        raise InvalidError(OrganisationCode.IDENTIFIER_IS_IDENTITY_NUMBER)
    if type_ == "credit_code":
        key = credit_code.check(value, kind=kind)
        return key, key
    if not key:
        raise InvalidError(OrganisationCode.IDENTIFIER_INVALID, type=type_)
    return value, key


def check_former(type_: str, valid_until: Any) -> None:
    """The codes in force are the organisation's own fields; beside them only former ones are listed."""
    if type_ in PRINCIPALS and valid_until is None:
        raise ConflictError(OrganisationCode.IDENTIFIER_PRINCIPAL, type=type_)


def first_principals(session: Session, rows: Iterable[Organisation], now: datetime) -> None:
    """Of organisations that are registered now: the first row of its history stands for all of it."""
    for row in rows:
        for type_, field in PRINCIPALS.items():
            value = getattr(row, field)
            if value is not None:
                session.add(_new(row, type_, value, now))
    session.flush()


def keep_principals(session: Session, actor: Actor, row: Organisation, reason: str, now: datetime) -> None:
    """The list follows the row: a new code begins, the one before it ends today."""
    statement = select(OrganisationIdentifier).where(
        OrganisationIdentifier.organisation_id == row.id, OrganisationIdentifier.principal
    )
    known = {one.type: one for one in session.scalars(statement)}
    for type_, field in PRINCIPALS.items():
        value, was = getattr(row, field), known.get(type_)
        if was is not None and was.value != value:
            before = facts(was)
            was.principal, was.valid_until = False, clock.day_of(now)
            session.flush()
            remember(session, actor, row, "identifier", before, facts(was), reason, now, item_id=was.id)
        if value is not None and (was is None or was.value != value):
            _begin(session, actor, row, type_, value, reason, now)


def _begin(
    session: Session, actor: Actor, row: Organisation, type_: str, value: str, reason: str, now: datetime
) -> None:
    key = credit_code.compact(value)
    former = session.scalars(
        select(OrganisationIdentifier).where(
            OrganisationIdentifier.organisation_id == row.id,
            OrganisationIdentifier.type == type_,
            OrganisationIdentifier.value_key == key,
        )
    ).first()
    before = None if former is None else facts(former)
    one = former or _new(row, type_, value, now)
    one.principal, one.valid_until = True, None
    session.add(one)
    session.flush()
    remember(session, actor, row, "identifier", before, facts(one), reason, now, item_id=one.id)


def _new(row: Organisation, type_: str, value: str, now: datetime) -> OrganisationIdentifier:
    return OrganisationIdentifier(
        district_code=row.district_code,
        street_code=row.street_code,
        organisation_id=row.id,
        type=type_,
        value=value,
        value_key=credit_code.compact(value),
        principal=True,
        created_at=now,
    )
