"""Writes of what an organisation has several of. Each takes the organisation's lock, so that they come one by one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts import roles
from contracts.registry.codes import RegistryCode
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.events_organisations import OrganisationDetailChanged
from services.registry.organisations import domain, identifiers, indexing, queries
from services.registry.organisations.history import remember
from services.registry.organisations.item_queries import ITEMS, Item
from services.registry.organisations.models import Organisation
from services.registry.organisations.models_details import OrganisationContact, OrganisationIdentifier
from services.registry.personal import blind
from services.registry.places.models import Place
from services.registry.policies.queries import number


def take(session: Session, actor: Actor, organisation_id: str, expected: int | None = None) -> Organisation:
    """An organisation whose details the actor may write: its own, in its care, or of its streets; not a merged one."""
    row = queries.take(session, actor, organisation_id, expected=expected)
    if actor.role not in {roles.CSO, roles.STEWARD}:
        domain.check_registrar(actor.role, row.kind)
    domain.next_status(row.status, "change")
    return row


def add_item(
    session: Session, *, actor: Actor, now: datetime, item: str, organisation_id: str, reason: str, **facts: Any
) -> dict[str, Any]:
    """One more, up to the policy's number."""
    kind = ITEMS[item]
    owner = take(session, actor, organisation_id)
    _check_room(session, kind, owner)
    row = kind.model(
        district_code=owner.district_code,
        street_code=owner.street_code,
        organisation_id=owner.id,
        created_at=now,
        **_prepared(session, item, owner, facts),
    )
    _store(session, row)
    _tell(session, actor, owner, kind, row, "added", (None, kind.facts(row)), reason, now)
    return kind.render(row)


def change_item(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    item: str,
    organisation_id: str,
    item_id: str,
    reason: str,
    **changes: Any,
) -> dict[str, Any]:
    """Only what is named changes."""
    kind = ITEMS[item]
    owner = take(session, actor, organisation_id)
    row = _find(session, kind, owner, item_id)
    _check_not_principal(row)
    before = kind.facts(row)
    for name, value in _prepared(session, item, owner, {**_sent(row, item), **changes}).items():
        setattr(row, name, value)
    if session.is_modified(row):
        _store(session, row)
        _tell(session, actor, owner, kind, row, "changed", (before, kind.facts(row)), reason, now)
    return kind.render(row)


def remove_item(
    session: Session, *, actor: Actor, now: datetime, item: str, organisation_id: str, item_id: str, reason: str
) -> dict[str, Any]:
    """The row goes, and the personal data with it; history keeps what was not personal."""
    kind = ITEMS[item]
    owner = take(session, actor, organisation_id)
    row = _find(session, kind, owner, item_id)
    _check_not_principal(row)
    before, shown = kind.facts(row), kind.render(row)
    session.delete(row)
    session.flush()
    _tell(session, actor, owner, kind, row, "removed", (before, None), reason, now)
    return shown


def _find(session: Session, kind: Item, owner: Organisation, item_id: str) -> Any:
    row = session.get(kind.model, item_id)
    if row is None or row.organisation_id != owner.id:
        raise NotFoundError(OrganisationCode.ORGANISATION_ITEM_NOT_FOUND)
    return row


def _check_room(session: Session, kind: Item, owner: Organisation) -> None:
    have = session.scalar(select(func.count()).where(kind.model.organisation_id == owner.id)) or 0
    most = number(session, owner.district_code, "organisation_items_most")
    if have >= most:
        raise ConflictError(OrganisationCode.ORGANISATION_ITEMS_FULL, most=most)


def _check_not_principal(row: Any) -> None:
    if isinstance(row, OrganisationIdentifier) and row.principal:
        raise ConflictError(OrganisationCode.IDENTIFIER_PRINCIPAL, type=row.type)


def _sent(row: Any, item: str) -> dict[str, Any]:
    """What checks look at besides the change itself."""
    names = {"identifier": ("type", "value", "issued_on", "valid_until"), "contact": ("phone",)}.get(item, ())
    return {name: getattr(row, name) for name in names}


def _prepared(session: Session, item: str, owner: Organisation, facts: dict[str, Any]) -> dict[str, Any]:
    """The columns of what was sent, checked."""
    if item == "identifier":
        return _identifier(owner, facts)
    if item == "contact":
        phone = facts.get("phone")
        return {**facts, "phone_index": blind(phone, "phone") if phone else None}
    if item == "address" and facts.get("community_code") is not None:
        _place(session, owner, facts["community_code"], ("community",))
    if item == "area":
        place = _place(session, owner, facts["place_code"], ("street", "community"))
        return {"place_code": place.code, "level": place.level}
    return facts


def _place(session: Session, owner: Organisation, code: str, levels: tuple[str, ...]) -> Place:
    """A place of the district, of one of these levels."""
    wanted = select(Place).where(
        Place.district_code == owner.district_code, Place.code == code, Place.level.in_(levels)
    )
    place = session.scalars(wanted).one_or_none()
    if place is None:
        raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=code)
    return place


def _identifier(owner: Organisation, facts: dict[str, Any]) -> dict[str, Any]:
    issued, until = facts.get("issued_on"), facts.get("valid_until")
    if issued is not None and until is not None and until < issued:
        raise InvalidError(OrganisationCode.IDENTIFIER_DATES_INVALID)
    identifiers.check_former(facts["type"], until)
    value, key = identifiers.check(facts["type"], facts["value"], kind=owner.kind)
    return {**facts, "value": value, "value_key": key, "principal": False}


def _store(session: Session, row: Any) -> None:
    """A number or an area that is taken already is a conflict, of this or of an organisation elsewhere."""
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise ConflictError(OrganisationCode.ORGANISATION_ITEM_EXISTS) from error


def _tell(
    session: Session,
    actor: Actor,
    owner: Organisation,
    kind: Item,
    row: Any,
    action: str,
    values: tuple[Any, Any],
    reason: str,
    now: datetime,
) -> None:
    remember(session, actor, owner, kind.name, *values, reason, now, item_id=row.id)
    if isinstance(row, OrganisationContact | OrganisationIdentifier):
        indexing.ask_for_duplicates(session, [owner], now)
    fact = OrganisationDetailChanged(
        organisation_id=owner.id,
        item=kind.name,
        item_id=row.id,
        action=action,
        street_codes=[owner.street_code] if owner.street_code else [],
    )
    outbox.record(session, fact)
