"""Reading the one list: each inside the caller's scope, personal fields masked."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from chassis.paging import literally
from contracts.resources.codes_one_list import OneListCode
from contracts.resources.one_list import (
    SEES_DRAFTS,
    ListEntryChangeView,
    ListEntryView,
    PublicEntryView,
)
from contracts.resources.personal_readings import PersonalReadingView
from services.resources import personal
from services.resources.one_list import domain, naming
from services.resources.one_list.models import ListChange, ListEntry, ListVersion, ListVersionItem, PersonalReading

_VIEW, _CHANGE, _PUBLIC = ListEntryView(), ListEntryChangeView(), PublicEntryView()
_READING = PersonalReadingView()
_COLUMNS = tuple(column.key for column in ListEntry.__table__.columns)


def facts_of(row: ListEntry) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _COLUMNS}


def render(row: ListEntry) -> dict[str, Any]:
    """The view, masked."""
    shown = facts_of(row) | {
        "person_name": personal.mask_name(row.person_name),
        "contact_name": personal.mask_name(row.contact_name),
        "contact_phone": personal.mask_phone(row.contact_phone),
    }
    view: dict[str, Any] = _VIEW.dump(shown)
    return view


def visible(actor: Actor) -> Select[Any]:
    """Staff and grid workers: everything of their streets; others: what is on the list."""
    statement = db.scoped(select(ListEntry), ListEntry, actor)
    if actor.role in SEES_DRAFTS or actor.is_system:
        return statement
    return statement.where(ListEntry.status.in_(domain.ON_THE_LIST))


def find_entry(session: Session, list_entry_id: str, actor: Actor, *, lock: bool = False) -> ListEntry:
    """One entry the actor may see; raises NotFoundError."""
    statement = visible(actor).where(ListEntry.id == list_entry_id)
    if lock:
        statement = statement.with_for_update(of=ListEntry).execution_options(populate_existing=True)
    row: ListEntry | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(OneListCode.ENTRY_NOT_FOUND)
    return row


def get_list_entry(session: Session, *, actor: Actor, list_entry_id: str) -> dict[str, Any]:
    return render(find_entry(session, list_entry_id, actor))


def search_list_entries(
    session: Session,
    *,
    actor: Actor,
    q: str | None = None,
    person: str | None = None,
    due_by: date | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """A page, newest first."""
    statement = _filtered(visible(actor), filters)
    if q is not None:
        statement = statement.where(matches(q))
    if person is not None:
        statement = statement.where(ListEntry.person_key == personal.blind(person, "one_list_entry.person_name"))
    if due_by is not None:
        statement = statement.where(ListEntry.recheck_due_on <= due_by, ListEntry.status.in_(domain.ON_THE_LIST))
    return db.page(session, statement, by=ListEntry.id, render=render, cursor=cursor, limit=limit)


def _filtered(statement: Select[Any], filters: Mapping[str, Any]) -> Select[Any]:
    for name, value in filters.items():
        if name == "field_of_work":
            statement = statement.where(ListEntry.fields_of_work.contains([value]))
        else:
            statement = statement.where(getattr(ListEntry, name) == value)
    return statement


def matches(q: str) -> ColumnElement[bool]:
    """Every word in title or text; or the title sounds like it, written as pinyin or as initials."""
    words, pairs, initials = naming.asked(q)
    if not words:
        return ListEntry.id.is_(None)
    said = [ListEntry.search_text.like(f"%{literally(word)}%", escape="/") for word in words]
    text = and_(*said, ListEntry.pairs.contains(pairs)) if pairs else and_(*said)
    heard = [text]
    if initials:
        heard.append(ListEntry.sounds.contains(initials))
    if (part := naming.pinyin_part(q)) is not None:
        heard.append(ListEntry.sounds.contains([part]))
    return or_(*heard)


def list_entry_history(
    session: Session, *, actor: Actor, list_entry_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    row = find_entry(session, list_entry_id, actor)
    statement = select(ListChange).where(ListChange.list_entry_id == row.id)
    return db.page(session, statement, by=ListChange.id, render=_CHANGE.dump, cursor=cursor, limit=limit)


def list_public_entries(
    session: Session,
    *,
    actor: Actor,
    q: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """What everybody may see: of the street's newest version what is public, with consent, and on the list still.

    A consent that was withdrawn works at once; what is new waits for the next version.
    """
    statement = _filtered(db.scoped(select(ListEntry), ListEntry, actor), filters).where(_is_shown(), _is_published())
    if q is not None:
        statement = statement.where(matches(q))
    return db.page(session, statement, by=ListEntry.id, render=_public, cursor=cursor, limit=limit)


def _is_shown() -> ColumnElement[bool]:
    """:func:`domain.is_shown`, for the database; a test holds the two together."""
    consented = or_(ListEntry.kind.not_in(domain.PEOPLE), ListEntry.publish_consented_at.is_not(None))
    return and_(ListEntry.is_public, ListEntry.status.in_(domain.ON_THE_LIST), consented)


def _is_published() -> ColumnElement[bool]:
    newest = (
        select(func.max(ListVersion.number))
        .where(ListVersion.district_code == ListEntry.district_code, ListVersion.street_code == ListEntry.street_code)
        .correlate(ListEntry)
        .scalar_subquery()
    )
    return exists().where(
        ListVersionItem.district_code == ListEntry.district_code,
        ListVersionItem.list_entry_id == ListEntry.id,
        ListVersionItem.list_version_id == ListVersion.id,
        ListVersion.district_code == ListEntry.district_code,
        ListVersion.street_code == ListEntry.street_code,
        ListVersion.number == newest,
    )


def _public(row: ListEntry) -> dict[str, Any]:
    facts = facts_of(row)
    view: dict[str, Any] = _PUBLIC.dump(facts | domain.shown_contact(facts))
    return view


def list_personal_readings(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    """The access log, newest first."""
    statement = db.scoped(select(PersonalReading), PersonalReading, actor).filter_by(**filters)
    return db.page(session, statement, by=PersonalReading.id, render=_READING.dump, cursor=cursor, limit=limit)
