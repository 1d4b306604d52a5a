"""Reading what belongs to a proposal: comments, co-authors, attachments, eligibility, differences."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, literal, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.proposal_documents import DiffView
from contracts.projects.proposal_work import ApplicantView, AttachmentView, CoauthorView, EligibilityView
from contracts.projects.proposals import CommentView
from services.projects.known.models import KnownOrganisation
from services.projects.proposals import diffing, domain, queries
from services.projects.proposals.models import Proposal, ProposalComment, ProposalVersion
from services.projects.proposals.models_work import Attachment, Coauthor, EligibilityCheck
from services.projects.rounds import domain as rounds_domain
from services.projects.rounds import queries as rounds

_COAUTHOR, _ATTACHMENT, _ELIGIBILITY, _DIFF = CoauthorView(), AttachmentView(), EligibilityView(), DiffView()


def list_applicants(
    session: Session, *, actor: Actor, round_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    """Of a round whose screening is over those found eligible, whatever became of them; before that nobody."""
    of = rounds.find_round(session, round_id, actor)
    statement = db.scoped(select(Proposal), Proposal, actor).where(
        Proposal.round_id == of.id,
        Proposal.status.not_in(domain.NO_APPLICANT),
        literal(of.status in rounds_domain.SCREENED),
    )
    names = {
        row.id: row.name
        for row in session.scalars(
            select(KnownOrganisation).where(
                KnownOrganisation.id.in_(statement.with_only_columns(Proposal.organisation_id))
            )
        )
    }

    def render(row: Proposal) -> dict[str, Any]:
        view: dict[str, Any] = ApplicantView().dump(row)
        return {**view, "organisation": names.get(row.organisation_id)}

    return db.page(session, statement, by=Proposal.id, render=render, cursor=cursor, limit=limit)


def render_coauthor(row: Coauthor) -> dict[str, Any]:
    view: dict[str, Any] = _COAUTHOR.dump(row)
    return view


def render_attachment(row: Attachment) -> dict[str, Any]:
    view: dict[str, Any] = _ATTACHMENT.dump(row)
    return view


def _insiders(actor: Actor) -> Select[Any]:
    """Ids of the proposals the actor works on."""
    return queries.inside(actor).with_only_columns(Proposal.id)


def find_comment(session: Session, comment_id: str, actor: Actor, *, lock: bool = False) -> ProposalComment:
    """A comment on a proposal the actor works on; raises ``proposal_comment_not_found``."""
    statement = db.scoped(select(ProposalComment), ProposalComment, actor).where(
        ProposalComment.id == comment_id, ProposalComment.proposal_id.in_(_insiders(actor))
    )
    if lock:
        statement = statement.with_for_update(of=ProposalComment)
    row: ProposalComment | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(RoundsCode.COMMENT_NOT_FOUND)
    return row


def get_comment(session: Session, *, actor: Actor, comment_id: str) -> dict[str, Any]:
    view: dict[str, Any] = CommentView().dump(find_comment(session, comment_id, actor))
    return view


def _invitations(actor: Actor) -> Select[Any]:
    """To proposals the actor works on, and to the actor."""
    mine = or_(Coauthor.account_id == actor.account_id, Coauthor.proposal_id.in_(_insiders(actor)))
    return db.scoped(select(Coauthor), Coauthor, actor).where(mine)


def find_coauthor(session: Session, coauthor_id: str, actor: Actor, *, lock: bool = False) -> Coauthor:
    """One invitation the actor may see; raises ``coauthor_not_found``."""
    statement = _invitations(actor).where(Coauthor.id == coauthor_id)
    if lock:
        statement = statement.with_for_update(of=Coauthor)
    row: Coauthor | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(RoundsCode.COAUTHOR_NOT_FOUND)
    return row


def get_coauthor(session: Session, *, actor: Actor, coauthor_id: str) -> dict[str, Any]:
    return render_coauthor(find_coauthor(session, coauthor_id, actor))


def list_coauthors(
    session: Session,
    *,
    actor: Actor,
    proposal_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    """Of a proposal; without one, the actor's own invitations."""
    if proposal_id is None:
        statement = db.scoped(select(Coauthor), Coauthor, actor).where(Coauthor.account_id == actor.account_id)
    else:
        statement = _invitations(actor).where(Coauthor.proposal_id == proposal_id)
        if not session.scalar(select(statement.exists())):
            queries.find_proposal(session, proposal_id, actor)
    return db.page(session, statement, by=Coauthor.id, render=render_coauthor, cursor=cursor, limit=limit)


def find_attachment(session: Session, attachment_id: str, actor: Actor) -> Attachment:
    """A file of a proposal the actor works on; raises ``attachment_not_found``."""
    statement = db.scoped(select(Attachment), Attachment, actor).where(
        Attachment.id == attachment_id, Attachment.proposal_id.in_(_insiders(actor))
    )
    row: Attachment | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(RoundsCode.ATTACHMENT_NOT_FOUND)
    return row


def get_attachment(session: Session, *, actor: Actor, attachment_id: str) -> dict[str, Any]:
    return render_attachment(find_attachment(session, attachment_id, actor))


def attached_to(session: Session, proposal_id: str) -> list[Attachment]:
    """The files a proposal has now."""
    statement = select(Attachment).where(Attachment.proposal_id == proposal_id, Attachment.removed_at.is_(None))
    return list(session.scalars(statement.order_by(Attachment.id)))


def list_attachments(
    session: Session, *, actor: Actor, proposal_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    queries.find_inside(session, proposal_id, actor)
    statement = db.scoped(select(Attachment), Attachment, actor).where(
        Attachment.proposal_id == proposal_id, Attachment.removed_at.is_(None)
    )
    return db.page(session, statement, by=Attachment.id, render=render_attachment, cursor=cursor, limit=limit)


def list_eligibility_checks(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = db.scoped(select(EligibilityCheck), EligibilityCheck, actor).where(
        EligibilityCheck.proposal_id.in_(_insiders(actor))
    )
    for name, value in filters.items():
        statement = statement.where(getattr(EligibilityCheck, name) == value)
    return db.page(session, statement, by=EligibilityCheck.id, render=_ELIGIBILITY.dump, cursor=cursor, limit=limit)


def diff_proposal_versions(
    session: Session, *, actor: Actor, proposal_id: str, from_number: int | None = None, to_number: int | None = None
) -> dict[str, Any]:
    """The newest version against the one before it, or any two by number."""
    row = queries.find_inside(session, proposal_id, actor)
    newer = _version(session, row, to_number or row.plan_number)
    older = _version(session, row, from_number or max(newer.number - 1, 1))
    one, other = _plain(older), _plain(newer)
    view: dict[str, Any] = _DIFF.dump(
        {
            "proposal_id": row.id,
            "from_number": older.number,
            "to_number": newer.number,
            "amount_before_fen": older.amount_fen,
            "amount_after_fen": newer.amount_fen,
            "sections": diffing.diff_sections(one, other),
            "budget": diffing.diff_budget(older.budget, newer.budget),
        }
    )
    return view


def _version(session: Session, row: Proposal, number: int) -> ProposalVersion:
    statement = select(ProposalVersion).where(ProposalVersion.proposal_id == row.id, ProposalVersion.number == number)
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise NotFoundError(RoundsCode.PROPOSAL_VERSION_NOT_FOUND, number=number)
    return found


def _plain(version: ProposalVersion) -> dict[str, Any]:
    return {"title": version.title, "field": version.field, "plan": version.plan}
