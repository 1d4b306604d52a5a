"""Screening: return for change, screen in, screen out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from services.projects.proposals import domain, eligible, queries, rivalry
from services.projects.proposals.actions import about
from services.projects.proposals.models import Proposal

SCREENED_IN = ("closed", "screening")


def _take(session: Session, actor: Actor, proposal_id: str, expected_version: int | None, action: str) -> Proposal:
    row = queries.lock_proposal(session, proposal_id, actor, expected_version)
    row.status = domain.next_status(row.status, action)
    return row


def return_proposal(
    session: Session, *, actor: Actor, proposal_id: str, reason: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Back to its authors, with what is missing."""
    row = _take(session, actor, proposal_id, expected_version, "return")
    row.return_reason = reason
    session.flush()
    outbox.record(session, events.ProposalReturned(**about(row), title=row.title))
    return queries.render(row, actor)


def screen_in_proposal(
    session: Session, *, actor: Actor, now: datetime, proposal_id: str, note: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Eligible as of the deadline. Only after the round closed, when every rival is known and judged."""
    row = _take(session, actor, proposal_id, expected_version, "screen_in")
    _check_phase(row)
    eligible.check_passed(session, row, now)
    rivalry.check_judged(session, row)
    row.screening_note = note or None
    session.flush()
    outbox.record(session, events.ProposalScreenedIn(**about(row), title=row.title))
    return queries.render(row, actor)


def screen_out_proposal(
    session: Session, *, actor: Actor, proposal_id: str, reason: str, note: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Not eligible, with the reason in the open."""
    row = _take(session, actor, proposal_id, expected_version, "screen_out")
    _check_phase(row)
    row.screening_reason, row.screening_note = reason, note or None
    session.flush()
    outbox.record(session, events.ProposalScreenedOut(**about(row), title=row.title, reason=reason))
    return queries.render(row, actor)


def _check_phase(row: Proposal) -> None:
    if row.round.status not in SCREENED_IN:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=row.round.status, action="screen")
