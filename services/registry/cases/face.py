"""Operations on incubation cases, and their clocks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc, timer
from services.registry.cases import admission, incubation, queries, review


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)


class Admission:
    """From the draft to the agreement's door."""

    @command
    def draft_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return admission.draft_case(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def add_case_document(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return admission.add_case_document(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def submit_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return admission.submit_case(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def begin_case_screening(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return admission.step_case(session, actor=actor, now=_now(session, actor), action="screen", **asked)

    @command
    def pass_case_screening(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return admission.step_case(session, actor=actor, now=_now(session, actor), action="pass", **asked)

    @command
    def request_case_info(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return admission.request_case_info(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def supply_case_info(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return admission.supply_case_info(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def vote_on_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return review.vote_on_case(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def decide_case_review(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return review.decide_case_review(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def reject_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.close_case(session, actor=actor, now=_now(session, actor), action="reject", **asked)

    @command
    def object_to_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return review.object_to_case(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def resolve_case_objection(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return review.resolve_case_objection(session, actor=actor, now=_now(session, actor), **asked)

    @timer
    def mark_case_review_late(self, session: Session, *, actor: Actor, now: datetime, case_id: str) -> None:
        review.mark_case_review_late(session, case_id=case_id, now=now)

    @timer
    def end_case_notice(self, session: Session, *, actor: Actor, now: datetime, case_id: str) -> None:
        review.end_case_notice(session, case_id=case_id, now=now)


class Incubation:
    """From the agreement to the end, and the reads."""

    @command
    def assess_case_capacity(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.assess_case_capacity(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def sign_case_agreement(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.sign_case_agreement(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def begin_case_incubation(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.begin_case_incubation(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def suspend_case(self, session: Session, *, actor: Actor, reason: str, **asked: Any) -> dict[str, Any]:
        return admission.step_case(
            session, actor=actor, now=_now(session, actor), action="suspend", reason=reason, **asked
        )

    @command
    def resume_case(self, session: Session, *, actor: Actor, reason: str, **asked: Any) -> dict[str, Any]:
        return admission.step_case(
            session, actor=actor, now=_now(session, actor), action="resume", reason=reason, **asked
        )

    @command
    def request_case_exit(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.request_case_exit(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def graduate_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.close_case(session, actor=actor, now=_now(session, actor), action="graduate", **asked)

    @command
    def extend_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.extend_case(session, actor=actor, now=_now(session, actor), **asked)

    @command
    def withdraw_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.close_case(session, actor=actor, now=_now(session, actor), action="withdraw", **asked)

    @command
    def expel_case(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return incubation.close_case(session, actor=actor, now=_now(session, actor), action="expel", **asked)

    @rpc
    def get_case(self, session: Session, *, actor: Actor, case_id: str) -> dict[str, Any]:
        return queries.get_case(session, actor=actor, case_id=case_id)

    @rpc
    def list_cases(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_cases(session, actor=actor, **asked)

    @rpc
    def list_case_notices(self, session: Session, *, actor: Actor, **asked: Any) -> dict[str, Any]:
        return queries.list_case_notices(session, actor=actor, **asked)
