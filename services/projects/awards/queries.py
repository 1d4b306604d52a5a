"""Reading awards and tranches."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.awards import AwardView, TrancheView
from contracts.projects.codes import ProjectsCode
from services.projects.awards.models import Award, Tranche
from services.projects.known import queries as known


def render(award: Award) -> dict[str, Any]:
    view: dict[str, Any] = AwardView().dump(award)
    return view


def render_tranche(tranche: Tranche) -> dict[str, Any]:
    view: dict[str, Any] = TrancheView().dump(tranche)
    return view


def streets(award: Award) -> list[str]:
    """The streets an event about an award is for."""
    return [award.street_code] if award.street_code else []


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
        statement = statement.with_for_update(of=Award).execution_options(populate_existing=True)
    award: Award | None = session.scalars(statement).one_or_none()
    if award is None:
        raise NotFoundError(ProjectsCode.AWARD_NOT_FOUND)
    return award


def award_of_project(session: Session, project_id: str, *, lock: bool = False) -> Award:
    """For delivery, which has checked who asks: the award behind a project, with its tranches."""
    statement = select(Award).where(Award.project_id == project_id)
    if lock:
        statement = statement.with_for_update(of=Award).execution_options(populate_existing=True)
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


def tranche_of(session: Session, award: Award, tranche_id: str) -> Tranche:
    """A tranche as it stands under the award's lock, which the caller holds."""
    tranche = next((item for item in award.tranches if item.id == tranche_id), None)
    if tranche is None:
        raise NotFoundError(ProjectsCode.TRANCHE_NOT_FOUND)
    session.refresh(tranche)
    return tranche


def get_tranche(session: Session, *, actor: Actor, tranche_id: str) -> dict[str, Any]:
    return render_tranche(find_tranche(session, tranche_id, actor)[1])
