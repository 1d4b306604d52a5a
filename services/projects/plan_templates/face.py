"""RPCs and commands of plan templates."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis import clock
from chassis.actor import Actor
from chassis.runtime.entrypoints import command, rpc
from services.projects.plan_templates import actions, queries


class PlanTemplates:
    """Templates of plans, in versions."""

    @rpc
    def get_plan_template(self, session: Session, *, actor: Actor, plan_template_id: str) -> dict[str, Any]:
        return queries.get_plan_template(session, actor=actor, plan_template_id=plan_template_id)

    @rpc
    def list_plan_templates(self, session: Session, *, actor: Actor, **filters: Any) -> dict[str, Any]:
        return queries.list_plan_templates(session, actor=actor, **filters)

    @command
    def create_plan_template(self, session: Session, *, actor: Actor, **given: Any) -> dict[str, Any]:
        now = clock.now(session, actor.district_code)
        return actions.create_plan_template(session, actor=actor, now=now, **given)

    @command
    def retire_plan_template(self, session: Session, *, actor: Actor, plan_template_id: str) -> dict[str, Any]:
        return actions.retire_plan_template(session, actor=actor, plan_template_id=plan_template_id)
