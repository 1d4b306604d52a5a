"""People of the talent grid stand on their street's one list, and keep step with it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import clock, context
from contracts.resources.events_one_list import ListEntryErased
from services.resources.one_list import actions as entries
from services.resources.one_list import domain as one_list
from services.resources.one_list import recording
from services.resources.one_list.models import ListEntry
from services.resources.talents import domain
from services.resources.talents.models import Talent

_REASON = "人才网格 / told by the talent grid"


def keep_listed(session: Session, row: Talent) -> None:
    """On the list while on the grid; what staff took off the list stays off. Public only where the person agreed."""
    actor, now = context.of(session).actor, clock.now(session, row.district_code)
    mine = select(ListEntry).where(
        ListEntry.district_code == row.district_code,
        ListEntry.source == one_list.TALENT_GRID,
        ListEntry.source_id == row.id,
    )
    entry = session.scalars(mine.with_for_update()).one_or_none()
    if row.status == domain.LEFT:
        _take_off(session, row, entry)
        return
    facts = _facts(row)
    if entry is None:
        about: dict[str, Any] = {"source": one_list.TALENT_GRID, "source_id": row.id, "reason": _REASON}
        street = str(row.street_code)
        entry = entries.add_entry(
            session, actor=actor, now=now, street_code=street, facts=facts | {"kind": row.kind}, **about
        )
        entry.status = one_list.next_status(entry.status, "confirm")
        entries.put_on_list(session, entry, actor=actor, now=now, reason=_REASON)
    elif entry.status != one_list.RETIRED:
        given = {name: value for name, value in facts.items() if getattr(entry, name) != value}
        entries.change_entry(session, entry, actor=actor, now=now, reason=_REASON, given=given)
    agreed = row.publish_consented_at is not None
    if agreed != (entry.publish_consented_at is not None):
        how = row.consent_how
        entries.set_consent(session, entry, actor=actor, now=now, publish=agreed, contact=False, how=how)


def _facts(row: Talent) -> dict[str, Any]:
    skill = row.skills[0]["skill"] if row.skills else None
    place = {"community_code": row.community_code, "cell_code": row.cell_code}
    return {"person_name": row.name, "category": skill, "account_id": row.account_id, **place}


def _take_off(session: Session, row: Talent, entry: ListEntry | None) -> None:
    """Who left is off the list; of who was erased nothing is left on it."""
    if entry is None:
        return
    actor, now = context.of(session).actor, clock.now(session, row.district_code)
    if entry.status != one_list.RETIRED:
        entry.status = one_list.next_status(entry.status, "retire")
        entries.retire_entry(session, entry, actor=actor, now=now, reason=_REASON)
    if row.name is None and entry.person_name is not None:
        entries.forget_person(entry)
        entry.account_id = entry.community_code = entry.cell_code = None
        recording.write_down(session, entry, actor=actor, now=now, action="erase", reason=_REASON)
        recording.tell(session, entry, ListEntryErased)
