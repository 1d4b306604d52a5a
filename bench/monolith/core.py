"""The monolith on SQLAlchemy Core: selects of columns, plain dictionaries, one statement per need."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.monolith import ledger, rules
from bench.monolith.engine import make_engine, reader
from chassis import ids
from chassis.actor import Actor
from chassis.clock import SHANGHAI
from chassis.errors import ConflictError, InvalidError, NotFoundError
from chassis.tables import CommandLog
from contracts.registry.codes import RegistryCode
from services.registry.organisations import indexing
from services.registry.organisations.models import Organisation, OrganisationChange
from services.registry.organisations.models_details import OrganisationIdentifier
from services.registry.places.models import Place

# The view's own columns, in the order in which the product's schema writes them.
_SHOWN = (
    *("status", "version", "district_code", "street_code", "created_at", "name", "kind", "legal_tier", "uscc"),
    *("filing_number", "fields", "community_code", "hub_id", "seed_group_id", "introduction"),
    *("founded_on", "in_breach", "legal_form", "assured_at", "merged_into_id"),
)
# The table's own columns: those of a mapped class are annotated, and SQLAlchemy compares them anew for every result.
_COLUMNS = [Organisation.__table__.c[name] for name in ("id", *_SHOWN)]


class Store:
    """See :class:`bench.monolith.app.Store`."""

    def __init__(self) -> None:
        self._engine = make_engine()
        self._reader = reader(self._engine)

    async def close(self) -> None:
        await self._engine.dispose()

    async def get_organisation(self, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
        async with self._reader.connect() as connection:
            return await _get(connection, actor, organisation_id)

    async def list_organisations(
        self, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **asked: Any
    ) -> dict[str, Any]:
        size = rules.page_size(limit)
        statement = rules.paged(rules.filtered(select(*_COLUMNS), actor, asked), cursor=cursor, size=size)
        async with self._reader.connect() as connection:
            rows = (await connection.execute(statement)).all()
        more, rows = len(rows) > size, rows[:size]
        return {
            "items": [view(row._mapping) for row in rows],
            "next_cursor": rules.next_cursor(rows[-1].id) if more else None,
        }

    async def register_organisation(
        self, *, actor: Actor, command_id: str, trace_id: str, facts: dict[str, Any]
    ) -> dict[str, Any]:
        request_hash = ledger.digest(rules.OPERATION, actor, facts)
        async with self._engine.begin() as connection:
            stored = await ledger.claim_command(connection, command_id, rules.OPERATION, request_hash, trace_id)
            if stored is not None:
                return await _get(connection, actor, stored["ids"]["organisation_id"])
            now = await ledger.district_now(connection, actor.district_code)
            row = await _create(connection, actor, now, rules.checked(actor, facts))
            await ledger.record(
                connection, rules.registered(row), actor=actor, now=now, trace_id=trace_id, command_id=command_id
            )
            reply = {"ids": {"organisation_id": row["id"]}}
            await connection.execute(update(CommandLog).where(CommandLog.command_id == command_id).values(reply=reply))
            return view(row)


async def _get(connection: AsyncConnection, actor: Actor, organisation_id: str) -> dict[str, Any]:
    statement = rules.visible(select(*_COLUMNS), actor).where(Organisation.id == organisation_id)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise NotFoundError(RegistryCode.ORGANISATION_NOT_FOUND)
    return view(row._mapping)


async def _create(connection: AsyncConnection, actor: Actor, now: datetime, facts: dict[str, Any]) -> dict[str, Any]:
    district = actor.district_code
    hub_id = facts.get("hub_id")
    if hub_id is not None and (await connection.execute(rules.hub(actor, hub_id))).one_or_none() is None:
        raise InvalidError(RegistryCode.ORGANISATION_HUB_INVALID, hub_id=hub_id)
    await _check_place(connection, district, facts.get("street_code"), facts.get("community_code"))
    if not rules.usual(facts["fields"]):
        rules.check_fields(facts["fields"], (await connection.execute(rules.added_fields(district))).scalars())
    await connection.execute(rules.lock(district, facts))
    if (await connection.execute(rules.duplicate(district, facts))).first() is not None:
        raise ConflictError(RegistryCode.ORGANISATION_DUPLICATE)
    row = dict.fromkeys(column.key for column in Organisation.__table__.columns) | facts
    row |= {"id": ids.new_id("org"), "district_code": district, "status": "active", "in_breach": False}
    row |= {"version": 1, "created_at": now, "assure_from": now}
    await connection.execute(insert(Organisation).values(row))
    await connection.execute(insert(OrganisationChange).values(_history(actor, row, now)))
    if numbers := rules.numbers(row, now):
        await connection.execute(insert(OrganisationIdentifier), numbers)
    await connection.execute(indexing.ASK, rules.question(row, now))
    return row


async def _check_place(
    connection: AsyncConnection, district: str, street_code: str | None, community_code: str | None
) -> None:
    """Street and community in one look."""
    wanted = [code for code in (street_code, community_code) if code is not None]
    if not wanted:
        return
    statement = select(Place.code, Place.level, Place.street_code).where(Place.district_code == district)
    rows = (await connection.execute(statement.where(Place.code.in_(wanted)))).all()
    known = {row.code: row for row in rows}
    if street_code is not None and (street_code not in known or known[street_code].level != "street"):
        raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=street_code)
    if community_code is not None:
        if community_code not in known or known[community_code].level != "community":
            raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=community_code)
        if known[community_code].street_code != street_code:
            raise InvalidError(RegistryCode.PLACE_MISMATCH, community_code=community_code, street_code=street_code)


def _history(actor: Actor, row: dict[str, Any], now: datetime) -> dict[str, Any]:
    return {
        "id": ids.new_id("chg"),
        "district_code": row["district_code"],
        "street_code": row["street_code"],
        "organisation_id": row["id"],
        "field": "status",
        "was": None,
        "became": "active",
        "reason": "登记",
        "account_id": actor.account_id,
        "role": actor.role,
        "changed_at": now,
    }


def view(row: Any) -> dict[str, Any]:
    """The product's OrganisationView without marshmallow."""
    shown = {name: row[name] for name in _SHOWN[:5]} | {"organisation_id": row["id"]}
    shown |= {name: row[name] for name in _SHOWN[5:]}
    shown["created_at"] = row["created_at"].astimezone(SHANGHAI).isoformat(timespec="seconds")
    assured = row["assured_at"]
    shown["assured_at"] = assured.astimezone(SHANGHAI).isoformat(timespec="seconds") if assured else None
    founded = row["founded_on"]
    shown["founded_on"] = founded.isoformat() if founded else None
    return shown
