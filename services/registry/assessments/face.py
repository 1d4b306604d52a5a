"""Operations on assessments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.registry.assessments import appeals, capacity, panel, queries, results


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Panels:
    """Plan, assign, score, submit, stand aside, lock."""

    @command
    def plan_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return panel.plan_assessment(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def assign_assessor(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return panel.assign_assessor(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def score_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return panel.score_assessment(session, actor=actor, **asked)

    @command
    def submit_assessment_sheet(self, session: Session, *, actor: Actor, assessment_sheet_id: str) -> dict[str, Any]:
        return panel.submit_assessment_sheet(
            session, actor=actor, now=_now(session, actor), assessment_sheet_id=assessment_sheet_id
        )

    @command
    def recuse_assessor(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return panel.recuse_assessor(session, actor=actor, **asked)

    @command
    def lock_assessment_sheet(self, session: Session, *, actor: Actor, assessment_sheet_id: str) -> dict[str, Any]:
        return panel.lock_assessment_sheet(
            session, actor=actor, now=_now(session, actor), assessment_sheet_id=assessment_sheet_id
        )

    @rpc
    def get_assessment_sheet(self, session: Session, *, actor: Actor, assessment_sheet_id: str) -> dict[str, Any]:
        return queries.get_assessment_sheet(session, actor=actor, assessment_sheet_id=assessment_sheet_id)

    @rpc
    def list_assessment_sheets(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_assessment_sheets(session, actor=actor, **asked)


class Assessments(Panels):
    """The result, its corrections and appeals, its end; growth of capacity."""

    @command
    def open_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return results.open_assessment(session, actor=actor, **asked)

    @command
    def tally_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return results.tally_assessment(session, actor=actor, **asked)

    @command
    def publish_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return results.publish_assessment(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def confirm_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return results.confirm_assessment(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def revoke_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return results.revoke_assessment(session, actor=actor, **asked)

    @command
    def cancel_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return results.cancel_assessment(session, actor=actor, **asked)

    @command
    def propose_score_correction(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return appeals.propose_score_correction(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def decide_score_correction(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return appeals.decide_score_correction(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def appeal_assessment(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return appeals.appeal_assessment(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def propose_appeal_outcome(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return appeals.propose_appeal_outcome(session, actor=actor, **asked)

    @command
    def decide_appeal_outcome(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return appeals.decide_appeal_outcome(session, actor=actor, now=_now(session, actor), **asked)

    @rpc
    def get_assessment(self, session: Session, *, actor: Actor, assessment_id: str) -> dict[str, Any]:
        return queries.get_assessment(session, actor=actor, assessment_id=assessment_id)

    @rpc
    def list_assessments(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_assessments(session, actor=actor, **asked)

    @rpc
    def get_capacity_growth(self, session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
        return capacity.get_capacity_growth(session, actor=actor, organisation_id=organisation_id)

    @timer
    def expire_assessment(self, session: Session, *, actor: Actor, now: datetime, assessment_id: str) -> None:
        results.expire_assessment(session, assessment_id=assessment_id)
