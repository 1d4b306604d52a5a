"""Reading census records, and entries of the list that may be the same."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Select, Text, any_, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.resources.census_records import CensusRecordView
from contracts.resources.codes_census import CensusCode
from services.resources import personal
from services.resources.census.models import CensusRecord
from services.resources.list_rules.queries import number
from services.resources.one_list import naming
from services.resources.one_list.models import ListEntry

_VIEW = CensusRecordView()
_COLUMNS = tuple(column.key for column in CensusRecord.__table__.columns)
MOST_LOOKED_AT, MOST_SHOWN = 50, 10


def render(row: CensusRecord, actor: Actor) -> dict[str, Any]:
    """Masked; the answers for staff, who verify them, and for whoever wrote them down."""
    reads = actor.role in roles.STAFF or row.recorded_by == actor.account_id
    shown = {name: getattr(row, name) for name in _COLUMNS} | {
        "person_name": personal.mask_name(row.person_name),
        "contact_name": personal.mask_name(row.contact_name),
        "contact_phone": personal.mask_phone(row.contact_phone),
        "answers": json.loads(row.answers) if row.answers is not None and reads else None,
    }
    view: dict[str, Any] = _VIEW.dump(shown)
    return view


def _visible(actor: Actor) -> Select[Any]:
    statement = db.scoped(select(CensusRecord), CensusRecord, actor)
    if actor.role == roles.GRID_WORKER:
        return statement.where(CensusRecord.recorded_by == actor.account_id)
    return statement


def find_record(session: Session, census_record_id: str, actor: Actor, *, lock: bool = False) -> CensusRecord:
    """One the actor may see; raises NotFoundError."""
    statement = _visible(actor).where(CensusRecord.id == census_record_id)
    if lock:
        statement = statement.with_for_update(of=CensusRecord).execution_options(populate_existing=True)
    row: CensusRecord | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(CensusCode.RECORD_NOT_FOUND)
    return row


def get_census_record(session: Session, *, actor: Actor, census_record_id: str) -> dict[str, Any]:
    return render(find_record(session, census_record_id, actor), actor)


def list_census_records(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = _visible(actor).filter_by(**filters)
    by, shown = CensusRecord.id, lambda row: render(row, actor)
    return db.page(session, statement, by=by, render=shown, cursor=cursor, limit=limit)


def list_like_entries(session: Session, *, actor: Actor, census_record_id: str) -> dict[str, Any]:
    row = find_record(session, census_record_id, actor)
    return {"census_record_id": row.id, "items": like_entries(session, actor, row)}


def like_entries(session: Session, actor: Actor, row: CensusRecord) -> list[dict[str, Any]]:
    """Of the street and kind: the same organisation, the same person, or a like name; the most alike first."""
    least = number(session, row.district_code, "duplicate_likeness")
    key = personal.blind(row.person_name, "one_list_entry.person_name") if row.person_name else None
    found = []
    for entry in session.scalars(_candidates(actor, row, key)):
        likeness = naming.likeness(row.title, entry.title)
        by = [
            name
            for name, same in (
                ("organisation", row.organisation_id is not None and entry.organisation_id == row.organisation_id),
                ("name", likeness >= least),
                ("person", key is not None and entry.person_key == key),
            )
            if same
        ]
        if by:
            about = {"list_entry_id": entry.id, "title": entry.title, "status": entry.status}
            found.append({**about, "likeness": likeness, "by": by})
    return sorted(found, key=lambda one: (-len(one["by"]), -one["likeness"], one["list_entry_id"]))[:MOST_SHOWN]


def _candidates(actor: Actor, row: CensusRecord, person_key: str | None) -> Select[Any]:
    """The most pairs in common first, found by index."""
    pairs = cast(naming.pairs_of(naming.folded(row.title)), ARRAY(Text))
    part = func.unnest(ListEntry.pairs).column_valued("part")
    shared = select(func.count()).where(part == any_(pairs)).correlate(ListEntry)
    same = [ListEntry.pairs.overlap(pairs)]
    if person_key is not None:
        same = [ListEntry.person_key == person_key]
    if row.organisation_id is not None:
        same.append(ListEntry.organisation_id == row.organisation_id)
    statement = db.scoped(select(ListEntry), ListEntry, actor).where(
        ListEntry.street_code == row.street_code,
        ListEntry.kind == row.kind,
        ListEntry.status != "retired",
        or_(*same),
    )
    return statement.order_by(shared.scalar_subquery().desc(), ListEntry.id).limit(MOST_LOOKED_AT)
