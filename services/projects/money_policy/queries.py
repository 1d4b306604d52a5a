"""Reading the money policy."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from chassis.actor import Actor
from contracts.projects.money import MoneyPolicyView
from services.projects.money_policy import domain
from services.projects.money_policy.models import MoneyPolicy


def policy_of(session: Session, district_code: str) -> dict[str, Any]:
    """Complete; the defaults where the district set nothing."""
    row = session.get(MoneyPolicy, district_code)
    return domain.completed(row.numbers if row else {})


def get_money_policy(session: Session, *, actor: Actor) -> dict[str, Any]:
    found = {"district_code": actor.district_code, **policy_of(session, actor.district_code)}
    view: dict[str, Any] = MoneyPolicyView().dump(found)
    return view
