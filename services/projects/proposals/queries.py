"""Reading proposals: scope and role are applied here, once."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ForbiddenError, NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.proposals import WRITERS, CommentView, ProposalView, VersionView
from services.projects.debarments.queries import is_debarred
from services.projects.known import queries as known
from services.projects.proposals import domain
from services.projects.proposals.models import Proposal, ProposalComment, ProposalVersion
from services.projects.proposals.models_work import Attachment, Coauthor
from services.projects.review.models import JudgeAssignment
from services.projects.rounds.models import Round

INSIDERS = (*roles.STAFF, roles.AUDITOR)
PRIVATE = ("return_reason", "screening_reason", "screening_note")


def render(row: Proposal, actor: Actor, *, writes: bool = False) -> dict[str, Any]:
    """Flags are for staff; what was found wanting is for staff, the hub, the organisation, and whoever ``writes``."""
    view: dict[str, Any] = ProposalView().dump(row)
    if actor.role in INSIDERS:
        return view
    view["flags"] = []
    if actor.role != roles.HUB and actor.organisation_id != row.organisation_id and not writes:
        view.update(dict.fromkeys(PRIVATE))
    return view


def inside(actor: Actor) -> Select[Any]:
    """Proposals the actor works on: staff those in scope, a hub those in its care, an organisation its own."""
    statement = db.scoped(select(Proposal), Proposal, actor)
    if actor.role in INSIDERS or actor.is_system:
        return statement
    if actor.role == roles.HUB:
        return statement.where(or_(known.in_care(Proposal.organisation_id, actor), written_with(actor)))
    return statement.where(or_(Proposal.organisation_id == actor.organisation_id, written_with(actor)))


def written_with(actor: Actor) -> ColumnElement[bool]:
    """Proposals that the actor writes as a co-author."""
    mine = select(Coauthor.proposal_id).where(Coauthor.account_id == actor.account_id, Coauthor.status == "accepted")
    return Proposal.id.in_(mine)


def visible(actor: Actor) -> Select[Any]:
    """Those, and besides what a judge was assigned and what is public from the shortlist on."""
    if actor.role in INSIDERS or actor.is_system:
        return inside(actor)
    reasons = [
        Proposal.status.in_(domain.PUBLIC),
        Proposal.organisation_id == actor.organisation_id,
        written_with(actor),
    ]
    if actor.role == roles.HUB:
        reasons.append(known.in_care(Proposal.organisation_id, actor))
    if actor.role == roles.JUDGE:
        mine = select(JudgeAssignment.proposal_id).where(JudgeAssignment.judge_account_id == actor.account_id)
        reasons.append(Proposal.id.in_(mine))
    return db.scoped(select(Proposal), Proposal, actor).where(or_(*reasons))


def _one(session: Session, statement: Select[Any], proposal_id: str, *, lock: bool = False) -> Proposal:
    statement = statement.where(Proposal.id == proposal_id)
    if lock:
        # a row that was read before it was locked is read again: whoever waited sees what the other did
        statement = statement.with_for_update(of=Proposal).execution_options(populate_existing=True)
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
        Proposal.round_id.in_(select(Round.id).where(Round.status != "cancelled")),  # before 0036 theirs did not lapse
    )
    return list(session.scalars(statement.order_by(Proposal.id)))


def facts(row: Proposal) -> dict[str, Any]:
    """What the overlap of purpose is computed from."""
    return {"title": row.title, "field": row.field, "plan": row.plan}


def has_coauthors(session: Session, proposal_id: str) -> bool:
    """Whether more than the organisation writes."""
    mine = select(Coauthor.id).where(Coauthor.proposal_id == proposal_id, Coauthor.status == "accepted")
    return session.scalar(select(mine.exists())) or False


def kinds_attached(session: Session, proposal_id: str) -> list[str]:
    """The kinds of a proposal's files."""
    statement = select(Attachment.kind).where(Attachment.proposal_id == proposal_id, Attachment.removed_at.is_(None))
    return list(session.scalars(statement))


def submission_of(session: Session, row: Proposal) -> tuple[domain.Draft, domain.Rules]:
    """A proposal and its round as the rules see them."""
    of = row.round
    rules = domain.Rules(
        fields=of.fields,
        cap_fen=of.cap_fen,
        eligibility=of.eligibility,
        tranches=len(of.tranche_plan),
        plan=of.plan_rules,
        purpose=of.purpose,
        street_code=of.street_code,
    )
    draft = domain.Draft(
        field=row.field,
        amount_fen=row.amount_fen,
        plan=row.plan,
        budget=row.budget,
        operates_street=row.operates_street,
        attachments=kinds_attached(session, row.id),
    )
    return draft, rules


def applicant_of(session: Session, row: Proposal, at: datetime) -> domain.Applicant:
    """The organisation as the rules see it, as of an instant."""
    organisation = known.organisation_as_of(session, row.organisation_id, at)
    return domain.Applicant(
        kind=organisation.kind,
        legal_tier=organisation.legal_tier,
        in_breach=organisation.in_breach or is_debarred(session, row.organisation_id, now=at),
        status=organisation.status,
        other_proposals=count_others(session, row),
    )


def judged_as_of(row: Proposal, now: datetime) -> datetime:
    """Facts are those of today, after the deadline those of the deadline."""
    return min(now, row.round.closes_at)


def problems_of(session: Session, row: Proposal, now: datetime) -> list[domain.Problem]:
    """Everything that keeps a proposal from being submitted."""
    draft, rules = submission_of(session, row)
    return domain.check_submission(draft, rules, applicant_of(session, row, judged_as_of(row, now)))


def get_proposal(session: Session, *, actor: Actor, proposal_id: str) -> dict[str, Any]:
    row = find_proposal(session, proposal_id, actor)
    mine = select(Proposal.id).where(Proposal.id == row.id, written_with(actor))
    return render(row, actor, writes=actor.role in WRITERS and session.scalar(mine) is not None)


def list_proposals(
    session: Session,
    *,
    actor: Actor,
    cursor: str | None = None,
    limit: int | None = None,
    flagged: bool | None = None,
    **filters: Any,
) -> dict[str, Any]:
    """Flags and screening reasons are found by those only who may read them."""
    statement = visible(actor)
    if flagged is not None:
        count = func.jsonb_array_length(Proposal.flags)
        statement = statement.where(
            (count > 0 if flagged else count == 0) if actor.role in INSIDERS else literal(not flagged)
        )
    if filters.get("screening_reason") and actor.role not in INSIDERS:
        statement = statement.where(Proposal.id.in_(inside(actor).with_only_columns(Proposal.id)))
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


def check_proposal(session: Session, *, actor: Actor, now: datetime, proposal_id: str) -> dict[str, Any]:
    """All that is missing at once: of the plan, of the applicant, and of the round's days."""
    row = find_inside(session, proposal_id, actor)
    problems = [
        *problems_of(session, row, now),
        *domain.check_days(row.round.status, row.round.closes_at, row.status, now),
    ]
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
    session: Session,
    *,
    actor: Actor,
    proposal_id: str,
    cursor: str | None = None,
    limit: int | None = None,
    **filters: Any,
) -> dict[str, Any]:
    find_inside(session, proposal_id, actor)
    statement = db.scoped(select(ProposalComment), ProposalComment, actor).where(
        ProposalComment.proposal_id == proposal_id
    )
    for name, value in filters.items():
        statement = statement.where(getattr(ProposalComment, name) == value)
    render_comment = CommentView().dump
    return db.page(session, statement, by=ProposalComment.id, render=render_comment, cursor=cursor, limit=limit)
