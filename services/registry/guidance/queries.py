"""Reads: an organisation's own list, and the rules it follows from."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from services.registry.guidance import domain, facts
from services.registry.organisations.queries import find_organisation
from services.registry.policies.queries import number


def get_guidance(session: Session, *, actor: Actor, organisation_id: str, today: date) -> dict[str, Any]:
    """For an organisation the actor may see."""
    organisation = find_organisation(session, actor, organisation_id)
    known = facts.gather(session, organisation, today)
    lists: dict[str, list[dict[str, Any]]] = {"todo": [], "suggestions": [], "service_plan": []}
    for rule, reasons in domain.applying(known):
        due_on = known.get(rule.due) if rule.due else None
        lists[rule.list].append(_item(rule, reasons, due_on=due_on, linked=known.get("linked_kinds", [])))
    if known["stage"] in {"incubating", "suspended", "leaving"}:
        lists["service_plan"] += _gaps(session, actor.district_code, known)
    return {
        "organisation_id": organisation.id,
        "stage": known["stage"],
        "as_of": today.isoformat(),
        "rules_version": domain.RULES_VERSION,
        **lists,
    }


def _item(rule: domain.Rule, reasons: dict[str, Any], *, due_on: str | None, linked: list[str]) -> dict[str, Any]:
    return {
        "rule": rule.code,
        "zh": rule.zh,
        "en": rule.en,
        "for_role": rule.for_role,
        "reasons": reasons,
        "due_on": due_on,
        "services": list(rule.services),
        "in_hand": bool(set(rule.services) & set(linked)),
    }


def _gaps(session: Session, district_code: str, known: dict[str, Any]) -> list[dict[str, Any]]:
    """One entry for each capacity gap, the weakest first, with the kinds of resources that close it."""
    below = number(session, district_code, "capacity_gap_below")
    found = []
    for name, score in domain.gaps(known.get("scores", {}), below=below):
        rule = gap_rule(name)
        reasons = {"dimension": name, "score": score, "below": below}
        found.append(_item(rule, reasons, due_on=None, linked=known["linked_kinds"]))
    return found


def gap_rule(name: str) -> domain.Rule:
    """The rule that a gap of this dimension stands for."""
    zh, en, services = domain.GAP_SERVICES[name]
    when = (domain.Condition(f"scores.{name}", "below_policy", "capacity_gap_below"),)
    return domain.Rule(f"gap_{name}", "service_plan", zh, en, "steward", when, services=services)


def list_guidance_rules() -> dict[str, Any]:
    """Every rule there is."""
    rules = [*domain.RULES, *(gap_rule(name) for name in domain.GAP_SERVICES)]
    items = [
        {
            "rule": rule.code,
            "list": rule.list,
            "zh": rule.zh,
            "en": rule.en,
            "for_role": rule.for_role,
            "when": [vars(condition) for condition in rule.when],
            "services": list(rule.services),
        }
        for rule in rules
    ]
    return {"rules_version": domain.RULES_VERSION, "items": items}
