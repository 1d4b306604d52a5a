"""Reading roadshows: scores and spread only once they are published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.roadshows import PitchView, RoadshowView, TimerView
from services.projects.roadshows import domain
from services.projects.roadshows.models import Pitch, Roadshow
from services.projects.rounds.models import Round

WARNED = (roles.BUREAU, roles.SPECIALIST, roles.STREET_STAFF, roles.AUDITOR)


Limits = dict[str, int]


def minutes_of(session: Session, roadshow: Roadshow) -> Limits:
    """Seconds allowed by stage."""
    defence = session.get_one(Round, roadshow.round_id).defence
    return {"pitching": defence["presentation_minutes"] * 60, "questions": defence["question_minutes"] * 60}


def render_pitch(row: Pitch, roadshow: Roadshow, actor: Actor, *, now: datetime, limits: Limits) -> dict[str, Any]:
    view: dict[str, Any] = PitchView().dump(row)
    view["place"] = None if row.place_number is None else row.place_number + 1
    view["timer"] = _timer(row, now, limits)
    if roadshow.status != "published":
        view["score"] = view["spread"] = None
        if actor.role not in WARNED:
            view["warnings"] = []
    return view


def _timer(row: Pitch, now: datetime, limits: Limits) -> dict[str, Any] | None:
    if row.phase_at is None or row.status not in {*limits, "scoring"}:
        return None
    found = domain.timer(
        phase_at=row.phase_at,
        paused_at=row.paused_at,
        paused_seconds=row.paused_seconds or 0,
        now=now,
        allowed=limits.get(row.status),
    )
    view: dict[str, Any] = TimerView().dump({**vars(found), "server_now": now})
    return view


def render(session: Session, row: Roadshow, actor: Actor, now: datetime) -> dict[str, Any]:
    """With the pitches in scope: a street sees those of its own proposals. The secret is told after the draw."""
    view: dict[str, Any] = RoadshowView().dump(row)
    if row.draw_seed is None:
        view["draw_secret"] = None
    limits = minutes_of(session, row)
    statement = db.scoped(select(Pitch), Pitch, actor).where(Pitch.roadshow_id == row.id).order_by(Pitch.number)
    view["pitches"] = [render_pitch(pitch, row, actor, now=now, limits=limits) for pitch in session.scalars(statement)]
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


def get_roadshow(session: Session, *, actor: Actor, now: datetime, roadshow_id: str) -> dict[str, Any]:
    return render(session, find_roadshow(session, roadshow_id, actor), actor, now)


def get_pitch(session: Session, *, actor: Actor, now: datetime, pitch_id: str) -> dict[str, Any]:
    pitch, roadshow = find_pitch(session, pitch_id, actor)
    return render_pitch(pitch, roadshow, actor, now=now, limits=minutes_of(session, roadshow))


def list_roadshows(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    round_id: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    statement = db.scoped(select(Roadshow), Roadshow, actor)
    if round_id is not None:
        statement = statement.where(Roadshow.round_id == round_id)
    return db.page(
        session,
        statement,
        by=Roadshow.id,
        render=lambda row: render(session, row, actor, now),
        cursor=cursor,
        limit=limit,
    )
