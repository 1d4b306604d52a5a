"""The live queue: one on stage at a time in a room, with a clock that staff may pause."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events, events_planning
from contracts.projects.codes import ProjectsCode
from services.projects.proposals import actions as proposal_actions
from services.projects.proposals.models import Proposal
from services.projects.review import queries as review
from services.projects.roadshows import domain, queries
from services.projects.roadshows.actions import streets
from services.projects.roadshows.models import Pitch, Roadshow, RoadshowSession

ON_STAGE = frozenset({"pitching", "questions"})


def _take(session: Session, actor: Actor, pitch_id: str, action: str) -> tuple[Pitch, Roadshow]:
    """A pitch of a live roadshow; the roadshow is locked first, so that steps follow one another."""
    pitch, roadshow = queries.find_pitch(session, pitch_id, actor)
    session.expire(pitch)  # what was read before the locks may be old
    session.expire(roadshow)
    roadshow = queries.find_roadshow(session, roadshow.id, actor, lock=True)
    pitch, _ = queries.find_pitch(session, pitch_id, actor, lock=True)
    db.check_street(actor, pitch.street_code)
    if roadshow.status != "live":
        raise ConflictError(ProjectsCode.ROADSHOW_STATE, status=roadshow.status, action=action)
    return pitch, roadshow


def advance_pitch(session: Session, *, actor: Actor, now: datetime, pitch_id: str, action: str) -> dict[str, Any]:
    """The next stage; a pitch is locked when every one of its judges has locked."""
    pitch, roadshow = _take(session, actor, pitch_id, action)
    status = domain.next_pitch_status(pitch.status, action)
    if action == "start":
        _check_stage_free(session, roadshow, pitch)
    if action == "lock":
        _check_locked(session, pitch)
        proposal_actions.advance(session, session.get_one(Proposal, pitch.proposal_id), "pitch")
    pitch.status = status
    if action in domain.CLOCK_STEPS:
        pitch.clock = domain.next_clock(pitch.clock, domain.CLOCK_STEPS[action])
        pitch.phase_at, pitch.paused_at, pitch.paused_seconds = now, None, 0
    session.flush()
    outbox.record(
        session,
        events.PitchAdvanced(
            roadshow_id=roadshow.id,
            pitch_id=pitch.id,
            proposal_id=pitch.proposal_id,
            status=status,
            street_codes=streets(pitch),
        ),
    )
    return _view(session, pitch, roadshow, actor, now)


def turn_clock(session: Session, *, actor: Actor, now: datetime, pitch_id: str, action: str) -> dict[str, Any]:
    """Pause, or run again; what passed in between does not count."""
    pitch, roadshow = _take(session, actor, pitch_id, action)
    pitch.clock = domain.next_clock(pitch.clock, action)
    if action == "pause":
        pitch.paused_at = now
    elif pitch.paused_at is not None:
        pitch.paused_seconds = (pitch.paused_seconds or 0) + int((now - pitch.paused_at).total_seconds())
        pitch.paused_at = None
    session.flush()
    outbox.record(
        session,
        events_planning.PitchClockChanged(
            roadshow_id=roadshow.id,
            pitch_id=pitch.id,
            proposal_id=pitch.proposal_id,
            clock=pitch.clock,
            street_codes=streets(pitch),
        ),
    )
    return _view(session, pitch, roadshow, actor, now)


def _view(session: Session, pitch: Pitch, roadshow: Roadshow, actor: Actor, now: datetime) -> dict[str, Any]:
    return queries.render_pitch(pitch, roadshow, actor, now=now, limits=queries.minutes_of(session, roadshow))


def _check_stage_free(session: Session, roadshow: Roadshow, pitch: Pitch) -> None:
    room = _room(session, pitch)
    for other in queries.pitches_of(session, roadshow.id):
        if other.id != pitch.id and other.status in ON_STAGE and _room(session, other) == room:
            raise ConflictError(ProjectsCode.PITCH_STATE, status="occupied", action="start")


def _room(session: Session, pitch: Pitch) -> str | None:
    return session.get_one(RoadshowSession, pitch.session_id).room if pitch.session_id else None


def _check_locked(session: Session, pitch: Pitch) -> None:
    of = session.get_one(Proposal, pitch.proposal_id).round
    left = review.unlocked_judges(session, pitch.proposal_id)
    locked = len(review.locked_sheets(session, pitch.proposal_id))
    if left or locked < of.judges_per_proposal:
        raise ConflictError(ProjectsCode.SCORES_OPEN, judges=sorted(left), locked=locked)
