"""Writing census records: kept, submitted, verified by another person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, FootprintError, ForbiddenError, InvalidError
from contracts.resources import events_census as events
from contracts.resources.codes_census import CensusCode
from services.resources import personal
from services.resources.census import domain, queries, record_queries
from services.resources.census.models import Census, CensusRecord
from services.resources.grid import domain as grid
from services.resources.one_list import domain as one_list
from services.resources.one_list import queries as entries
from services.resources.one_list.recording import EMPTY

PLACE = ("community_code", "cell_code")
FACTS = tuple(name for name in EMPTY if name not in PLACE)


def keep_census_record(
    session: Session, *, actor: Actor, now: datetime, census_id: str, **given: Any
) -> dict[str, Any]:
    """Sent again with the same content it is the record that is there already."""
    census = _open_census(session, actor, census_id)
    row, _ = _keep(session, census, actor=actor, now=now, given=given)
    return record_queries.render(row, actor)


def upload_census_records(
    session: Session, *, actor: Actor, now: datetime, census_id: str, records: list[dict[str, Any]], submit: bool
) -> dict[str, Any]:
    """Each record on its own: one that is refused says why and spoils no other."""
    census = _open_census(session, actor, census_id)
    items = []
    for given in records:
        about: dict[str, Any] = {"record_key": given["record_key"], "census_record_id": None, "code": None}
        try:
            with session.begin_nested():
                row, stored = _keep(session, census, actor=actor, now=now, given=given)
                if stored and submit:
                    _submit(session, row, now)
            about |= {"census_record_id": row.id, "outcome": "stored" if stored else "known"}
        except FootprintError as error:
            about |= {"outcome": "refused", "code": error.code}
        items.append(about)
    counts = {name: sum(one["outcome"] == name for one in items) for name in ("stored", "known", "refused")}
    return {"census_id": census.id, **counts, "items": items}


def _open_census(session: Session, actor: Actor, census_id: str) -> Census:
    """Kept from its end until this is committed."""
    census = queries.find_census(session, census_id, actor, lock=True, read=True)
    db.check_street(actor, census.street_code)
    domain.next_status(census.status, "record")
    return census


def _keep(
    session: Session, census: Census, *, actor: Actor, now: datetime, given: dict[str, Any]
) -> tuple[CensusRecord, bool]:
    """The record, and whether it is new. Two who send the same key at once: the second waits, and finds it."""
    content = personal.blind(json.dumps(given, default=str, sort_keys=True), "census_record.content")
    found = _sent_before(session, census, given["record_key"])
    if found is None:
        row = _new_record(session, census, actor=actor, now=now, given=given, content_key=content)
        tell(session, row, events.CensusRecordKept)
        return row, True
    if found.content_key != content or found.recorded_by != actor.account_id:
        raise ConflictError(CensusCode.RECORD_DIFFERS)
    return found, False


def _sent_before(session: Session, census: Census, record_key: str) -> CensusRecord | None:
    key = f"census_record:{census.id}:{record_key}"
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))
    mine = select(CensusRecord).where(CensusRecord.census_id == census.id, CensusRecord.record_key == record_key)
    return session.scalars(mine).one_or_none()


def _new_record(
    session: Session, census: Census, *, actor: Actor, now: datetime, given: dict[str, Any], content_key: str
) -> CensusRecord:
    _check_place(session, census, actor, given["place_code"])
    if given["kind"] not in census.kinds:
        raise InvalidError(CensusCode.INVALID, problems=[f"kind: this census does not ask for {given['kind']}"])
    facts = {**{name: EMPTY[name] for name in FACTS}, **{name: given[name] for name in FACTS if name in given}}
    _check_facts(given["kind"], facts)
    _check_visit(census, given["visited_on"], clock.day_of(now))
    if given["list_entry_id"] is not None:
        _check_entry(session, actor, census, given["kind"], given["list_entry_id"])
    about = ("record_key", "place_code", "kind", "found", "visited_on", "list_entry_id", *CONSENT)
    row = CensusRecord(
        district_code=census.district_code,
        street_code=census.street_code,
        census_id=census.id,
        content_key=content_key,
        status=domain.DRAFT,
        answers=_answers(census, given["answers"]),
        recorded_by=actor.account_id,
        created_at=now,
        **facts,
        **{name: given[name] for name in about},
    )
    session.add(row)
    session.flush()
    return row


CONSENT = ("publish_consent", "contact_consent", "consent_how")


def _check_place(session: Session, census: Census, actor: Actor, place_code: str) -> None:
    grid.check_place(census.street_code, *grid.parts_of(place_code))
    if place_code not in queries.expected_of(session, census.id):
        raise InvalidError(CensusCode.NOT_A_TARGET, place_code=place_code)
    if not queries.is_assigned(session, census.id, place_code, actor):
        raise ForbiddenError(CensusCode.NOT_ASSIGNED, place_code=place_code)


def _check_facts(kind: str, facts: Mapping[str, Any]) -> None:
    """As an entry must be; a registered organisation is named, to be found on the list."""
    known = {"organisation_id": None} if kind == "organisation" else {}
    one_list.check_facts({**facts, "kind": kind, **known})


def _check_visit(census: Census, visited_on: date, today: date) -> None:
    if not census.starts_on <= visited_on <= min(census.ends_on, today):
        raise InvalidError(CensusCode.INVALID, problems=["visited_on: outside the days of the census"])


def _check_entry(session: Session, actor: Actor, census: Census, kind: str, list_entry_id: str) -> None:
    entry = entries.find_entry(session, list_entry_id, actor)
    if (entry.kind, entry.street_code) != (kind, census.street_code):
        raise InvalidError(CensusCode.RECORD_OTHER_KIND)


def _answers(census: Census, given: Mapping[str, Any]) -> str | None:
    found = domain.accepted(census.questions, given)
    return json.dumps(found, ensure_ascii=False, sort_keys=True) if found else None


def change_census_record(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    census_record_id: str,
    expected_version: int | None = None,
    **given: Any,
) -> dict[str, Any]:
    """A draft, by whoever wrote it down or by staff."""
    row, census = _take(session, actor, census_record_id, expected_version, "change")
    if "answers" in given:
        row.answers = _answers(census, given.pop("answers"))
    for name, value in given.items():
        setattr(row, name, value)
    _check_facts(row.kind, {name: getattr(row, name) for name in FACTS})
    _check_visit(census, row.visited_on, clock.day_of(now))
    tell(session, row, events.CensusRecordKept)
    return record_queries.render(row, actor)


def submit_census_record(
    session: Session, *, actor: Actor, now: datetime, census_record_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """It waits for another person from now on."""
    row, _ = _take(session, actor, census_record_id, expected_version, None)
    _submit(session, row, now)
    return record_queries.render(row, actor)


def _submit(session: Session, row: CensusRecord, now: datetime) -> None:
    row.status, row.submitted_at = domain.next_record_status(row.status, "submit"), now
    tell(session, row, events.CensusRecordSubmitted)


def return_census_record(
    session: Session, *, actor: Actor, census_record_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """To be corrected."""
    row, _ = _take(session, actor, census_record_id, expected_version, "return")
    row.reason = reason
    tell(session, row, events.CensusRecordReturned)
    return record_queries.render(row, actor)


def verify_census_record(
    session: Session, *, actor: Actor, census_record_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By another person than the one who wrote it down."""
    row, _ = _take(session, actor, census_record_id, expected_version, "verify")
    domain.check_second(first=row.recorded_by, second=actor.account_id)
    row.verified_by, row.reason = actor.account_id, None
    tell(session, row, events.CensusRecordVerified)
    return record_queries.render(row, actor)


def reject_census_record(
    session: Session, *, actor: Actor, census_record_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Not used; what it told of a person is gone."""
    row, _ = _take(session, actor, census_record_id, expected_version, "reject")
    row.reason = reason
    forget(row)
    tell(session, row, events.CensusRecordRejected)
    return record_queries.render(row, actor)


def forget(row: CensusRecord) -> None:
    """A person lives on the list, or nowhere: not in the record besides."""
    row.person_name = row.contact_name = row.contact_phone = row.answers = None


def _take(
    session: Session, actor: Actor, census_record_id: str, expected_version: int | None, action: str | None
) -> tuple[CensusRecord, Census]:
    """The record, held, in the state that the action leads to, and its open campaign, kept from its end."""
    seen = record_queries.find_record(session, census_record_id, actor)
    census = _open_census(session, actor, seen.census_id)
    row = record_queries.find_record(session, census_record_id, actor, lock=True)
    db.check_version(row, expected_version)
    if action is not None:
        row.status = domain.next_record_status(row.status, action)
    return row, census


def take_record(
    session: Session, actor: Actor, census_record_id: str, expected_version: int | None, action: str
) -> CensusRecord:
    """For who makes it an entry."""
    return _take(session, actor, census_record_id, expected_version, action)[0]


def tell(session: Session, row: CensusRecord, kind: type[events.CensusRecordFact], **extra: Any) -> None:
    """Record an event of the record."""
    session.flush()
    streets = [row.street_code] if row.street_code else []
    about = {"census_id": row.census_id, "kind": row.kind, "place_code": row.place_code}
    outbox.record(session, kind(street_codes=streets, census_record_id=row.id, **about, **extra))
