"""Reading the census: campaigns, places, records, coverage."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.resources.census import CensusPlaceView, CensusRecheckView, CensusView
from contracts.resources.codes_census import CensusCode
from services.resources.census import domain
from services.resources.census.models import Census, CensusAssignment, CensusPlace, CensusRecheck, CensusRecord
from services.resources.one_list.models import ListEntry

_VIEW, _PLACE, _RECHECK = CensusView(), CensusPlaceView(), CensusRecheckView()


def find_census(session: Session, census_id: str, actor: Actor, *, lock: bool = False, read: bool = False) -> Census:
    """One the actor may see; raises NotFoundError. ``read``: kept from its end, not from other records."""
    statement = db.scoped(select(Census), Census, actor).where(Census.id == census_id)
    if lock:
        statement = statement.with_for_update(of=Census, read=read).execution_options(populate_existing=True)
    row: Census | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(CensusCode.NOT_FOUND)
    return row


def render(row: Census) -> dict[str, Any]:
    view: dict[str, Any] = _VIEW.dump(row)
    return view


def get_census(session: Session, *, actor: Actor, census_id: str) -> dict[str, Any]:
    return render(find_census(session, census_id, actor))


def list_censuses(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = db.scoped(select(Census), Census, actor).filter_by(**filters)
    return db.page(session, statement, by=Census.id, render=render, cursor=cursor, limit=limit)


def list_census_places(
    session: Session, *, actor: Actor, census_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Who visits them in one more statement, not in one a place."""
    row = find_census(session, census_id, actor)
    assigned: dict[str, list[str]] = {}
    pairs = session.execute(
        select(CensusAssignment.place_code, CensusAssignment.account_id)
        .where(CensusAssignment.census_id == row.id)
        .order_by(CensusAssignment.id)
    )
    for place, account in pairs:
        assigned.setdefault(place, []).append(account)
    statement = select(CensusPlace).where(CensusPlace.census_id == row.id)

    def shown(place: CensusPlace) -> dict[str, Any]:
        facts = {name: getattr(place, name) for name in ("id", "census_id", "place_code", "expected")}
        view: dict[str, Any] = _PLACE.dump(facts | {"account_ids": assigned.get(place.place_code, [])})
        return view

    return db.page(session, statement, by=CensusPlace.id, render=shown, cursor=cursor, limit=limit)


def expected_of(session: Session, census_id: str) -> dict[str, int]:
    """How many visits are expected, by place."""
    rows = session.execute(
        select(CensusPlace.place_code, CensusPlace.expected).where(CensusPlace.census_id == census_id)
    )
    return dict(rows.all())


def coverage(session: Session, row: Census) -> dict[str, Any]:
    """In two statements, whatever its size."""
    record = CensusRecord
    counted = (
        func.count().filter(record.status.in_(domain.VISITED)),
        func.count().filter(record.status.in_((domain.VERIFIED, domain.LISTED))),
        func.count().filter(record.status == domain.LISTED),
        func.min(record.visited_on).filter(record.status.in_(domain.VISITED)),
        func.max(record.visited_on).filter(record.status.in_(domain.VISITED)),
    )
    rows = session.execute(
        select(record.place_code, *counted).where(record.census_id == row.id).group_by(record.place_code)
    )
    counts = {
        place: domain.Count(visited=visited, verified=verified, listed=listed, first_on=first, last_on=last)
        for place, visited, verified, listed, first, last in rows
    }
    return domain.coverage(expected_of(session, row.id), counts)


def get_census_coverage(session: Session, *, actor: Actor, census_id: str) -> dict[str, Any]:
    row = find_census(session, census_id, actor)
    found = coverage(session, row)
    return {"census_id": row.id, **_plain(found)}


def _plain(found: dict[str, Any]) -> dict[str, Any]:
    """Days as text."""

    def line(one: dict[str, Any]) -> dict[str, Any]:
        days = {name: one[name].isoformat() if one[name] is not None else None for name in ("first_on", "last_on")}
        return one | days

    parts = {name: [line(one) for one in found[name]] for name in ("communities", "places")}
    return {"total": line(found["total"]), **parts}


def list_census_rechecks(
    session: Session, *, actor: Actor, census_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Newest entry first; visited when a record of the campaign names it."""
    row = find_census(session, census_id, actor)
    visited = (
        select(CensusRecord.id)
        .where(
            CensusRecord.census_id == row.id,
            CensusRecord.list_entry_id == ListEntry.id,
            CensusRecord.status.in_(domain.VISITED),
        )
        .exists()
    )
    mine = select(CensusRecheck.list_entry_id).where(CensusRecheck.census_id == row.id)
    done = set(session.scalars(select(ListEntry.id).where(ListEntry.id.in_(mine), visited)))
    places = dict(
        session.execute(
            select(CensusRecheck.list_entry_id, CensusRecheck.place_code).where(CensusRecheck.census_id == row.id)
        ).all()
    )
    statement = select(ListEntry).where(ListEntry.id.in_(mine))

    def shown(entry: ListEntry) -> dict[str, Any]:
        facts = {name: getattr(entry, name) for name in ("kind", "title", "recheck_due_on")}
        about = {"list_entry_id": entry.id, "place_code": places[entry.id], "visited": entry.id in done}
        view: dict[str, Any] = _RECHECK.dump(facts | about)
        return view

    return db.page(session, statement, by=ListEntry.id, render=shown, cursor=cursor, limit=limit)


def is_assigned(session: Session, census_id: str, place_code: str, actor: Actor) -> bool:
    """Staff go everywhere; a grid worker where they were sent."""
    if actor.role != roles.GRID_WORKER:
        return True
    mine = select(CensusAssignment.id).where(
        CensusAssignment.census_id == census_id,
        CensusAssignment.place_code == place_code,
        CensusAssignment.account_id == actor.account_id,
    )
    return session.scalar(mine) is not None


def due_entries(actor: Actor, street_code: str, by: Any) -> Select[Any]:
    """Entries of people and services (not of the registry's organisations) that are due by a day."""
    return db.scoped(select(ListEntry), ListEntry, actor).where(
        ListEntry.street_code == street_code,
        ListEntry.status.in_(("listed", "due_for_recheck")),
        ListEntry.recheck_due_on <= by,
        ListEntry.community_code.is_not(None),
    )
