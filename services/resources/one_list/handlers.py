"""The one list keeps step: with the registry's organisations, with its clocks, with people who are gone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, context, ids
from contracts.resources import events_one_list as events
from services.resources.known.models import KnownOrganisation
from services.resources.one_list import actions, domain, recording
from services.resources.one_list.models import ListEntry

ACTIVE = "active"
BATCH = 100
_REASON = "登记信息更新 / told by the registry"


def keep_organisation(session: Session, organisation_id: str) -> None:
    """The organisation's entry says what we know of it now; twice and out of order come to the same."""
    known = session.get_one(KnownOrganisation, organisation_id)
    row = _entry_of(session, known)
    if row is None:
        return
    actor, now = context.of(session).actor, clock.now(session, known.district_code)
    row.street_code = known.street_code
    facts = {"title": known.name, "category": known.kind, "fields_of_work": list(known.fields_of_work)}
    found = recording.take_facts(row, facts)
    if found and row.status != domain.DRAFT:
        recording.write_down(session, row, actor=actor, now=now, action="change", reason=_REASON, changes=found)
        recording.tell(session, row, events.ListEntryChanged, fields=[one["field"] for one in found])
    is_active = known.status == ACTIVE
    if is_active and row.status == domain.RETIRED:
        row.status = domain.next_status(row.status, "reopen")
    if is_active and row.status == domain.DRAFT:
        row.status = domain.next_status(row.status, "confirm")
        actions.put_on_list(session, row, actor=actor, now=now, reason=_REASON)
    elif not is_active and row.status != domain.RETIRED:
        row.status = domain.next_status(row.status, "retire")
        actions.retire_entry(session, row, actor=actor, now=now, reason=_REASON)
    session.flush()


def _entry_of(session: Session, known: KnownOrganisation) -> ListEntry | None:
    """Made where there is none; nothing is made for an organisation that is no more."""
    actor, now = context.of(session).actor, clock.now(session, known.district_code)
    mine = select(ListEntry).where(
        ListEntry.district_code == known.district_code,
        ListEntry.organisation_id == known.id,
        ListEntry.source == domain.REGISTRY,
    )
    found = session.scalars(mine.with_for_update()).one_or_none()
    if found is not None or known.status != ACTIVE:
        return found
    row = recording.new_entry(
        actor=actor,
        now=now,
        street_code=known.street_code,
        source=domain.REGISTRY,
        kind="organisation",
        title=known.name,
        category=known.kind,
        fields_of_work=list(known.fields_of_work),
        organisation_id=known.id,
    )
    values = {name: getattr(row, name) for name in _INSERTED} | {"id": ids.new_id("ole"), "version": 1}
    session.execute(insert(ListEntry).values(values).on_conflict_do_nothing())
    made = session.scalars(mine.with_for_update()).one()
    if made.id == values["id"]:
        recording.write_down(session, made, actor=actor, now=now, action="draft", reason=_REASON)
        recording.tell(session, made, events.ListEntryDrafted)
    return made


_INSERTED = tuple(
    column.key
    for column in ListEntry.__table__.columns
    if column.key not in {"id", "version", "rechecked_on", "recheck_due_on"}
)


def list_missing(session: Session) -> None:
    """Organisations that were known before there was a list; so many at a time."""
    district = context.of(session).actor.district_code
    listed = select(ListEntry.organisation_id).where(
        ListEntry.district_code == district, ListEntry.source == domain.REGISTRY
    )
    missing = select(KnownOrganisation.id).where(
        KnownOrganisation.district_code == district,
        KnownOrganisation.status == ACTIVE,
        KnownOrganisation.id.not_in(listed),
    )
    for organisation_id in session.scalars(missing.order_by(KnownOrganisation.id).limit(BATCH)).all():
        keep_organisation(session, organisation_id)


def fall_due(session: Session, *, now: datetime, list_entry_id: str) -> None:
    """The entry's clock; one that was looked at meanwhile has another day and another clock."""
    row = session.get(ListEntry, list_entry_id, with_for_update=True, populate_existing=True)
    if row is None or row.status != domain.LISTED or row.recheck_due_on is None:
        return
    if now < clock.end_of(row.recheck_due_on):
        return
    row.status = domain.next_status(row.status, "fall_due")
    actor = context.of(session).actor
    recording.write_down(session, row, actor=actor, now=now, action="fall_due", reason="")
    recording.tell(session, row, events.ListEntryFellDue, recheck_due_on=row.recheck_due_on.isoformat())


def erase_person(session: Session, account_id: str) -> None:
    """The account is gone, and with it the person on the list. May run twice."""
    now = clock.system_now()
    actor = context.of(session).actor
    mine = select(ListEntry).where(ListEntry.account_id == account_id).with_for_update()
    for row in session.scalars(mine).all():
        if row.status != domain.RETIRED:
            row.status = domain.next_status(row.status, "retire")
        row.summary, row.recheck_due_on, row.account_id = "", None, None
        actions.forget_person(row)
        recording.write_down(session, row, actor=actor, now=now, action="erase", reason="account_erased")
        recording.tell(session, row, events.ListEntryErased)
