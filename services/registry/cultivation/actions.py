"""Writes of the key-cultivation list."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import clock, db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError, NotFoundError
from contracts.registry.codes_assess import AssessCode
from contracts.registry.events_assess import (
    CultivationEntryDecided,
    CultivationListClosed,
    CultivationListDrafted,
    CultivationListPublished,
)
from services.registry import scope
from services.registry.cultivation import domain, queries
from services.registry.cultivation.models import CultivationEntry, CultivationList
from services.registry.organisations.models import Organisation
from services.registry.organisations.queries import find_organisation
from services.registry.rulebooks import queries as rulebooks


def draft_cultivation_list(
    session: Session, *, actor: Actor, now: datetime, rulebook_id: str, title: str, as_of: date | None = None
) -> dict[str, Any]:
    """Under a rule in force."""
    db.check_street(actor, None)
    rule = rulebooks.in_force(session, actor, rulebook_id, kind="cultivation")
    today = clock.day_of(now)
    if as_of is not None and as_of > today:
        raise InvalidError(AssessCode.CULTIVATION_DATE_INVALID, as_of=as_of.isoformat())
    row = CultivationList(
        district_code=actor.district_code,
        rulebook_id=rule.id,
        title=title,
        as_of=as_of or today,
        status="draft",
        drafted_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    record = CultivationListDrafted(list_id=row.id, rulebook_id=rule.id, content_hash=str(rule.content_hash))
    outbox.record(session, record)
    return queries.render(session, row)


def may_be_cultivated() -> tuple[Any, ...]:
    return (
        Organisation.status == "active",
        Organisation.in_breach.is_(False),
        Organisation.kind.in_(("cso", "social_work")),
    )


def add_cultivation_entry(
    session: Session,
    *,
    actor: Actor,
    list_id: str,
    organisation_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """An eligible organisation the rule did not choose, or that was removed by hand before."""
    row = take(session, actor, list_id, expected_version)
    row.status = domain.next_status(row.status, "decide")
    check_at_rest(session, row)
    organisation = find_organisation(session, actor, organisation_id)
    fits = select(Organisation.id).where(Organisation.id == organisation.id, *may_be_cultivated())
    if session.scalars(fits).first() is None:
        raise ConflictError(AssessCode.CULTIVATION_ORGANISATION_INELIGIBLE)
    entry = _entry_of(session, row, organisation.id)
    if entry is not None and entry.included:
        raise ConflictError(AssessCode.CULTIVATION_ENTRY_INCLUDED)
    if entry is None:
        entry = CultivationEntry(
            district_code=row.district_code,
            street_code=organisation.street_code,
            list_id=row.id,
            organisation_id=organisation.id,
            score_hundredths=0,
            terms=[],
        )
        session.add(entry)
    return _decide(session, actor, row, entry, included=True, reason=reason)


def remove_cultivation_entry(
    session: Session,
    *,
    actor: Actor,
    list_id: str,
    organisation_id: str,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """It stays in the record, with its score and the reason it was taken off."""
    row = take(session, actor, list_id, expected_version)
    row.status = domain.next_status(row.status, "decide")
    check_at_rest(session, row)
    entry = _entry_of(session, row, organisation_id)
    if entry is None or not entry.included:
        raise NotFoundError(AssessCode.CULTIVATION_ENTRY_NOT_FOUND)
    return _decide(session, actor, row, entry, included=False, reason=reason)


def _decide(
    session: Session, actor: Actor, row: CultivationList, entry: CultivationEntry, *, included: bool, reason: str
) -> dict[str, Any]:
    entry.included, entry.source, entry.reason, entry.decided_by = included, "hand", reason, actor.account_id
    session.flush()
    record = CultivationEntryDecided(list_id=row.id, organisation_id=entry.organisation_id, included=included)
    outbox.record(session, record)
    return queries.render(session, row)


def publish_cultivation_list(
    session: Session, *, actor: Actor, now: datetime, list_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Frozen from now on; the list published before it is archived in the same step."""
    scope.hold(session, f"cultivation:{actor.district_code}")
    row = take(session, actor, list_id, expected_version)
    status = domain.next_status(row.status, "publish")
    check_at_rest(session, row)
    if row.computed_at is None:
        raise ConflictError(AssessCode.CULTIVATION_NOT_COMPUTED)
    earlier = session.scalars(
        select(CultivationList).filter_by(district_code=row.district_code, status="published").with_for_update()
    ).one_or_none()
    if earlier is not None:
        earlier.status = domain.next_status(earlier.status, "archive")
        session.flush()
        outbox.record(session, CultivationListClosed(list_id=earlier.id, status=earlier.status))
    row.status, row.published_at = status, now
    row.previous_id = None if earlier is None else earlier.id
    row.number = (
        session.scalar(select(func.max(CultivationList.number)).filter_by(district_code=row.district_code)) or 0
    ) + 1
    entries = session.scalars(select(CultivationEntry).filter_by(list_id=row.id)).all()
    row.content_hash = domain.content_hash(_frozen(entry) for entry in entries)
    session.flush()
    outbox.record(session, _published(row, [entry.organisation_id for entry in entries if entry.included]))
    return queries.render(session, row)


def _frozen(entry: CultivationEntry) -> dict[str, Any]:
    names = ("organisation_id", "included", "source", "rank", "score_hundredths", "terms", "reason")
    return {name: getattr(entry, name) for name in names}


def _published(row: CultivationList, organisation_ids: list[str]) -> CultivationListPublished:
    return CultivationListPublished(
        list_id=row.id,
        number=row.number or 0,
        organisation_ids=sorted(organisation_ids),
        content_hash=str(row.content_hash),
        previous_id=row.previous_id,
    )


def abandon_cultivation_list(
    session: Session, *, actor: Actor, list_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Only a draft."""
    row = take(session, actor, list_id, expected_version)
    row.status = domain.next_status(row.status, "abandon")
    row.closing_reason = reason
    session.flush()
    outbox.record(session, CultivationListClosed(list_id=row.id, status=row.status))
    return queries.render(session, row)


def take(session: Session, actor: Actor, list_id: str, expected: int | None) -> CultivationList:
    row = queries.find(session, actor, list_id, lock=True)
    db.check_street(actor, None)
    db.check_version(row, expected)
    return row


def check_at_rest(session: Session, row: CultivationList) -> None:
    """Nobody decides on, or publishes, what a job is about to compute."""
    domain.check_at_rest(queries.computing_job(session, row))


def _entry_of(session: Session, row: CultivationList, organisation_id: str) -> CultivationEntry | None:
    statement = select(CultivationEntry).filter_by(list_id=row.id, organisation_id=organisation_id)
    return session.scalars(statement).one_or_none()
