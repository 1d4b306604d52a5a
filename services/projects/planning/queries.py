"""Reading plans, sessions and absences; and what the solver and the checks need, gathered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import NotFoundError
from contracts import roles
from contracts.projects.codes_review import ReviewCode
from contracts.projects.planning import AbsenceView, PlanView, SessionView
from services.projects.known import queries as known
from services.projects.planning import domain
from services.projects.planning.models import Absence, ReviewPlan
from services.projects.proposals import queries as proposals
from services.projects.proposals.models import Proposal
from services.projects.review import domain as review
from services.projects.review.models import Judge, JudgeAssignment
from services.projects.roadshows import queries as roadshows
from services.projects.roadshows.models import Pitch, Roadshow, RoadshowSession
from services.projects.rounds import queries as rounds
from services.projects.rounds.models import Round

Conflicts = dict[str, dict[str, str]]


def judges_of_round(session: Session, round_id: str) -> list[Judge]:
    """The panel, by id."""
    return list(session.scalars(select(Judge).where(Judge.round_id == round_id).order_by(Judge.id)))


def assignments_of(session: Session, round_id: str) -> list[JudgeAssignment]:
    """All of a round, by id."""
    statement = select(JudgeAssignment).where(JudgeAssignment.round_id == round_id)
    return list(session.scalars(statement.order_by(JudgeAssignment.id)))


def conflicts_of(session: Session, row: Round, papers: Iterable[Proposal]) -> Conflicts:
    """``{proposal: {judge's account: conflict}}``: computed from what is known today, and declared."""
    judges = judges_of_round(session, row.id)
    funders = frozenset(line.funder_organisation_id for line in row.pool_lines if line.status == "reserved")
    found: Conflicts = {}
    for paper in papers:
        hub_id = known.organisation(session, paper.organisation_id).hub_id
        found[paper.id] = {}
        for judge in judges:
            why = review.conflict_of(
                review.Interests(
                    organisation_id=judge.organisation_id, mentored=frozenset(judge.mentored_organisation_ids)
                ),
                organisation_id=paper.organisation_id,
                hub_id=hub_id,
                funders=funders,
            )
            if why is not None:
                found[paper.id][judge.account_id] = why
    for item in assignments_of(session, row.id):
        if item.conflict == "declared" and item.proposal_id in found:
            found[item.proposal_id].setdefault(item.judge_account_id, "declared")
    return found


def spans_of(session: Session, round_id: str) -> dict[tuple[str, str], tuple[domain.Span, ...]]:
    """Absences by ``("judge" | "organisation" | "room", whose)``."""
    found: dict[tuple[str, str], list[domain.Span]] = defaultdict(list)
    for row in session.scalars(select(Absence).where(Absence.round_id == round_id).order_by(Absence.starts_at)):
        for kind, whose in (("judge", row.account_id), ("organisation", row.organisation_id), ("room", row.room)):
            if whose is not None:
                found[kind, whose].append((row.starts_at, row.ends_at))
    return {key: tuple(spans) for key, spans in found.items()}


def instance_of(session: Session, roadshow: Roadshow, *, panels: str) -> domain.Instance:
    """A roadshow as the solver and the checks see it: its shortlist, or what was drawn and not withdrawn."""
    row = session.get_one(Round, roadshow.round_id)
    papers = proposals.of_round(session, row.id, "shortlisted", "pitched")
    conflicts, spans = conflicts_of(session, row, papers), spans_of(session, row.id)
    assigned, begun = defaultdict[str, set[str]](set), begun_of(session, roadshow.id)
    if panels == "assigned":
        for item in assignments_of(session, row.id):
            if not item.recused and item.judge_account_id not in conflicts.get(item.proposal_id, {}):
                assigned[item.proposal_id].add(item.judge_account_id)
    return domain.Instance(
        sessions=tuple(
            domain.Session(id=each.id, room=each.room, starts_at=each.starts_at, ends_at=each.ends_at)
            for each in sessions_of(session, roadshow.id)
        ),
        judges=tuple(
            domain.Judge(
                id=judge.account_id,
                absences=spans.get(("judge", judge.account_id), ()),
                sessions_at_most=judge.sessions_at_most,
            )
            for judge in judges_of_round(session, row.id)
        ),
        entries=tuple(
            _entry(
                paper,
                row.judges_per_proposal,
                frozenset(conflicts[paper.id]),
                frozenset(assigned[paper.id]),
                spans.get(("organisation", paper.organisation_id), ()),
            )
            if begun.get(paper.id) is None
            else domain.Entry(id=paper.id, organisation_id=paper.organisation_id, needed=0, fixed=begun[paper.id])
            for paper in papers
        ),
        minutes=minutes_of(row, roadshow),
        closures=tuple((whose, span) for (kind, whose), each in spans.items() if kind == "room" for span in each),
    )


def _entry(
    paper: Proposal,
    needed: int,
    conflicts: frozenset[str],
    required: frozenset[str],
    absences: tuple[domain.Span, ...],
) -> domain.Entry:
    return domain.Entry(
        id=paper.id,
        organisation_id=paper.organisation_id,
        needed=needed,
        conflicts=conflicts,
        required=required,
        absences=absences,
    )


def begun_of(session: Session, roadshow_id: str) -> dict[str, tuple[str, int]]:
    """Pitches that no longer wait, by proposal: session and place."""
    statement = select(Pitch).where(Pitch.roadshow_id == roadshow_id, Pitch.status != "waiting")
    return {
        pitch.proposal_id: (pitch.session_id, pitch.place_number)
        for pitch in session.scalars(statement)
        if pitch.session_id is not None and pitch.place_number is not None
    }


def minutes_of(row: Round, roadshow: Roadshow) -> domain.Minutes:
    """The frozen minutes of a pitch, and the roadshow's pause."""
    return domain.Minutes(
        presentation=row.defence["presentation_minutes"],
        questions=row.defence["question_minutes"],
        pause=roadshow.break_minutes,
    )


def timetable_of(session: Session, roadshow: Roadshow) -> domain.Timetable:
    """What holds now: the sessions' panels, and the drawn pitches or, before the draw, the confirmed plan."""
    panels = {each.id: frozenset(each.panel) for each in sessions_of(session, roadshow.id) if each.panel}
    pitches = list(session.scalars(select(Pitch).where(Pitch.roadshow_id == roadshow.id)))
    if pitches:
        return domain.Timetable(
            panels=panels,
            placed={pitch.proposal_id: pitch.session_id for pitch in pitches if pitch.session_id},
            numbers={item.proposal_id: item.place_number for item in pitches if item.place_number is not None},
        )
    plan = session.get(ReviewPlan, roadshow.review_plan_id) if roadshow.review_plan_id else None
    placed = {name: part["session_id"] for part in plan.sessions for name in part["proposal_ids"]} if plan else {}
    return domain.Timetable(panels=panels, placed=placed)


def sessions_of(session: Session, roadshow_id: str) -> list[RoadshowSession]:
    """In order of time and room."""
    statement = select(RoadshowSession).where(RoadshowSession.roadshow_id == roadshow_id)
    return list(session.scalars(statement.order_by(RoadshowSession.starts_at, RoadshowSession.room)))


def has_panels(session: Session, round_id: str) -> bool:
    """Whether a confirmed schedule chose the judges of the round's pitches."""
    statement = (
        select(ReviewPlan.id)
        .join(Roadshow, Roadshow.review_plan_id == ReviewPlan.id)
        .where(Roadshow.round_id == round_id, ReviewPlan.panels == "pool")
    )
    return session.scalar(statement) is not None


def find_session(session: Session, session_id: str, actor: Actor, *, lock: bool = False) -> RoadshowSession:
    row = db.get_scoped(session, RoadshowSession, session_id, actor, lock=lock)
    if row is None:
        raise NotFoundError(ReviewCode.SESSION_NOT_FOUND)
    return row


def render_session(row: RoadshowSession, actor: Actor) -> dict[str, Any]:
    """Who sits in it is for staff, auditors and the judges."""
    view: dict[str, Any] = SessionView().dump(row)
    if actor.role not in (*roles.STAFF, roles.AUDITOR, roles.JUDGE):
        view["panel"] = []
    return view


def get_session(session: Session, *, actor: Actor, session_id: str) -> dict[str, Any]:
    return render_session(find_session(session, session_id, actor), actor)


def list_sessions(session: Session, *, actor: Actor, roadshow_id: str, **page: Any) -> dict[str, Any]:
    roadshow = roadshows.find_roadshow(session, roadshow_id, actor)
    statement = db.scoped(select(RoadshowSession), RoadshowSession, actor)
    statement = statement.where(RoadshowSession.roadshow_id == roadshow.id)
    return db.page(session, statement, by=RoadshowSession.id, render=lambda row: render_session(row, actor), **page)


def _absences(actor: Actor) -> Select[Any]:
    """Staff and auditors see all in scope, everybody else their own."""
    statement = db.scoped(select(Absence), Absence, actor)
    if actor.role in (*roles.STAFF, roles.AUDITOR):
        return statement
    mine = [Absence.account_id == actor.account_id]
    if actor.organisation_id is not None and actor.role != roles.JUDGE:
        mine.append(Absence.organisation_id == actor.organisation_id)
    return statement.where(or_(*mine))


def find_absence(session: Session, absence_id: str, actor: Actor) -> Absence:
    row: Absence | None = session.scalars(_absences(actor).where(Absence.id == absence_id)).one_or_none()
    if row is None:
        raise NotFoundError(ReviewCode.ABSENCE_NOT_FOUND)
    return row


def get_absence(session: Session, *, actor: Actor, absence_id: str) -> dict[str, Any]:
    view: dict[str, Any] = AbsenceView().dump(find_absence(session, absence_id, actor))
    return view


def list_absences(session: Session, *, actor: Actor, round_id: str, **page: Any) -> dict[str, Any]:
    rounds.find_round(session, round_id, actor)
    statement = _absences(actor).where(Absence.round_id == round_id)
    return db.page(session, statement, by=Absence.id, render=AbsenceView().dump, **page)


def _plans(actor: Actor) -> Select[Any]:
    """A plan names proposals of every street of its round: who is bound to a street sees those of that street only."""
    statement = db.scoped(select(ReviewPlan), ReviewPlan, actor)
    return statement.where(ReviewPlan.street_code.in_(actor.street_codes)) if actor.street_codes else statement


def find_plan(session: Session, review_plan_id: str, actor: Actor, *, lock: bool = False) -> ReviewPlan:
    statement = _plans(actor).where(ReviewPlan.id == review_plan_id)
    if lock:
        statement = statement.with_for_update(of=ReviewPlan).execution_options(populate_existing=True)
    row: ReviewPlan | None = session.scalars(statement).one_or_none()
    if row is None:
        raise NotFoundError(ReviewCode.REVIEW_PLAN_NOT_FOUND)
    return row


def render_plan(row: ReviewPlan) -> dict[str, Any]:
    view: dict[str, Any] = PlanView().dump(row)
    return view


def get_review_plan(session: Session, *, actor: Actor, review_plan_id: str) -> dict[str, Any]:
    return render_plan(find_plan(session, review_plan_id, actor))


def list_review_plans(
    session: Session, *, actor: Actor, round_id: str, cursor: str | None = None, limit: int | None = None, **only: Any
) -> dict[str, Any]:
    statement = _plans(actor).where(ReviewPlan.round_id == rounds.find_round(session, round_id, actor).id)
    for name, value in only.items():
        statement = statement.where(getattr(ReviewPlan, name) == value)
    return db.page(session, statement, by=ReviewPlan.id, render=render_plan, cursor=cursor, limit=limit)
