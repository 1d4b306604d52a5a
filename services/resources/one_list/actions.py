"""Writing entries of the one list."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock, db, ids, outbox
from chassis.actor import Actor
from contracts.resources import events_one_list as events
from services.resources.grid import domain as grid
from services.resources.known import queries as known
from services.resources.one_list import domain, queries, recording
from services.resources.one_list.models import ListEntry, PersonalReading

FACTS = ("kind", "title", "person_name", "place", "organisation_id", "account_id", "opening_hours")


def draft_list_entry(
    session: Session, *, actor: Actor, now: datetime, street_code: str, **facts: Any
) -> dict[str, Any]:
    """By staff, for their own street."""
    db.check_street(actor, street_code)
    row = add_entry(session, actor=actor, now=now, street_code=street_code, source=domain.PERSON, facts=facts)
    return queries.render(row)


def add_entry(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    street_code: str,
    source: str,
    facts: dict[str, Any],
    source_id: str | None = None,
    reason: str = "",
) -> ListEntry:
    """A draft, checked, with the first step of its history."""
    domain.check_facts(facts)
    grid.check_place(street_code, facts.get("community_code"), facts.get("cell_code"))
    if facts.get("organisation_id"):
        known.get_organisation(session, facts["organisation_id"], actor)
    made = {**recording.EMPTY, **facts}
    row = recording.new_entry(
        actor=actor, now=now, street_code=street_code, source=source, source_id=source_id, **facts
    )
    session.add(row)
    seen = domain.changes(recording.EMPTY, {name: made[name] for name in recording.EMPTY})
    recording.write_down(session, row, actor=actor, now=now, action="draft", reason=reason, changes=seen)
    recording.tell(session, row, events.ListEntryDrafted)
    return row


def change_list_entry(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    list_entry_id: str,
    reason: str,
    expected_version: int | None = None,
    **given: Any,
) -> dict[str, Any]:
    """Only what is sent; why stands in the history."""
    row = take_entry(session, actor, list_entry_id, expected_version, "change")
    change_entry(session, row, actor=actor, now=now, reason=reason, given=given)
    return queries.render(row)


def change_entry(
    session: Session, row: ListEntry, *, actor: Actor, now: datetime, reason: str, given: dict[str, Any]
) -> None:
    """Facts of an entry that the caller holds."""
    domain.check_changes(row.source, given)
    after = queries.facts_of(row) | given
    registered = row.source == domain.REGISTRY
    domain.check_facts({name: after[name] for name in FACTS} | ({"organisation_id": None} if registered else {}))
    domain.check_public(row.kind, is_public=after["is_public"], consented=row.publish_consented_at is not None)
    grid.check_place(row.street_code, after["community_code"], after["cell_code"])
    if given.get("organisation_id"):
        known.get_organisation(session, given["organisation_id"], actor)
    found = recording.take_facts(row, given)
    if found:
        recording.write_down(session, row, actor=actor, now=now, action="change", reason=reason, changes=found)
        recording.tell(session, row, events.ListEntryChanged, fields=[one["field"] for one in found])


def confirm_list_entry(
    session: Session, *, actor: Actor, now: datetime, list_entry_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """On the list from now on; the next check is due by the policy of its kind."""
    row = take_entry(session, actor, list_entry_id, expected_version, "confirm")
    put_on_list(session, row, actor=actor, now=now, reason="")
    return queries.render(row)


def put_on_list(session: Session, row: ListEntry, *, actor: Actor, now: datetime, reason: str) -> None:
    """The status is set already."""
    due = recording.set_recheck(session, row, today=clock.day_of(now))
    recording.write_down(session, row, actor=actor, now=now, action="confirm", reason=reason)
    recording.tell(session, row, events.ListEntryConfirmed, recheck_due_on=due)


def recheck_list_entry(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    list_entry_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Still right; the next check is due a period from today."""
    row = take_entry(session, actor, list_entry_id, expected_version, "recheck")
    recheck_entry(session, row, actor=actor, now=now, reason=reason)
    return queries.render(row)


def recheck_entry(session: Session, row: ListEntry, *, actor: Actor, now: datetime, reason: str) -> None:
    """The status is set already."""
    due = recording.set_recheck(session, row, today=clock.day_of(now))
    recording.write_down(session, row, actor=actor, now=now, action="recheck", reason=reason)
    recording.tell(session, row, events.ListEntryRechecked, recheck_due_on=due)


def retire_list_entry(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    list_entry_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Off the list, and off the public one."""
    row = take_entry(session, actor, list_entry_id, expected_version, "retire")
    domain.check_changes(row.source, ("status",))
    retire_entry(session, row, actor=actor, now=now, reason=reason)
    return queries.render(row)


def retire_entry(session: Session, row: ListEntry, *, actor: Actor, now: datetime, reason: str) -> None:
    """The status is set already."""
    row.is_public, row.recheck_due_on = False, None
    recording.write_down(session, row, actor=actor, now=now, action="retire", reason=reason)
    recording.tell(session, row, events.ListEntryRetired)


def reopen_list_entry(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    list_entry_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """It was retired by mistake, or is back: a draft that is confirmed again."""
    row = take_entry(session, actor, list_entry_id, expected_version, "reopen")
    domain.check_changes(row.source, ("status",))
    recording.write_down(session, row, actor=actor, now=now, action="reopen", reason=reason)
    recording.tell(session, row, events.ListEntryReopened)
    return queries.render(row)


def set_list_entry_consent(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    list_entry_id: str,
    publish: bool,
    contact: bool,
    how: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """What the person agrees to from now on."""
    row = take_entry(session, actor, list_entry_id, expected_version, "change")
    set_consent(session, row, actor=actor, now=now, publish=publish, contact=contact, how=how)
    return queries.render(row)


def set_consent(
    session: Session, row: ListEntry, *, actor: Actor, now: datetime, publish: bool, contact: bool, how: str
) -> None:
    """A consent that holds keeps its day; one that ends takes the person off the public list in the same moment."""
    row.publish_consented_at = (row.publish_consented_at or now) if publish else None
    row.contact_consented_at = (row.contact_consented_at or now) if publish and contact else None
    row.consent_how = how
    if not publish and row.kind in domain.PEOPLE:
        row.is_public = False
    said = {"field": "consent", "before": None, "after": {"publish": publish, "contact": publish and contact}}
    recording.write_down(
        session, row, actor=actor, now=now, action="consent", reason=how, changes=[said | {"personal": False}]
    )
    recording.tell(session, row, events.ListEntryConsentSet, publish=publish, contact=publish and contact)


def erase_list_entry(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    list_entry_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Somebody without an account asked for it (PIPL art. 47): the person is gone, the step stays."""
    row = queries.find_entry(session, list_entry_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    if row.kind in domain.PEOPLE:
        row.status = row.status if row.status == domain.RETIRED else domain.next_status(row.status, "retire")
        row.summary, row.account_id, row.recheck_due_on = "", None, None
    forget_person(row)
    recording.write_down(session, row, actor=actor, now=now, action="erase", reason=reason)
    recording.tell(session, row, events.ListEntryErased)
    return queries.render(row)


def forget_person(row: ListEntry) -> None:
    """Name, contact and consent go; a person's entry is public no more."""
    row.person_name = row.contact_name = row.contact_phone = None
    row.publish_consented_at = row.contact_consented_at = row.consent_how = None
    row.is_public = row.is_public and row.kind not in domain.PEOPLE
    recording.index(row)


def disclose_list_contact(
    session: Session, *, actor: Actor, now: datetime, list_entry_id: str, wanted: list[str], reason: str
) -> dict[str, Any]:
    """Unmasked, and logged in the same transaction: none without the other."""
    row = queries.find_entry(session, list_entry_id, actor)
    db.check_street(actor, row.street_code)
    wanted = list(dict.fromkeys(wanted))
    log_id = log_reading(session, actor=actor, now=now, subject=row, wanted=wanted, reason=reason)
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, events.ListContactDisclosed(list_entry_id=row.id, fields=wanted, street_codes=streets))
    items = [{"field": name, "value": getattr(row, name)} for name in wanted]
    return {"disclosure_id": log_id, "list_entry_id": row.id, "items": items}


def log_reading(session: Session, *, actor: Actor, now: datetime, subject: Any, wanted: list[str], reason: str) -> str:
    """A line of the access log."""
    log_id = ids.new_id("pdr")
    line = PersonalReading(
        id=log_id,
        district_code=subject.district_code,
        street_code=subject.street_code,
        account_id=str(actor.account_id),
        role=actor.role,
        subject_id=subject.id,
        fields=wanted,
        reason=reason,
        at=now,
    )
    session.add(line)
    session.flush()
    return log_id


def take_entry(
    session: Session, actor: Actor, list_entry_id: str, expected_version: int | None, action: str
) -> ListEntry:
    """The entry, held, in the state that the action leads to."""
    row = queries.find_entry(session, list_entry_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, action)
    return row
