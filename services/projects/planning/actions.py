"""Writing plans: sessions, absences, asking the solver, taking or leaving its answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, jobs, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts import roles
from contracts.projects import events_planning as events
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_review import ReviewCode
from contracts.projects.planning import AbsenceView
from services.projects.planning import domain, queries
from services.projects.planning.models import Absence, ReviewPlan
from services.projects.roadshows import queries as roadshows
from services.projects.roadshows.models import Pitch, Roadshow, RoadshowSession
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round

PLANNABLE = ("planned", "slots_drawn", "live")
JUDGED = ("closed", "screening", "reviewing", "roadshow")


def streets(row: db.Tenanted) -> list[str]:
    """The streets an event about a row is for; empty means the district."""
    return [row.street_code] if row.street_code else []


def lock_plannable(session: Session, roadshow_id: str, actor: Actor) -> Roadshow:
    """A roadshow whose schedule may still be made."""
    row = roadshows.find_roadshow(session, roadshow_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    if row.status not in PLANNABLE:
        raise ConflictError(ProjectsCode.ROADSHOW_STATE, status=row.status, action="plan_schedule")
    return row


def add_session(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    roadshow_id: str,
    room: str,
    starts_at: datetime,
    ends_at: datetime,
) -> dict[str, Any]:
    """A room for a half-day; long enough for a pitch, and not twice at once."""
    roadshow = lock_plannable(session, roadshow_id, actor)
    _check_session(session, roadshow, domain.Session(id="", room=room, starts_at=starts_at, ends_at=ends_at))
    row = RoadshowSession(
        district_code=roadshow.district_code,
        street_code=roadshow.street_code,
        roadshow_id=roadshow.id,
        room=room,
        starts_at=starts_at,
        ends_at=ends_at,
        panel=[],
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(
        session,
        events.SessionAdded(
            roadshow_id=roadshow.id,
            session_id=row.id,
            starts_at=starts_at.isoformat(),
            ends_at=ends_at.isoformat(),
            street_codes=streets(row),
        ),
    )
    return queries.render_session(row, actor)


def _check_session(session: Session, roadshow: Roadshow, made: domain.Session) -> None:
    minutes = queries.minutes_of(session.get_one(Round, roadshow.round_id), roadshow)
    if domain.Instance(sessions=(made,), judges=(), entries=(), minutes=minutes).places(made) < 1:
        raise InvalidError(ReviewCode.SESSION_INVALID)
    for other in queries.sessions_of(session, roadshow.id):
        if other.room == made.room and domain.overlap((other.starts_at, other.ends_at), made.span):
            raise ConflictError(ReviewCode.SESSION_INVALID, session_id=other.id)


def remove_session(session: Session, *, actor: Actor, session_id: str) -> dict[str, Any]:
    """A session that no confirmed schedule and no pitch uses."""
    row = queries.find_session(session, session_id, actor)
    lock_plannable(session, row.roadshow_id, actor)
    session.expire(row)  # what was read before the lock may be old
    row = queries.find_session(session, session_id, actor, lock=True)
    if row.panel or session.scalar(select(Pitch.id).where(Pitch.session_id == row.id).limit(1)) is not None:
        raise ConflictError(ReviewCode.SESSION_IN_USE)
    view = queries.render_session(row, actor)
    event = events.SessionRemoved(roadshow_id=row.roadshow_id, session_id=row.id, street_codes=streets(row))
    session.delete(row)
    session.flush()
    outbox.record(session, event)
    return view


def declare_absence(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    round_id: str,
    starts_at: datetime,
    ends_at: datetime,
    **subject: Any,
) -> dict[str, Any]:
    """Staff for anybody in their streets; a judge or an organisation for itself."""
    of = rounds.find_round(session, round_id, actor)
    whose = _subject(actor, subject)
    if actor.role in roles.STAFF:
        db.check_street(actor, of.street_code)
    if starts_at >= ends_at:
        raise InvalidError(ReviewCode.ABSENCE_INVALID)
    row = Absence(
        district_code=of.district_code,
        street_code=of.street_code,
        round_id=of.id,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=now,
        **whose,
    )
    session.add(row)
    session.flush()
    outbox.record(session, events.AbsenceDeclared(round_id=of.id, absence_id=row.id, street_codes=streets(row)))
    view: dict[str, Any] = AbsenceView().dump(row)
    return view


def _subject(actor: Actor, given: dict[str, Any]) -> dict[str, Any]:
    if actor.role == roles.JUDGE:
        own: dict[str, Any] = {"account_id": actor.account_id}
    elif actor.role in (roles.CSO, roles.HUB):
        own = {"organisation_id": actor.organisation_id}
    else:
        if len(given) != 1:
            raise InvalidError(ReviewCode.ABSENCE_INVALID)
        return given
    if given not in ({}, own) or not all(own.values()):
        raise ForbiddenError(ReviewCode.ABSENCE_INVALID)
    return own


def withdraw_absence(session: Session, *, actor: Actor, absence_id: str) -> dict[str, Any]:
    row = queries.find_absence(session, absence_id, actor)
    if actor.role in roles.STAFF:
        db.check_street(actor, row.street_code)
    view: dict[str, Any] = AbsenceView().dump(row)
    event = events.AbsenceWithdrawn(round_id=row.round_id, absence_id=row.id, street_codes=streets(row))
    session.delete(row)
    session.flush()
    outbox.record(session, event)
    return view


def plan_judges(session: Session, *, actor: Actor, now: datetime, round_id: str, seed: int) -> dict[str, Any]:
    """Queue the solver; answers the job's view, whose result names the plan."""
    of = rounds.lock_round(session, round_id, actor)
    if of.status not in JUDGED:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="plan_judges")
    if queries.has_panels(session, of.id):  # the schedule says who judges: plan it again instead
        raise ConflictError(ReviewCode.JUDGES_FOLLOW_SCHEDULE)
    row = _plan(of, kind="judges", seed=seed, now=now)
    session.add(row)
    session.flush()
    return jobs.enqueue(session, "plan_judges", street_code=of.street_code, review_plan_id=row.id)


def plan_schedule(
    session: Session, *, actor: Actor, now: datetime, roadshow_id: str, panels: str, seed: int
) -> dict[str, Any]:
    """The same for a schedule."""
    roadshow = lock_plannable(session, roadshow_id, actor)
    of = session.get_one(Round, roadshow.round_id)
    row = _plan(of, kind="schedule", seed=seed, now=now)
    row.roadshow_id, row.panels = roadshow.id, panels
    session.add(row)
    session.flush()
    return jobs.enqueue(session, "plan_schedule", street_code=of.street_code, review_plan_id=row.id)


def _plan(of: Round, *, kind: str, seed: int, now: datetime) -> ReviewPlan:
    return ReviewPlan(
        district_code=of.district_code,
        street_code=of.street_code,
        round_id=of.id,
        kind=kind,
        status=domain.SOLVING,
        seed=seed,
        optimal=False,
        minimal=False,
        goals=[],
        sessions=[],
        assignments=[],
        findings=[],
        created_at=now,
    )


def store_answer(session: Session, row: ReviewPlan, *, action: str, **answer: Any) -> None:
    """The job's answer."""
    row.status = domain.next_status(row.status, action)
    for name, value in answer.items():
        setattr(row, name, value)
    session.flush()
    outbox.record(
        session,
        events.ReviewPlanProposed(
            round_id=row.round_id,
            review_plan_id=row.id,
            kind=row.kind,
            status=row.status,
            optimal=row.optimal,
            street_codes=streets(row),
        ),
    )


def discard_review_plan(
    session: Session, *, actor: Actor, review_plan_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    row = queries.find_plan(session, review_plan_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    discard(session, row)
    return queries.render_plan(row)


def discard(session: Session, row: ReviewPlan) -> None:
    row.status = domain.next_status(row.status, "discard")
    session.flush()
    outbox.record(
        session,
        events.ReviewPlanDiscarded(
            round_id=row.round_id, review_plan_id=row.id, kind=row.kind, street_codes=streets(row)
        ),
    )
