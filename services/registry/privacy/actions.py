"""Writes of privacy: unmasked access, consent, a copy of one's data, a new key."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from chassis import db, ids, jobs, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.events_identity import ConsentGiven, ConsentWithdrawn, PersonalDataDisclosed
from services.registry import scope
from services.registry.accounts import queries as accounts
from services.registry.policies.queries import number
from services.registry.privacy import domain, queries, texts
from services.registry.privacy.models import Consent, PersonalAccess, PersonalAccessReason, PersonalExport
from services.registry.trainings.models import TrainingAttendance


def disclose_personal(
    session: Session,
    *,
    actor: Actor,
    subject_id: str,
    wanted: list[str],
    purpose: str,
    reason: str,
    now: datetime,
) -> dict[str, Any]:
    """Personal fields unmasked, and the entry of the access log in the same transaction: none without the other."""
    wanted = list(dict.fromkeys(wanted))
    domain.check_purpose(actor.role, purpose, wanted, subject_id=subject_id)
    subject = queries.find_subject(session, actor, subject_id)
    access_id = ids.new_id("pal")
    row = PersonalAccess(
        id=access_id,
        district_code=actor.district_code,
        street_code=subject.street_code,
        account_id=str(actor.account_id),
        role=actor.role,
        subject_id=subject_id,
        fields=wanted,
        purpose=purpose,
        reason_digest=queries.reason_digest(access_id, reason),
        at=now,
    )
    session.add(row)
    session.flush()
    session.add(PersonalAccessReason(id=row.id, reason=reason))
    session.flush()
    streets = [subject.street_code] if subject.street_code else []
    outbox.record(
        session,
        PersonalDataDisclosed(
            disclosure_id=row.id, subject_id=subject_id, fields=wanted, purpose=purpose, street_codes=streets
        ),
    )
    items = [{"field": field, "value": getattr(subject, field.partition(".")[2])} for field in wanted]
    return {"disclosure_id": row.id, "subject_id": subject_id, "purpose": purpose, "items": items}


def give_consent(session: Session, *, actor: Actor, purpose: str, text_version: int, now: datetime) -> dict[str, Any]:
    """To the notice in force; a consent to an older version ends as it is replaced."""
    domain.check_text(text_version, int(texts.newest()[purpose]["text_version"]))
    account = accounts.find_own(session, actor)
    scope.hold(session, f"consent:{actor.account_id}:{purpose}")
    held = select(Consent).where(
        Consent.account_id == actor.account_id, Consent.purpose == purpose, Consent.status == "given"
    )
    before = session.scalars(held.with_for_update()).one_or_none()
    if before is not None and before.text_version == text_version:
        raise ConflictError(IdentityCode.CONSENT_GIVEN)
    if before is not None:
        _withdraw(session, before, now)
    row = Consent(
        district_code=actor.district_code,
        street_code=account.street_code,
        account_id=account.id,
        purpose=purpose,
        text_version=text_version,
        status="given",
        given_at=now,
        created_at=now,
    )
    session.add(row)
    session.flush()
    facts = {"consent_id": row.id, "account_id": row.account_id, "purpose": purpose}
    streets = list(account.street_codes)
    outbox.record(session, ConsentGiven(**facts, text_version=text_version, street_codes=streets))
    return queries.render_consent(row)


def withdraw_consent(
    session: Session, *, actor: Actor, consent_id: str, now: datetime, expected_version: int | None = None
) -> dict[str, Any]:
    """From now on."""
    row = queries.find_consent(session, actor, consent_id, lock=True)
    db.check_version(row, expected_version)
    _withdraw(session, row, now)
    return queries.render_consent(row)


def _withdraw(session: Session, row: Consent, now: datetime) -> None:
    row.status, row.withdrawn_at = domain.next_consent_status(row.status, "withdraw"), now
    session.flush()
    streets = [row.street_code] if row.street_code else []
    facts = {"consent_id": row.id, "account_id": row.account_id, "purpose": row.purpose}
    outbox.record(session, ConsentWithdrawn(**facts, street_codes=streets))


def request_data_export(session: Session, *, actor: Actor, now: datetime) -> dict[str, Any]:
    """A job makes it; an older copy goes."""
    account = accounts.find_own(session, actor)
    session.execute(delete(PersonalExport).where(PersonalExport.account_id == account.id))
    row = PersonalExport(
        district_code=account.district_code,
        account_id=account.id,
        requested_at=now,
        expires_at=now + timedelta(days=number(session, actor.district_code, "export_days")),
    )
    session.add(row)
    session.flush()
    job = jobs.enqueue(session, "export_personal_data", export_id=row.id)
    return {"export_id": row.id, "job_id": job["job_id"], "status": job["status"]}


def reseal_personal_data(session: Session, *, actor: Actor) -> dict[str, Any]:
    """After a new first line in the key file, or another cipher."""
    db.check_street(actor, None)
    job = jobs.enqueue(session, "reseal_personal_data")
    return {"job_id": job["job_id"], "status": job["status"]}


def forget_person(session: Session, account_id: str) -> None:
    """Of an account that is erased: its copies, its name on lists, what was written beside the access log."""
    session.execute(delete(PersonalExport).where(PersonalExport.account_id == account_id))
    about = select(PersonalAccess.id).where(PersonalAccess.subject_id == account_id)
    for row in session.scalars(select(PersonalAccessReason).where(PersonalAccessReason.id.in_(about))):
        row.reason = None
    for attended in session.scalars(select(TrainingAttendance).where(TrainingAttendance.account_id == account_id)):
        attended.name, attended.phone = None, None
    session.flush()


def prune_exports(session: Session, *, now: datetime) -> None:
    """Copies nobody fetches any longer."""
    session.execute(delete(PersonalExport).where(PersonalExport.expires_at <= now))
