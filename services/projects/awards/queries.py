"""Reading awards, tranches, the ledger and the money of a round."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.awards import AwardView, LedgerEntryView, RoundMoneyView, TrancheView
from contracts.projects.codes import ProjectsCode
from services.projects.awards import domain
from services.projects.awards.models import Award, LedgerEntry, Tranche
from services.projects.known import queries as known
from services.projects.rounds import queries as rounds


def render(award: Award) -> dict[str, Any]:
    view: dict[str, Any] = AwardView().dump(award)
    return view


def render_tranche(tranche: Tranche) -> dict[str, Any]:
    view: dict[str, Any] = TrancheView().dump(tranche)
    return view


def visible(actor: Actor) -> Select[Any]:
    """Awards in scope: a community organisation's own, a hub's own and those in its care, staff all."""
    statement = db.scoped(select(Award), Award, actor)
    if actor.role == roles.CSO:
        return statement.where(Award.organisation_id == actor.organisation_id)
    if actor.role == roles.HUB:
        return statement.where(known.in_care(Award.organisation_id, actor))
    return statement


def find_award(session: Session, award_id: str, actor: Actor, *, lock: bool = False) -> Award:
    """One award the actor may see; raises ``award_not_found``."""
    statement = visible(actor).where(Award.id == award_id)
    if lock:
        statement = statement.with_for_update(of=Award)
    award: Award | None = session.scalars(statement).one_or_none()
    if award is None:
        raise NotFoundError(ProjectsCode.AWARD_NOT_FOUND)
    return award


def award_of_project(session: Session, project_id: str, *, lock: bool = False) -> Award:
    """For delivery, which has checked who asks: the award behind a project, with its tranches."""
    statement = select(Award).where(Award.project_id == project_id)
    if lock:
        statement = statement.with_for_update(of=Award)
    award = session.scalars(statement).one_or_none()
    if award is None:
        raise NotFoundError(ProjectsCode.AWARD_NOT_FOUND)
    return award


def get_award(session: Session, *, actor: Actor, award_id: str) -> dict[str, Any]:
    return render(find_award(session, award_id, actor))


def list_awards(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(Award, name) == value)
    return db.page(session, statement, by=Award.id, render=render, cursor=cursor, limit=limit)


def find_tranche(session: Session, tranche_id: str, actor: Actor) -> tuple[Award, Tranche]:
    """A tranche with its award."""
    tranche = db.get_scoped(session, Tranche, tranche_id, actor)
    if tranche is None:
        raise NotFoundError(ProjectsCode.TRANCHE_NOT_FOUND)
    return find_award(session, tranche.award_id, actor), tranche


def get_tranche(session: Session, *, actor: Actor, tranche_id: str) -> dict[str, Any]:
    return render_tranche(find_tranche(session, tranche_id, actor)[1])


def totals(session: Session, *conditions: Any) -> dict[str, int]:
    """Sums of postings per kind."""
    statement = select(LedgerEntry.kind, func.sum(LedgerEntry.amount_fen)).where(*conditions).group_by(LedgerEntry.kind)
    return {kind: int(total) for kind, total in session.execute(statement).all()}


def money_of_round(session: Session, round_id: str) -> dict[str, int]:
    """``{pool_fen, committed_fen, disbursed_fen, returned_fen, remaining_fen, uncommitted_fen}``."""
    return domain.money(totals(session, LedgerEntry.round_id == round_id))


def get_round_money(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    row = rounds.find_round(session, round_id, actor)
    view: dict[str, Any] = RoundMoneyView().dump({"round_id": row.id, **money_of_round(session, row.id)})
    return view


def list_ledger_entries(
    session: Session, *, actor: Actor, round_id: str, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    rounds.find_round(session, round_id, actor)
    statement = db.scoped(select(LedgerEntry), LedgerEntry, actor).where(LedgerEntry.round_id == round_id)
    return db.page(session, statement, by=LedgerEntry.id, render=LedgerEntryView().dump, cursor=cursor, limit=limit)


def is_posted(session: Session, award: Award, kind: str, reference: str) -> bool:
    """Whether the ledger has this posting already."""
    statement = select(LedgerEntry.id).where(
        LedgerEntry.district_code == award.district_code, LedgerEntry.kind == kind, LedgerEntry.reference == reference
    )
    return session.scalar(statement) is not None
