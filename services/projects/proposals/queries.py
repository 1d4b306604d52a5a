"""Reading proposals: scope and role are applied here, once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ForbiddenError, NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.proposals import CommentView, ProposalView, VersionView
from services.projects.known import queries as known
from services.projects.proposals import domain
from services.projects.proposals.models import Proposal, ProposalComment, ProposalVersion
from services.projects.review.models import JudgeAssignment

INSIDERS = (*roles.STAFF, roles.AUDITOR)
PRIVATE = ("return_reason", "screening_reason", "screening_note")


def render(row: Proposal, actor: Actor) -> dict[str, Any]:
    """Flags are for staff; what was found wanting is for staff, the hub and the organisation."""
    view: dict[str, Any] = ProposalView().dump(row)
    if actor.role in INSIDERS:
        return view
    view["flags"] = []
    if actor.role != roles.HUB and actor.organisation_id != row.organisation_id:
        view.update(dict.fromkeys(PRIVATE))
    return view


def inside(actor: Actor) -> Select[Any]:
    """Proposals the actor works on: staff those in scope, a hub those in its care, an organisation its own."""
    statement = db.scoped(select(Proposal), Proposal, actor)
    if actor.role in INSIDERS or actor.is_system:
        return statement
    if actor.role == roles.HUB:
        return statement.where(known.in_care(Proposal.organisation_id, actor))
    return statement.where(Proposal.organisation_id == actor.organisation_id)


def visible(actor: Actor) -> Select[Any]:
    """Those, and besides what a judge was assigned and what is public from the shortlist on."""
    if actor.role in INSIDERS or actor.is_system:
        return inside(actor)
    reasons = [Proposal.status.in_(domain.PUBLIC), Proposal.organisation_id == actor.organisation_id]
    if actor.role == roles.HUB:
        reasons.append(known.in_care(Proposal.organisation_id, actor))
    if actor.role == roles.JUDGE:
        mine = select(JudgeAssignment.proposal_id).where(JudgeAssignment.judge_account_id == actor.account_id)
        reasons.append(Proposal.id.in_(mine))
    return db.scoped(select(Proposal), Proposal, actor).where(or_(*reasons))


def _one(session: Session, statement: Select[Any], proposal_id: str, *, lock: bool = False) -> Proposal:
    statement = statement.where(Proposal.id == proposal_id)
    if lock:
        statement = statement.with_for_update(of=Proposal)
    row: Proposal | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(ProjectsCode.PROPOSAL_NOT_FOUND)
    return row


def find_proposal(session: Session, proposal_id: str, actor: Actor) -> Proposal:
    """One proposal the actor may see; raises ``proposal_not_found``."""
    return _one(session, visible(actor), proposal_id)


def find_inside(session: Session, proposal_id: str, actor: Actor) -> Proposal:
    """One proposal the actor works on."""
    return _one(session, inside(actor), proposal_id)


def lock_proposal(session: Session, proposal_id: str, actor: Actor, expected_version: int | None = None) -> Proposal:
    """One proposal for a change by staff or its authors; raises ``proposal_not_yours`` where it is only visible."""
    _one(session, visible(actor), proposal_id)
    try:
        row = _one(session, inside(actor), proposal_id, lock=True)
    except NotFoundError:
        raise ForbiddenError(ProjectsCode.PROPOSAL_NOT_YOURS) from None
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def of_round(session: Session, round_id: str, *statuses: str, lock: bool = False) -> list[Proposal]:
    """The proposals of a round in some states, by id."""
    statement = select(Proposal).where(Proposal.round_id == round_id, Proposal.status.in_(statuses))
    if lock:
        statement = statement.with_for_update(of=Proposal)
    return list(session.scalars(statement.order_by(Proposal.id)))


def count_others(session: Session, row: Proposal) -> int:
    """Other proposals of the same organisation in the same round that count against its limit."""
    counted = domain.STATUSES_COUNTED
    statement = select(func.count()).where(
        Proposal.round_id == row.round_id,
        Proposal.organisation_id == row.organisation_id,
        Proposal.id != row.id,
        Proposal.status.in_(counted),
    )
    return session.scalar(statement) or 0


def rivals(session: Session, row: Proposal) -> list[Proposal]:
    """Proposals of the same organisation, in any round, that got or may get money."""
    statement = select(Proposal).where(
        Proposal.district_code == row.district_code,
        Proposal.organisation_id == row.organisation_id,
        Proposal.id != row.id,
        Proposal.status.not_in(domain.LOST),
    )
    return list(session.scalars(statement.order_by(Proposal.id)))


def facts(row: Proposal) -> dict[str, Any]:
    """What the overlap of purpose is computed from."""
    return {"title": row.title, "field": row.field, "plan": row.plan}


def problems_of(session: Session, row: Proposal) -> list[domain.Problem]:
    """Everything that keeps a proposal from being submitted."""
    organisation = known.organisation(session, row.organisation_id)
    rules = domain.Rules(
        fields=row.round.fields,
        cap_fen=row.round.cap_fen,
        eligibility=row.round.eligibility,
        tranches=len(row.round.tranche_plan),
    )
    applicant = domain.Applicant(
        kind=organisation.kind,
        legal_tier=organisation.legal_tier,
        in_breach=organisation.in_breach,
        other_proposals=count_others(session, row),
    )
    draft = domain.Draft(field=row.field, amount_fen=row.amount_fen, plan=row.plan, budget=row.budget)
    return domain.check_submission(draft, rules, applicant)


def get_proposal(session: Session, *, actor: Actor, proposal_id: str) -> dict[str, Any]:
    return render(find_proposal(session, proposal_id, actor), actor)


def list_proposals(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(Proposal, name) == value)
    return db.page(
        session,
        statement,
        by=Proposal.id,
        render=lambda row: render(row, actor),
        cursor=cursor,
        limit=limit,
    )


def check_proposal(session: Session, *, actor: Actor, proposal_id: str) -> dict[str, Any]:
    row = find_inside(session, proposal_id, actor)
    problems = problems_of(session, row)
    return {"proposal_id": row.id, "ready": not problems, "problems": problems}


def list_proposal_versions(
    session: Session, *, actor: Actor, proposal_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    find_inside(session, proposal_id, actor)
    statement = db.scoped(select(ProposalVersion), ProposalVersion, actor).where(
        ProposalVersion.proposal_id == proposal_id
    )
    render_version = VersionView().dump
    return db.page(session, statement, by=ProposalVersion.id, render=render_version, cursor=cursor, limit=limit)


def list_proposal_comments(
    session: Session, *, actor: Actor, proposal_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    find_inside(session, proposal_id, actor)
    statement = db.scoped(select(ProposalComment), ProposalComment, actor).where(
        ProposalComment.proposal_id == proposal_id
    )
    render_comment = CommentView().dump
    return db.page(session, statement, by=ProposalComment.id, render=render_comment, cursor=cursor, limit=limit)
