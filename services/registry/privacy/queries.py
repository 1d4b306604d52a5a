"""Reads of privacy."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.registry.codes_identity import IdentityCode
from contracts.registry.privacy import ConsentTextView, ConsentView, DataExportView, DisclosureEntryView
from services.registry import scope
from services.registry.accounts import queries as accounts
from services.registry.organisations import queries as organisations
from services.registry.personal import blind
from services.registry.privacy import texts
from services.registry.privacy.models import Consent, PersonalAccess, PersonalAccessReason, PersonalExport
from services.registry.seed_groups import queries as seed_groups
from services.registry.seed_groups.models import SeedMember

_ENTRY, _CONSENT, _TEXT, _EXPORT = DisclosureEntryView(), ConsentView(), ConsentTextView(), DataExportView()
READ_ALL = {roles.AUDITOR, roles.SECURITY}


def find_subject(session: Session, actor: Actor, subject_id: str) -> Any:
    """Whom an id names, within the actor's scope; its fields are named as in the contract."""
    kind = subject_id.partition("_")[0]
    if kind == "acc":
        return accounts.find_account(session, actor, subject_id)
    if kind == "org":
        return organisations.find_organisation(session, actor, subject_id)
    member = session.get(SeedMember, subject_id)
    if member is None:
        raise NotFoundError(IdentityCode.PERSON_NOT_FOUND)
    seed_groups.find_group(session, actor, member.seed_group_id)
    return member


def list_disclosures(
    session: Session,
    *,
    actor: Actor,
    subject_id: str | None = None,
    account_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """The access log, newest first: all of it for those who watch, else what was seen of oneself or by oneself."""
    statement = select(PersonalAccess).where(PersonalAccess.district_code == actor.district_code)
    if actor.role not in READ_ALL:
        own = or_(PersonalAccess.subject_id == actor.account_id, PersonalAccess.account_id == actor.account_id)
        statement = statement.where(own)
    if subject_id is not None:
        statement = statement.where(PersonalAccess.subject_id == subject_id)
    if account_id is not None:
        statement = statement.where(PersonalAccess.account_id == account_id)

    def render(row: PersonalAccess) -> dict[str, Any]:
        return entry(session, row)

    return db.page(session, statement, by=PersonalAccess.id, render=render, cursor=cursor, limit=limit)


def reason_digest(access_id: str, reason: str) -> str:
    """What the append-only row keeps of a reason: nobody can put another one beside it unnoticed."""
    return blind(f"{access_id} {reason}", "access reason")


def entry(session: Session, row: PersonalAccess) -> dict[str, Any]:
    """One entry."""
    reason = session.get_one(PersonalAccessReason, row.id).reason
    intact = None if reason is None else reason_digest(row.id, reason) == row.reason_digest
    more = {"disclosure_id": row.id, "reason": reason, "reason_intact": intact}
    shown: dict[str, Any] = _ENTRY.dump({**scope.columns(row), **more})
    return shown


def list_consent_texts() -> dict[str, Any]:
    """The notices in force."""
    return {"items": [_TEXT.dump(text) for text in texts.newest().values()]}


def find_consent(session: Session, actor: Actor, consent_id: str, *, lock: bool = False) -> Consent:
    """One of one's own."""
    statement = select(Consent).where(
        Consent.id == consent_id,
        Consent.account_id == actor.account_id,
        Consent.district_code == actor.district_code,
    )
    row = session.scalars(statement.with_for_update() if lock else statement).one_or_none()
    if row is None:
        raise NotFoundError(IdentityCode.CONSENT_NOT_FOUND)
    return row


def render_consent(row: Consent) -> dict[str, Any]:
    """One consent."""
    shown: dict[str, Any] = _CONSENT.dump({**scope.columns(row), "consent_id": row.id})
    return shown


def list_consents(
    session: Session,
    *,
    actor: Actor,
    purpose: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """One's own, newest first, withdrawn ones too."""
    statement = select(Consent).where(
        Consent.account_id == actor.account_id, Consent.district_code == actor.district_code
    )
    if purpose is not None:
        statement = statement.where(Consent.purpose == purpose)
    return db.page(session, statement, by=Consent.id, render=render_consent, cursor=cursor, limit=limit)


def has_consented(session: Session, account_id: str, purpose: str) -> bool:
    """Whether a consent to the purpose holds now."""
    given = select(Consent.id).where(
        Consent.account_id == account_id, Consent.purpose == purpose, Consent.status == "given"
    )
    return session.scalar(given) is not None


def get_data_export(session: Session, *, actor: Actor, export_id: str, now: datetime) -> dict[str, Any]:
    """The copy, for whom it was made, while it is kept."""
    row = session.get(PersonalExport, export_id)
    if row is None or row.account_id != actor.account_id or row.expires_at <= now:
        raise NotFoundError(IdentityCode.EXPORT_NOT_FOUND)
    if row.content is None:
        raise ConflictError(IdentityCode.EXPORT_NOT_READY)
    facts = {**scope.columns(row), "export_id": row.id, "document": msgspec.json.decode(row.content)}
    shown: dict[str, Any] = _EXPORT.dump(facts)
    return shown
