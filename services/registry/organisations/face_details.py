"""Operations on what an organisation has several of, assurance, and search."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.registry.organisations import assurance, item_queries, items, search


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class OrganisationDetails:
    """Identifiers, contacts, addresses and service areas: add, change, remove, list."""

    @command
    def add_organisation_identifier(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.add_item(session, actor=actor, now=_now(session, actor), item="identifier", **asked)

    @command
    def change_organisation_identifier(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.change_item(session, actor=actor, now=_now(session, actor), item="identifier", **asked)

    @command
    def remove_organisation_identifier(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.remove_item(session, actor=actor, now=_now(session, actor), item="identifier", **asked)

    @rpc
    def list_organisation_identifiers(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return item_queries.list_items(session, actor=actor, item="identifier", **asked)

    @command
    def add_organisation_contact(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.add_item(session, actor=actor, now=_now(session, actor), item="contact", **asked)

    @command
    def change_organisation_contact(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.change_item(session, actor=actor, now=_now(session, actor), item="contact", **asked)

    @command
    def remove_organisation_contact(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.remove_item(session, actor=actor, now=_now(session, actor), item="contact", **asked)

    @rpc
    def list_organisation_contacts(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return item_queries.list_items(session, actor=actor, item="contact", **asked)

    @command
    def add_organisation_address(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.add_item(session, actor=actor, now=_now(session, actor), item="address", **asked)

    @command
    def change_organisation_address(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.change_item(session, actor=actor, now=_now(session, actor), item="address", **asked)

    @command
    def remove_organisation_address(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.remove_item(session, actor=actor, now=_now(session, actor), item="address", **asked)

    @rpc
    def list_organisation_addresses(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return item_queries.list_items(session, actor=actor, item="address", **asked)

    @command
    def add_organisation_area(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.add_item(session, actor=actor, now=_now(session, actor), item="area", **asked)

    @command
    def remove_organisation_area(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return items.remove_item(session, actor=actor, now=_now(session, actor), item="area", **asked)

    @rpc
    def list_organisation_areas(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return item_queries.list_items(session, actor=actor, item="area", **asked)


class OrganisationSearch:
    """Assurance, search, and the columns it reads."""

    @command
    def assure_organisation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return assurance.assure_organisation(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def list_assurances(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return assurance.list_assurances(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def search_organisations(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return search.search_organisations(session, actor=actor, **asked)
