"""Writing the review: panel, assignment with computed conflicts, declared conflicts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from contracts.projects.review import AssignmentView, JudgeView
from services.projects.known import queries as known
from services.projects.proposals import queries as proposals
from services.projects.proposals.actions import streets
from services.projects.proposals.models import Proposal
from services.projects.review import domain, queries
from services.projects.review.models import Judge, JudgeAssignment
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round

BEFORE_REVIEW = ("drafting", "needs_survey", "published", "open", "closed", "screening")


def add_judge(
    session: Session,
    *,
    actor: Actor,
    round_id: str,
    account_id: str,
    mentored_organisation_ids: list[str],
    **terms: Any,
) -> dict[str, Any]:
    """A judge joins the panel before the review starts; the organisation is what the registry said."""
    row = rounds.lock_round(session, round_id, actor)
    if row.status not in BEFORE_REVIEW:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=row.status, action="add_judge")
    account = known.account(session, account_id)
    if account is None or account.role != roles.JUDGE or account.district_code != actor.district_code:
        raise NotFoundError(ProjectsCode.JUDGE_UNKNOWN, account_id=account_id)
    judge = session.scalars(
        select(Judge).where(Judge.round_id == row.id, Judge.account_id == account_id)
    ).one_or_none() or Judge(
        district_code=row.district_code, street_code=row.street_code, round_id=row.id, account_id=account_id
    )
    judge.organisation_id = account.organisation_id
    judge.mentored_organisation_ids = sorted(set(mentored_organisation_ids))
    judge.fields = sorted(set(terms["fields"]))
    judge.proposals_at_most, judge.sessions_at_most = terms["proposals_at_most"], terms["sessions_at_most"]
    session.add(judge)
    session.flush()
    outbox.record(
        session,
        events.JudgeAdded(
            round_id=row.id,
            judge_id=judge.id,
            account_id=account_id,
            street_codes=[row.street_code] if row.street_code else [],
        ),
    )
    view: dict[str, Any] = JudgeView().dump(judge)
    return view


def assign_judges(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    """Every judge of the panel to every eligible proposal; a conflict of interest recuses. May be run again."""
    row = rounds.lock_round(session, round_id, actor)
    if row.status not in {"closed", "screening"}:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=row.status, action="assign_judges")
    judges = list(session.scalars(select(Judge).where(Judge.round_id == row.id).order_by(Judge.id)))
    eligible = proposals.of_round(session, row.id, "submitted", "eligible")
    funders = frozenset(line.funder_organisation_id for line in row.pool_lines if line.status == "reserved")
    made = [_assign(session, row, proposal, judge, funders) for proposal in eligible for judge in judges]
    session.flush()
    recused = [item for item in made if item.recused]
    outbox.record(
        session,
        events.JudgesAssigned(
            round_id=row.id,
            assigned=len(made) - len(recused),
            recused=[[item.proposal_id, item.judge_account_id, item.conflict or ""] for item in recused],
            street_codes=[row.street_code] if row.street_code else [],
        ),
    )
    counts = queries.judges_per_proposal(session, row.id)
    short = [item.id for item in eligible if counts.get(item.id, 0) < row.judges_per_proposal]
    return {"round_id": row.id, "assigned": len(made) - len(recused), "recused": len(recused), "short": short}


def _assign(session: Session, row: Round, proposal: Proposal, judge: Judge, funders: frozenset[str]) -> JudgeAssignment:
    found = queries.assignment(session, proposal.id, judge.account_id)
    if found is not None and found.conflict == "declared":
        return found
    hub_id = known.organisation(session, proposal.organisation_id).hub_id
    interests = domain.Interests(
        organisation_id=judge.organisation_id, mentored=frozenset(judge.mentored_organisation_ids)
    )
    conflict = domain.conflict_of(interests, organisation_id=proposal.organisation_id, hub_id=hub_id, funders=funders)
    made = found or JudgeAssignment(
        district_code=row.district_code,
        street_code=proposal.street_code,
        round_id=row.id,
        proposal_id=proposal.id,
        judge_account_id=judge.account_id,
    )
    made.recused, made.conflict = conflict is not None, conflict
    session.add(made)
    return made


def declare_conflict(session: Session, *, actor: Actor, proposal_id: str, reason: str) -> dict[str, Any]:
    """A judge steps back; only while no sheet of theirs is locked."""
    proposal = proposals.find_proposal(session, proposal_id, actor)
    found = queries.assignment(session, proposal.id, actor.account_id)
    if found is None:
        raise NotFoundError(ProjectsCode.JUDGE_NOT_ASSIGNED)
    locked = {sheet.judge_account_id for sheet in queries.locked_sheets(session, proposal.id)}
    if actor.account_id in locked:
        raise ConflictError(ProjectsCode.SCORE_SHEET_LOCKED)
    if not found.recused:
        found.recused, found.conflict, found.conflict_note = True, "declared", reason
        session.flush()
        outbox.record(
            session,
            events.ConflictDeclared(
                proposal_id=proposal.id, account_id=found.judge_account_id, street_codes=streets(proposal)
            ),
        )
    view: dict[str, Any] = AssignmentView().dump(found)
    return view
