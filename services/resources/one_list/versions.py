"""Versions of a street's list: publishing, reading and comparing them."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, insert, or_, select
from sqlalchemy.orm import Session, aliased

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from chassis.paging import MAX_PAGE, close_cursor, open_cursor
from contracts.resources.codes_one_list import OneListCode
from contracts.resources.events_one_list import OneListPublished
from contracts.resources.one_list_versions import ListDifferenceView, ListItemView, ListVersionView
from services.resources.one_list import domain
from services.resources.one_list.models import ListEntry, ListVersion, ListVersionItem

_VIEW, _ITEM, _DIFFERENCE = ListVersionView(), ListItemView(), ListDifferenceView()


def publish_one_list(session: Session, *, actor: Actor, now: datetime, street_code: str, note: str) -> dict[str, Any]:
    """One after the other in a street; a version that says what the last one says is none."""
    db.check_street(actor, street_code)
    place = f"one_list:{actor.district_code}:{street_code}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(place, 0))))
    items = [_frozen(row) for row in session.execute(_listed(actor, street_code)).mappings()]
    digest = domain.digest_of((item["list_entry_id"], item["digest"]) for item in items)
    last = newest(session, actor.district_code, street_code)
    if last is not None and last.digest == digest:
        raise ConflictError(OneListCode.VERSION_UNCHANGED, number=last.number)
    row = ListVersion(
        district_code=actor.district_code,
        street_code=street_code,
        number=last.number + 1 if last is not None else 1,
        entries=len(items),
        by_kind=dict(sorted(Counter(item["kind"] for item in items).items())),
        digest=digest,
        note=note,
        published_by=actor.account_id,
        published_at=now,
    )
    session.add(row)
    session.flush()
    if items:
        about = {"district_code": row.district_code, "list_version_id": row.id}
        session.execute(insert(ListVersionItem), [item | about for item in items])
    told: dict[str, Any] = {"number": row.number, "entries": row.entries, "digest": digest, "street_code": street_code}
    outbox.record(session, OneListPublished(list_version_id=row.id, street_codes=[street_code], **told))
    return render(row)


def _listed(actor: Actor, street_code: str) -> Select[Any]:
    columns = [getattr(ListEntry, name) for name in domain.FROZEN]
    return select(ListEntry.id, *columns).where(
        ListEntry.district_code == actor.district_code,
        ListEntry.street_code == street_code,
        ListEntry.status.in_(domain.ON_THE_LIST),
    )


def _frozen(row: Any) -> dict[str, Any]:
    """Due or not is about the check, not about the entry: a version says that it is listed."""
    facts = {name: row[name] for name in domain.FROZEN if name != "status"}
    entry = {"list_entry_id": row["id"], "kind": row["kind"]}
    return {**entry, "facts": facts, "digest": domain.fingerprint(facts)}


def newest(session: Session, district_code: str, street_code: str) -> ListVersion | None:
    """The street's last version."""
    mine = select(ListVersion).where(ListVersion.district_code == district_code, ListVersion.street_code == street_code)
    return session.scalars(mine.order_by(ListVersion.number.desc()).limit(1)).one_or_none()


def render(row: ListVersion) -> dict[str, Any]:
    view: dict[str, Any] = _VIEW.dump(row)
    return view


def find_version(session: Session, list_version_id: str, actor: Actor) -> ListVersion:
    """One the actor may see; raises NotFoundError."""
    row = db.get_scoped(session, ListVersion, list_version_id, actor)
    if row is None:
        raise NotFoundError(OneListCode.VERSION_NOT_FOUND)
    return row


def get_list_version(session: Session, *, actor: Actor, list_version_id: str) -> dict[str, Any]:
    return render(find_version(session, list_version_id, actor))


def list_list_versions(
    session: Session,
    *,
    actor: Actor,
    street_code: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    statement = db.scoped(select(ListVersion), ListVersion, actor)
    if street_code is not None:
        statement = statement.where(ListVersion.street_code == street_code)
    return db.page(session, statement, by=ListVersion.id, render=render, cursor=cursor, limit=limit)


def list_version_items(
    session: Session,
    *,
    actor: Actor,
    list_version_id: str,
    kind: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    version = find_version(session, list_version_id, actor)
    statement = select(ListVersionItem).where(ListVersionItem.list_version_id == version.id)
    if kind is not None:
        statement = statement.where(ListVersionItem.kind == kind)
    by = ListVersionItem.list_entry_id
    return db.page(session, statement, by=by, render=_ITEM.dump, cursor=cursor, limit=limit)


def diff_list_versions(
    session: Session,
    *,
    actor: Actor,
    list_version_id: str,
    other_version_id: str,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """By entry, newest first: compared by digest in the database, so a page reads a page."""
    one, other = find_version(session, list_version_id, actor), find_version(session, other_version_id, actor)
    if one.street_code != other.street_code:
        raise InvalidError(OneListCode.VERSIONS_OF_TWO_STREETS)
    size = min(max(limit or 50, 1), MAX_PAGE)
    rows = session.execute(_differences(one.id, other.id, cursor).limit(size + 1)).all()
    items = [_DIFFERENCE.dump(_difference(*row)) for row in rows[:size]]
    after = close_cursor(rows[size - 1][0]) if len(rows) > size else None
    return {"items": items, "next_cursor": after}


def _differences(one_id: str, other_id: str, cursor: str | None) -> Select[Any]:
    before, after = (
        aliased(ListVersionItem, select(ListVersionItem).where(ListVersionItem.list_version_id == key).subquery())
        for key in (one_id, other_id)
    )
    entry = func.coalesce(before.list_entry_id, after.list_entry_id, type_=ListVersionItem.list_entry_id.type)
    statement = (
        select(entry, before.facts, after.facts)
        .select_from(before)
        .join(after, before.list_entry_id == after.list_entry_id, full=True)
        .where(or_(before.digest.is_(None), after.digest.is_(None), and_(before.digest != after.digest)))
    )
    if cursor is not None:
        statement = statement.where(entry < open_cursor(cursor, ListVersionItem.list_entry_id))
    return statement.order_by(entry.desc())


def _difference(entry_id: str, before: dict[str, Any] | None, after: dict[str, Any] | None) -> dict[str, Any]:
    change = "added" if before is None else "removed" if after is None else "changed"
    differing = domain.differing(before, after) if before is not None and after is not None else []
    return {"list_entry_id": entry_id, "change": change, "fields": differing, "before": before, "after": after}
