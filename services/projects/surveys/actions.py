"""Writing needs surveys: the questionnaire, its days, answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from chassis import clock, db, outbox, timers
from chassis.actor import Actor
from chassis.errors import ConflictError, ForbiddenError, InvalidError
from contracts import roles
from contracts.projects.codes import ProjectsCode
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.events_plans import SurveyClosed, SurveyDrafted, SurveyDropped, SurveyOpened
from services.projects import fingerprint
from services.projects.known import queries as known
from services.projects.rounds import queries as rounds
from services.projects.surveys import domain, queries
from services.projects.surveys.models import NeedsSurvey, SurveyAnswer

BEFORE_PUBLISHED = frozenset({"drafting", "needs_survey"})


def _about(row: NeedsSurvey) -> dict[str, Any]:
    streets = [row.street_code] if row.street_code else []
    return {"survey_id": row.id, "round_id": row.round_id, "street_codes": streets}


def _take(session: Session, actor: Actor, survey_id: str, expected_version: int | None, action: str) -> NeedsSurvey:
    row = queries.lock_survey(session, survey_id, actor)
    db.check_street(actor, row.street_code)
    db.check_version(row, expected_version)
    row.status = domain.next_status(row.status, action)
    return row


def draft_survey(
    session: Session, *, actor: Actor, now: datetime, round_id: str, closes_at: datetime, **given: Any
) -> dict[str, Any]:
    """One survey per round, before its call."""
    of = rounds.lock_round(session, round_id, actor)
    if of.status not in BEFORE_PUBLISHED:
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="draft_survey")
    domain.check_questions(given["questions"])
    _check_end(now, closes_at)
    if session.scalar(select(NeedsSurvey.id).where(NeedsSurvey.round_id == of.id)) is not None:
        raise ConflictError(RoundsCode.SURVEY_EXISTS)
    row = NeedsSurvey(
        district_code=of.district_code,
        street_code=of.street_code,
        round_id=of.id,
        status="draft",
        closes_at=closes_at,
        created_at=now,
        **given,
    )
    session.add(row)
    session.flush()
    outbox.record(session, SurveyDrafted(**_about(row)))
    return queries.render(session, row)


def _check_end(now: datetime, closes_at: datetime) -> None:
    if closes_at <= now:
        raise InvalidError(RoundsCode.SURVEY_INVALID, problems=["closes_at: in the future"])


def change_survey(
    session: Session, *, actor: Actor, now: datetime, survey_id: str, expected_version: int | None = None, **given: Any
) -> dict[str, Any]:
    """Only while it is drafted."""
    row = _take(session, actor, survey_id, expected_version, "change")
    domain.check_questions(given.get("questions", row.questions))
    _check_end(now, given.get("closes_at", row.closes_at))
    for name, value in given.items():
        setattr(row, name, value)
    session.flush()
    outbox.record(session, SurveyDrafted(**_about(row)))
    return queries.render(session, row)


def open_survey(
    session: Session, *, actor: Actor, now: datetime, survey_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Asks for answers while the round surveys needs; its clock closes it."""
    of = rounds.lock_round(session, queries.find_survey(session, survey_id, actor).round_id, actor)
    row = _take(session, actor, survey_id, expected_version, "open")
    if of.status != "needs_survey":
        raise ConflictError(ProjectsCode.ROUND_STATE, status=of.status, action="open_survey")
    _check_end(now, row.closes_at)
    session.flush()
    timers.schedule(
        session, "close_survey_on_time", due_at=row.closes_at, district_code=row.district_code, survey_id=row.id
    )
    outbox.record(session, SurveyOpened(**_about(row), title=row.title, closes_at=row.closes_at.isoformat()))
    return queries.render(session, row)


def close_survey(
    session: Session, *, actor: Actor, now: datetime, survey_id: str, expected_version: int | None = None
) -> dict[str, Any]:
    """Over, on time or earlier by staff: what was found is fixed by its hash."""
    row = _take(session, actor, survey_id, expected_version, "close")
    _finish(session, row, now)
    return queries.render(session, row)


def _finish(session: Session, row: NeedsSurvey, now: datetime) -> None:
    found = queries.counts(session, row)
    row.closed_at, row.result_hash = now, fingerprint.of(found)
    session.flush()
    outbox.record(session, SurveyClosed(**_about(row), answers=found["answers"], result_hash=row.result_hash))


def close_on_time(session: Session, *, actor: Actor, now: datetime, survey_id: str) -> None:
    """The survey's clock; staff may have been first, and a cancelled round's survey counts for nothing."""
    row = queries.lock_survey(session, survey_id, actor)
    if row.status != "open":
        return
    if rounds.find_round(session, row.round_id, actor).status == "cancelled":
        row.status = domain.next_status(row.status, "drop")
        session.flush()
        outbox.record(session, SurveyDropped(**_about(row)))
        return
    row.status = domain.next_status(row.status, "close")
    _finish(session, row, now)


def answer_survey(
    session: Session, *, actor: Actor, now: datetime, survey_id: str, answers: dict[str, Any]
) -> dict[str, Any]:
    """Once per organisation, community or resident."""
    row = queries.lock_survey(session, survey_id, actor, read=True)
    if row.status != "open" or now >= row.closes_at or not queries.is_asked(session, row.round_id):
        raise ConflictError(RoundsCode.SURVEY_STATE, status=row.status, action="answer")
    who = _respondent(session, row, actor)
    if who["respondent"] not in row.respondents:
        raise ForbiddenError(RoundsCode.SURVEY_NOT_FOR_YOU)
    values = {
        **who,
        "survey_id": row.id,
        "district_code": row.district_code,
        "answers": domain.accepted(row.questions, answers),
        "answered_on": clock.day_of(now),
    }
    made = insert(SurveyAnswer).values(values).on_conflict_do_nothing().returning(SurveyAnswer.id)
    if session.scalar(made) is None:
        raise ConflictError(RoundsCode.SURVEY_ANSWERED)
    return {"survey_id": row.id, "respondent": who["respondent"]}


def _respondent(session: Session, row: NeedsSurvey, actor: Actor) -> dict[str, Any]:
    """As whom the actor answers: its organisation, its community (grid workers), or itself as a verified resident."""
    account = known.account(session, actor.account_id)
    who: tuple[str, str, str | None, str | None, str | None]
    if actor.role in (roles.CSO, roles.HUB):
        organisation = known.organisation(session, actor.organisation_id)
        who = ("organisation", organisation.id, organisation.id, organisation.street_code, None)
    elif account is None or account.role != actor.role:
        raise ForbiddenError(RoundsCode.SURVEY_NOT_FOR_YOU)
    elif actor.role == roles.GRID_WORKER and account.community_code:
        who = ("community", account.community_code, None, account.street_code, account.community_code)
    elif actor.role == roles.RESIDENT and account.verified:
        who = ("resident", account.id, None, account.street_code, account.community_code)
    else:
        raise ForbiddenError(RoundsCode.SURVEY_NOT_FOR_YOU)
    kind, key, organisation_id, street_code, community_code = who
    if row.street_code is not None and street_code != row.street_code:
        raise ForbiddenError(RoundsCode.SURVEY_NOT_FOR_YOU)
    return {
        "respondent": kind,
        "respondent_key": fingerprint.of([row.id, kind, key]),
        "organisation_id": organisation_id,
        "street_code": street_code,
        "community_code": community_code,
    }
