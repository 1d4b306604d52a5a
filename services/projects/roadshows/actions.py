"""Writing roadshows: plan, draw, live queue, tally, seal, publish."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, InvalidError
from contracts.projects import events
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_review import ReviewCode
from services.projects import fingerprint
from services.projects.planning import queries as planning
from services.projects.planning import turns
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.review import domain as scoring
from services.projects.review import queries as review
from services.projects.roadshows import domain, queries
from services.projects.roadshows.models import Pitch, Roadshow
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round


def streets(row: Roadshow | Pitch) -> list[str]:
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
            street_codes=streets(row),
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
    secret: str,
    draw_source: str | None = None,
) -> dict[str, Any]:
    """One roadshow a round, planned while the review or the roadshow phase runs. The draw's secret is fixed now and
    told after the draw; its commitment is public from now on."""
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
        draw_secret=secret,
        draw_commitment=domain.commitment(secret),
        draw_source=draw_source,
        created_at=now,
    )
    session.add(row)
    session.flush()
    _tell_planned(session, row)
    return queries.render(session, row, actor, now)


def _tell_planned(session: Session, row: Roadshow) -> None:
    outbox.record(
        session,
        events.RoadshowPlanned(
            roadshow_id=row.id,
            round_id=row.round_id,
            starts_at=row.starts_at.isoformat(),
            place=row.place,
            draw_commitment=row.draw_commitment,
            draw_source=row.draw_source,
            street_codes=streets(row),
        ),
    )


def draw_slots(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    secret: str,
    roadshow_id: str,
    expected_version: int | None = None,
    draw_public: str | None = None,
) -> dict[str, Any]:
    """The order of the shortlist, drawn by the secret committed to and, where one was named, a public value."""
    row = _take(session, actor, roadshow_id, expected_version, "draw")
    of = session.get_one(Round, row.round_id)
    shortlist = {item.id: item for item in proposals.of_round(session, of.id, "shortlisted")}
    if of.status != "roadshow" or not shortlist:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="draw_slots")
    if (draw_public is None) != (row.draw_source is None):
        raise InvalidError(ReviewCode.DRAW_PUBLIC_INVALID, draw_source=row.draw_source)
    row.draw_secret = row.draw_secret or secret  # one planned before there were commitments has none
    row.draw_public, row.draw_seed = draw_public, domain.seed_of(row.draw_secret, draw_public or "")
    order = domain.draw(shortlist, row.draw_seed)
    _pitches(session, row, of, [shortlist[name] for name in order], now)
    outbox.record(
        session,
        events.RoadshowSlotsDrawn(
            roadshow_id=row.id,
            round_id=of.id,
            seed=row.draw_seed,
            secret=row.draw_secret,
            public=draw_public,
            proposal_ids=order,
            street_codes=streets(row),
        ),
    )
    return queries.render(session, row, actor, now)


def _pitches(session: Session, row: Roadshow, of: Round, order: list[Proposal], now: datetime) -> None:
    """One after the other; with a confirmed schedule each in its session, by the order drawn."""
    table = planning.timetable_of(session, row)  # before there are pitches: the confirmed plan's
    pitches = {proposal.id: _pitch(row, of, proposal, number, now) for number, proposal in enumerate(order, start=1)}
    late = [name for name in pitches if name not in table.placed]
    if row.review_plan_id is not None and late:
        raise ConflictError(ReviewCode.REVIEW_PLAN_OUTDATED, proposal_ids=late)
    session.add_all(pitches.values())
    session.flush()
    if row.review_plan_id is None:
        return
    made = planning.instance_of(session, row, panels="pool")
    numbers = turns.seat_all(made, table.placed, list(pitches), {})
    for name, pitch in pitches.items():
        turns.give_turn(pitch, made, table.placed[name], numbers[name], now)
    session.flush()
    turns.renumber(session, row.id)
    session.flush()


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
        calendar_at=now,
        warnings=[],
        created_at=now,
    )


def start_roadshow(
    session: Session, *, actor: Actor, now: datetime, roadshow_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    row = _take(session, actor, roadshow_id, expected_version, "start")
    _advanced(session, row)
    return queries.render(session, row, actor, now)


def tally_roadshow(
    session: Session, *, actor: Actor, now: datetime, roadshow_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Every pitch locked: scores, spread and warnings. Run again after a correction."""
    row = _take(session, actor, roadshow_id, expected_version, "tally")
    of = session.get_one(Round, row.round_id)
    pitches = _counting(session, row)
    left = [pitch.id for pitch in pitches if pitch.status != "locked"]
    if left:
        raise ConflictError(ProjectsCode.SCORES_OPEN, pitch_ids=left)
    _tally(session, of, pitches)
    _advanced(session, row)
    return queries.render(session, row, actor, now)


def _counting(session: Session, row: Roadshow) -> list[Pitch]:
    """A proposal that was withdrawn does not hold up the others."""
    pitches = queries.pitches_of(session, row.id)
    return [item for item in pitches if session.get_one(Proposal, item.proposal_id).status != "withdrawn"]


def _tally(session: Session, of: Round, pitches: list[Pitch]) -> None:
    judged = review.judge_scores_of(session, of, [pitch.proposal_id for pitch in pitches])
    for pitch in pitches:
        scores = review.scores_of(session, of, pitch.proposal_id)
        pitch.score = scoring.two_places(judged[pitch.proposal_id])
        pitch.spread = scoring.two_places(scoring.spread(list(scores.values())))
        pitch.warnings = scoring.warnings(
            scores,
            spread_warning=of.allocation["spread_warning"],
            outlier_warning=of.allocation["outlier_warning"],
        )


def seal_roadshow(
    session: Session, *, actor: Actor, now: datetime, roadshow_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """No correction any more: the hash of the tally, taken afresh, is public before the result is."""
    row = _take(session, actor, roadshow_id, expected_version, "seal")
    of = session.get_one(Round, row.round_id)
    pitches = _counting(session, row)
    _tally(session, of, pitches)
    sheets = {
        pitch.proposal_id: [sheet.sheet_hash for sheet in review.locked_sheets(session, pitch.proposal_id)]
        for pitch in pitches
    }
    row.tally_hash = fingerprint.of(sheets)
    _advanced(session, row)
    return queries.render(session, row, actor, now)


def publish_roadshow(
    session: Session, *, actor: Actor, now: datetime, roadshow_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Scores are shown once the result is on public notice, never before."""
    row = _take(session, actor, roadshow_id, expected_version, "publish")
    of = session.get_one(Round, row.round_id)
    if not rounds.result_is_public(of):
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="publish_roadshow")
    _advanced(session, row)
    return queries.render(session, row, actor, now)
