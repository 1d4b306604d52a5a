"""Moves by hand: a swap, or another place; each checked against the rules of the schedule, each with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_review import ReviewCode
from services.projects.planning import checking, domain, pairing, queries, turns
from services.projects.planning.confirming import tell_moved
from services.projects.planning.models import ReviewPlan
from services.projects.proposals.models import Proposal
from services.projects.roadshows import queries as roadshows
from services.projects.roadshows.models import Pitch, Roadshow
from services.projects.rounds import queries as rounds

MOVABLE = ("slots_drawn", "live")


def swap_pitches(
    session: Session, *, actor: Actor, now: datetime, roadshow_id: str, pitch_ids: list[str], reason: str
) -> dict[str, Any]:
    """Two pitches that still wait exchange their turns."""
    roadshow = _hold(session, actor, roadshow_id)
    if len(set(pitch_ids)) != 2:
        raise InvalidError(ReviewCode.SCHEDULE_MOVE_REFUSED, violations=[])
    first, second = (_waiting(session, actor, roadshow, pitch_id) for pitch_id in sorted(pitch_ids))
    first_turn, second_turn = _turn(first), _turn(second)
    _move(session, actor, roadshow, {first.proposal_id: second_turn, second.proposal_id: first_turn})
    _take(first, second_turn, now)
    _take(second, first_turn, now)
    first.number, second.number = second.number, first.number
    tell_moved(session, roadshow, [first, second], reason)
    return roadshows.render(session, roadshow, actor, now)


def move_pitch(
    session: Session, *, actor: Actor, now: datetime, pitch_id: str, session_id: str, place: int, reason: str
) -> dict[str, Any]:
    """A pitch that still waits goes to a free place of a session of the same roadshow; places count from 1."""
    found, _ = roadshows.find_pitch(session, pitch_id, actor)
    roadshow = _hold(session, actor, found.roadshow_id)
    pitch = _waiting(session, actor, roadshow, pitch_id)
    target = queries.find_session(session, session_id, actor)
    if target.roadshow_id != roadshow.id or roadshow.review_plan_id is None:
        raise ConflictError(ReviewCode.SESSION_INVALID)
    made = _move(session, actor, roadshow, {pitch.proposal_id: (session_id, place - 1, pitch.starts_at)})
    turns.give_turn(pitch, made, session_id, place - 1, now)
    session.flush()
    turns.renumber(session, roadshow.id)
    tell_moved(session, roadshow, [pitch], reason)
    return roadshows.render_pitch(pitch, roadshow, actor, now=now, limits=roadshows.minutes_of(session, roadshow))


Turn = tuple[str | None, int | None, datetime]


def _hold(session: Session, actor: Actor, roadshow_id: str) -> Roadshow:
    """The round first, as everywhere, then the roadshow."""
    seen = roadshows.find_roadshow(session, roadshow_id, actor)
    rounds.lock_round(session, seen.round_id, actor)
    session.expire(seen)  # what was read before the lock may be old
    row = roadshows.find_roadshow(session, roadshow_id, actor, lock=True)
    if row.status not in MOVABLE:
        raise ConflictError(ProjectsCode.ROADSHOW_STATE, status=row.status, action="move_pitch")
    return row


def _waiting(session: Session, actor: Actor, roadshow: Roadshow, pitch_id: str) -> Pitch:
    seen, _ = roadshows.find_pitch(session, pitch_id, actor)
    session.expire(seen)
    pitch, of = roadshows.find_pitch(session, pitch_id, actor, lock=True)
    db.check_street(actor, pitch.street_code)
    if pitch.status != "waiting" or of.id != roadshow.id:
        raise ConflictError(ProjectsCode.PITCH_STATE, status=pitch.status, action="move")
    return pitch


def _turn(pitch: Pitch) -> Turn:
    return pitch.session_id, pitch.place_number, pitch.starts_at


def _take(pitch: Pitch, turn: Turn, now: datetime) -> None:
    presentation, questions = pitch.questions_at - pitch.starts_at, pitch.ends_at - pitch.questions_at
    pitch.session_id, pitch.place_number, pitch.starts_at = turn
    pitch.questions_at = pitch.starts_at + presentation
    pitch.ends_at = pitch.questions_at + questions
    turns.touch(pitch, now)


def _move(session: Session, actor: Actor, roadshow: Roadshow, new: dict[str, Turn]) -> domain.Instance:
    """Refused where it breaks a rule that held; in a schedule with panels of its own the judges follow the session."""
    plan = session.get(ReviewPlan, roadshow.review_plan_id) if roadshow.review_plan_id else None
    made = queries.instance_of(session, roadshow, panels=plan.panels or "pool" if plan else "assigned")
    if plan is None:
        _check_presenters(made, new)
        return made
    before = queries.timetable_of(session, roadshow)
    before = domain.Timetable(
        panels=before.panels,
        placed={name: where for name, where in before.placed.items() if name in made.entry},
        numbers=before.numbers,
    )
    after = domain.Timetable(
        panels=before.panels,
        placed={**before.placed, **{name: where or "" for name, (where, _, _) in new.items()}},
        numbers={**before.numbers, **{name: number or 0 for name, (_, number, _) in new.items()}},
    )
    broken = sorted(set(checking.violations(made, after)) - set(checking.violations(made, before)))
    if broken:
        raise ConflictError(ReviewCode.SCHEDULE_MOVE_REFUSED, violations=[each.explain() for each in broken])
    if plan.panels == "pool":
        _follow(session, actor, roadshow, made, after, list(new))
    return made


def _check_presenters(made: domain.Instance, new: dict[str, Turn]) -> None:
    """Without sessions only the presenters' absences bind."""
    length = timedelta(minutes=made.minutes.pitch)
    broken = [
        checking.Violation("presenter_absent", (name,))
        for name, (_, _, starts) in sorted(new.items())
        if any(domain.overlap(span, (starts, starts + length)) for span in made.entry[name].absences)
    ]
    if broken:
        raise ConflictError(ReviewCode.SCHEDULE_MOVE_REFUSED, violations=[each.explain() for each in broken])


def _follow(
    session: Session,
    actor: Actor,
    roadshow: Roadshow,
    made: domain.Instance,
    after: domain.Timetable,
    names: list[str],
) -> None:
    row = rounds.lock_round(session, roadshow.round_id, actor)
    conflicts = queries.conflicts_of(session, row, [session.get_one(Proposal, name) for name in names])
    wanted = {name: set(after.panels[after.placed[name]] - made.entry[name].conflicts) for name in names}
    pairing.pair_judges(session, row, wanted, conflicts)
