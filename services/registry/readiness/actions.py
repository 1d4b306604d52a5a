"""Writes of registration readiness."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from chassis import db, outbox
from chassis.actor import Actor
from chassis.errors import InvalidError
from contracts.registry.codes_organisations import OrganisationCode
from contracts.registry.events_organisations import ReadinessDeclared, ReadinessRulesSet
from services.registry import scope
from services.registry.organisations import history
from services.registry.organisations import items as organisations
from services.registry.readiness import domain, queries
from services.registry.readiness.models import ReadinessDeclaration, ReadinessRuleSet


def declare_readiness(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    organisation_id: str,
    reason: str,
    expected_version: int | None = None,
    **facts: Any,
) -> dict[str, Any]:
    """Only what is sent changes; null takes a fact back. Each fact that differs gets a row of history."""
    owner = organisations.take(session, actor, organisation_id)
    row = queries.declaration(session, owner.id, lock=True)
    if row is None:
        row = ReadinessDeclaration(
            district_code=owner.district_code,
            street_code=owner.street_code,
            organisation_id=owner.id,
            facts={},
            created_at=now,
        )
        session.add(row)
    else:
        db.check_version(row, expected_version)
    changed = [name for name, value in facts.items() if row.facts.get(name) != value]
    for name in changed:
        was = row.facts.get(name)
        history.remember(session, actor, owner, f"readiness.{name}", was, facts[name], reason, now)
    row.facts, row.declared_by = {**row.facts, **facts}, actor.account_id
    session.flush()
    if changed:
        streets = [owner.street_code] if owner.street_code else []
        outbox.record(session, ReadinessDeclared(organisation_id=owner.id, facts=changed, street_codes=streets))
    return queries.show_declaration(owner, row)


def set_readiness_rules(
    session: Session, *, actor: Actor, now: datetime, legal_form: str, valid_from: date, rules: list[dict[str, Any]]
) -> dict[str, Any]:
    """A new version, whole; the ones before stay resolvable."""
    db.check_street(actor, None)
    keys = [rule["key"] for rule in rules]
    if len(set(keys)) != len(keys):
        raise InvalidError(OrganisationCode.READINESS_RULE_INVALID, keys=keys)
    for rule in rules:
        domain.check_needs(rule["needs"])
    scope.hold(session, f"readiness:{actor.district_code}:{legal_form}")
    last = queries.newest(session, actor.district_code, legal_form)
    domain.check_follows(valid_from, last.valid_from if last else None)
    row = ReadinessRuleSet(
        district_code=actor.district_code,
        legal_form=legal_form,
        number=last.number + 1 if last else 1,
        valid_from=valid_from,
        rules=rules,
        set_by=actor.account_id,
        created_at=now,
    )
    session.add(row)
    session.flush()
    fact = ReadinessRulesSet(
        rule_set_id=row.id, legal_form=legal_form, version=row.number, valid_from=valid_from.isoformat()
    )
    outbox.record(session, fact)
    return queries.get_readiness_rules(session, actor=actor, today=valid_from, legal_form=legal_form)
