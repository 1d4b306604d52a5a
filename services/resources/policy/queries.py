"""The policy of a district."""

from __future__ import annotations

from sqlalchemy.orm import Session

from services.resources.policy.models import WEIGHTS, ResourcesPolicy


def get_policy(session: Session, district_code: str) -> ResourcesPolicy:
    """The district's row, or the defaults where it has none; a read must not write one."""
    found = session.get(ResourcesPolicy, district_code)
    return found or ResourcesPolicy(district_code=district_code, reservation_hours=72, weights=WEIGHTS)
