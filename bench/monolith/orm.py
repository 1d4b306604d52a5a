"""The monolith on the ORM: the product's mapped classes in an AsyncSession, and its marshmallow view."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import defer

from bench.monolith import ledger, rules
from bench.monolith.engine import make_engine, reader
from chassis import ids
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from chassis.tables import CommandLog
from contracts.registry.codes import RegistryCode
from contracts.registry.organisations import OrganisationView
from services.registry import scope
from services.registry.organisations import indexing
from services.registry.organisations.models import Organisation, OrganisationChange
from services.registry.organisations.models_details import OrganisationIdentifier
from services.registry.places.models import Place

_VIEW = OrganisationView()
_OWN = ("organisation_id", "redirected")
_SHOWN = [field.attribute or name for name, field in _VIEW.fields.items() if name not in _OWN]
# What is encrypted and not shown is not read.
_ROW = select(Organisation).options(defer(Organisation.responsible_person), defer(Organisation.phone))


class Store:
    """See :class:`bench.monolith.app.Store`."""

    def __init__(self) -> None:
        self._engine = make_engine()
        self._sessions = async_sessionmaker(self._engine, expire_on_commit=False)
        self._reads = async_sessionmaker(reader(self._engine), expire_on_commit=False)

    async def close(self) -> None:
        await self._engine.dispose()

    async def get_organisation(self, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
        async with self._reads() as session:
            return await _get(session, actor, organisation_id)

    async def list_organisations(
        self, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **asked: Any
    ) -> dict[str, Any]:
        size = rules.page_size(limit)
        statement = rules.paged(rules.filtered(_ROW, actor, asked), cursor=cursor, size=size)
        async with self._reads() as session:
            rows = list(await session.scalars(statement))
            more, rows = len(rows) > size, rows[:size]
            return {
                "items": [view(row) for row in rows],
                "next_cursor": rules.next_cursor(rows[-1].id) if more else None,
            }

    async def register_organisation(
        self, *, actor: Actor, command_id: str, trace_id: str, facts: dict[str, Any]
    ) -> dict[str, Any]:
        request_hash = ledger.digest(rules.OPERATION, actor, facts)
        async with self._sessions.begin() as session:
            stored = await ledger.claim_command(session, command_id, rules.OPERATION, request_hash, trace_id)
            if stored is not None:
                return await _get(session, actor, stored["ids"]["organisation_id"])
            now = await ledger.district_now(session, actor.district_code)
            row = await _create(session, actor, now, rules.checked(actor, facts))
            event = rules.registered(scope.columns(row))
            await ledger.record(session, event, actor=actor, now=now, trace_id=trace_id, command_id=command_id)
            command = await session.get_one(CommandLog, command_id)
            command.reply = {"ids": {"organisation_id": row.id}}
            return view(row)


async def _get(session: AsyncSession, actor: Actor, organisation_id: str) -> dict[str, Any]:
    statement = rules.visible(_ROW, actor).where(Organisation.id == organisation_id)
    row = (await session.scalars(statement)).one_or_none()
    if row is None:
        raise NotFoundError(RegistryCode.ORGANISATION_NOT_FOUND)
    return view(row)


async def _create(session: AsyncSession, actor: Actor, now: datetime, facts: dict[str, Any]) -> Organisation:
    district, hub_id = actor.district_code, facts.get("hub_id")
    if hub_id is not None and (await session.scalars(rules.hub(actor, hub_id))).one_or_none() is None:
        raise InvalidError(RegistryCode.ORGANISATION_HUB_INVALID, hub_id=hub_id)
    await _check_place(session, district, facts.get("street_code"), facts.get("community_code"))
    if not rules.usual(facts["fields"]):
        rules.check_fields(facts["fields"], await session.scalars(rules.added_fields(district)))
    await session.execute(rules.lock(district, facts))
    if (await session.scalars(rules.duplicate(district, facts))).first() is not None:
        raise ConflictError(RegistryCode.ORGANISATION_DUPLICATE)
    state = {"status": "active", "in_breach": False, "created_at": now, "assure_from": now}
    row = Organisation(id=ids.new_id("org"), district_code=district, **state, **facts)
    numbers = [OrganisationIdentifier(**each) for each in rules.numbers(scope.columns(row), now)]
    session.add_all([row, _history(actor, row, now), *numbers])
    await session.flush()
    await session.execute(indexing.ASK, rules.question(scope.columns(row), now))
    return row


async def _check_place(
    session: AsyncSession, district: str, street_code: str | None, community_code: str | None
) -> None:
    """Street and community in one look."""
    wanted = [code for code in (street_code, community_code) if code is not None]
    if not wanted:
        return
    statement = select(Place).where(Place.district_code == district, Place.code.in_(wanted))
    known = {place.code: place for place in await session.scalars(statement)}
    if street_code is not None and (street_code not in known or known[street_code].level != "street"):
        raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=street_code)
    if community_code is not None:
        if community_code not in known or known[community_code].level != "community":
            raise InvalidError(RegistryCode.PLACE_NOT_FOUND, place=community_code)
        if known[community_code].street_code != street_code:
            raise InvalidError(RegistryCode.PLACE_MISMATCH, community_code=community_code, street_code=street_code)


def _history(actor: Actor, row: Organisation, now: datetime) -> OrganisationChange:
    return OrganisationChange(
        district_code=row.district_code,
        street_code=row.street_code,
        organisation_id=row.id,
        field="status",
        was=None,
        became="active",
        reason="登记",
        account_id=actor.account_id,
        role=actor.role,
        changed_at=now,
    )


def view(row: Organisation) -> dict[str, Any]:
    """The product's OrganisationView."""
    shown: dict[str, Any] = _VIEW.dump({name: getattr(row, name) for name in _SHOWN} | {"organisation_id": row.id})
    return shown
