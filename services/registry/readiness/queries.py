"""Reads of registration readiness."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts.registry.readiness import DeclarationView, ReadinessView, RuleSetView
from services.registry.organisations import queries as organisations
from services.registry.organisations.models import Organisation
from services.registry.readiness import defaults, domain
from services.registry.readiness.models import ReadinessDeclaration, ReadinessRuleSet

_RULES, _VIEW, _DECLARATION = RuleSetView(), ReadinessView(), DeclarationView()


def newest(session: Session, district_code: str, legal_form: str, *, on: date | None = None) -> ReadinessRuleSet | None:
    """The last version, or the one in force on a day; ``None``: the default."""
    wanted = select(ReadinessRuleSet).where(
        ReadinessRuleSet.district_code == district_code, ReadinessRuleSet.legal_form == legal_form
    )
    if on is not None:
        wanted = wanted.where(ReadinessRuleSet.valid_from <= on)
    return session.scalars(wanted.order_by(ReadinessRuleSet.number.desc()).limit(1)).first()


def rules_on(session: Session, district_code: str, legal_form: str, on: date) -> dict[str, Any]:
    """``{legal_form, number, valid_from, rules}`` in force on a day."""
    row = newest(session, district_code, legal_form, on=on)
    if row is None:
        return {
            "legal_form": legal_form,
            "number": 0,
            "valid_from": defaults.VALID_FROM,
            "rules": defaults.RULES[legal_form],
        }
    return {"legal_form": legal_form, "number": row.number, "valid_from": row.valid_from, "rules": row.rules}


def get_readiness_rules(
    session: Session, *, actor: Actor, today: date, legal_form: str, on: date | None = None
) -> dict[str, Any]:
    """The conditions on a day, today's where none is named."""
    shown: dict[str, Any] = _RULES.dump(rules_on(session, actor.district_code, legal_form, on or today))
    return shown


def declaration(session: Session, organisation_id: str, *, lock: bool = False) -> ReadinessDeclaration | None:
    """What the organisation declared so far."""
    wanted = select(ReadinessDeclaration).where(ReadinessDeclaration.organisation_id == organisation_id)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def get_readiness_declaration(session: Session, *, actor: Actor, organisation_id: str) -> dict[str, Any]:
    """The facts it declared."""
    owner = organisations.find_organisation(session, actor, organisation_id)
    return show_declaration(owner, declaration(session, owner.id))


def show_declaration(owner: Organisation, row: ReadinessDeclaration | None) -> dict[str, Any]:
    """Facts by name; what was never declared is null."""
    shown: dict[str, Any] = _DECLARATION.dump(
        {
            **dict.fromkeys(domain.FACTS),
            **(row.facts if row else {}),
            "organisation_id": owner.id,
            "version": row.version if row else 0,
        }
    )
    return shown


def get_registration_readiness(
    session: Session, *, actor: Actor, today: date, organisation_id: str, legal_form: str
) -> dict[str, Any]:
    """Each condition in force today: met, not met, or unknown because a fact was never declared; what is missing."""
    owner = organisations.find_organisation(session, actor, organisation_id)
    row = declaration(session, owner.id)
    rules = rules_on(session, owner.district_code, legal_form, today)
    judged = [(rule, domain.judge(rule["needs"], row.facts if row else {})) for rule in rules["rules"]]
    counts = {status: sum(verdict.status == status for _, verdict in judged) for status in _STATUSES}
    shown: dict[str, Any] = _VIEW.dump(
        {
            **rules,
            **counts,
            "organisation_id": owner.id,
            "ready": counts[domain.MET] == len(judged),
            "checks": [
                {**rule, "status": verdict.status, "missing": [_lack(one) for one in verdict.missing]}
                for rule, verdict in judged
            ],
        }
    )
    return shown


_STATUSES = (domain.MET, domain.NOT_MET, domain.UNKNOWN)


def _lack(one: dict[str, Any]) -> dict[str, Any]:
    """Money in yuan at the edge."""
    if one["unit"] != "fen":
        return one
    yuan = {name: None if one[name] is None else f"{one[name] // 100}.{one[name] % 100:02d}" for name in _AMOUNTS}
    return {**one, **yuan, "unit": "yuan"}


_AMOUNTS = ("needed", "have", "short")
