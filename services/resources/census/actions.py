"""Writing census campaigns."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from chassis import db, ids, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts import roles
from contracts.resources import events_census as events
from contracts.resources.codes_census import CensusCode
from services.resources.census import domain, queries
from services.resources.census.models import Census, CensusAssignment, CensusPlace, CensusRecheck, CensusRecord
from services.resources.grid import domain as grid
from services.resources.known.models import KnownAccount
from services.resources.one_list.domain import fingerprint

WORKERS = (*roles.STAFF, roles.GRID_WORKER)


def draft_census(session: Session, *, actor: Actor, now: datetime, street_code: str, **given: Any) -> dict[str, Any]:
    """Of the own street; a recheck campaign finds its places itself."""
    db.check_street(actor, street_code)
    _check(given)
    row = Census(
        district_code=actor.district_code, street_code=street_code, status=domain.DRAFT, created_at=now, **given
    )
    session.add(row)
    session.flush()
    if row.is_recheck:
        _take_due(session, actor, row)
    tell(session, row, events.CensusDrafted)
    return queries.render(row)


def _check(given: dict[str, Any]) -> None:
    domain.check_plan(starts_on=given["starts_on"], ends_on=given["ends_on"], questions=given["questions"])


def _take_due(session: Session, actor: Actor, row: Census) -> None:
    """Every entry that is due by the campaign's end, at its cell or community."""
    street = str(row.street_code)
    due = [one for one in session.scalars(queries.due_entries(actor, street, row.ends_on)) if one.kind in row.kinds]
    if not due:
        raise ConflictError(CensusCode.NOTHING_DUE)
    whole = {str(one.community_code) for one in due if one.cell_code is None}
    places = {one.id: _place_of(one.community_code, one.cell_code, whole) for one in due}
    about = {"district_code": row.district_code, "census_id": row.id}
    session.execute(
        insert(CensusRecheck), [about | {"list_entry_id": key, "place_code": code} for key, code in places.items()]
    )
    counted = Counter(places.values())
    street_code = {"street_code": row.street_code}
    session.execute(
        insert(CensusPlace),
        [
            about | street_code | {"id": ids.new_id("cpl"), "place_code": code, "expected": count}
            for code, count in counted.items()
        ],
    )


def _place_of(community_code: str | None, cell_code: str | None, whole: set[str]) -> str:
    """The cell, unless the community has entries without one: then it is visited whole."""
    return str(community_code) if cell_code is None or community_code in whole else cell_code


def change_census(
    session: Session, *, actor: Actor, census_id: str, expected_version: int | None = None, **given: Any
) -> dict[str, Any]:
    """Only while it is drafted."""
    row = take_census(session, actor, census_id, expected_version, "change")
    for name, value in given.items():
        setattr(row, name, value)
    _check({name: getattr(row, name) for name in ("starts_on", "ends_on", "questions")})
    tell(session, row, events.CensusDrafted)
    return queries.render(row)


def set_census_place(
    session: Session, *, actor: Actor, census_id: str, place_code: str, expected: int
) -> dict[str, Any]:
    """While it is open a place is not taken out any more: somebody may be on their way."""
    row = take_census(session, actor, census_id, None, "set_place" if expected else "change")
    grid.check_place(row.street_code, *grid.parts_of(place_code))
    mine = (CensusPlace.census_id == row.id, CensusPlace.place_code == place_code)
    if expected == 0:
        session.execute(delete(CensusPlace).where(*mine))
        session.execute(
            delete(CensusAssignment).where(
                CensusAssignment.census_id == row.id, CensusAssignment.place_code == place_code
            )
        )
    else:
        domain.check_new_place(place_code, queries.expected_of(session, row.id))
        about = {"district_code": row.district_code, "street_code": row.street_code, "census_id": row.id}
        made = upsert(CensusPlace).values(
            about | {"id": ids.new_id("cpl"), "place_code": place_code, "expected": expected}
        )
        unique = ["district_code", "census_id", "place_code"]
        session.execute(made.on_conflict_do_update(index_elements=unique, set_={"expected": expected}))
    tell(session, row, events.CensusPlaceSet, place_code=place_code, expected=expected)
    return queries.render(row)


def assign_census(
    session: Session, *, actor: Actor, census_id: str, place_code: str, account_id: str, assigned: bool
) -> dict[str, Any]:
    """To somebody who works in the street; told of once, however often it is said."""
    row = take_census(session, actor, census_id, None, "assign")
    if place_code not in queries.expected_of(session, row.id):
        raise InvalidError(CensusCode.NOT_A_TARGET, place_code=place_code)
    if assigned:
        _check_worker(session, row, account_id)
    key = {"census_id": row.id, "place_code": place_code, "account_id": account_id}
    if assigned:
        values = {"id": ids.new_id("cea"), "district_code": row.district_code, "street_code": row.street_code, **key}
        made = upsert(CensusAssignment).values(values).on_conflict_do_nothing().returning(CensusAssignment.id)
        changed = session.scalar(made) is not None
    else:
        gone = delete(CensusAssignment).filter_by(**key).returning(CensusAssignment.id)
        changed = session.scalar(gone) is not None
    if changed:
        tell(session, row, events.CensusAssigned, place_code=place_code, account_id=account_id, assigned=assigned)
    return queries.render(row)


def _check_worker(session: Session, row: Census, account_id: str) -> None:
    known = session.get(KnownAccount, account_id)
    if known is None or known.district_code != row.district_code or known.role not in WORKERS:
        raise NotFoundError(CensusCode.WORKER_UNKNOWN)
    streets = {*known.account_streets, known.street_code} - {None}
    if streets and row.street_code not in streets:
        raise NotFoundError(CensusCode.WORKER_UNKNOWN)


def open_census(
    session: Session, *, actor: Actor, now: datetime, census_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Records may come in."""
    row = take_census(session, actor, census_id, expected_version, "open")
    expected = queries.expected_of(session, row.id)
    if not expected:
        raise ConflictError(CensusCode.TARGETS_MISSING)
    row.opened_at = now
    tell(session, row, events.CensusOpened, places=len(expected), expected=sum(expected.values()))
    return queries.render(row)


def close_census(
    session: Session, *, actor: Actor, now: datetime, census_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Every record is decided; what the campaign found is fixed by its digest."""
    row = take_census(session, actor, census_id, expected_version, "close")
    counted = select(CensusRecord.status, func.count()).where(CensusRecord.census_id == row.id)
    records = dict(session.execute(counted.group_by(CensusRecord.status)).all())
    waiting = {status: records[status] for status in domain.UNDECIDED if status in records}
    if waiting:
        raise ConflictError(CensusCode.RECORDS_OPEN, waiting=waiting)
    kinds = select(CensusRecord.kind, func.count()).where(
        CensusRecord.census_id == row.id, CensusRecord.status == domain.LISTED
    )
    found = queries.get_census_coverage(session, actor=actor, census_id=row.id)
    row.report = {
        **{name: found[name] for name in ("total", "communities", "places")},
        "records": {status: records.get(status, 0) for status in domain.RECORD_STATUSES},
        "listed_by_kind": dict(session.execute(kinds.group_by(CensusRecord.kind)).all()),
    }
    row.closed_at, row.report_digest = now, fingerprint(row.report)
    total = {name: found["total"][name] for name in ("expected", "visited", "listed")}
    tell(session, row, events.CensusClosed, report_digest=row.report_digest, **total)
    return queries.render(row)


def cancel_census(
    session: Session, *, actor: Actor, census_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Its records stay what they are, and become no entries."""
    row = take_census(session, actor, census_id, expected_version, "cancel")
    row.report = {"cancelled": reason}
    tell(session, row, events.CensusCancelled)
    return queries.render(row)


def take_census(session: Session, actor: Actor, census_id: str, expected_version: int | None, action: str) -> Census:
    """The campaign, held, in the state that the action leads to."""
    row = queries.find_census(session, census_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, action)
    return row


def tell(session: Session, row: Census, kind: type[events.CensusFact], **extra: Any) -> None:
    """Record an event of the campaign."""
    session.flush()
    street = str(row.street_code)
    about: dict[str, Any] = {"census_id": row.id, "street_code": street, "is_recheck": row.is_recheck}
    outbox.record(session, kind(street_codes=[street], **about, **extra))
