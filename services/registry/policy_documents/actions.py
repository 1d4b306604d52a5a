"""Writes of policy documents."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_base import BaseCode
from contracts.registry.events_base import PolicyDocumentPublished, PolicyDocumentWithdrawn
from services.registry import scope
from services.registry.policy_documents import domain, queries
from services.registry.policy_documents.models import PolicyDocument, PolicyDocumentVersion


def publish_policy_document(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    title: str,
    document_number: str,
    issuer: str,
    topics: list[str],
    url: str | None = None,
    **version: Any,
) -> dict[str, Any]:
    """Once per document number; of the whole district."""
    db.check_street(actor, None)
    scope.hold(session, f"policy_document:{actor.district_code}")
    same = select(PolicyDocument.id).filter_by(district_code=actor.district_code, document_number=document_number)
    if document_number and session.scalars(same).first() is not None:
        raise ConflictError(BaseCode.DOCUMENT_NUMBER_TAKEN, document_number=document_number)
    row = PolicyDocument(
        district_code=actor.district_code,
        title=title,
        document_number=document_number,
        issuer=issuer,
        topics=list(dict.fromkeys(topics)),
        url=url,
        number=1,
        status="published",
        created_at=now,
    )
    session.add(row)
    session.flush()
    _write(session, actor, row, now, **version)
    return queries.render(session, row)


def revise_policy_document(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    document_id: str,
    expected_version: int | None = None,
    **version: Any,
) -> dict[str, Any]:
    """A later version; the one before ends the day before it."""
    row = _take(session, actor, document_id, "revise", expected_version)
    before = queries.versions(session, row.id)[-1]
    domain.check_later(version["valid_from"], before.valid_from)
    last = version["valid_from"] - timedelta(days=1)
    if before.valid_until is None or before.valid_until > last:
        before.valid_until = last
    row.number += 1
    _write(session, actor, row, now, **version)
    return queries.render(session, row)


def withdraw_policy_document(
    session: Session,
    *,
    actor: Actor,
    document_id: str,
    valid_until: date,
    reason: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Its newest version ends on that day; what cited it keeps saying so."""
    row = _take(session, actor, document_id, "withdraw", expected_version)
    newest = queries.versions(session, row.id)[-1]
    domain.check_period(newest.valid_from, valid_until)
    newest.valid_until, row.withdrawn_reason = valid_until, reason
    session.flush()
    outbox.record(session, PolicyDocumentWithdrawn(document_id=row.id, valid_until=valid_until.isoformat()))
    return queries.render(session, row)


def _take(session: Session, actor: Actor, document_id: str, action: str, expected: int | None) -> PolicyDocument:
    row = queries.find_document(session, actor, document_id, lock=True)
    db.check_street(actor, None)
    db.check_version(row, expected)
    row.status = domain.next_status(row.status, action)
    return row


def _write(
    session: Session,
    actor: Actor,
    row: PolicyDocument,
    now: datetime,
    *,
    valid_from: date,
    summary: str,
    evidence: list[dict[str, Any]],
    valid_until: date | None = None,
) -> None:
    domain.check_period(valid_from, valid_until)
    session.add(
        PolicyDocumentVersion(
            district_code=row.district_code,
            document_id=row.id,
            number=row.number,
            valid_from=valid_from,
            valid_until=valid_until,
            summary=summary,
            evidence=evidence,
            account_id=actor.account_id,
            written_at=now,
        )
    )
    session.flush()
    record = PolicyDocumentPublished(document_id=row.id, number=row.number, valid_from=valid_from.isoformat())
    outbox.record(session, record)
