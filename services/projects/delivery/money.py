"""Where delivery meets the proposal's state and the award's money; the rules of both stay with their owners."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.errors import ConflictError
from contracts.projects.codes_delivery import DeliveryCode
from services.projects.awards import actions as awards
from services.projects.awards.queries import award_of_project
from services.projects.delivery import domain, queries
from services.projects.delivery.models import Project
from services.projects.proposals import actions as proposals
from services.projects.proposals.models import Proposal
from services.projects.recoveries import claiming


def move(session: Session, project: Project, action: str) -> None:
    """The project's next state, and the same step of the proposal it was."""
    project.status = domain.next_status(project.status, action)
    step = domain.PROPOSAL_ACTIONS.get(action)
    if step is not None:
        wanted = select(Proposal).where(Proposal.id == project.proposal_id).with_for_update(of=Proposal)
        proposals.advance(session, session.scalars(wanted).one(), step)


def release_due_tranches(session: Session, project: Project, *, now: datetime) -> None:
    """Release each planned tranche whose milestone is accepted and whose predecessor is paid and reported."""
    award = award_of_project(session, project.id, lock=True)
    milestones = [(row.tranche_number, row.status) for row in queries.milestones_of(session, project.id)]
    reported = queries.reported_tranches(session, project.id)
    paid = {row.number for row in award.tranches if row.status == "paid"}
    for tranche in award.tranches:
        due = domain.tranche_may_be_released(number=tranche.number, milestones=milestones, reported=reported)
        if tranche.status == "planned" and due and tranche.number - 1 in paid:
            awards.release_tranche(
                session,
                award=award,
                tranche=tranche,
                now=now,
                milestone_accepted=True,
                previous_reported=True,
            )


def check_paid(session: Session, project: Project, number: int) -> None:
    """Only a tranche that was paid can be reported on."""
    award = award_of_project(session, project.id)
    if not any(row.number == number and row.status == "paid" for row in award.tranches):
        raise ConflictError(DeliveryCode.TRANCHE_NOT_PAID, tranche_number=number)


def unspent_fen(session: Session, project: Project) -> int:
    """Paid out, neither spent nor returned."""
    return outstanding_fen(session, project) - sum(queries.spent_by_line(session, project.id).values())


def outstanding_fen(session: Session, project: Project) -> int:
    """Paid out and not returned, spent or not."""
    award = award_of_project(session, project.id)
    return award.disbursed_fen - award.returned_fen


def close_award(session: Session, project: Project, *, action: str, now: datetime) -> None:
    """``close`` or ``terminate``: nothing more is paid."""
    award = award_of_project(session, project.id, lock=True)
    awards.close_award(session, award=award, action=action, now=now)


def claim(
    session: Session,
    project: Project,
    recover_fen: int,
    *,
    plan: str,
    instalments: list[dict[str, Any]] | None,
    now: datetime,
) -> None:
    """What a terminated project must give back."""
    award = award_of_project(session, project.id, lock=True)
    claiming.claim(session, award, recover_fen, plan=plan, instalments=instalments, now=now)
