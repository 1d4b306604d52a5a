"""Reading needs surveys: drafts for staff, counts for all once it closed, single answers for staff."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from chassis import db
from chassis.actor import Actor
from chassis.errors import ConflictError, NotFoundError
from contracts import roles
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.surveys import SurveyAnswerView, SurveyView
from services.projects.rounds.models import Round
from services.projects.surveys import domain
from services.projects.surveys.models import NeedsSurvey, SurveyAnswer

_VIEW, _ANSWER = SurveyView(), SurveyAnswerView()


def render(session: Session, row: NeedsSurvey) -> dict[str, Any]:
    """With how many answered."""
    count = session.scalar(select(func.count()).where(SurveyAnswer.survey_id == row.id)) or 0
    return {**_VIEW.dump(row), "answer_count": count}


def visible(actor: Actor) -> Select[Any]:
    """Surveys in scope; what is only drafted for staff."""
    statement = db.scoped(select(NeedsSurvey), NeedsSurvey, actor)
    if actor.role in roles.READERS or actor.is_system:
        return statement
    return statement.where(NeedsSurvey.status.in_(("open", "closed")))


def find_survey(session: Session, survey_id: str, actor: Actor) -> NeedsSurvey:
    """One survey the actor may see; raises ``needs_survey_not_found``."""
    row: NeedsSurvey | None = session.scalars(visible(actor).where(NeedsSurvey.id == survey_id)).one_or_none()
    if row is None:
        raise NotFoundError(RoundsCode.SURVEY_NOT_FOUND)
    return row


def lock_survey(session: Session, survey_id: str, actor: Actor, *, read: bool = False) -> NeedsSurvey:
    """The same, kept from its next step (``read``) or from everything else until this transaction ends."""
    statement = visible(actor).where(NeedsSurvey.id == survey_id).with_for_update(of=NeedsSurvey, read=read)
    row: NeedsSurvey | None = session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if row is None:
        raise NotFoundError(RoundsCode.SURVEY_NOT_FOUND)
    return row


def check_finished(session: Session, round_id: str) -> None:
    """A call is published on what its survey found: not while one is drafted or open."""
    statement = select(NeedsSurvey.id).where(
        NeedsSurvey.round_id == round_id, NeedsSurvey.status.in_(("draft", "open"))
    )
    found = session.scalar(statement)
    if found is not None:
        raise ConflictError(RoundsCode.SURVEY_OPEN, survey_id=found)


def is_asked(session: Session, round_id: str) -> bool:
    """A cancelled round asks nobody any more, though its survey's clock still runs."""
    return session.scalars(select(Round.status).where(Round.id == round_id)).one() == "needs_survey"


def get_survey(session: Session, *, actor: Actor, survey_id: str) -> dict[str, Any]:
    return render(session, find_survey(session, survey_id, actor))


def list_surveys(
    session: Session, *, actor: Actor, cursor: str | None = None, limit: int | None = None, **filters: Any
) -> dict[str, Any]:
    statement = visible(actor)
    for name, value in filters.items():
        statement = statement.where(getattr(NeedsSurvey, name) == value)
    return db.page(
        session,
        statement,
        by=NeedsSurvey.id,
        render=lambda row: render(session, row),
        cursor=cursor,
        limit=limit,
    )


def list_survey_answers(
    session: Session,
    *,
    actor: Actor,
    survey_id: str,
    respondent: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> dict[str, Any]:
    row = find_survey(session, survey_id, actor)
    statement = db.scoped(select(SurveyAnswer), SurveyAnswer, actor).where(SurveyAnswer.survey_id == row.id)
    if respondent is not None:
        statement = statement.where(SurveyAnswer.respondent == respondent)
    return db.page(session, statement, by=SurveyAnswer.id, render=_ANSWER.dump, cursor=cursor, limit=limit)


def count_survey_answers(session: Session, *, actor: Actor, survey_id: str) -> dict[str, Any]:
    """Staff see the counts grow; others see them once nobody's answer can follow them."""
    row = find_survey(session, survey_id, actor)
    if row.status != "closed" and actor.role not in (*roles.STAFF, roles.AUDITOR):
        raise ConflictError(RoundsCode.SURVEY_OPEN, survey_id=row.id)
    return counts(session, row)


def counts(session: Session, row: NeedsSurvey) -> dict[str, Any]:
    """What the answers add up to; words are not counted, only that there are some."""
    found = session.execute(
        select(SurveyAnswer.respondent, SurveyAnswer.street_code, SurveyAnswer.answers).where(
            SurveyAnswer.survey_id == row.id
        )
    ).all()
    answers = [(one.respondent, one.answers) for one in found]
    questions = [domain.count_question(question, answers) for question in row.questions]
    fields = session.scalars(select(Round.fields).where(Round.id == row.round_id)).one()
    return {
        "survey_id": row.id,
        "round_id": row.round_id,
        "status": row.status,
        "answers": len(answers),
        "by_respondent": dict(sorted(Counter(respondent for respondent, _ in answers).items())),
        "by_street": dict(sorted(Counter(one.street_code for one in found if one.street_code).items())),
        "questions": questions,
        "fields": domain.count_fields(questions, fields),
    }
