"""Comments on sections: written, resolved with a note, opened again."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts import roles
from contracts.projects import events
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.events_plans import CommentAdvanced
from contracts.projects.proposals import CommentView
from services.projects.proposals import domain_work, planning, queries, queries_work
from services.projects.proposals.actions import streets
from services.projects.proposals.models import ProposalComment

_VIEW = CommentView()


def comment_proposal(
    session: Session, *, actor: Actor, now: datetime, proposal_id: str, section: str, text: str
) -> dict[str, Any]:
    """By staff, the hub that cares for the organisation, the organisation, or a co-author."""
    row = queries.find_inside(session, proposal_id, actor)
    if actor.role in roles.STAFF:
        db.check_street(actor, row.street_code)
    if not planning.knows_section(row.round.plan_rules, section):
        raise InvalidError(RoundsCode.SECTION_UNKNOWN, section=section)
    comment = ProposalComment(
        district_code=row.district_code,
        street_code=row.street_code,
        proposal_id=row.id,
        section=section,
        text=text,
        account_id=actor.account_id,
        role=actor.role,
        commented_at=now,
        plan_number=row.plan_number,
        status="open",
    )
    session.add(comment)
    session.flush()
    outbox.record(
        session,
        events.ProposalCommented(proposal_id=row.id, comment_id=comment.id, section=section, street_codes=streets(row)),
    )
    view: dict[str, Any] = _VIEW.dump(comment)
    return view


def resolve_comment(session: Session, *, actor: Actor, now: datetime, comment_id: str, note: str) -> dict[str, Any]:
    """Done, with what was done; the comment stays readable."""
    comment = _advance(session, actor, comment_id, "resolve")
    comment.resolved_at, comment.resolved_by, comment.resolution = now, actor.account_id, note or None
    return _told(session, comment)


def reopen_comment(session: Session, *, actor: Actor, comment_id: str) -> dict[str, Any]:
    """Not done after all."""
    comment = _advance(session, actor, comment_id, "reopen")
    comment.resolved_at = comment.resolved_by = comment.resolution = None
    return _told(session, comment)


def _advance(session: Session, actor: Actor, comment_id: str, action: str) -> ProposalComment:
    comment = queries_work.find_comment(session, comment_id, actor, lock=True)
    db.check_street(actor, comment.street_code)
    comment.status = domain_work.next_comment_status(comment.status, action)
    return comment


def _told(session: Session, comment: ProposalComment) -> dict[str, Any]:
    session.flush()
    outbox.record(
        session,
        CommentAdvanced(
            proposal_id=comment.proposal_id,
            comment_id=comment.id,
            section=comment.section,
            status=comment.status,
            street_codes=[comment.street_code] if comment.street_code else [],
        ),
    )
    view: dict[str, Any] = _VIEW.dump(comment)
    return view
