"""The policy of a district."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.resources.policy.models import WEIGHTS, ResourcesPolicy


def get_policy(session: Session, district_code: str) -> ResourcesPolicy:
    """The row; made with its defaults where the district has none yet."""
    found = session.get(ResourcesPolicy, district_code)
    if found is not None:
        return found
    defaults = {"district_code": district_code, "reservation_hours": 72, "weights": WEIGHTS}
    session.execute(insert(ResourcesPolicy).values(**defaults).on_conflict_do_nothing())
    return session.get_one(ResourcesPolicy, district_code)
