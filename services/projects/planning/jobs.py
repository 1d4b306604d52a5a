"""The solvers, in the job process: read, solve outside any transaction, write. Each runs twice without harm."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.config import setting
from chassis.errors import ConflictError
from chassis.runtime.jobrunner import JobRun
from contracts.projects.codes_review import ReviewCode
from services.projects.planning import actions, answers, domain, pairing, queries
from services.projects.planning.confirming import IN_REVIEW
from services.projects.planning.judge_flow import Paper, Reviewer, Task, assign
from services.projects.planning.models import ReviewPlan
from services.projects.proposals import queries as proposals
from services.projects.roadshows.models import Roadshow
from services.projects.rounds.models import Round

SCHEDULE_EFFORT = setting(
    "SCHEDULE_EFFORT",
    60.0,
    "How long the roadshow solver tries per goal, in its own machine-independent units (about seconds).",
)
SCHEDULE_SECONDS = setting("SCHEDULE_SECONDS", 300.0, "Seconds after which the roadshow solver stops in any case.")


def plan_judges(run: JobRun, *, review_plan_id: str) -> dict[str, Any]:
    """``{review_plan_id, status, optimal}``."""
    with run.transaction() as session:
        row = session.get_one(ReviewPlan, review_plan_id)
        if row.status != domain.SOLVING:
            return _summary(row)
        task = task_of(session, row)
    if not task.papers or not task.reviewers:
        return _give_up(run, review_plan_id)
    run.progress(1, 3)
    action, answer = answers.of_judges(task, assign(task))
    return _store(run, review_plan_id, action, answer)


def task_of(session: Session, row: ReviewPlan) -> Task:
    """Who may score what; sheets that are locked stay, and pairs there are count as the plan before."""
    of = session.get_one(Round, row.round_id)
    papers = proposals.of_round(session, of.id, *IN_REVIEW)
    conflicts = queries.conflicts_of(session, of, papers)
    pairs = {
        (item.proposal_id, item.judge_account_id) for item in queries.assignments_of(session, of.id) if not item.recused
    }
    return Task(
        papers=tuple(Paper(id=paper.id, topic=paper.field, conflicts=conflicts[paper.id]) for paper in papers),
        reviewers=tuple(
            Reviewer(id=judge.account_id, topics=frozenset(judge.fields), at_most=judge.proposals_at_most)
            for judge in queries.judges_of_round(session, of.id)
        ),
        needed=of.judges_per_proposal,
        seed=row.seed,
        fixed=frozenset(pairing.locked_pairs(session, of.id) & pairs),
        before=frozenset(pairs),
    )


def plan_schedule(run: JobRun, *, review_plan_id: str) -> dict[str, Any]:
    """The same for a schedule; where there is none, a minimal set of what cannot be met together."""
    # Loaded here: only the job process solves, and the library is large.
    from services.projects.planning import conflict_set, scheduling

    with run.transaction() as session:
        row = session.get_one(ReviewPlan, review_plan_id)
        if row.status != domain.SOLVING:
            return _summary(row)
        roadshow = session.get_one(Roadshow, row.roadshow_id)
        made = queries.instance_of(session, roadshow, panels=row.panels or "pool")
        before = queries.timetable_of(session, roadshow)
        seed = row.seed
    if not (made.entries and made.judges and made.sessions):
        return _give_up(run, review_plan_id)
    effort = scheduling.Effort(seed=seed, work=SCHEDULE_EFFORT.get(), seconds=SCHEDULE_SECONDS.get())
    found = scheduling.solve(made, effort=effort, before=before if before.placed else None, progress=run.progress)
    if found.table is not None:
        action, answer = answers.of_schedule(found)
    elif found.status == scheduling.INFEASIBLE:
        action, answer = answers.of_conflict(conflict_set.conflict_set(made, progress=run.progress))
    else:
        action, answer = answers.UNDECIDED
    return _store(run, review_plan_id, action, answer)


def _store(run: JobRun, review_plan_id: str, action: str, answer: dict[str, Any]) -> dict[str, Any]:
    with run.transaction() as session:
        row = session.get_one(ReviewPlan, review_plan_id, with_for_update=True)
        if row.status == domain.SOLVING:
            actions.store_answer(session, row, action=action, **answer)
        return _summary(row)


def _give_up(run: JobRun, review_plan_id: str) -> dict[str, Any]:
    """Nothing to plan with: the plan is off the table, and the job says why."""
    with run.transaction() as session:
        row = session.get_one(ReviewPlan, review_plan_id, with_for_update=True)
        if row.status == domain.SOLVING:
            actions.discard(session, row)
    raise ConflictError(ReviewCode.REVIEW_PLAN_EMPTY)


def _summary(row: ReviewPlan) -> dict[str, Any]:
    return {"review_plan_id": row.id, "status": row.status, "optimal": row.optimal}
