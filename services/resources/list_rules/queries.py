"""Reading the district's numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from chassis.actor import Actor
from services.resources.list_rules import domain
from services.resources.list_rules.models import ListRule


def numbers(session: Session, district_code: str) -> dict[str, int]:
    """Every number in force, by key."""
    rows = session.execute(select(ListRule.key, ListRule.value).where(ListRule.district_code == district_code))
    return {key: rule.default for key, rule in domain.RULES.items()} | dict(rows.all())


def number(session: Session, district_code: str, key: str) -> int:
    """One of them."""
    own = session.scalar(select(ListRule.value).where(ListRule.district_code == district_code, ListRule.key == key))
    return domain.rule_of(key).default if own is None else own


def view(key: str, value: int) -> dict[str, Any]:
    rule = domain.rule_of(key)
    about = {name: getattr(rule, name) for name in ("default", "least", "most", "unit", "zh", "en")}
    return {"key": key, "value": value, **about}


def list_one_list_rules(session: Session, *, actor: Actor) -> dict[str, Any]:
    return {"items": [view(key, value) for key, value in numbers(session, actor.district_code).items()]}
