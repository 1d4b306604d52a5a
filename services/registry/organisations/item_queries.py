"""Reads of what an organisation has several of: now, or as of an instant of the past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from chassis.paging import MAX_PAGE, close_cursor, open_cursor
from contracts.registry.codes import RegistryCode
from contracts.registry.details import AddressView, AreaView, ContactView, IdentifierView
from services.registry import scope
from services.registry.organisations import history, queries
from services.registry.organisations.models_details import (
    OrganisationAddress,
    OrganisationArea,
    OrganisationContact,
    OrganisationIdentifier,
)
from services.registry.personal import masked

_IDENTIFIER, _CONTACT, _ADDRESS, _AREA = IdentifierView(), ContactView(), AddressView(), AreaView()
PUBLIC_ADDRESSES = {"registered", "service"}


@dataclass(frozen=True)
class Item:
    """One kind of them: its table, its view, and which columns history may keep."""

    name: str
    model: Any
    key: str
    view: Any
    kept: tuple[str, ...]
    mask: Callable[[dict[str, Any]], dict[str, Any]] = lambda facts: facts

    def facts(self, row: Any) -> dict[str, Any]:
        """What history keeps, in JSON's types."""
        values = {name: getattr(row, name) for name in self.kept}
        return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}

    def render(self, row: Any) -> dict[str, Any]:
        """Masked."""
        shown: dict[str, Any] = self.view.dump({**self.mask(scope.columns(row)), self.key: row.id, "item_id": row.id})
        return shown

    def render_past(self, organisation_id: str, item_id: str, facts: dict[str, Any]) -> dict[str, Any]:
        """What history kept."""
        dates = {
            name: date.fromisoformat(facts[name]) for name in facts if name.endswith(("_on", "_until")) and facts[name]
        }
        known = {**facts, **dates, "organisation_id": organisation_id, self.key: item_id, "item_id": item_id}
        shown: dict[str, Any] = self.view.dump(known)
        return shown


def _mask_contact(facts: dict[str, Any]) -> dict[str, Any]:
    return masked(ContactView, facts)


def _mask_address(facts: dict[str, Any]) -> dict[str, Any]:
    """The registered seat and a service point are public; where people are written to may be somebody's home."""
    if facts["kind"] in PUBLIC_ADDRESSES:
        return facts
    return masked(AddressView, facts)


ITEMS: dict[str, Item] = {
    "identifier": Item(
        "identifier",
        OrganisationIdentifier,
        "identifier_id",
        _IDENTIFIER,
        ("type", "value", "issuer", "issued_on", "valid_until", "principal"),
    ),
    "contact": Item("contact", OrganisationContact, "contact_id", _CONTACT, ("kind", "position"), _mask_contact),
    "address": Item(
        "address",
        OrganisationAddress,
        "address_id",
        _ADDRESS,
        ("kind", "community_code", "postcode", "valid_until"),
        _mask_address,
    ),
    "area": Item("area", OrganisationArea, "area_id", _AREA, ("place_code", "level")),
}


def list_items(
    session: Session,
    *,
    actor: Actor,
    item: str,
    organisation_id: str,
    as_of: datetime | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Newest first. ``as_of``: those there were, with what history keeps of them, which is nothing personal."""
    kind = ITEMS[item]
    owner = queries.find_organisation(session, actor, organisation_id)
    statement = select(kind.model).where(kind.model.organisation_id == owner.id)
    if as_of is None:
        return db.page(session, statement, by=kind.model.id, render=kind.render, cursor=cursor, limit=limit)
    if as_of < owner.created_at:
        raise NotFoundError(RegistryCode.ORGANISATION_NOT_FOUND)
    past = {row.id: kind.facts(row) for row in session.scalars(statement)}
    for (field, item_id), was in history.later(session, owner.id, as_of).items():
        if field == kind.name and item_id is not None:
            past[item_id] = was
    there = {item_id: facts for item_id, facts in past.items() if facts is not None}
    return _page(kind, owner.id, there, cursor, limit)


def _page(
    kind: Item, organisation_id: str, there: dict[str, dict[str, Any]], cursor: str | None, limit: int | None
) -> dict[str, Any]:
    size = min(max(limit or 50, 1), MAX_PAGE)
    before = None if cursor is None else open_cursor(cursor, kind.model.id)
    found = sorted((one for one in there if before is None or one < before), reverse=True)
    items = [kind.render_past(organisation_id, item_id, there[item_id]) for item_id in found[:size]]
    return {"items": items, "next_cursor": close_cursor(found[size - 1]) if len(found) > size else None}
