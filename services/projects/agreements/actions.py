"""Signing agreements and changing them: nothing is in force before both sides signed the same hash."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError
from contracts.projects import events
from contracts.projects.agreements import PARTY_A
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_money import MoneyCode
from contracts.projects.events_money import AgreementChanged, AgreementSideSigned, AgreementWithdrawn
from services.projects.agreements import changing, domain, drafting, queries
from services.projects.agreements.models import Agreement, AgreementSignature
from services.projects.awards import actions as award_actions
from services.projects.awards import queries as awards
from services.projects.awards.models import Award
from services.projects.delivery.models import Project
from services.projects.known import queries as known
from services.projects.proposals.models import Proposal
from services.projects.reports import planning as reports


def take(session: Session, actor: Actor, award_id: str, expected_version: int | None = None) -> tuple[Award, str]:
    """The award, locked (its project first, as delivery does), and the side the actor signs for."""
    changing.hold_project(session, awards.find_award(session, award_id, actor).project_id)
    award = awards.find_award(session, award_id, actor, lock=True)
    db.check_street(actor, award.street_code)
    db.check_version(award, expected_version)
    if actor.role in PARTY_A:
        return award, "a"
    if not known.acts_for(session, actor, award.organisation_id):
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS)
    return award, "b"


def sign_agreement(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    award_id: str,
    content_hash: str | None = None,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """Sign the version that waits. With the second signature it binds: the project starts, or its terms change."""
    award, side = take(session, actor, award_id, expected_version)
    drafting.catch_up(session, award, last_number=queries.last_number(session, award.id))
    row = queries.open_version(session, award.id)
    if row is None:
        raise ConflictError(MoneyCode.AGREEMENT_NOT_OPEN, status=award.status)
    if award.status not in ("offered", "agreed"):  # a change that was proposed before the award was closed
        raise ConflictError(ProjectsCode.AWARD_STATE, status=award.status, action="sign_agreement")
    domain.check_read(told=content_hash, content_hash=row.content_hash)
    before, status = queries.in_force(session, award.id), domain.next_status(row.status, f"sign_{side}")
    if before is not None and status == "in_force":  # there is one at any instant, the database sees to that
        before.status = domain.next_status(before.status, "supersede")
        session.flush()
    row.status = status
    row.signatures.append(
        AgreementSignature(
            district_code=row.district_code,
            street_code=row.street_code,
            side=side,
            account_id=actor.account_id,
            role=actor.role,
            signed_hash=row.content_hash,
            signed_at=now,
        )
    )
    if status == "in_force":
        _bind(session, award, row, actor, now, first=before is None)
    else:
        drafting.tell(session, row, AgreementSideSigned, side=side)
    session.flush()
    return awards.render(award)


def _bind(session: Session, award: Award, row: Agreement, actor: Actor, now: datetime, *, first: bool) -> None:
    row.in_force_at = now
    award.agreement_hash = row.content_hash
    session.flush()
    if first:
        _signed(session, award, row)
        award_actions.start(session, award, actor=actor, now=now)
        reports.plan_at_start(session, award.project_id or "", now=now)
    else:
        changing.apply(session, award, row, now=now)
        reports.extend_plan(session, session.get_one(Project, award.project_id), now=now)
        drafting.tell(session, row, AgreementChanged, amount_fen=award.amount_fen)


def _signed(session: Session, award: Award, row: Agreement) -> None:
    outbox.record(
        session,
        events.AgreementSigned(
            award_id=award.id,
            proposal_id=award.proposal_id,
            organisation_id=award.organisation_id,
            agreement_hash=row.content_hash,
            street_codes=[award.street_code] if award.street_code else [],
        ),
    )


def propose_agreement_change(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    award_id: str,
    reason: str,
    expected_version: int | None = None,
    **asked: Any,
) -> dict[str, Any]:
    """Either side proposes a new version of an agreement in force; one at a time."""
    award, side = take(session, actor, award_id, expected_version)
    drafting.catch_up(session, award, last_number=queries.last_number(session, award.id))
    if queries.open_version(session, award.id) is not None:
        raise ConflictError(MoneyCode.AGREEMENT_OPEN)
    before = queries.in_force(session, award.id)
    if before is None or award.status != "agreed":
        raise ConflictError(ProjectsCode.AWARD_STATE, status=award.status, action="propose_change")
    terms = changing.terms(session, award, before, **asked)
    row = drafting.write(
        session,
        award,
        terms,
        number=queries.last_number(session, award.id) + 1,
        title=session.get_one(Proposal, award.proposal_id).title,
        side=side,
        now=now,
        account_id=actor.account_id,
        reason=reason,
    )
    return queries.render(row)


def withdraw_agreement_change(
    session: Session, *, actor: Actor, agreement_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """By either side, while it is not in force."""
    found = queries.find_agreement(session, agreement_id, actor)
    _, side = take(session, actor, found.award_id)
    session.refresh(found, with_for_update=True)
    db.check_version(found, expected_version)
    domain.check_withdrawal(found.number)
    found.status = domain.next_status(found.status, "withdraw")
    session.flush()
    drafting.tell(session, found, AgreementWithdrawn, side=side)
    return queries.render(found)
