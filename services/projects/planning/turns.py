"""Turns of pitches inside a confirmed schedule: places in the order drawn, and the times that follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from services.projects.planning import domain
from services.projects.roadshows.models import Pitch, RoadshowSession


def seat_all(
    made: domain.Instance, placed: Mapping[str, str], order: Sequence[str], taken: Mapping[str, int]
) -> dict[str, int]:
    """A place for every proposal of a schedule; ``taken``: who keeps which. Raises ``schedule_infeasible``."""
    numbers: dict[str, int] = {}
    for session in made.sessions:
        names = [name for name in order if placed.get(name) == session.id]
        allowed = {name: made.allowed(made.entry[name], session) for name in names}
        kept = {name: taken[name] for name in names if name in taken and taken[name] in allowed[name]}
        numbers |= domain.seat(names, allowed, kept)
    return numbers


def give_turn(pitch: Pitch, made: domain.Instance, session_id: str, number: int, now: datetime) -> bool:
    """Put a pitch at a place; whether that changed anything."""
    starts, _ = made.place(made.session[session_id], number)
    changed = (pitch.session_id, pitch.starts_at) != (session_id, starts)
    pitch.session_id, pitch.place_number = session_id, number
    set_times(pitch, starts, presentation=made.minutes.presentation, questions=made.minutes.questions)
    if changed:
        touch(pitch, now)
    return changed


def set_times(pitch: Pitch, starts: datetime, *, presentation: int, questions: int) -> None:
    pitch.starts_at = starts
    pitch.questions_at = starts + timedelta(minutes=presentation)
    pitch.ends_at = pitch.questions_at + timedelta(minutes=questions)


def touch(pitch: Pitch, now: datetime) -> None:
    """Calendars see by the higher sequence that the event is another one."""
    pitch.calendar_sequence = (pitch.calendar_sequence or 0) + 1
    pitch.calendar_at = now


def renumber(session: Session, roadshow_id: str) -> None:
    """Running numbers follow time, then room."""
    rooms = {item.id: item.room for item in session.scalars(_sessions(roadshow_id))}
    pitches = list(session.scalars(select(Pitch).where(Pitch.roadshow_id == roadshow_id)))
    pitches.sort(key=lambda item: (item.starts_at, rooms.get(item.session_id or "", ""), item.id))
    for number, pitch in enumerate(pitches, start=1):
        if pitch.number != number:
            pitch.number = number


def _sessions(roadshow_id: str) -> Select[Any]:
    return select(RoadshowSession).where(RoadshowSession.roadshow_id == roadshow_id)
