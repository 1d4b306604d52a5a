"""From a verified record to the list: a new entry, or one that is renewed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.resources import events_census as events
from contracts.resources.codes_census import CensusCode
from services.resources.census import record_actions, record_queries
from services.resources.census.models import CensusRecord
from services.resources.grid import domain as grid
from services.resources.one_list import actions as entries
from services.resources.one_list import domain as one_list
from services.resources.one_list.models import ListEntry

_REASON = "摸排核实 / found by the census"


def list_census_record(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    census_record_id: str,
    list_entry_id: str | None,
    is_new: bool,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Into the named entry, or the one it was sent to check; else a new one, unless the list has some like it."""
    row = record_actions.take_record(session, actor, census_record_id, expected_version, "list")
    target = list_entry_id or row.list_entry_id
    if target is None:
        like = record_queries.like_entries(session, actor, row)
        if like and not is_new:
            raise ConflictError(CensusCode.RECORD_DUPLICATE, list_entry_ids=[one["list_entry_id"] for one in like])
        entry = _add(session, row, actor, now)
    else:
        entry = _renew(session, row, target, actor, now)
    row.list_entry_id = entry.id
    record_actions.forget(row)
    record_actions.tell(session, row, events.CensusRecordListed, list_entry_id=entry.id, merged=target is not None)
    return record_queries.render(row, actor)


def _facts(row: CensusRecord) -> dict[str, Any]:
    community, cell = grid.parts_of(row.place_code)
    facts = {name: getattr(row, name) for name in record_actions.FACTS}
    return facts | {"community_code": community, "cell_code": cell}


def _add(session: Session, row: CensusRecord, actor: Actor, now: datetime) -> ListEntry:
    street, facts = str(row.street_code), _facts(row) | {"kind": row.kind}
    about: dict[str, Any] = {"source": one_list.CENSUS, "source_id": row.id, "reason": _REASON}
    entry = entries.add_entry(session, actor=actor, now=now, street_code=street, facts=facts, **about)
    entry.status = one_list.next_status(entry.status, "confirm")
    _consent(session, row, entry, actor, now)
    entries.put_on_list(session, entry, actor=actor, now=now, reason=_REASON)
    return entry


def _renew(session: Session, row: CensusRecord, target: str, actor: Actor, now: datetime) -> ListEntry:
    """What was found replaces what was known; what nobody asked for stays."""
    gone = row.found == "gone"
    entry = entries.take_entry(session, actor, target, None, "retire" if gone else "change")
    if (entry.kind, entry.street_code) != (row.kind, row.street_code):
        raise InvalidError(CensusCode.RECORD_OTHER_KIND)
    if gone:
        one_list.check_changes(entry.source, ("status",))
        entries.retire_entry(session, entry, actor=actor, now=now, reason=_REASON)
        return entry
    given = {name: value for name, value in _facts(row).items() if value not in ("", None, [])}
    if given["community_code"] != entry.community_code:
        given["cell_code"] = grid.parts_of(row.place_code)[1]  # the cell it had lies elsewhere
    if entry.source == one_list.REGISTRY:
        given = {name: value for name, value in given.items() if name in one_list.OPEN_TO_ALL}
    entries.change_entry(session, entry, actor=actor, now=now, reason=_REASON, given=given)
    _consent(session, row, entry, actor, now)
    draft = entry.status == one_list.DRAFT
    entry.status = one_list.next_status(entry.status, "confirm" if draft else "recheck")
    look = entries.put_on_list if draft else entries.recheck_entry
    look(session, entry, actor=actor, now=now, reason=_REASON)
    return entry


def _consent(session: Session, row: CensusRecord, entry: ListEntry, actor: Actor, now: datetime) -> None:
    """Said at the door; without a word about it what was agreed before stays."""
    if row.consent_how is not None:
        about: dict[str, Any] = {"publish": row.publish_consent, "contact": row.contact_consent, "how": row.consent_how}
        entries.set_consent(session, entry, actor=actor, now=now, **about)


def forget_entry(session: Session, list_entry_id: str, source_id: str | None) -> None:
    """The person of an entry is erased: from the records that made or renewed it, too."""
    mine = or_(CensusRecord.list_entry_id == list_entry_id, CensusRecord.id == source_id)
    for row in session.scalars(select(CensusRecord).where(mine).with_for_update()).all():
        record_actions.forget(row)
    session.flush()
