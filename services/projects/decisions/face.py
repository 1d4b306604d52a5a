"""RPCs and commands of decisions."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.decisions import actions, objections, overrides, queries, refusals


class Decisions:
    """Determination, public notice, objections."""

    @rpc
    def get_decision(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_decision(session, actor=actor, round_id=round_id)

    @command
    def determine_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.determine_round(session, actor=actor, now=_now(session, actor), **given)

    @rpc
    def get_audit_bundle(self, session: Session, *, actor: Actor, round_id: str) -> dict[str, Any]:
        return queries.get_audit_bundle(session, actor=actor, round_id=round_id)

    @command
    def propose_override(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return overrides.propose_override(session, actor=actor, now=_now(session, actor), **given)

    @command
    def sign_override(self, session: Session, *, actor: Actor, override_id: str) -> dict[str, Any]:
        return overrides.sign_override(session, actor=actor, now=_now(session, actor), override_id=override_id)

    @command
    def reject_override(self, session: Session, *, actor: Actor, override_id: str) -> dict[str, Any]:
        return overrides.reject_override(session, actor=actor, now=_now(session, actor), override_id=override_id)

    @command
    def withdraw_override(self, session: Session, *, actor: Actor, override_id: str) -> dict[str, Any]:
        return overrides.withdraw_override(session, actor=actor, now=_now(session, actor), override_id=override_id)

    @rpc
    def get_override(self, session: Session, *, actor: Actor, override_id: str) -> dict[str, Any]:
        return queries.get_override(session, actor=actor, override_id=override_id)

    @rpc
    def list_overrides(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_overrides(session, actor=actor, **filters)

    @command
    def publish_notice(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.publish_notice(session, actor=actor, now=_now(session, actor), **given)

    @command
    def award_round(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return actions.award_round(session, actor=actor, now=_now(session, actor), **given)

    @command
    def decline_award(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return refusals.decline_award(session, actor=actor, now=_now(session, actor), **given)

    @command
    def raise_objection(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return objections.raise_objection(session, actor=actor, now=_now(session, actor), **given)

    @command
    def reject_objection(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return objections.reject_objection(session, actor=actor, now=_now(session, actor), **given)

    @command
    def uphold_objection(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        return objections.uphold_objection(session, actor=actor, now=_now(session, actor), **given)

    @rpc
    def get_objection(self, session: Session, *, actor: Actor, objection_id: str) -> dict[str, Any]:
        return queries.get_objection(session, actor=actor, objection_id=objection_id)

    @rpc
    def list_objections(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_objections(session, actor=actor, **filters)


def _now(session: Session, actor: Actor) -> datetime:
    return clock.now(session, actor.district_code)
