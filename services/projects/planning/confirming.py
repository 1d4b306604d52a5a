"""Taking a plan: checked once more against what is true now, then carried out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events_planning as events
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_review import ReviewCode
from services.projects.planning import actions, checking, domain, pairing, queries, turns
from services.projects.planning.models import ReviewPlan
from services.projects.proposals import queries as proposals
from services.projects.roadshows.models import Pitch, Roadshow
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round

IN_REVIEW = ("submitted", "eligible", "under_review", "shortlisted")
Changes = tuple[list[list[str]], list[list[str]]]


def confirm_review_plan(
    session: Session, *, actor: Actor, now: datetime, review_plan_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Raises ``review_plan_outdated`` where a proposal, an absence or a conflict came since."""
    row = queries.find_plan(session, review_plan_id, actor)
    of = rounds.lock_round(session, row.round_id, actor)
    if of.status not in actions.JUDGED:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="confirm_review_plan")
    row = queries.find_plan(session, review_plan_id, actor, lock=True)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, "confirm")
    if row.kind == "judges":
        added, removed = _take_judges(session, of, row)
    else:
        added, removed = _take_schedule(session, actor, of, row, now)
    session.flush()
    outbox.record(
        session,
        events.ReviewPlanConfirmed(
            round_id=of.id,
            review_plan_id=row.id,
            kind=row.kind,
            added=added,
            removed=removed,
            street_codes=actions.streets(row),
        ),
    )
    return queries.render_plan(row)


def _take_judges(session: Session, of: Round, row: ReviewPlan) -> Changes:
    papers = proposals.of_round(session, of.id, *IN_REVIEW)
    wanted = {item["proposal_id"]: set(item["judges"]) for item in row.assignments}
    if wanted.keys() != {paper.id for paper in papers}:
        raise ConflictError(ReviewCode.REVIEW_PLAN_OUTDATED)
    return pairing.pair_judges(session, of, wanted, queries.conflicts_of(session, of, papers))


def _take_schedule(session: Session, actor: Actor, of: Round, row: ReviewPlan, now: datetime) -> Changes:
    roadshow = actions.lock_plannable(session, row.roadshow_id or "", actor)
    made = queries.instance_of(session, roadshow, panels=row.panels or "pool")
    table = proposed(row, made)
    broken = checking.violations(made, table)
    if broken:
        raise ConflictError(ReviewCode.REVIEW_PLAN_OUTDATED, violations=[each.explain() for each in broken])
    for each in queries.sessions_of(session, roadshow.id):
        panel = sorted(table.panels.get(each.id, frozenset()))
        if each.panel != panel:
            each.panel = panel
    roadshow.review_plan_id = row.id
    _move_drawn(session, roadshow, made, table, now)
    if row.panels != "pool":
        return [], []
    papers = [paper for paper in proposals.of_round(session, of.id, *IN_REVIEW) if paper.id in table.placed]
    wanted = {
        name: set(table.panels[where] - made.entry[name].conflicts)
        for name, where in table.placed.items()
        if name in {paper.id for paper in papers} and made.entry[name].fixed is None
    }
    return pairing.pair_judges(session, of, wanted, queries.conflicts_of(session, of, papers))


def proposed(row: ReviewPlan, made: domain.Instance) -> domain.Timetable:
    """A plan as a timetable, without what has been withdrawn since."""
    return domain.Timetable(
        panels={part["session_id"]: frozenset(part["judges"]) for part in row.sessions},
        placed={
            name: part["session_id"] for part in row.sessions for name in part["proposal_ids"] if name in made.entry
        },
    )


def _move_drawn(
    session: Session, roadshow: Roadshow, made: domain.Instance, table: domain.Timetable, now: datetime
) -> None:
    """After the draw: who stays in a session keeps the place, the others follow in the order drawn."""
    found = session.scalars(select(Pitch).where(Pitch.roadshow_id == roadshow.id).order_by(Pitch.number))
    pitches = {pitch.proposal_id: pitch for pitch in found if pitch.proposal_id in made.entry}
    kept = {
        name: pitch.place_number
        for name, pitch in pitches.items()
        if pitch.place_number is not None and pitch.session_id == table.placed[name]
    }
    numbers = turns.seat_all(made, {name: table.placed[name] for name in pitches}, list(pitches), kept)
    moved = [
        pitch for name, pitch in pitches.items() if turns.give_turn(pitch, made, table.placed[name], numbers[name], now)
    ]
    if moved:
        session.flush()
        turns.renumber(session, roadshow.id)
        tell_moved(session, roadshow, moved, "replanned")


def tell_moved(session: Session, roadshow: Roadshow, moved: list[Pitch], reason: str) -> None:
    session.flush()
    outbox.record(
        session,
        events.PitchesMoved(
            roadshow_id=roadshow.id,
            moves=[[pitch.id, pitch.session_id or "", pitch.starts_at.isoformat()] for pitch in moved],
            reason=reason,
            street_codes=actions.streets(roadshow),
        ),
    )
