"""RPCs, commands and the clock of needs surveys."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.projects.surveys import actions, queries


class Surveys:
    """Needs surveys of rounds."""

    @rpc
    def get_survey(self, session: Session, *, actor: Actor, survey_id: str) -> dict[str, Any]:
        return queries.get_survey(session, actor=actor, survey_id=survey_id)

    @rpc
    def list_surveys(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_surveys(session, actor=actor, **filters)

    @rpc
    def count_survey_answers(self, session: Session, *, actor: Actor, survey_id: str) -> dict[str, Any]:
        return queries.count_survey_answers(session, actor=actor, survey_id=survey_id)

    @rpc
    def list_survey_answers(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_survey_answers(session, actor=actor, **filters)

    @command
    def draft_survey(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.draft_survey(session, actor=actor, now=_now(session, actor), **given)

    @command
    def change_survey(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.change_survey(session, actor=actor, now=_now(session, actor), **given)

    @command
    def open_survey(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.open_survey(session, actor=actor, now=_now(session, actor), **given)

    @command
    def close_survey(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.close_survey(session, actor=actor, now=_now(session, actor), **given)

    @command
    def answer_survey(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.answer_survey(session, actor=actor, now=_now(session, actor), **given)

    @timer
    def close_survey_on_time(self, session: Session, *, actor: Actor, now: datetime, survey_id: str) -> None:
        actions.close_on_time(session, actor=actor, now=now, survey_id=survey_id)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
