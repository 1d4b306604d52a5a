"""Writing plan templates: a version is made, replaced by the next one, or retired; never changed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.projects.codes_rounds import RoundsCode
from contracts.projects.events_plans import PlanTemplateCreated, PlanTemplateRetired
from services.projects import fingerprint
from services.projects.plan_templates import domain, queries
from services.projects.plan_templates.models import PlanTemplate
from services.projects.rounds import plan_rules


def create_plan_template(
    session: Session, *, actor: Actor, now: datetime, key: str, rules: dict[str, Any], **given: Any
) -> dict[str, Any]:
    """Version 1 of a key, or the next one: rounds that chose an earlier version keep it."""
    db.check_street(actor, None)
    whole = plan_rules.completed(rules)
    problems = plan_rules.problems(whole)
    if problems:
        raise InvalidError(RoundsCode.TEMPLATE_INVALID, problems=problems)
    name = f"plan_template:{actor.district_code}:{key}"  # two versions at once come one after the other
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
    row = PlanTemplate(
        district_code=actor.district_code,
        key=key,
        number=_replace_current(session, actor.district_code, key) + 1,
        status="current",
        rules=whole,
        rules_hash=fingerprint.of(whole),
        created_at=now,
        **given,
    )
    session.add(row)
    session.flush()
    outbox.record(
        session,
        PlanTemplateCreated(plan_template_id=row.id, key=key, number=row.number, rules_hash=row.rules_hash),
    )
    return queries.render(row)


def _replace_current(session: Session, district_code: str, key: str) -> int:
    """The number of the newest version, 0 without one; a current version is replaced."""
    mine = (PlanTemplate.district_code == district_code, PlanTemplate.key == key)
    current = session.scalars(select(PlanTemplate).where(*mine, PlanTemplate.status == "current")).one_or_none()
    if current is not None:
        current.status = domain.next_status(current.status, "replace")
        session.flush()
    return session.scalar(select(func.max(PlanTemplate.number)).where(*mine)) or 0


def retire_plan_template(session: Session, *, actor: Actor, plan_template_id: str) -> dict[str, Any]:
    """No round chooses it any more."""
    row = queries.find_template(session, plan_template_id, actor, lock=True)
    db.check_street(actor, row.street_code)
    row.status = domain.next_status(row.status, "retire")
    session.flush()
    outbox.record(session, PlanTemplateRetired(plan_template_id=row.id, key=row.key, number=row.number))
    return queries.render(row)
