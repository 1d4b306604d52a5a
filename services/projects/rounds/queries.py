"""Reading rounds."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.rounds import RoundView
from services.projects.rounds import domain, earmarks
from services.projects.rounds.models import Round


def render(row: Round) -> dict[str, Any]:
    view: dict[str, Any] = RoundView().dump(row)
    return view


def visible(actor: Actor) -> Select[Any]:
    """Rounds in scope; drafts only for staff."""
    statement = db.scoped(select(Round), Round, actor)
    if actor.role in roles.READERS or actor.is_system:
        return statement
    return statement.where(Round.status.not_in(domain.HIDDEN))


def find_round(session: Session, round_id: str, actor: Actor) -> Round:
    """One round the actor may see; raises ``round_not_found``."""
    row: Round | None = session.scalars(visible(actor).where(Round.id == round_id)).one_or_none()
    if row is None:
        raise NotFoundError(ProjectsCode.ROUND_NOT_FOUND)
    return row


def share_round(session: Session, round_id: str, actor: Actor) -> Round:
    """One round the actor may see, kept from its next step until this transaction ends."""
    statement = visible(actor).where(Round.id == round_id).with_for_update(of=Round, read=True)
    row: Round | None = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError(ProjectsCode.ROUND_NOT_FOUND)
    return row


def lock_round(session: Session, round_id: str, actor: Actor, expected_version: int | None = None) -> Round:
    """One round for a change: in the actor's own streets, locked, and in the version the caller read."""
    row = db.get_scoped(session, Round, round_id, actor, lock=True)
    if row is None:
        raise NotFoundError(ProjectsCode.ROUND_NOT_FOUND)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    return row


def hold_round(session: Session, round_id: str) -> Round:
    """The round behind an award or a project, locked; whoever asks was checked there."""
    return session.scalars(select(Round).where(Round.id == round_id).with_for_update(of=Round)).one()


def result_is_public(row: Round) -> bool:
    """Whether tallies may be shown."""
    return row.status in domain.RESULT_PUBLIC


def get_round(session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
    return render(find_round(session, round_id, actor))


def list_rounds(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(Round, name) == value)
    return db.page(session, statement, by=Round.id, render=render, cursor=cursor, limit=limit)


def funds_of(row: Round) -> list[earmarks.Fund]:
    """The pool as the allocation sees it: reserved lines with what they are for."""
    return [
        earmarks.Fund(
            line_id=line.id,
            amount_fen=line.amount_fen,
            fields=frozenset((line.earmark or {}).get("fields", ())),
            streets=frozenset((line.earmark or {}).get("street_codes", ())),
        )
        for line in row.pool_lines
        if line.status == "reserved"
    ]
