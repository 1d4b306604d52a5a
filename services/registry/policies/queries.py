"""Reads of policy data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.registry.policies import PolicyView
from services.registry.policies import domain
from services.registry.policies.models import Policy

_VIEW = PolicyView()


def _value(session: Session, district_code: str, key: str) -> domain.Value:
    found: domain.Value | None = session.scalar(
        select(Policy.value).where(Policy.district_code == district_code, Policy.key == key)
    )
    return domain.RULES[key].default if found is None else found


def number(session: Session, district_code: str, key: str) -> int:
    """A number of this district."""
    value = _value(session, district_code, key)
    assert isinstance(value, int), key
    return value


def words(session: Session, district_code: str, key: str) -> list[str]:
    """A list of words of this district."""
    value = _value(session, district_code, key)
    assert isinstance(value, list), key
    return value


def view(key: str, value: domain.Value) -> dict[str, Any]:
    """One number with its meaning."""
    rule = domain.RULES[key]
    shown: dict[str, Any] = _VIEW.dump({**rule.__dict__, "key": key, "value": value})
    return shown


def list_policies(session: Session, *, district_code: str) -> dict[str, Any]:
    """Every number, set or default."""
    rows = session.scalars(select(Policy).where(Policy.district_code == district_code))
    known = {row.key: row.value for row in rows}
    return {"items": [view(key, known.get(key, rule.default)) for key, rule in domain.RULES.items()]}
