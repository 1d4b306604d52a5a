"""Writing evaluations: rubrics, evaluators, sheets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts.projects import events_evaluations as events
from contracts.projects.codes_delivery import DeliveryCode
from contracts.projects.codes_evaluations import EvaluationsCode
from services.projects import fingerprint
from services.projects.delivery import queries as delivery
from services.projects.delivery import reviews, steps
from services.projects.delivery.models import EvaluationPolicy, Project
from services.projects.evaluations import domain, queries
from services.projects.evaluations.models import EvaluationRubric, EvaluationRun, EvaluationSheet
from services.projects.known import queries as known
from services.projects.review import domain as review
from services.projects.rounds.models import PoolLine

View = dict[str, Any]
GRADES = ("grade_a_from", "grade_b_from")


def set_evaluation_rubric(session: Session, *, actor: Actor, now: datetime, kind: str, **given: Any) -> View:
    """The next version. Whoever sets it at the same moment waits at the district's thresholds."""
    db.check_street(actor, None)
    grades = {name: given.pop(name) for name in GRADES}
    domain.check_rubric(given["criteria"], **grades)
    reviews.evaluation_policy(session, actor.district_code)
    policy = session.get_one(EvaluationPolicy, actor.district_code, with_for_update=True)
    policy.grade_a_from, policy.grade_b_from = grades["grade_a_from"], grades["grade_b_from"]
    last = session.scalar(
        select(func.max(EvaluationRubric.number)).where(
            EvaluationRubric.district_code == actor.district_code, EvaluationRubric.kind == kind
        )
    )
    number = (last or 0) + 1
    session.add(EvaluationRubric(district_code=actor.district_code, kind=kind, number=number, rules=given, made_at=now))
    session.flush()
    told = events.EvaluationRubricSet(
        district=actor.district_code, kind=kind, number=number, rubric_hash=fingerprint.of({**given, **grades})
    )
    outbox.record(session, told)
    return queries.get_evaluation_rubric(session, actor=actor, kind=kind)


def convene_evaluation(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    project_id: str,
    kind: str,
    evaluators: list[dict[str, Any]],
    expected_version: int | None = None,
) -> View:
    """Evaluators are named; those bound to the organisation, its hub or a funder are out by rule."""
    project = steps.lock(session, actor, project_id, expected_version)
    if project.status != domain.NEEDED_STATUS[kind]:
        raise ConflictError(DeliveryCode.PROJECT_STATE, status=project.status, action=f"convene_{kind}")
    check_free(session, project, kind)
    if len({one["account_id"] for one in evaluators}) != len(evaluators):
        raise InvalidError(EvaluationsCode.EVALUATOR_TWICE)
    run = EvaluationRun(
        **steps.belonging(project),
        organisation_id=project.organisation_id,
        kind=kind,
        status="scoring",
        rubric=queries.rubric_of(session, project.district_code, kind),
        appeals=0,
        created_at=now,
    )
    session.add(run)
    session.flush()
    sheets = _panel(session, project, run, evaluators, now)
    recused = sum(sheet.status == "recused" for sheet in sheets)
    domain.check_panel(able=len(sheets) - recused, evaluators_min=run.rubric["evaluators_min"])
    facts = {"evaluation_run_id": run.id, "kind": kind, "evaluators": len(sheets) - recused, "recused": recused}
    steps.record(session, project, events.EvaluationConvened, **facts)
    return queries.render(session, run, actor)


def check_free(session: Session, project: Project, kind: str) -> None:
    """Neither made already nor running."""
    if any(made.kind == kind for made in delivery.evaluations_of(session, project.id)):
        raise ConflictError(DeliveryCode.PROJECT_STATE, status=project.status, action=f"evaluate_{kind}")
    if queries.running(session, project.id, kind):
        raise ConflictError(EvaluationsCode.RUNNING, evaluation_kind=kind)


def _panel(
    session: Session, project: Project, run: EvaluationRun, evaluators: list[dict[str, Any]], now: datetime
) -> list[EvaluationSheet]:
    reserved = select(PoolLine.funder_organisation_id).where(
        PoolLine.round_id == project.round_id, PoolLine.status == "reserved"
    )
    funders = frozenset(session.scalars(reserved))
    hub_id = known.organisation(session, project.organisation_id).hub_id
    sheets = []
    for one in evaluators:
        account = known.account(session, one["account_id"])
        organisation_id = one.get("organisation_id") or (account.organisation_id if account else None)
        mentored = one["mentored_organisation_ids"]
        conflict = review.conflict_of(
            review.Interests(organisation_id=organisation_id, mentored=frozenset(mentored)),
            organisation_id=project.organisation_id,
            hub_id=hub_id,
            funders=funders,
        )
        sheets.append(
            EvaluationSheet(
                district_code=run.district_code,
                street_code=run.street_code,
                evaluation_run_id=run.id,
                account_id=one["account_id"],
                organisation_id=organisation_id,
                mentored_organisation_ids=mentored,
                status="recused" if conflict else "open",
                conflict=conflict,
                scores={},
                created_at=now,
            )
        )
    session.add_all(sheets)
    session.flush()
    return sheets


def take(
    session: Session, actor: Actor, run_id: str, action: str, expected_version: int | None = None
) -> tuple[Project, EvaluationRun]:
    """The project and the run, locked in that order, and the run's next state."""
    found = queries.find_run(session, run_id, actor)
    db.check_street(actor, found.street_code)
    wanted = select(Project).where(Project.id == found.project_id).with_for_update(of=Project)
    project = session.scalars(wanted.execution_options(populate_existing=True)).one()
    session.refresh(found, with_for_update=True)
    db.check_version(found, expected_version)
    found.status = domain.next_status(found.status, action)
    return project, found


def _own_sheet(session: Session, run: EvaluationRun, actor: Actor) -> EvaluationSheet:
    statement = select(EvaluationSheet).where(
        EvaluationSheet.evaluation_run_id == run.id, EvaluationSheet.account_id == actor.account_id
    )
    row = session.scalars(statement.with_for_update()).one_or_none()
    if row is None:
        raise ForbiddenError(EvaluationsCode.NOT_EVALUATOR)
    return row


def fill_evaluation_sheet(
    session: Session, *, actor: Actor, evaluation_run_id: str, scores: dict[str, int], comment: str, lock: bool
) -> View:
    """Points for every criterion; once locked they stay, unless an appeal is upheld."""
    project, run = take(session, actor, evaluation_run_id, "score")
    sheet = _own_sheet(session, run, actor)
    sheet.status = domain.next_sheet_status(sheet.status, "fill")
    domain.check_scores(run.rubric["criteria"], scores)
    sheet.scores, sheet.comment = scores, comment or None
    if lock:
        sheet.status = domain.next_sheet_status(sheet.status, "lock")
        facts = {"evaluation_run_id": run.id, "account_id": sheet.account_id}
        steps.record(session, project, events.EvaluationSheetLocked, **facts)
    return queries.render(session, run, actor)


def declare_evaluation_conflict(
    session: Session, *, actor: Actor, evaluation_run_id: str, reason: str, expected_version: int | None = None
) -> View:
    """Declared by the evaluator, before the points are locked."""
    project, run = take(session, actor, evaluation_run_id, "score", expected_version)
    sheet = _own_sheet(session, run, actor)
    sheet.status = domain.next_sheet_status(sheet.status, "recuse")
    sheet.conflict, sheet.conflict_note, sheet.scores = "declared", reason, {}
    facts = {"evaluation_run_id": run.id, "account_id": sheet.account_id}
    steps.record(session, project, events.EvaluatorRecused, **facts)
    return queries.render(session, run, actor)


def record_evaluation(session: Session, *, actor: Actor, now: datetime, **given: Any) -> View:
    """A result found elsewhere, written down by staff; not beside an evaluation that is running here."""
    project = steps.lock(session, actor, given["project_id"], given.get("expected_version"))
    if queries.running(session, project.id, given["kind"]):
        raise ConflictError(EvaluationsCode.RUNNING, evaluation_kind=given["kind"])
    return reviews.record_evaluation(session, actor=actor, now=now, **given)
