"""Payee accounts: written down by one person, verified by another."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ForbiddenError
from contracts.projects.awards import PAYERS
from contracts.projects.codes import ProjectsCode
from contracts.projects.events_money import PayeeRegistered, PayeeRetired, PayeeVerified
from services.projects.known import queries as known
from services.projects.known.models import KnownOrganisation
from services.projects.payees import domain, queries
from services.projects.payees.models import Payee


def register_payee(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    holder: str,
    account_number: str,
    bank: str,
    bank_code: str | None = None,
) -> dict[str, Any]:
    """By the organisation, the hub that cares for it, or staff of its street."""
    owner = known.organisation(session, organisation_id)
    db.check_street(actor, owner.street_code)
    _check_owner(session, actor, organisation_id)
    row = Payee(
        district_code=owner.district_code,
        street_code=owner.street_code,
        organisation_id=organisation_id,
        status="registered",
        holder=holder,
        account_number=domain.digits(account_number),
        bank=bank,
        bank_code=bank_code,
        registered_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    _tell(session, row, PayeeRegistered)
    return queries.render(row)


def _check_owner(session: Session, actor: Actor, organisation_id: str) -> None:
    if actor.role not in PAYERS and not known.acts_for(session, actor, organisation_id):
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS)


def verify_payee(
    session: Session, *, actor: Actor, now: datetime, payee_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By another person; the organisation's verified account before it is retired."""
    seen = queries.find_payee(session, payee_id, actor)
    session.execute(select(KnownOrganisation.id).where(KnownOrganisation.id == seen.organisation_id).with_for_update())
    row = _take(session, actor, payee_id, expected_version)
    status = domain.next_status(row.status, "verify")
    domain.check_second(first=row.registered_by, second=actor.account_id)
    before = select(Payee).where(Payee.organisation_id == row.organisation_id, Payee.status == "verified")
    for old in session.scalars(before.with_for_update(of=Payee)).all():
        _retire(session, old)
    row.status, row.verified_by, row.verified_at = status, actor.account_id, now
    _tell(session, row, PayeeVerified)
    return queries.render(row)


def retire_payee(
    session: Session, *, actor: Actor, payee_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Not paid to any more; payments under way are not changed."""
    row = _take(session, actor, payee_id, expected_version)
    _check_owner(session, actor, row.organisation_id)
    _retire(session, row)
    return queries.render(row)


def _retire(session: Session, row: Payee) -> None:
    row.status = domain.next_status(row.status, "retire")
    _tell(session, row, PayeeRetired)


def _take(session: Session, actor: Actor, payee_id: str, expected_version: int | None) -> Payee:
    row = queries.find_payee(session, payee_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def _tell(session: Session, row: Payee, struct: type[Any]) -> None:
    session.flush()
    streets = [row.street_code] if row.street_code else []
    outbox.record(session, struct(payee_id=row.id, organisation_id=row.organisation_id, street_codes=streets))
