"""Reading roadshows: scores and spread only once they are published."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.roadshows import PitchView, RoadshowView
from services.projects.roadshows.models import Pitch, Roadshow

WARNED = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF, roles.AUDITOR)


def render_pitch(row: Pitch, roadshow: Roadshow, actor: Actor) -> dict[str, Any]:
    view: dict[str, Any] = PitchView().dump(row)
    if roadshow.status != "published":
        view["score"] = view["spread"] = None
        if actor.role not in WARNED:
            view["warnings"] = []
    return view


def render(session: Session, row: Roadshow, actor: Actor) -> dict[str, Any]:
    """With the pitches in scope: a street sees those of its own proposals."""
    view: dict[str, Any] = RoadshowView().dump(row)
    statement = db.scoped(select(Pitch), Pitch, actor).where(Pitch.roadshow_id == row.id).order_by(Pitch.number)
    view["pitches"] = [render_pitch(pitch, row, actor) for pitch in session.scalars(statement)]
    return view


def find_roadshow(session: Session, roadshow_id: str, actor: Actor, *, lock: bool = False) -> Roadshow:
    row = db.get_scoped(session, Roadshow, roadshow_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(ProjectsCode.ROADSHOW_NOT_FOUND)
    return row


def find_pitch(session: Session, pitch_id: str, actor: Actor, *, lock: bool = False) -> tuple[Pitch, Roadshow]:
    row = db.get_scoped(session, Pitch, pitch_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(ProjectsCode.PITCH_NOT_FOUND)
    return row, session.get_one(Roadshow, row.roadshow_id)


def roadshow_of(session: Session, round_id: str, *, lock: bool = False) -> Roadshow | None:
    """The roadshow of a round."""
    statement = select(Roadshow).where(Roadshow.round_id == round_id)
    if lock:
        statement = statement.with_for_update(of=Roadshow)
    return session.scalars(statement).one_or_none()


def pitch_of(session: Session, proposal_id: str, *, share: bool = False) -> Pitch | None:
    """A proposal's pitch; ``share`` keeps it from being locked while a sheet is written."""
    statement = select(Pitch).where(Pitch.proposal_id == proposal_id)
    if share:
        statement = statement.with_for_update(read=True)
    return session.scalars(statement).one_or_none()


def pitches_of(session: Session, roadshow_id: str) -> list[Pitch]:
    """All of them, in order, whatever the street."""
    return list(session.scalars(select(Pitch).where(Pitch.roadshow_id == roadshow_id).order_by(Pitch.number)))


def get_roadshow(session: Session, *, actor: Actor, roadshow_id: str) -> dict[str, Any]:
    return render(session, find_roadshow(session, roadshow_id, actor), actor)


def get_pitch(session: Session, *, actor: Actor, pitch_id: str) -> dict[str, Any]:
    pitch, roadshow = find_pitch(session, pitch_id, actor)
    return render_pitch(pitch, roadshow, actor)


def list_roadshows(
    session: Session, *, actor: Actor, round_id: str | None = None, cursor: str | None = None, limit: int | None = None
) -> dict[str, Any]:
    statement = db.scoped(select(Roadshow), Roadshow, actor)
    if round_id is not None:
        statement = statement.where(Roadshow.round_id == round_id)
    return db.page(
        session,
        statement,
        by=Roadshow.id,
        render=lambda row: render(session, row, actor),
        cursor=cursor,
        limit=limit,
    )
