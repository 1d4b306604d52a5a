"""Writing roadshows: plan, draw, live queue, tally, seal, publish."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from services.projects import fingerprint
from services.projects.proposals import actions as proposal_actions
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.review import domain as scoring
from services.projects.review import queries as review
from services.projects.roadshows import domain, queries
from services.projects.roadshows.models import Pitch, Roadshow
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round

ON_STAGE = frozenset({"pitching", "questions"})


def _streets(row: Roadshow | Pitch) -> list[str]:
    return [row.street_code] if row.street_code else []


def _take(session: Session, actor: Actor, roadshow_id: str, expected_version: int | None, action: str) -> Roadshow:
    row = queries.find_roadshow(session, roadshow_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, action)
    return row


def _advanced(session: Session, row: Roadshow) -> None:
    session.flush()
    outbox.record(
        session,
        events.RoadshowAdvanced(
            roadshow_id=row.id,
            round_id=row.round_id,
            status=row.status,
            tally_hash=row.tally_hash,
            street_codes=_streets(row),
        ),
    )


def plan_roadshow(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    round_id: str,
    starts_at: datetime,
    place: str,
    break_minutes: int,
) -> dict[str, Any]:
    """One roadshow a round, planned while the review or the roadshow phase runs."""
    of = rounds.lock_round(session, round_id, actor)
    if not of.has_roadshow:
        raise ConflictError(ProjectsCode.ROUND_WITHOUT_ROADSHOW)
    if of.status not in {"reviewing", "roadshow"} or queries.roadshow_of(session, of.id) is not None:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="plan_roadshow")
    row = Roadshow(
        district_code=of.district_code,
        street_code=of.street_code,
        round_id=of.id,
        status="planned",
        starts_at=starts_at,
        place=place,
        break_minutes=break_minutes,
        created_at=now,
    )
    session.add(row)
    session.flush()
    outbox.record(
        session,
        events.RoadshowPlanned(
            roadshow_id=row.id,
            round_id=of.id,
            starts_at=starts_at.isoformat(),
            place=place,
            street_codes=_streets(row),
        ),
    )
    return queries.render(session, row, actor)


def draw_slots(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    seed: str,
    roadshow_id: str,
    expected_version: int | None = None,
) -> dict[str, Any]:
    """The order of the shortlist, drawn by a seed that is recorded."""
    row = _take(session, actor, roadshow_id, expected_version, "draw")
    of = session.get_one(Round, row.round_id)
    shortlist = {item.id: item for item in proposals.of_round(session, of.id, "shortlisted")}
    if of.status != "roadshow" or not shortlist:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="draw_slots")
    order = domain.draw(shortlist, seed)
    row.draw_seed = seed
    for number, proposal_id in enumerate(order, start=1):
        session.add(_pitch(row, of, shortlist[proposal_id], number, now))
    session.flush()
    outbox.record(
        session,
        events.RoadshowSlotsDrawn(
            roadshow_id=row.id, round_id=of.id, seed=seed, proposal_ids=order, street_codes=_streets(row)
        ),
    )
    return queries.render(session, row, actor)


def _pitch(row: Roadshow, of: Round, proposal: Proposal, number: int, now: datetime) -> Pitch:
    slot = domain.slot(
        number,
        first=row.starts_at,
        presentation=of.defence["presentation_minutes"],
        questions=of.defence["question_minutes"],
        pause=row.break_minutes,
    )
    return Pitch(
        district_code=row.district_code,
        street_code=proposal.street_code,
        roadshow_id=row.id,
        proposal_id=proposal.id,
        number=number,
        status="waiting",
        starts_at=slot.starts_at,
        questions_at=slot.questions_at,
        ends_at=slot.ends_at,
        warnings=[],
        created_at=now,
    )


def start_roadshow(
    session: Session, *, actor: Actor, roadshow_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    row = _take(session, actor, roadshow_id, expected_version, "start")
    _advanced(session, row)
    return queries.render(session, row, actor)


def advance_pitch(session: Session, *, actor: Actor, pitch_id: str, action: str) -> dict[str, Any]:
    """The live queue: one on stage at a time; a pitch is locked when every one of its judges has locked."""
    _, roadshow = queries.find_pitch(session, pitch_id, actor)
    roadshow = queries.find_roadshow(session, roadshow.id, actor, lock=True)
    pitch, _ = queries.find_pitch(session, pitch_id, actor, lock=True)
    db.check_street(actor, pitch.street_code)
    if roadshow.status != "live":
        raise ConflictError(ProjectsCode.ROADSHOW_STATE, status=roadshow.status, action=action)
    status = domain.next_pitch_status(pitch.status, action)
    others = [item for item in queries.pitches_of(session, roadshow.id) if item.id != pitch.id]
    if action == "start" and any(item.status in ON_STAGE for item in others):
        raise ConflictError(ProjectsCode.PITCH_STATE, status="occupied", action=action)
    if action == "lock":
        _check_locked(session, pitch)
        proposal_actions.advance(session, session.get_one(Proposal, pitch.proposal_id), "pitch")
    pitch.status = status
    session.flush()
    outbox.record(
        session,
        events.PitchAdvanced(
            roadshow_id=roadshow.id,
            pitch_id=pitch.id,
            proposal_id=pitch.proposal_id,
            status=status,
            street_codes=_streets(pitch),
        ),
    )
    return queries.render_pitch(pitch, roadshow, actor)


def _check_locked(session: Session, pitch: Pitch) -> None:
    of = session.get_one(Proposal, pitch.proposal_id).round
    left = review.unlocked_judges(session, pitch.proposal_id)
    locked = len(review.locked_sheets(session, pitch.proposal_id))
    if left or locked < of.judges_per_proposal:
        raise ConflictError(ProjectsCode.SCORES_OPEN, judges=sorted(left), locked=locked)


def tally_roadshow(
    session: Session, *, actor: Actor, roadshow_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Every pitch locked: scores, spread and warnings. Run again after a correction."""
    row = _take(session, actor, roadshow_id, expected_version, "tally")
    of = session.get_one(Round, row.round_id)
    pitches = _counting(session, row)
    left = [pitch.id for pitch in pitches if pitch.status != "locked"]
    if left:
        raise ConflictError(ProjectsCode.SCORES_OPEN, pitch_ids=left)
    for pitch in pitches:
        _tally(session, of, pitch)
    _advanced(session, row)
    return queries.render(session, row, actor)


def _counting(session: Session, row: Roadshow) -> list[Pitch]:
    """A proposal that was withdrawn does not hold up the others."""
    pitches = queries.pitches_of(session, row.id)
    return [item for item in pitches if session.get_one(Proposal, item.proposal_id).status != "withdrawn"]


def _tally(session: Session, of: Round, pitch: Pitch) -> None:
    scores = review.scores_of(session, of, pitch.proposal_id)
    values = list(scores.values())
    pitch.score = scoring.two_places(scoring.normalised(values, of.allocation["normalisation"]))
    pitch.spread = scoring.two_places(scoring.spread(values))
    pitch.warnings = scoring.warnings(
        scores,
        spread_warning=of.allocation["spread_warning"],
        outlier_warning=of.allocation["outlier_warning"],
    )


def seal_roadshow(
    session: Session, *, actor: Actor, roadshow_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """No correction any more: the hash of the tally, taken afresh, is public before the result is."""
    row = _take(session, actor, roadshow_id, expected_version, "seal")
    of = session.get_one(Round, row.round_id)
    pitches = _counting(session, row)
    for pitch in pitches:
        _tally(session, of, pitch)
    sheets = {
        pitch.proposal_id: [sheet.sheet_hash for sheet in review.locked_sheets(session, pitch.proposal_id)]
        for pitch in pitches
    }
    row.tally_hash = fingerprint.of(sheets)
    _advanced(session, row)
    return queries.render(session, row, actor)


def publish_roadshow(
    session: Session, *, actor: Actor, roadshow_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Scores are shown once the result is on public notice, never before."""
    row = _take(session, actor, roadshow_id, expected_version, "publish")
    of = session.get_one(Round, row.round_id)
    if not rounds.result_is_public(of):
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="publish_roadshow")
    _advanced(session, row)
    return queries.render(session, row, actor)
