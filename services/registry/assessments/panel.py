"""Writes of the panel: plan, assign, score, submit, stand aside, lock."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.registry.assessments import ASSESSORS
from contracts.registry.codes_assess import AssessCode
from contracts.registry.events_assess import (
    AssessmentPlanned,
    AssessmentSheetLocked,
    AssessmentSheetSubmitted,
    AssessorAssigned,
    AssessorRecused,
)
from services.registry import scope
from services.registry.accounts.models import Account
from services.registry.active import find_active
from services.registry.assessments import domain, queries, steps
from services.registry.assessments.models import Assessment, AssessmentScore, AssessmentSheet
from services.registry.cases import domain as cases
from services.registry.cases.models import IncubationCase
from services.registry.organisations.models import Organisation
from services.registry.rulebooks.queries import in_force
from services.registry.teams.models import TeamAssignment
from services.registry.told import streets

_UNDER_WAY = ("planned", "scoring", "tallied", "published", "appealed")


def plan_assessment(
    session: Session, *, actor: Actor, now: datetime, organisation_id: str, rulebook_id: str, purpose: str
) -> dict[str, Any]:
    """One at a time per organisation, by a rubric of its tier."""
    organisation = find_active(session, actor, organisation_id)
    rubric = in_force(session, actor, rulebook_id, kind="rubric")
    domain.check_assessable(organisation.kind, organisation.legal_tier, rubric.content["applies_to"])
    scope.hold(session, f"assessment:{organisation.id}")
    open_ = select(Assessment.id).where(
        Assessment.organisation_id == organisation.id, Assessment.status.in_(_UNDER_WAY)
    )
    if session.scalars(open_).first() is not None:
        raise ConflictError(AssessCode.ASSESSMENT_OPEN)
    row = Assessment(
        district_code=organisation.district_code,
        street_code=organisation.street_code,
        organisation_id=organisation.id,
        rulebook_id=rubric.id,
        purpose=purpose,
        status="planned",
        planned_by=actor.account_id,
        criteria=[],
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(session, _planned(row, str(rubric.content_hash)))
    return queries.render(session, actor, row)


def _planned(row: Assessment, content_hash: str) -> AssessmentPlanned:
    return AssessmentPlanned(
        assessment_id=row.id,
        organisation_id=row.organisation_id,
        rulebook_id=row.rulebook_id,
        content_hash=content_hash,
        street_codes=streets(row),
    )


def assign_assessor(
    session: Session, *, actor: Actor, now: datetime, assessment_id: str, account_id: str
) -> dict[str, Any]:
    """Anybody of the district in a role that assesses, without a connection."""
    row = steps.take(session, actor, assessment_id)
    domain.next_status(row.status, "assign")
    account = session.get(Account, account_id)
    if account is None or account.district_code != row.district_code or not _may_assess(account):
        raise InvalidError(AssessCode.ASSESSOR_INVALID)
    if _is_connected(session, row, account):
        raise ConflictError(AssessCode.ASSESSOR_CONFLICTED)
    if any(sheet.account_id == account_id for sheet in queries.sheets(session, row.id)):
        raise ConflictError(AssessCode.ASSESSOR_REPEATED)
    sheet = AssessmentSheet(
        district_code=row.district_code,
        street_code=row.street_code,
        assessment_id=row.id,
        organisation_id=row.organisation_id,
        account_id=account_id,
        status="assigned",
        created_at=now,
    )
    session.add(sheet)
    session.flush()
    record = AssessorAssigned(
        assessment_id=row.id, assessment_sheet_id=sheet.id, account_id=account_id, street_codes=streets(row)
    )
    outbox.record(session, record)
    return queries.render(session, actor, row)


def score_assessment(
    session: Session, *, actor: Actor, assessment_sheet_id: str, scores: list[dict[str, Any]]
) -> dict[str, Any]:
    """One's own sheet, criterion by criterion, until it is submitted."""
    row, sheet = steps.take_of_sheet(session, actor, assessment_sheet_id, own=True)
    domain.next_status(row.status, "score")
    sheet.status = domain.next_sheet_status(sheet.status, "score")
    criteria = steps.rubric_of(session, row)["criteria"]
    known = {
        score.criterion: score
        for score in session.scalars(select(AssessmentScore).filter_by(assessment_sheet_id=sheet.id))
    }
    for given in scores:
        domain.check_score(criteria, given["criterion"], given["score"])
        score = known.get(given["criterion"])
        if score is None:
            score = known[given["criterion"]] = AssessmentScore(
                district_code=sheet.district_code, street_code=sheet.street_code, assessment_sheet_id=sheet.id
            )
            session.add(score)
        for name, value in given.items():
            setattr(score, name, value)
    return queries.render_sheet(session, actor, sheet)


def submit_assessment_sheet(
    session: Session, *, actor: Actor, now: datetime, assessment_sheet_id: str
) -> dict[str, Any]:
    """Complete; and nobody whose connection came to be meanwhile."""
    row, sheet = steps.take_of_sheet(session, actor, assessment_sheet_id, own=True)
    domain.next_status(row.status, "score")
    sheet.status = domain.next_sheet_status(sheet.status, "submit")
    _refuse_connected(session, row, sheet)
    domain.check_complete(steps.rubric_of(session, row)["criteria"], queries.scores(session, sheet.id))
    sheet.submitted_at = now
    session.flush()
    evidence = session.scalars(select(AssessmentScore.evidence).where(AssessmentScore.assessment_sheet_id == sheet.id))
    outbox.record(
        session,
        AssessmentSheetSubmitted(
            assessment_id=row.id,
            assessment_sheet_id=sheet.id,
            evidence=[file for files in evidence for file in files][:100],
            street_codes=streets(row),
        ),
    )
    return queries.render_sheet(session, actor, sheet)


def recuse_assessor(session: Session, *, actor: Actor, assessment_sheet_id: str, reason: str) -> dict[str, Any]:
    """By the assessor, or by those who organise; never once the sheet is locked."""
    own = queries.find_sheet(session, actor, assessment_sheet_id).account_id == actor.account_id
    row, sheet = steps.take_of_sheet(session, actor, assessment_sheet_id, own=own)
    domain.next_status(row.status, "assign")
    sheet.status = domain.next_sheet_status(sheet.status, "recuse")
    sheet.recusal_reason = reason
    session.flush()
    outbox.record(
        session,
        AssessorRecused(
            assessment_id=row.id,
            assessment_sheet_id=sheet.id,
            account_id=sheet.account_id,
            ground="declared" if own else "found",
            street_codes=streets(row),
        ),
    )
    return queries.render_sheet(session, actor, sheet)


def lock_assessment_sheet(session: Session, *, actor: Actor, now: datetime, assessment_sheet_id: str) -> dict[str, Any]:
    """submitted → locked; its hash is told, its scores stay closed until the tally."""
    row, sheet = steps.take_of_sheet(session, actor, assessment_sheet_id)
    domain.next_status(row.status, "score")
    _refuse_connected(session, row, sheet)
    sheet.status = domain.next_sheet_status(sheet.status, "lock")
    sheet.locked_at = now
    session.flush()
    outbox.record(
        session,
        AssessmentSheetLocked(
            assessment_id=row.id,
            assessment_sheet_id=sheet.id,
            scores_hash=domain.scores_hash(queries.scores(session, sheet.id)),
            street_codes=streets(row),
        ),
    )
    return queries.render_sheet(session, actor, sheet)


def _may_assess(account: Account) -> bool:
    return account.status == "active" and account.role in ASSESSORS


def _is_connected(session: Session, row: Assessment, account: Account) -> bool:
    organisation = session.get_one(Organisation, row.organisation_id)
    serving = (
        select(TeamAssignment.account_id)
        .join(IncubationCase, IncubationCase.id == TeamAssignment.case_id)
        .where(
            IncubationCase.organisation_id == row.organisation_id,
            IncubationCase.status.in_(cases.OPEN),
            TeamAssignment.valid_until.is_(None),
        )
    )
    return domain.is_connected(
        account_id=account.id,
        account_organisation=account.organisation_id,
        organisation_id=organisation.id,
        hub_id=organisation.hub_id,
        serving=session.scalars(serving),
    )


def _refuse_connected(session: Session, row: Assessment, sheet: AssessmentSheet) -> None:
    """Hubs and teams change while an assessment runs."""
    account = session.get(Account, sheet.account_id)
    if account is None or _is_connected(session, row, account):
        raise ConflictError(AssessCode.ASSESSOR_CONFLICTED)
